#include "spool/frame.h"

#include "base/reader.h"

#include <xxhash.h>

void frame_put_u32(struct strbuf *out, uint32_t v)
{
	char b[4];

	for (int i = 0; i < 4; i++)
		b[i] = (char)(v >> (8 * i));
	strbuf_put(out, str_of(b, sizeof(b)));
}

void frame_put_u64(struct strbuf *out, uint64_t v)
{
	frame_put_u32(out, (uint32_t)v);
	frame_put_u32(out, (uint32_t)(v >> 32));
}

void frame_put_lstr(struct strbuf *out, str s)
{
	frame_put_u32(out, (uint32_t)s.n);
	strbuf_put(out, s);
}

/* The magic and the length count too: one checksum over all that was written. */
static uint64_t checksum(str magic_and_length, str payload)
{
	XXH64_hash_t seed = XXH64(magic_and_length.p, magic_and_length.n, 0);

	return XXH64(payload.n ? payload.p : "", payload.n, seed);
}

void frame_put(struct strbuf *out, const char *magic, str payload)
{
	size_t at = out->n;

	strbuf_put(out, str_of(magic, FRAME_MAGIC));
	frame_put_u32(out, (uint32_t)payload.n);
	if (out->overflow)
		return;
	frame_put_u64(out, checksum(str_of(out->p + at, FRAME_MAGIC + 4), payload));
	strbuf_put(out, payload);
}

int frame_get(str in, const char *magic, str *ret_payload, size_t *ret_end)
{
	struct reader r = reader_make(in);
	str got_magic = reader_bytes(&r, FRAME_MAGIC);
	uint32_t n = reader_u32le(&r);
	uint64_t sum = reader_u64le(&r);
	str payload;

	if (in.n >= FRAME_MAGIC && memcmp(got_magic.p, magic, FRAME_MAGIC) != 0)
		return FRAME_E_MAGIC;
	if (r.bad || n > FRAME_MAX)
		return FRAME_E_SHORT;
	payload = reader_bytes(&r, n);
	if (r.bad)
		return FRAME_E_SHORT;
	if (checksum(str_sub(in, 0, FRAME_MAGIC + 4), payload) != sum)
		return FRAME_E_CHECKSUM;
	*ret_payload = payload;
	*ret_end = r.at;
	return FRAME_OK;
}

const char *frame_error(int e)
{
	switch (e) {
	case FRAME_E_MAGIC:
		return "unknown magic";
	case FRAME_E_SHORT:
		return "cut short";
	case FRAME_E_CHECKSUM:
		return "wrong checksum";
	default:
		return "malformed";
	}
}

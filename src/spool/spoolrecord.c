#include "spool/spoolrecord.h"

#include "base/reader.h"
#include "spool/frame.h"

#include <xxhash.h>

#define MAGIC "POTSEGM1"

enum { SUMMED = RECORD_HEADER - 8, SEGMENT_SUMMED = RECORD_SEGMENT_HEADER - 8 };

/* No body is longer, so that sums of sizes cannot overflow. */
static const uint64_t body_max = (uint64_t)1 << 40;

static void put_u32(char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (char)(v >> (8 * i));
}

static void put_u64(char *p, uint64_t v)
{
	put_u32(p, (uint32_t)v);
	put_u32(p + 4, (uint32_t)(v >> 32));
}

void spoolrecord_put_segment(char *ret, uint64_t mark)
{
	memcpy(ret, MAGIC, 8);
	put_u64(ret + 8, mark);
	put_u64(ret + SEGMENT_SUMMED, XXH64(ret, SEGMENT_SUMMED, 0));
}

bool spoolrecord_get_segment(str in, uint64_t *ret_mark)
{
	struct reader r = reader_make(in);
	str magic = reader_bytes(&r, 8);
	uint64_t mark = reader_u64le(&r), sum = reader_u64le(&r);

	if (r.bad || memcmp(magic.p, MAGIC, 8) != 0 || XXH64(in.p, SEGMENT_SUMMED, 0) != sum)
		return false;
	*ret_mark = mark;
	return true;
}

void spoolrecord_put(char *ret, enum spoolrecord_type type, str head, uint64_t body, uint64_t mark,
		     uint64_t at)
{
	put_u64(ret, mark);
	put_u32(ret + 8, type);
	put_u32(ret + 12, (uint32_t)head.n);
	put_u64(ret + 16, body);
	put_u64(ret + 24, XXH64(head.p, head.n, mark));
	put_u64(ret + SUMMED, XXH64(ret, SUMMED, mark + at));
}

bool spoolrecord_get(str in, uint64_t mark, uint64_t at, struct spoolrecord *ret)
{
	struct reader r = reader_make(in);
	uint64_t found = reader_u64le(&r);
	uint32_t type = reader_u32le(&r);
	struct spoolrecord got = { .head = reader_u32le(&r) };
	uint64_t sum;

	got.body = reader_u64le(&r);
	got.head_sum = reader_u64le(&r);
	sum = reader_u64le(&r);
	if (r.bad || found != mark || XXH64(in.p, SUMMED, mark + at) != sum)
		return false;
	if (type < RECORD_MESSAGE || type >= RECORD_TYPES || got.head == 0 ||
	    got.head > FRAME_MAX || got.body > body_max)
		return false;
	got.type = (enum spoolrecord_type)type;
	*ret = got;
	return true;
}

bool spoolrecord_head_ok(const struct spoolrecord *r, str head, uint64_t mark)
{
	return head.n == r->head && XXH64(head.p, head.n, mark) == r->head_sum;
}

uint64_t spoolrecord_bytes(uint32_t head, uint64_t body)
{
	uint64_t n = RECORD_HEADER + (uint64_t)head + body;

	return (n + RECORD_ALIGN - 1) / RECORD_ALIGN * RECORD_ALIGN;
}

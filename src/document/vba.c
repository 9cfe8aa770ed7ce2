#include "document/vba.h"

#include "base/reader.h"
#include "base/strbuf.h"

enum {
	CHUNK_MAX = 4096,
	MODULE_NAME = 0x19,
	MODULE_STREAM = 0x1a,
	MODULE_OFFSET = 0x31,
	MODULE_END = 0x2b,
	PROJECT_CODEPAGE = 0x03,
	PROJECT_VERSION = 0x09, /* states a size two below its own */
	LITERAL = 0xb9,		/* "push a text constant" since VBA 7... */
	OLD_LITERAL = 0xb6,	/* ...and before it */
	LITERAL_MIN = 4,	/* shorter ones may be chance... */
	LITERAL_MAX = 1000,	/* ...longer ones no line of a program */
	LITERALS_MAX = 32	/* looked for in the source */
};

/* 2.4.1.3.19.1: how many of a copy token's bits are its length. */
static uint32_t length_bits(size_t done)
{
	uint32_t bits = 4;

	while (done > (size_t)1 << bits)
		bits++;
	return 16 - bits;
}

static void copy(struct strbuf *out, size_t start, uint32_t token)
{
	uint32_t bits = length_bits(out->n - start);
	size_t length = (token & ((1u << bits) - 1)) + 3, distance = (token >> bits) + 1;

	if (distance > out->n - start)
		return;
	for (size_t i = 0; i < length && out->n - start < CHUNK_MAX; i++)
		strbuf_char(out, out->p[out->n - distance]);
}

static void decompress_chunk(struct strbuf *out, str chunk)
{
	struct reader r = reader_make(chunk);
	size_t start = out->n;

	while (reader_left(&r) && !out->overflow) {
		uint32_t flags = reader_u8(&r);

		for (int bit = 0; bit < 8 && reader_left(&r); bit++) {
			if (!(flags >> bit & 1))
				strbuf_char(out, (char)reader_u8(&r));
			else if (out->n > start)
				copy(out, start, reader_u16le(&r));
			else
				return;
		}
	}
}

str vba_decompress(struct arena *a, str in, size_t max)
{
	struct strbuf out = strbuf_make(a, max);
	struct reader r = reader_make(in);

	if (reader_u8(&r) != 1)
		return STR("");
	while (reader_left(&r) > 2 && !out.overflow) {
		uint32_t header = reader_u16le(&r);
		size_t size = (header & 0xfff) + 1;
		str chunk;

		if ((header >> 12 & 7) != 3)
			break;
		chunk = reader_bytes(&r, size < reader_left(&r) ? size : reader_left(&r));
		if (header >> 15)
			decompress_chunk(&out, chunk);
		else
			strbuf_put(&out, chunk);
	}
	return strbuf_str(&out);
}

bool vba_project_read(struct arena *a, str dir, struct vba_project *ret)
{
	struct reader r = reader_make(dir);
	struct vba_module m = { 0 };

	*ret = (struct vba_project){ .codepage = 1252 };
	while (reader_left(&r) >= 6 && ret->modules.n < VBA_MODULES_MAX) {
		uint32_t id = reader_u16le(&r), size = reader_u32le(&r);
		str data = reader_bytes(&r, id == PROJECT_VERSION ? 6 : size);
		struct reader d = reader_make(data);

		if (r.bad)
			break;
		if (id == PROJECT_CODEPAGE)
			ret->codepage = reader_u16le(&d);
		if (id == MODULE_NAME)
			m = (struct vba_module){ .name = data };
		if (id == MODULE_STREAM)
			m.stream = data;
		if (id == MODULE_OFFSET)
			m.offset = reader_u32le(&d);
		if (id == MODULE_END && m.stream.n)
			*arena_push(a, &ret->modules) = m;
	}
	return ret->modules.n != 0;
}

/* Every module begins with "Attribute VB_": the ninth byte tells that the next letters are
 * plain as well, and the container and chunk headers stand before them. */
size_t vba_source_find(str stream)
{
	static const str mark = { "\0Attribut", 9 };

	for (size_t from = 0; from < stream.n;) {
		size_t at = str_find(str_skip(stream, from), mark);

		if (at == STR_NONE)
			return STR_NONE;
		at += from;
		if (at >= 3 && stream.p[at - 3] == 1 && (stream.p[at - 1] & 0x70) == 0x30)
			return at - 3;
		from = at + mark.n;
	}
	return STR_NONE;
}

/* A constant as it stands in the source: with its quotation marks doubled. */
static bool stands_in(str literal, str source)
{
	str plain = str_sub(literal, 0, str_chr(literal, '"'));

	return plain.n < LITERAL_MIN || str_find(source, plain) != STR_NONE;
}

static bool is_printable(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < ' ')
			return false;
	}
	return true;
}

str vba_stomped(str compiled, str source)
{
	int tried = 0;

	for (size_t i = 0; i + 4 < compiled.n && tried < LITERALS_MAX; i++) {
		struct reader r = reader_make(str_skip(compiled, i));
		uint32_t code = reader_u16le(&r);
		size_t n = reader_u16le(&r);
		str literal;

		if ((code != LITERAL && code != OLD_LITERAL) || n < LITERAL_MIN || n > LITERAL_MAX)
			continue;
		literal = reader_bytes(&r, n);
		if (r.bad || !is_printable(literal))
			continue;
		tried++;
		if (!stands_in(literal, source))
			return literal;
	}
	return STR("");
}

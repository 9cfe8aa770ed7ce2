#include "archive/olestream.h"

#include "base/reader.h"
#include "base/strbuf.h"

enum {
	HEADER_FATS = 109, /* sectors of the table that the header names */
	ENTRY = 128,
	MINI_SHIFT = 6,
	MINI_LIMIT = 4096,	   /* shorter streams lie in the root's */
	END_OF_CHAIN = 0xfffffffa, /* this and above are no sectors */
};

struct ole {
	str bytes;
	uint32_t shift;
	str fat, minifat, mini, directory;
};

static uint32_t u32_at(str s, uint64_t at)
{
	struct reader r = reader_make(s);

	if (at > s.n)
		return END_OF_CHAIN;
	reader_seek(&r, (size_t)at);
	return reader_left(&r) >= 4 ? reader_u32le(&r) : END_OF_CHAIN;
}

static str sector(const struct ole *o, uint32_t number)
{
	uint64_t at = ((uint64_t)number + 1) << o->shift;

	return at > o->bytes.n ? STR_NULL
			       : str_sub(o->bytes, (size_t)at, (size_t)at + (1U << o->shift));
}

/* The table of chains: its sectors stand in the header, then in sectors of their own. */
static str read_fat(struct arena *a, const struct ole *o)
{
	struct strbuf b = strbuf_make(a, o->bytes.n);
	uint32_t count = u32_at(o->bytes, 44), more = u32_at(o->bytes, 68);
	uint32_t each = (1U << o->shift) / 4 - 1;

	for (uint32_t i = 0; i < count && i < HEADER_FATS; i++)
		strbuf_put(&b, sector(o, u32_at(o->bytes, 76 + 4 * i)));
	for (uint32_t i = HEADER_FATS; i < count && more < END_OF_CHAIN && !b.overflow;) {
		str list = sector(o, more);

		if (!list.n)
			break;
		for (uint32_t k = 0; k < each && i < count; k++, i++)
			strbuf_put(&b, sector(o, u32_at(list, 4 * (uint64_t)k)));
		more = u32_at(list, 4 * (uint64_t)each);
	}
	return strbuf_str(&b);
}

/* The sectors of a chain, as far as size; in is the file, or the root's stream. */
static str read_chain(struct arena *a, const struct ole *o, uint32_t first, uint64_t size,
		      bool is_mini)
{
	str in = is_mini ? o->mini : o->bytes, table = is_mini ? o->minifat : o->fat;
	struct strbuf b = strbuf_make(a, size < in.n ? (size_t)size : in.n);

	for (uint64_t i = 0; first < END_OF_CHAIN && b.n < b.max && i <= in.n >> MINI_SHIFT; i++) {
		uint64_t at = (uint64_t)first << MINI_SHIFT;
		str piece = !is_mini	? sector(o, first)
			    : at < in.n ? str_sub(in, (size_t)at, (size_t)at + (1U << MINI_SHIFT))
					: STR_NULL;

		if (!piece.n)
			break;
		strbuf_put(&b, str_sub(piece, 0, b.max - b.n));
		first = u32_at(table, 4 * (uint64_t)first);
	}
	return strbuf_str(&b);
}

/* Names are UTF-16; those asked for are ASCII. */
static bool has_name(str entry, str name)
{
	if (u32_at(entry, 64) % 65536 != 2 * name.n + 2)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		if (entry.p[2 * i] != name.p[i] || entry.p[2 * i + 1] != '\0')
			return false;
	}
	return true;
}

static bool open_file(struct arena *a, str bytes, struct ole *o)
{
	*o = (struct ole){ .bytes = bytes, .shift = u32_at(bytes, 30) & 0xffff };
	if (!str_starts(bytes, STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) ||
	    (o->shift != 9 && o->shift != 12))
		return false;
	o->fat = read_fat(a, o);
	o->directory = read_chain(a, o, u32_at(bytes, 48), bytes.n, false);
	o->minifat = read_chain(a, o, u32_at(bytes, 60), bytes.n, false);
	if (o->directory.n < ENTRY)
		return false;
	o->mini = read_chain(a, o, u32_at(o->directory, 116), u32_at(o->directory, 120), false);
	return true;
}

str olestream_read(struct arena *a, str bytes, str name)
{
	struct ole o;

	if (!open_file(a, bytes, &o))
		return STR_NULL;
	for (size_t at = ENTRY; at + ENTRY <= o.directory.n; at += ENTRY) {
		str entry = str_sub(o.directory, at, at + ENTRY);
		uint32_t size = u32_at(entry, 120);

		if (has_name(entry, name))
			return read_chain(a, &o, u32_at(entry, 116), size, size < MINI_LIMIT);
	}
	return STR_NULL;
}

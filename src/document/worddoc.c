#include "document/worddoc.h"

#include "base/reader.h"
#include "base/strbuf.h"
#include "document/fieldcode.h"
#include "document/runs.h"

enum {
	FLAGS_AT = 0x0a,
	CLX_AT = 0x1a2,
	ENCRYPTED = 0x0100,
	TABLE_ONE = 0x0200,
	PROPERTIES = 1, /* kinds of entries before the table of pieces */
	PIECES = 2,
	PIECE_SIZE = 8,
	NARROW = 1 << 30
};

static uint32_t flags_of(str stream)
{
	struct reader r = reader_make(stream);

	reader_seek(&r, FLAGS_AT);
	return reader_u16le(&r);
}

str worddoc_table_name(str stream)
{
	return flags_of(stream) & TABLE_ONE ? STR("1Table") : STR("0Table");
}

/* The table of pieces stands last in a list of other things (2.9.38). */
static str find_pieces(str stream, str table)
{
	struct reader r = reader_make(stream);
	size_t at, n;

	reader_seek(&r, CLX_AT);
	at = reader_u32le(&r);
	n = reader_u32le(&r);
	if (r.bad || at >= table.n)
		return STR_NULL;
	r = reader_make(str_sub(str_skip(table, at), 0, n));
	while (reader_left(&r)) {
		uint32_t kind = reader_u8(&r);

		if (kind == PIECES)
			return reader_lstr(&r, table.n);
		if (kind != PROPERTIES)
			return STR_NULL;
		reader_skip(&r, reader_u16le(&r));
	}
	return STR_NULL;
}

static void take_piece(struct strbuf *out, struct arena *a, str stream, uint32_t where, size_t n)
{
	bool wide = !(where & NARROW);
	size_t at = wide ? where : (where & ~(uint32_t)NARROW) / 2;
	size_t room = out->max - out->n;

	if (n > room)
		out->overflow = true;
	else if (at < stream.n)
		strbuf_put(out, runs_text(a, str_sub(stream, at, at + (wide ? 2 * n : n)), wide));
}

/* Positions of count + 1 characters, then count pieces (2.8.35). */
static void read_pieces(struct strbuf *out, struct arena *a, str stream, str pieces)
{
	size_t count = pieces.n < 4 ? 0 : (pieces.n - 4) / (4 + PIECE_SIZE);

	for (size_t i = 0; i < count && i < WORDDOC_PIECES_MAX && !out->overflow; i++) {
		struct reader positions = reader_make(str_skip(pieces, 4 * i));
		struct reader piece =
			reader_make(str_skip(pieces, 4 * (count + 1) + PIECE_SIZE * i));
		uint32_t from = reader_u32le(&positions), to = reader_u32le(&positions);

		reader_skip(&piece, 2);
		if (to > from && to - from <= stream.n)
			take_piece(out, a, stream, reader_u32le(&piece), to - from);
	}
}

/* Fields of documents without a table of pieces: their marks and what is readable between
 * them, one or two bytes a character. */
static void take_raw(struct strbuf *out, str stream)
{
	for (size_t i = 0; i < stream.n; i++) {
		char c = stream.p[i];

		if ((unsigned char)c >= ' ' || c == FIELDCODE_BEGIN || c == FIELDCODE_SEPARATE ||
		    c == FIELDCODE_END || c == '\r')
			strbuf_char(out, c);
	}
}

void worddoc_read(struct arena *a, str stream, str table, struct worddoc *ret)
{
	struct strbuf out = strbuf_make(a, WORDDOC_TEXT_MAX);
	str pieces = find_pieces(stream, table);

	*ret = (struct worddoc){ .encrypted = flags_of(stream) & ENCRYPTED };
	if (ret->encrypted)
		return;
	if (pieces.n)
		read_pieces(&out, a, stream, pieces);
	if (out.n == 0) {
		ret->broken = pieces.n == 0;
		take_raw(&out, stream);
	}
	ret->cut = out.overflow;
	ret->text = strbuf_str(&out);
}

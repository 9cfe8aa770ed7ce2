#include "document/xlsb.h"

#include "base/reader.h"
#include "base/strbuf.h"
#include "document/fieldcode.h"
#include "document/formula.h"
#include "document/runs.h"

/* 2.3.1: numbers of records. */
enum {
	FORMULA_STRING = 8, /* the first of four kinds of cells with a formula */
	FORMULA_ERROR = 11,
	SHARED_STRING = 19,
	CELL_TEXT = 6,
	NAME = 39,
	BEGIN_SHEET = 129,
	BEGIN_BOOK = 131,
	BEGIN_STRINGS = 159,
	BEGIN_LINK = 360,
	LINK_DDE = 1
};

struct reading {
	struct arena *arena;
	struct xlsb *ret;
	struct strbuf formulas, text;
};

static uint32_t record_number(struct reader *r)
{
	uint32_t low = reader_u8(r);

	return low & 0x80 ? (low & 0x7f) | (reader_u8(r) & 0x7fu) << 7 : low;
}

static size_t record_size(struct reader *r)
{
	size_t size = 0;

	for (int i = 0; i < 4; i++) {
		uint32_t b = reader_u8(r);

		size |= (size_t)(b & 0x7f) << (7 * i);
		if (!(b & 0x80))
			break;
	}
	return size;
}

/* A count of characters and UTF-16 (2.5.168). */
static str wide_text(struct arena *a, struct reader *r)
{
	size_t n = reader_u32le(r);

	return n > XLSB_TEXT_MAX ? STR("") : runs_text(a, reader_bytes(r, 2 * n), true);
}

/* Column and style, the last value, two bytes of flags, then the formula. */
static void cell_formula(struct reading *x, uint32_t number, str data)
{
	struct reader r = reader_make(data);
	size_t n;

	reader_skip(&r, 8);
	if (number == FORMULA_STRING) {
		strbuf_put(&x->text, wide_text(x->arena, &r));
		strbuf_char(&x->text, '\n');
	} else {
		reader_skip(&r, number == FORMULA_STRING + 1 ? 8 : 1);
	}
	reader_skip(&r, 2);
	n = reader_u32le(&r);
	formula_words(&x->formulas, reader_bytes(&r, n), FORMULA_BIFF12);
	strbuf_char(&x->formulas, '\n');
}

static void external_link(struct reading *x, str data)
{
	struct reader r = reader_make(data);
	uint32_t kind = reader_u16le(&r);
	str application = wide_text(x->arena, &r), topic = wide_text(x->arena, &r);

	if (kind == LINK_DDE && x->ret->dde.n < XLSB_ITEMS_MAX)
		*arena_push(x->arena, &x->ret->dde) =
			arena_fmt(x->arena, "%.*s|%.*s", STR_ARG(application), STR_ARG(topic));
}

/* 2.4.711: flags, a key and a sheet, then the name. Functions younger than the format are names. */
static void defined_name(struct reading *x, str data)
{
	struct reader r = reader_make(data);
	str function;

	reader_skip(&r, 9);
	function = fieldcode_web_function(wide_text(x->arena, &r));
	if (function.n)
		x->ret->web = function;
}

static void take(struct reading *x, uint32_t number, str data)
{
	struct reader r = reader_make(data);

	if (number == NAME)
		defined_name(x, data);
	if (number >= FORMULA_STRING && number <= FORMULA_ERROR)
		cell_formula(x, number, data);
	if (number == BEGIN_LINK)
		external_link(x, data);
	if (number == SHARED_STRING || number == CELL_TEXT) {
		reader_skip(&r, number == CELL_TEXT ? 8 : 1);
		strbuf_put(&x->text, wide_text(x->arena, &r));
		strbuf_char(&x->text, '\n');
	}
}

bool xlsb_is_part(str part)
{
	struct reader r = reader_make(part);
	uint32_t number = record_number(&r);

	return number == BEGIN_BOOK || number == BEGIN_SHEET || number == BEGIN_STRINGS ||
	       number == BEGIN_LINK;
}

void xlsb_read(struct arena *a, str part, struct xlsb *ret)
{
	struct reading x = { .arena = a,
			     .ret = ret,
			     .formulas = strbuf_make(a, XLSB_TEXT_MAX),
			     .text = strbuf_make(a, XLSB_TEXT_MAX) };
	struct reader r = reader_make(part);

	*ret = (struct xlsb){ 0 };
	while (reader_left(&r) >= 2) {
		uint32_t number = record_number(&r);
		str data = reader_bytes(&r, record_size(&r));

		if (r.bad)
			break;
		take(&x, number, data);
	}
	ret->cut = x.formulas.overflow || x.text.overflow;
	ret->formulas = strbuf_str(&x.formulas);
	ret->text = strbuf_str(&x.text);
}

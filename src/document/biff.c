#include "document/biff.h"

#include "base/reader.h"
#include "base/strbuf.h"
#include "document/fieldcode.h"
#include "document/formula.h"
#include "document/runs.h"

enum record {
	BOF = 0x09, /* its high byte is the version */
	NAME = 0x18,
	FORMULA = 0x06,
	FILEPASS = 0x2f,
	CONTINUE = 0x3c,
	BOUNDSHEET = 0x85,
	SST = 0xfc,
	LABEL = 0x04,
	STRING = 0x07,
	SUPBOOK = 0x1ae,
	EXTERNSHEET = 0x17,
	HLINK = 0x1b8,
};

enum { MACRO_SHEET = 0x40, NAME_BUILTIN = 0x20, AUTO_OPEN = 1, AUTO_CLOSE = 2 };

struct reading {
	struct arena *arena;
	struct biff *ret;
	struct strbuf formulas, text;
	uint32_t version; /* 2, 3, 4, 5 or 8 */
	bool in_macro_sheet;
	uint32_t before; /* the record that a CONTINUE continues */
};

static void begin_substream(struct reading *b, uint32_t id, str data)
{
	struct reader r = reader_make(data);
	uint32_t version = reader_u16le(&r), type = reader_u16le(&r);

	b->version = id >> 8 ? (id >> 8 == 8 && version == 0x600 ? 8
				: id >> 8 == 8			 ? 5
								 : id >> 8)
			     : 2;
	b->in_macro_sheet = type == MACRO_SHEET;
	b->ret->macro_sheet |= b->in_macro_sheet;
}

static void bound_sheet(struct reading *b, str data)
{
	struct reader r = reader_make(str_skip(data, 4));
	uint32_t state = reader_u8(&r) & 3, type = reader_u8(&r);

	if (r.bad || type != 1)
		return;
	b->ret->macro_sheet = true;
	b->ret->hidden |= state != 0;
}

/* Row, column and format, the last value, then the formula; older versions are shorter. */
static void cell_formula(struct reading *b, str data)
{
	struct reader r = reader_make(data);
	size_t n;

	if (!b->in_macro_sheet)
		return;
	reader_skip(&r, b->version == 2 ? 16 : b->version < 5 ? 16 : 20);
	n = b->version == 2 ? reader_u8(&r) : reader_u16le(&r);
	formula_words(&b->formulas, reader_bytes(&r, n < reader_left(&r) ? n : reader_left(&r)),
		      b->version);
	strbuf_char(&b->formulas, '\n');
}

/* Functions younger than the format are names: "_xlfn.WEBSERVICE". */
static void web_name(struct reading *b, str bytes, bool wide)
{
	str function = fieldcode_web_function(runs_text(b->arena, bytes, wide));

	if (function.n)
		b->ret->web = function;
}

static void defined_name(struct reading *b, str data)
{
	struct reader r = reader_make(data);
	uint32_t flags = reader_u16le(&r), length, size, code;
	bool wide;
	str name;

	reader_skip(&r, 1);
	length = reader_u8(&r);
	size = reader_u16le(&r);
	reader_skip(&r, b->version == 8 ? 9 : 8);
	if (b->version < 5 || r.bad)
		return;
	code = length == 1 && reader_left(&r) ? (unsigned char)data.p[r.at] : 0;
	if (flags & NAME_BUILTIN && (code == AUTO_OPEN || code == AUTO_CLOSE))
		b->ret->auto_open = true;
	if (str_casestarts(str_skip(data, r.at), STR("auto_")))
		b->ret->auto_open = true;
	/* BIFF 8 says in front of the name whether its letters are wide. */
	wide = b->version == 8 && data.p[r.at - 1] & 1;
	name = reader_bytes(&r, wide ? 2 * (size_t)length : length);
	web_name(b, name, wide);
	formula_words(&b->formulas,
		      reader_bytes(&r, size < reader_left(&r) ? size : reader_left(&r)),
		      b->version);
	strbuf_char(&b->formulas, '\n');
}

static void add_item(struct reading *b, str text, bool is_dde)
{
	if (is_dde && b->ret->dde.n < BIFF_ITEMS_MAX)
		*arena_push(b->arena, &b->ret->dde) = text;
	else if (text.n && b->ret->links.n < BIFF_ITEMS_MAX)
		*arena_push(b->arena, &b->ret->links) = text;
}

/* 2.5.277 virtual path: "application\x03topic" names a DDE source, anything else a file. */
static void external_book(struct reading *b, str path)
{
	struct strbuf out = strbuf_make(b->arena, 2048);
	bool is_dde = false;

	for (size_t i = 0; i < path.n; i++) {
		bool bar = path.p[i] == 3 && i; /* at the start: a sheet of this book */

		is_dde |= bar;
		if ((unsigned char)path.p[i] >= ' ' || bar)
			strbuf_char(&out, bar ? '|' : path.p[i]);
	}
	add_item(b, strbuf_str(&out), is_dde);
}

static void supporting_link(struct reading *b, str data)
{
	struct reader r = reader_make(str_skip(data, 2));
	size_t length = reader_u16le(&r);
	bool wide = reader_u8(&r) & 1;

	if (r.bad || length > 0xff)
		return; /* 0x0401 and 0x3a01 stand for the workbook itself */
	external_book(
		b, runs_text(b->arena, str_sub(data, 5, 5 + (wide ? 2 * length : length)), wide));
}

/* BIFF 5: length, then the path. */
static void extern_sheet(struct reading *b, str data)
{
	if (b->version < 8 && data.n > 1)
		external_book(b, str_sub(data, 1, 1 + (size_t)(unsigned char)data.p[0] + 1));
}

/* 2.4.140: a range of cells, then a hyperlink object; its texts are easily seen. */
static void hyperlink(struct reading *b, str data)
{
	struct strbuf out = strbuf_make(b->arena, data.n * 2 + 64);

	runs_extract(&out, str_skip(data, 8));
	add_item(b, strbuf_str(&out), false);
}

static void take(struct reading *b, uint32_t id, str data)
{
	switch (id & 0xff00 && (id & 0xff) == BOF ? (uint32_t)BOF : id) {
	case BOF:
		begin_substream(b, id, data);
		break;
	case BOUNDSHEET:
		bound_sheet(b, data);
		break;
	case FORMULA:
	case 0x206:
	case 0x406:
		cell_formula(b, data);
		break;
	case NAME:
	case 0x218:
		defined_name(b, data);
		break;
	case SUPBOOK:
		supporting_link(b, data);
		break;
	case EXTERNSHEET:
		extern_sheet(b, data);
		break;
	case HLINK:
		hyperlink(b, data);
		break;
	case FILEPASS:
		b->ret->encrypted = true;
		break;
	default:
		break;
	}
}

static bool holds_text(uint32_t id)
{
	return id == SST || id == LABEL || id == STRING || id == 0x204 || id == 0x207;
}

void biff_read(struct arena *a, str stream, struct biff *ret)
{
	struct reading b = { .arena = a,
			     .ret = ret,
			     .formulas = strbuf_make(a, BIFF_TEXT_MAX),
			     .text = strbuf_make(a, BIFF_TEXT_MAX),
			     .version = 5 };
	struct reader r = reader_make(stream);

	*ret = (struct biff){ 0 };
	while (reader_left(&r) >= 4 && !ret->encrypted) {
		uint32_t id = reader_u16le(&r);
		size_t n = reader_u16le(&r);
		str data = reader_bytes(&r, n);

		if (r.bad)
			break;
		take(&b, id, data);
		if (holds_text(id == CONTINUE ? b.before : id)) {
			runs_extract(&b.text, data);
			strbuf_char(&b.text, '\n');
		}
		if (id != CONTINUE)
			b.before = id;
	}
	ret->broken = r.bad;
	ret->cut = b.formulas.overflow || b.text.overflow;
	ret->formulas = strbuf_str(&b.formulas);
	ret->text = strbuf_str(&b.text);
}

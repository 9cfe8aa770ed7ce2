#include "mime/binhex.h"

#include "base/reader.h"

enum {
	REPEAT = 0x90,
	AFTER_NAME = 1 + 4 + 4 + 2, /* version, type, creator, flags */
	HEAD_MAX = 400		    /* bytes between the announcement and the file */
};

static const str mark = STR("(This file must be converted with BinHex");

bool binhex_begins(str text)
{
	return str_starts(text, mark);
}

static int six(char c)
{
	static const char alphabet[] =
		"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

/* Bytes on their way out: one may be repeated by what follows. */
struct runs {
	struct strbuf *out;
	char last;
	bool repeat; /* the mark was seen */
};

static void put_byte(struct runs *r, uint8_t byte)
{
	if (!r->repeat && byte == REPEAT) {
		r->repeat = true;
		return;
	}
	if (r->repeat && byte) {
		for (unsigned i = 1; i < byte && !r->out->overflow; i++)
			strbuf_char(r->out, r->last);
	} else {
		r->last = r->repeat ? (char)REPEAT : (char)byte;
		strbuf_char(r->out, r->last);
	}
	r->repeat = false;
}

/* From behind the first ":" to the second; returns what was used. */
static size_t put_text(struct strbuf *out, str text)
{
	struct runs runs = { .out = out };
	uint32_t v = 0;
	unsigned bits = 0;
	size_t i;

	for (i = 0; i < text.n && text.p[i] != ':' && !out->overflow; i++) {
		int value = six(text.p[i]);

		if (value < 0) {
			if (str_is_space(text.p[i]))
				continue;
			break;
		}
		v = v << 6 | (uint32_t)value;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			put_byte(&runs, (uint8_t)(v >> bits));
		}
	}
	return i;
}

bool binhex_decode(struct arena *a, str text, size_t max, struct binhex *ret)
{
	struct strbuf b = strbuf_make(a, max);
	size_t start = str_find(str_sub(text, 0, HEAD_MAX), STR("\n:"));
	struct binhex got = { 0 };
	struct reader r;
	uint32_t size;

	if (start == STR_NONE)
		return false;
	got.used = start + 2 + put_text(&b, str_skip(text, start + 2));
	r = reader_make(strbuf_str(&b));
	got.name = reader_bytes(&r, reader_u8(&r));
	reader_skip(&r, AFTER_NAME);
	size = reader_u32be(&r);
	reader_skip(&r, 4 + 2); /* resource fork's size, check sum */
	if (r.bad)
		return false;
	got.cut = b.overflow || size > reader_left(&r);
	got.data = reader_bytes(&r, size < reader_left(&r) ? size : reader_left(&r));
	*ret = got;
	return true;
}

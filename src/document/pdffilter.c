#include "document/pdffilter.h"

#include "base/strbuf.h"

#include <stdlib.h>
#include <zlib.h>

enum { CHUNK = 16384, LZW_CODES = 4096, COLUMNS_MAX = 1 << 20 };

/* The long names and the short ones of inline images, which readers take everywhere. */
static const struct {
	str name, abbreviation;
} names[] = {
	{ STR("FlateDecode"), STR("Fl") },     { STR("LZWDecode"), STR("LZW") },
	{ STR("ASCIIHexDecode"), STR("AHx") }, { STR("ASCII85Decode"), STR("A85") },
	{ STR("RunLengthDecode"), STR("RL") }, { STR("DCTDecode"), STR("DCT") },
	{ STR("CCITTFaxDecode"), STR("CCF") }, { STR("JPXDecode"), STR("JPX") },
	{ STR("JBIG2Decode"), STR("JBIG2") },  { STR("Crypt"), STR("Crypt") },
};

static str canonical(str name)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_eq(name, names[i].abbreviation))
			return names[i].name;
	}
	return name;
}

static const struct pdflex_value *entry(const struct pdflex_value *dict, str name, str shorter,
					pdffilter_find_fn *find, void *ctx)
{
	const struct pdflex_value *v = pdflex_get(dict, name);

	if (!v)
		v = pdflex_get(dict, shorter);
	return v && v->kind == PDFLEX_REF ? find(ctx, v) : v;
}

static void read_parameters(struct pdffilter_step *s, const struct pdflex_value *p)
{
	s->predictor = pdflex_number(p, STR("Predictor"), 1);
	s->colors = pdflex_number(p, STR("Colors"), 1);
	s->bits = pdflex_number(p, STR("BitsPerComponent"), 8);
	s->columns = pdflex_number(p, STR("Columns"), 1);
	s->early_change = pdflex_number(p, STR("EarlyChange"), 1);
}

size_t pdffilter_steps(const struct pdflex_value *dict, pdffilter_find_fn *find, void *ctx,
		       struct pdffilter_step ret[PDFFILTER_CHAIN])
{
	const struct pdflex_value *filter = entry(dict, STR("Filter"), STR("F"), find, ctx);
	const struct pdflex_value *parms = entry(dict, STR("DecodeParms"), STR("DP"), find, ctx);
	bool many = filter && filter->kind == PDFLEX_ARRAY;
	const struct pdflex_value *f = many ? filter->first : filter;
	const struct pdflex_value *p = parms && parms->kind == PDFLEX_ARRAY ? parms->first : parms;
	size_t n = 0;

	for (; f && n < PDFFILTER_CHAIN; f = many ? f->next : NULL) {
		const struct pdflex_value *name = f->kind == PDFLEX_REF ? find(ctx, f) : f;

		if (name && name->kind == PDFLEX_NAME) {
			ret[n].name = canonical(name->s);
			read_parameters(&ret[n++], p && p->kind == PDFLEX_REF ? find(ctx, p) : p);
		}
		p = p && parms->kind == PDFLEX_ARRAY ? p->next : NULL;
	}
	return n;
}

/* window_bits: 15 with the zlib header, -15 for those who forgot it. */
static void inflate_into(struct strbuf *out, str in, int window_bits)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)in.p, .avail_in = (uInt)in.n };
	char chunk[CHUNK];
	int r = Z_OK;

	if (in.n > UINT32_MAX || inflateInit2(&z, window_bits) != Z_OK)
		return;
	while (r == Z_OK && !out->overflow) {
		z.next_out = (Bytef *)chunk;
		z.avail_out = sizeof(chunk);
		r = inflate(&z, Z_NO_FLUSH);
		strbuf_put(out, str_of(chunk, sizeof(chunk) - z.avail_out));
		if (z.avail_out == sizeof(chunk) && r == Z_OK && !z.avail_in)
			break;
	}
	inflateEnd(&z);
}

static void flate(struct strbuf *out, str in)
{
	while (in.n && (in.p[0] == '\r' || in.p[0] == '\n'))
		in = str_skip(in, 1);
	inflate_into(out, in, 15);
	if (!out->n && in.n > 2)
		inflate_into(out, in, -15);
	if (!out->n && in.n > 2)
		inflate_into(out, str_skip(in, 2), -15);
}

/* Each code is the string of another one and a byte more. */
struct lzw {
	uint16_t before[LZW_CODES];
	uint16_t length[LZW_CODES];
	unsigned char last[LZW_CODES], first[LZW_CODES];
	uint32_t next, width;
};

static void lzw_clear(struct lzw *t)
{
	for (uint32_t i = 0; i < 256; i++) {
		t->last[i] = t->first[i] = (unsigned char)i;
		t->length[i] = 1;
	}
	t->next = 258;
	t->width = 9;
}

static void lzw_put(struct strbuf *out, const struct lzw *t, uint32_t code)
{
	char text[LZW_CODES];
	size_t n = t->length[code];

	for (size_t i = n; i-- > 0; code = t->before[code])
		text[i] = (char)t->last[code];
	strbuf_put(out, str_of(text, n));
}

static void lzw_add(struct lzw *t, uint32_t before, unsigned char last, uint32_t early)
{
	if (t->next >= LZW_CODES)
		return;
	t->before[t->next] = (uint16_t)before;
	t->last[t->next] = last;
	t->first[t->next] = t->first[before];
	t->length[t->next] = (uint16_t)(t->length[before] + 1);
	t->next++;
	if (t->next + early >= 1u << t->width && t->width < 12)
		t->width++;
}

static void lzw(struct strbuf *out, str in, uint32_t early)
{
	struct lzw t;
	uint32_t bits = 0, n = 0, before = LZW_CODES;

	memset(&t, 0, sizeof(t));
	lzw_clear(&t);
	for (size_t i = 0; i < in.n && !out->overflow;) {
		uint32_t code;

		while (n < t.width && i < in.n) {
			bits = bits << 8 | (unsigned char)in.p[i++];
			n += 8;
		}
		if (n < t.width)
			return;
		code = bits >> (n - t.width) & ((1u << t.width) - 1);
		n -= t.width;
		if (code == 257)
			return;
		if (code == 256) {
			lzw_clear(&t);
			before = LZW_CODES;
			continue;
		}
		if (before != LZW_CODES)
			lzw_add(&t, before, code < t.next ? t.first[code] : t.first[before], early);
		if (code >= t.next)
			return;
		lzw_put(out, &t, code);
		before = code;
	}
}

static void ascii_hex(struct strbuf *out, str in)
{
	size_t end = str_chr(in, '>');
	int high = -1;

	in = str_sub(in, 0, end == STR_NONE ? in.n : end);
	for (size_t i = 0; i < in.n; i++) {
		char c = str_lower_char(in.p[i]);
		int d = str_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;

		if (d < 0)
			continue;
		if (high >= 0)
			strbuf_char(out, (char)(high * 16 + d));
		high = high >= 0 ? -1 : d;
	}
	if (high >= 0)
		strbuf_char(out, (char)(high * 16));
}

static void put_85(struct strbuf *out, uint32_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		strbuf_char(out, (char)(value >> (24 - 8 * i)));
}

static void ascii_85(struct strbuf *out, str in)
{
	uint32_t value = 0;
	int n = 0;

	if (str_starts(in, STR("<~")))
		in = str_skip(in, 2);
	for (size_t i = 0; i < in.n && in.p[i] != '~'; i++) {
		char c = in.p[i];

		if (c == 'z' && n == 0) {
			put_85(out, 0, 4);
		} else if (c >= '!' && c <= 'u') {
			value = value * 85 + (uint32_t)(c - '!');
			if (++n == 5) {
				put_85(out, value, 4);
				value = 0;
				n = 0;
			}
		}
	}
	if (n < 2)
		return;
	for (int i = n; i < 5; i++)
		value = value * 85 + 84;
	put_85(out, value, n - 1);
}

static void run_length(struct strbuf *out, str in)
{
	for (size_t i = 0; i < in.n && !out->overflow;) {
		unsigned char n = (unsigned char)in.p[i++];

		if (n == 128)
			return;
		if (n < 128) {
			strbuf_put(out, str_sub(in, i, i + n + 1u));
			i += n + 1u;
			continue;
		}
		for (int k = 0; i < in.n && k < 257 - n; k++)
			strbuf_char(out, in.p[i]);
		i++;
	}
}

static unsigned char paeth(int left, int up, int corner)
{
	int p = left + up - corner;
	int dl = abs(p - left), du = abs(p - up), dc = abs(p - corner);

	return (unsigned char)(dl <= du && dl <= dc ? left : du <= dc ? up : corner);
}

/* One row of PNG (RFC 2083, 6), up holds the one before it. */
static void png_row(unsigned char *row, const unsigned char *up, size_t n, size_t pixel, int type)
{
	for (size_t i = 0; i < n; i++) {
		int left = i >= pixel ? row[i - pixel] : 0;
		int corner = i >= pixel ? up[i - pixel] : 0;

		if (type == 1)
			row[i] = (unsigned char)(row[i] + left);
		else if (type == 2)
			row[i] = (unsigned char)(row[i] + up[i]);
		else if (type == 3)
			row[i] = (unsigned char)(row[i] + (left + up[i]) / 2);
		else if (type == 4)
			row[i] = (unsigned char)(row[i] + paeth(left, up[i], corner));
	}
}

static str png_predicted(struct arena *a, str in, size_t row_bytes, size_t pixel)
{
	size_t rows = (in.n + row_bytes) / (row_bytes + 1);
	unsigned char *out = arena_alloc(a, rows * row_bytes + 1);
	const unsigned char *up = arena_alloc(a, row_bytes + 1);
	size_t n = 0;

	for (size_t at = 0; at < in.n;) {
		int type = (unsigned char)in.p[at++];
		str data = str_sub(in, at, at + row_bytes);

		if (!data.n)
			break;
		memcpy(out + n, data.p, data.n);
		png_row(out + n, up, data.n, pixel, type);
		up = out + n;
		n += data.n;
		at += data.n;
	}
	return str_of(out, n);
}

/* Only whole bytes: smaller ones are images. */
static str tiff_predicted(struct arena *a, str in, size_t row_bytes, size_t colors)
{
	char *out = arena_alloc(a, in.n + 1);

	memcpy(out, in.p, in.n);
	for (size_t i = colors; i < in.n; i++) {
		if (i % row_bytes >= colors)
			out[i] = (char)(out[i] + out[i - colors]);
	}
	return str_of(out, in.n);
}

static str predicted(struct arena *a, str in, const struct pdffilter_step *s)
{
	int64_t row_bits;
	size_t row_bytes, pixel;

	if (s->predictor < 2 || !in.n)
		return in;
	if (s->colors < 1 || s->colors > 32 || s->bits < 1 || s->bits > 32 || s->columns < 1 ||
	    s->columns > COLUMNS_MAX)
		return in;
	row_bits = s->colors * s->bits * s->columns;
	row_bytes = (size_t)(row_bits + 7) / 8;
	pixel = (size_t)(s->colors * s->bits + 7) / 8;
	if (s->predictor >= 10)
		return png_predicted(a, in, row_bytes, pixel);
	return s->bits == 8 ? tiff_predicted(a, in, row_bytes, pixel) : in;
}

static bool is_image(str name)
{
	return str_eq(name, STR("DCTDecode")) || str_eq(name, STR("CCITTFaxDecode")) ||
	       str_eq(name, STR("JPXDecode")) || str_eq(name, STR("JBIG2Decode"));
}

static bool apply(struct strbuf *out, str in, const struct pdffilter_step *s)
{
	if (str_eq(s->name, STR("FlateDecode")))
		flate(out, in);
	else if (str_eq(s->name, STR("LZWDecode")))
		lzw(out, in, s->early_change != 0);
	else if (str_eq(s->name, STR("ASCIIHexDecode")))
		ascii_hex(out, in);
	else if (str_eq(s->name, STR("ASCII85Decode")))
		ascii_85(out, in);
	else if (str_eq(s->name, STR("RunLengthDecode")))
		run_length(out, in);
	else
		return false;
	return true;
}

enum pdffilter_outcome pdffilter_decode(struct arena *a, str in, const struct pdffilter_step *steps,
					size_t n, size_t *left, str *ret)
{
	bool cut = false;

	*ret = in;
	for (size_t i = 0; i < n; i++) {
		struct strbuf out = strbuf_make(a, *left);

		if (str_eq(steps[i].name, STR("Crypt")))
			continue;
		if (is_image(steps[i].name))
			return PDFFILTER_IMAGE;
		if (!apply(&out, *ret, &steps[i]))
			return PDFFILTER_UNKNOWN;
		cut |= out.overflow;
		*left -= out.n;
		if (!out.n && ret->n)
			return cut ? PDFFILTER_CUT : PDFFILTER_BROKEN;
		*ret = predicted(a, strbuf_str(&out), &steps[i]);
	}
	return cut ? PDFFILTER_CUT : PDFFILTER_OK;
}

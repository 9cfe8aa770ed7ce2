#include "document/pdftext.h"

#include "base/utf8.h"
#include "document/pdflex.h"

enum { GAP = -200 /* thousandths of a letter: the next word begins */ };

static void put_utf16(struct strbuf *out, str s, bool big)
{
	for (size_t i = 0; i + 1 < s.n; i += 2) {
		uint32_t one = (unsigned char)s.p[i], two = (unsigned char)s.p[i + 1];
		uint32_t unit = big ? one << 8 | two : two << 8 | one;

		if (unit >= 0xd800 && unit < 0xdc00 && i + 3 < s.n) {
			uint32_t three = (unsigned char)s.p[i + 2];
			uint32_t four = (unsigned char)s.p[i + 3];
			uint32_t low = big ? three << 8 | four : four << 8 | three;

			unit = 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
			i += 2;
		}
		strbuf_utf8(out, unit);
	}
}

str pdftext_string(struct arena *a, str bytes)
{
	struct strbuf out = strbuf_make(a, bytes.n * 3 + 4);

	if (str_starts(bytes, STR("\xef\xbb\xbf")))
		bytes = str_skip(bytes, 3);
	else if (str_starts(bytes, STR("\xfe\xff")))
		put_utf16(&out, str_skip(bytes, 2), true);
	else if (str_starts(bytes, STR("\xff\xfe")))
		put_utf16(&out, str_skip(bytes, 2), false);
	if (out.n)
		return strbuf_str(&out);
	if (utf8_valid(bytes))
		return bytes;
	for (size_t i = 0; i < bytes.n; i++)
		strbuf_utf8(&out, (unsigned char)bytes.p[i]);
	return strbuf_str(&out);
}

/* Strings of glyph numbers are no letters. */
static bool is_plain(str s)
{
	size_t control = 0;

	for (size_t i = 0; i < s.n; i++)
		control += (unsigned char)s.p[i] < ' ';
	return control * 4 <= s.n;
}

static void put_shown(struct strbuf *out, str s)
{
	if (!is_plain(s))
		return;
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= ' ')
			strbuf_utf8(out, (unsigned char)s.p[i]);
	}
}

static void end_line(struct strbuf *out)
{
	if (out->n && out->p[out->n - 1] != '\n')
		strbuf_char(out, '\n');
}

void pdftext_content(struct strbuf *out, struct arena *scratch, str content)
{
	struct pdflex l = pdflex_make(scratch, content, 0);

	while (!out->overflow) {
		struct pdflex_value t = pdflex_token(&l);

		if (t.kind == PDFLEX_END)
			return;
		if (t.kind == PDFLEX_STRING)
			put_shown(out, t.s);
		else if (t.kind == PDFLEX_NUMBER && t.number < GAP && out->n &&
			 out->p[out->n - 1] != ' ')
			strbuf_char(out, ' ');
		else if (t.kind == PDFLEX_WORD && t.s.n && t.s.p[0] == 'T' && t.s.n == 2 &&
			 strchr("dDm*", t.s.p[1]))
			end_line(out);
		else if (t.kind == PDFLEX_WORD && str_eq(t.s, STR("ET")))
			end_line(out);
	}
}

#include "mime/uucode.h"

enum { TRAILING_MAX = 6 /* blanks and check characters behind the data */ };

/* The line without its end; *text is left behind it. */
static str cut_line(str *text)
{
	size_t lf = str_chr(*text, '\n');
	str line = str_sub(*text, 0, lf);

	*text = str_skip(*text, lf == STR_NONE ? text->n : lf + 1);
	while (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

static unsigned six(char c)
{
	return ((unsigned char)c - 32U) & 63;
}

static bool in_alphabet(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < 0x20 || s.p[i] > 0x60)
			return false;
	}
	return true;
}

/* Blanks at the end of a line are lost on the way: they count as zero. */
static bool is_data(str line)
{
	size_t bytes, chars;

	if (!line.n || !in_alphabet(line))
		return false;
	bytes = six(line.p[0]);
	chars = (bytes + 2) / 3 * 4;
	return bytes && line.n <= 1 + chars + TRAILING_MAX && line.n > 1;
}

static void put_line(struct strbuf *out, str line)
{
	size_t left = six(line.p[0]);

	for (size_t i = 1; left; i += 4) {
		unsigned v = 0;
		char bytes[3];
		size_t n = left < 3 ? left : 3;

		for (size_t k = 0; k < 4; k++)
			v = v << 6 | (i + k < line.n ? six(line.p[i + k]) : 0);
		bytes[0] = (char)(v >> 16);
		bytes[1] = (char)(v >> 8);
		bytes[2] = (char)v;
		strbuf_put(out, str_of(bytes, n));
		left -= n;
	}
}

/* Of a line, blanks from at on. */
static size_t skip_blanks(str line, size_t at)
{
	while (at < line.n && line.p[at] == ' ')
		at++;
	return at;
}

/* Some programs ask for no mode, or for two blanks only, and take any number of each. */
static bool is_begin(str line, str *ret_name)
{
	size_t from, at;

	if (!str_starts(line, STR("begin ")))
		return false;
	from = at = skip_blanks(line, 6);
	while (at < line.n && line.p[at] >= '0' && line.p[at] <= '7')
		at++;
	if (from == 6 && (at == from || at >= line.n || line.p[at] != ' '))
		return false;
	*ret_name = str_trim(str_skip(line, at));
	return true;
}

bool uucode_begins(str text, str *ret_name)
{
	str line = cut_line(&text), next = cut_line(&text);
	size_t promised;

	if (!is_begin(line, ret_name) || !is_data(next))
		return false;
	promised = six(next.p[0]) * 4 / 3;
	return next.n >= promised;
}

size_t uucode_decode(struct strbuf *out, str text)
{
	str rest = text, before = text, name, line;

	line = cut_line(&rest);
	if (!is_begin(line, &name))
		rest = text;
	for (before = rest; rest.n; before = rest) {
		line = cut_line(&rest);
		if (!is_data(line))
			break;
		put_line(out, line);
	}
	return text.n - before.n;
}

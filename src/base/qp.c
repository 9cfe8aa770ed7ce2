#include "base/qp.h"

#include "base/num.h"

/* Length of a soft line break at s ("=" [blanks] CRLF, LF or end of input), or 0. */
static size_t soft_break(str s)
{
	size_t i = 1;

	while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t'))
		i++;
	if (i == s.n)
		return i;
	if (s.p[i] == '\n')
		return i + 1;
	if (s.p[i] == '\r')
		return i + 1 < s.n && s.p[i + 1] == '\n' ? i + 2 : i + 1;
	return 0;
}

static bool hex_pair(str s, char *ret)
{
	int hi = s.n > 2 ? num_hex_digit(s.p[1]) : -1;
	int lo = s.n > 2 ? num_hex_digit(s.p[2]) : -1;

	if (hi < 0 || lo < 0)
		return false;
	*ret = (char)(hi << 4 | lo);
	return true;
}

static bool has_lower(str s)
{
	return (s.p[1] >= 'a' && s.p[1] <= 'f') || (s.p[2] >= 'a' && s.p[2] <= 'f');
}

static void put_plain(struct strbuf *out, str in, bool lf)
{
	size_t crlf;

	while (lf && (crlf = str_find(in, STR("\r\n"))) != STR_NONE) {
		strbuf_put(out, str_sub(in, 0, crlf));
		in = str_skip(in, crlf + 1);
	}
	strbuf_put(out, in);
}

size_t qp_decode_way(struct strbuf *out, str in, struct qp_way way)
{
	size_t bad = 0;

	strbuf_reserve(out, in.n);
	while (in.n) {
		size_t eq = str_chr(in, '=');
		size_t skip;
		char c;

		put_plain(out, str_sub(in, 0, eq), way.lf);
		if (eq == STR_NONE)
			break;
		in = str_skip(in, eq);
		skip = soft_break(in);
		if (skip) {
			in = str_skip(in, skip);
		} else if (hex_pair(in, &c) && !(way.upper_only && has_lower(in))) {
			strbuf_char(out, c);
			in = str_skip(in, 3);
		} else {
			if (!way.drop)
				strbuf_char(out, '=');
			in = str_skip(in, way.drop ? way.drop : 1);
			bad++;
		}
	}
	return bad;
}

size_t qp_decode(struct strbuf *out, str in)
{
	return qp_decode_way(out, in, (struct qp_way){ 0 });
}

size_t qp_decode_word(struct strbuf *out, str in)
{
	size_t bad = 0;

	while (in.n) {
		char c = in.p[0];
		size_t used = 1;

		if (c == '_') {
			c = ' ';
		} else if (c == '=') {
			if (hex_pair(in, &c))
				used = 3;
			else
				bad++;
		}
		strbuf_char(out, c);
		in = str_skip(in, used);
	}
	return bad;
}

void qp_encode(struct strbuf *out, str in)
{
	size_t column = 0;

	for (size_t i = 0; i < in.n; i++) {
		unsigned char c = (unsigned char)in.p[i];
		bool line_end = i + 1 == in.n || in.p[i + 1] == '\n' || in.p[i + 1] == '\r';
		bool plain =
			(c > 32 && c < 127 && c != '=') || ((c == ' ' || c == '\t') && !line_end);

		if (c == '\n' || (c == '\r' && i + 1 < in.n && in.p[i + 1] == '\n')) {
			i += c == '\r';
			strbuf_put(out, STR("\r\n"));
			column = 0;
			continue;
		}
		if (column + (plain ? 1 : 3) > 75) {
			strbuf_put(out, STR("=\r\n"));
			column = 0;
		}
		if (plain)
			strbuf_char(out, (char)c);
		else
			strbuf_fmt(out, "=%02X", c);
		column += plain ? 1 : 3;
	}
}

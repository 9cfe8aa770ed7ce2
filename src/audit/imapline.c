#include "audit/imapline.h"

#include "base/num.h"

/* "... {1234}" or the non-synchronising "{1234+}". */
static bool read_literal(str line, struct imapline *ret)
{
	size_t open = str_rchr(line, '{');
	str digits;

	ret->has_literal = str_ends(line, STR("}"));
	if (!ret->has_literal)
		return true;
	if (open == STR_NONE)
		return false;
	digits = str_sub(line, open + 1, line.n - 1);
	if (str_ends(digits, STR("+")))
		digits.n--;
	return num_u64(digits, &ret->literal);
}

static int tagged(str rest)
{
	if (str_casestarts(rest, STR("OK ")) || str_caseeq(rest, STR("OK")))
		return IMAPLINE_OK;
	if (str_casestarts(rest, STR("NO ")) || str_casestarts(rest, STR("BAD ")) ||
	    str_caseeq(rest, STR("NO")) || str_caseeq(rest, STR("BAD")))
		return IMAPLINE_NO;
	return IMAPLINE_E_SYNTAX;
}

int imapline_read(str line, str tag, struct imapline *ret)
{
	*ret = (struct imapline){ .literal = 0 };
	if (!str_ends(line, STR("\r\n")))
		return IMAPLINE_E_SYNTAX;
	line.n -= 2;
	if (str_starts(line, STR("+")))
		return IMAPLINE_GO_ON;
	if (str_starts(line, STR("* "))) {
		ret->rest = str_skip(line, 2);
		return read_literal(line, ret) ? IMAPLINE_UNTAGGED : IMAPLINE_E_SYNTAX;
	}
	if (!str_starts(line, tag) || line.n <= tag.n || line.p[tag.n] != ' ')
		return IMAPLINE_E_SYNTAX;
	ret->rest = str_skip(line, tag.n + 1);
	return tagged(ret->rest);
}

bool imapline_next_uid(str *rest, uint32_t *ret)
{
	uint64_t n;
	str word;

	if (str_casestarts(*rest, STR("SEARCH")))
		*rest = str_skip(*rest, 6);
	while (rest->n && rest->p[0] == ' ')
		*rest = str_skip(*rest, 1);
	if (!rest->n || !str_split(rest, ' ', &word) || !num_u64_max(word, UINT32_MAX, &n))
		return false;
	*ret = (uint32_t)n;
	return n != 0;
}

bool imapline_quote(str s, char *out, size_t max, size_t *ret_n)
{
	size_t n = 0;

	if (max < 2)
		return false;
	out[n++] = '"';
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c >= 0x7f || n + 3 > max)
			return false;
		if (c == '"' || c == '\\')
			out[n++] = '\\';
		out[n++] = (char)c;
	}
	out[n++] = '"';
	*ret_n = n;
	return n <= max;
}

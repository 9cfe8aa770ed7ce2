#include "url/urldefang.h"

#include "base/strbuf.h"

static const struct {
	str written, meant;
} signs[] = {
	{ STR("[.]"), STR(".") },     { STR("(.)"), STR(".") },	  { STR("{.}"), STR(".") },
	{ STR("[dot]"), STR(".") },   { STR("(dot)"), STR(".") }, { STR("[:]"), STR(":") },
	{ STR("[://]"), STR("://") }, { STR("[/]"), STR("/") },
};

/* "hxxp", "hxxps", "fxp": with the letters that were crossed out. */
static size_t crossed_scheme(str s, str *ret)
{
	static const struct {
		str written, meant;
	} table[] = {
		{ STR("hxxps"), STR("https") }, { STR("hxxp"), STR("http") },
		{ STR("h**ps"), STR("https") }, { STR("h**p"), STR("http") },
		{ STR("meow"), STR("http") },	{ STR("fxp"), STR("ftp") },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		str rest = str_skip(s, table[i].written.n);

		if (str_casestarts(s, table[i].written) && rest.n &&
		    (rest.p[0] == ':' || rest.p[0] == '[')) {
			*ret = table[i].meant;
			return table[i].written.n;
		}
	}
	return 0;
}

/* Of a scheme that was crossed out. */
static bool is_first(char c)
{
	c = str_lower_char(c);
	return c == 'h' || c == 'f' || c == 'm';
}

static size_t sign_at(str s, str *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		if (str_casestarts(s, signs[i].written)) {
			*ret = signs[i].meant;
			return signs[i].written.n;
		}
	}
	return 0;
}

bool urldefang(struct arena *a, str word, str *ret)
{
	struct strbuf b = { 0 };
	size_t start = 0;

	for (size_t i = 0; i < word.n; i++) {
		char c = word.p[i];
		size_t n = 0;
		str meant;

		if (c == '[' || c == '(' || c == '{')
			n = sign_at(str_skip(word, i), &meant);
		else if (is_first(c) && (i == 0 || !str_is_alnum(word.p[i - 1])))
			n = crossed_scheme(str_skip(word, i), &meant);
		if (!n)
			continue;
		if (!b.max)
			b = strbuf_make(a, word.n);
		strbuf_put(&b, str_sub(word, start, i));
		strbuf_put(&b, meant);
		start = i + n;
		i += n - 1;
	}
	*ret = word;
	if (!start)
		return false;
	strbuf_put(&b, str_skip(word, start));
	*ret = strbuf_str(&b);
	return true;
}

#include "fetch/refresh.h"

static str skip_blanks(str s)
{
	while (s.n && (str_is_space(s.p[0]) || s.p[0] == '\f'))
		s = str_skip(s, 1);
	return s;
}

/* Up to the closing quote when it begins with one, else all. */
static str unquoted(str s)
{
	if (s.n && (s.p[0] == '"' || s.p[0] == '\'')) {
		char quote = s.p[0];

		s = str_skip(s, 1);
		return str_sub(s, 0, str_chr(s, quote));
	}
	return s;
}

str refresh_of_field(str value)
{
	size_t digits = 0;
	str rest = skip_blanks(value);

	while (digits < rest.n && (str_is_digit(rest.p[digits]) || rest.p[digits] == '.'))
		digits++;
	rest = skip_blanks(str_skip(rest, digits));
	if (!rest.n || (rest.p[0] != ';' && rest.p[0] != ','))
		return STR("");
	rest = skip_blanks(str_skip(rest, 1));
	if (str_casestarts(rest, STR("url"))) {
		str after = skip_blanks(str_skip(rest, 3));

		if (after.n && after.p[0] == '=')
			rest = skip_blanks(str_skip(after, 1));
	}
	return str_trim(unquoted(rest));
}

/* One attribute of a tag, from *tag on; false at its end. */
static bool next_attribute(str *tag, str *ret_name, str *ret_value)
{
	str s = skip_blanks(*tag);
	size_t n = 0;

	while (s.n && s.p[0] == '/')
		s = skip_blanks(str_skip(s, 1));
	if (!s.n || s.p[0] == '>')
		return false;
	while (n < s.n && s.p[n] != '=' && s.p[n] != '>' && s.p[n] != '/' && !str_is_space(s.p[n]))
		n++;
	*ret_name = str_sub(s, 0, n);
	*ret_value = STR("");
	s = skip_blanks(str_skip(s, n ? n : 1));
	if (s.n && s.p[0] == '=') {
		s = skip_blanks(str_skip(s, 1));
		*ret_value = unquoted(s);
		if (s.n && (s.p[0] == '"' || s.p[0] == '\'')) {
			s = str_skip(s, ret_value->n + 2);
		} else {
			for (n = 0; n < s.n && s.p[n] != '>' && !str_is_space(s.p[n]);)
				n++;
			*ret_value = str_sub(s, 0, n);
			s = str_skip(s, n);
		}
	}
	*tag = s;
	return true;
}

/* The target when this <meta is a refresh; *tag is then behind it. */
static str of_meta(str *tag)
{
	str name, value, content = STR("");
	bool refreshes = false;

	while (next_attribute(tag, &name, &value)) {
		if (str_caseeq(name, STR("http-equiv")))
			refreshes = str_caseeq(str_trim(value), STR("refresh"));
		else if (str_caseeq(name, STR("content")))
			content = value;
	}
	return refreshes ? refresh_of_field(content) : STR("");
}

str refresh_of_page(str html)
{
	for (size_t at; (at = str_chr(html, '<')) != STR_NONE;) {
		str target;

		html = str_skip(html, at + 1);
		if (!str_casestarts(html, STR("meta")) || html.n < 5 ||
		    (!str_is_space(html.p[4]) && html.p[4] != '/'))
			continue;
		html = str_skip(html, 4);
		target = of_meta(&html);
		if (target.n)
			return target;
	}
	return STR("");
}

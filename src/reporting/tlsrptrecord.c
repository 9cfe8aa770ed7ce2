#include "reporting/tlsrptrecord.h"

#include "base/num.h"

enum { NAME_MAX_CHARS = 32 };

static const str version = STR("v=TLSRPTv1");

static str skip_wsp(str s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = str_skip(s, 1);
	return s;
}

static str trim_wsp(str s)
{
	s = skip_wsp(s);
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

bool tlsrptrecord_is(str txt)
{
	str rest = skip_wsp(str_skip(txt, version.n));

	return str_starts(txt, version) && (rest.n == 0 || rest.p[0] == ';');
}

/* Is it made of the characters of RFC 3986 2, with whole percent-encodings? Commas and
 * semicolons are encoded here. */
static bool has_uri_chars(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%') {
			if (i + 2 >= s.n || num_hex_digit(s.p[i + 1]) < 0 ||
			    num_hex_digit(s.p[i + 2]) < 0)
				return false;
		} else if (!str_is_alnum(s.p[i]) &&
			   str_chr(STR("-._~:/?#[]@!$&'()*+="), s.p[i]) == STR_NONE) {
			return false;
		}
	}
	return true;
}

static bool is_uri(str s)
{
	size_t colon = str_chr(s, ':');

	if (colon == STR_NONE || colon == 0 || colon + 1 == s.n || !str_is_alpha(s.p[0]))
		return false;
	for (size_t i = 0; i < colon; i++) {
		if (!str_is_alnum(s.p[i]) && str_chr(STR("+-."), s.p[i]) == STR_NONE)
			return false;
	}
	return has_uri_chars(str_skip(s, colon + 1));
}

static bool take_uris(str list, struct tlsrptrecord *ret)
{
	str one;

	if (list.n == 0)
		return false;
	while (str_split(&list, ',', &one)) {
		one = trim_wsp(one);
		if (!is_uri(one))
			return false;
		if (ret->n < TLSRPTRECORD_URIS)
			ret->uris[ret->n++] = one;
	}
	return true;
}

static bool is_extension_name(str s)
{
	if (s.n == 0 || s.n > NAME_MAX_CHARS || !str_is_alnum(s.p[0]))
		return false;
	for (size_t i = 1; i < s.n; i++) {
		if (!str_is_alnum(s.p[i]) && str_chr(STR("_-."), s.p[i]) == STR_NONE)
			return false;
	}
	return true;
}

static bool is_extension_value(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '=' || s.p[i] == ';')
			return false;
	}
	return s.n > 0;
}

static bool take_field(str field, struct tlsrptrecord *ret)
{
	size_t equals = str_chr(field, '=');
	str name = str_sub(field, 0, equals), value;

	if (equals == STR_NONE)
		return false;
	value = str_skip(field, equals + 1);
	if (str_eq(name, STR("rua")))
		return take_uris(value, ret);
	return is_extension_name(name) && is_extension_value(value);
}

bool tlsrptrecord_parse(str txt, struct tlsrptrecord *ret)
{
	struct tlsrptrecord found = { .n = 0 };
	str rest = trim_wsp(str_skip(txt, version.n)), field;

	if (!tlsrptrecord_is(txt) || rest.n == 0)
		return false;
	rest = str_skip(rest, 1);
	if (rest.n && rest.p[rest.n - 1] == ';')
		rest.n--;
	while (str_split(&rest, ';', &field)) {
		if (!take_field(trim_wsp(field), &found))
			return false;
	}
	*ret = found;
	return found.n > 0;
}

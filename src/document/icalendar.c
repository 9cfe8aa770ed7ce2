#include "document/icalendar.h"

static str cut_line(str *rest)
{
	size_t lf = str_chr(*rest, '\n');
	str line = str_sub(*rest, 0, lf);

	*rest = lf == STR_NONE ? STR_NULL : str_skip(*rest, lf + 1);
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

static bool goes_on(str rest)
{
	return rest.n && (rest.p[0] == ' ' || rest.p[0] == '\t');
}

/* A line and those that continue it (3.1). */
static str unfolded(struct arena *a, str *rest)
{
	str before = *rest, first = cut_line(rest);
	char *out;
	size_t n = first.n, whole;

	if (!goes_on(*rest))
		return first;
	while (goes_on(*rest))
		(void)cut_line(rest);
	whole = rest->p ? (size_t)(rest->p - before.p) : before.n;
	out = arena_alloc(a, whole + 1);
	memcpy(out, first.p, first.n);
	before = str_sub(before, 0, whole);
	(void)cut_line(&before);
	while (before.p) {
		str more = str_skip(cut_line(&before), 1);

		memcpy(out + n, more.n ? more.p : "", more.n);
		n += more.n;
	}
	return str_of(out, n);
}

/* Where the name and its parameters end: at the first colon outside of quotes. */
static size_t colon(str line)
{
	bool quoted = false;

	for (size_t i = 0; i < line.n; i++) {
		quoted ^= line.p[i] == '"';
		if (line.p[i] == ':' && !quoted)
			return i;
	}
	return STR_NONE;
}

bool icalendar_next(struct arena *a, str *rest, struct icalendar_line *ret)
{
	while (rest->p) {
		str line = unfolded(a, rest), head;
		size_t at = colon(line), semicolon, dot;

		if (at == STR_NONE)
			continue;
		head = str_sub(line, 0, at);
		ret->value = str_skip(line, at + 1);
		semicolon = str_chr(head, ';');
		ret->name = str_sub(head, 0, semicolon);
		ret->parameters = semicolon == STR_NONE ? STR("") : str_skip(head, semicolon + 1);
		dot = str_rchr(ret->name, '.');
		if (dot != STR_NONE)
			ret->name = str_skip(ret->name, dot + 1);
		return true;
	}
	return false;
}

str icalendar_parameter(const struct icalendar_line *l, str name)
{
	str rest = l->parameters, one;

	while (str_split(&rest, ';', &one)) {
		size_t equals = str_chr(one, '=');

		if (equals == STR_NONE || !str_caseeq(str_sub(one, 0, equals), name))
			continue;
		one = str_skip(one, equals + 1);
		if (one.n >= 2 && one.p[0] == '"' && one.p[one.n - 1] == '"')
			one = str_sub(one, 1, one.n - 1);
		return one;
	}
	return STR("");
}

bool icalendar_is_binary(const struct icalendar_line *l, str *ret_data)
{
	str encoding = icalendar_parameter(l, STR("ENCODING"));
	size_t comma;

	*ret_data = l->value;
	if (str_caseeq(encoding, STR("BASE64")) || str_caseeq(encoding, STR("b")))
		return true;
	/* vCard 2.1 writes the coding without its name */
	if (str_casefind(l->parameters, STR("BASE64")) != STR_NONE)
		return true;
	comma = str_chr(l->value, ',');
	if (!str_casestarts(l->value, STR("data:")) || comma == STR_NONE ||
	    str_casefind(str_sub(l->value, 0, comma), STR(";base64")) == STR_NONE)
		return false;
	*ret_data = str_skip(l->value, comma + 1);
	return true;
}

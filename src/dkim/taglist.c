#include "dkim/taglist.h"

#include "base/num.h"
#include "base/utf8.h"

/* tag-name = ALPHA *( ALPHA / DIGIT / "_" ) */
static bool is_name(str s)
{
	if (s.n == 0 || !str_is_alpha(s.p[0]))
		return false;
	for (size_t i = 1; i < s.n; i++) {
		if (!str_is_alnum(s.p[i]) && s.p[i] != '_')
			return false;
	}
	return true;
}

/* Printable ASCII without ";", white space between; UTF-8 too (RFC 8616 5). */
static bool is_value(str s)
{
	bool high = false;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < ' ' && !str_is_space(s.p[i])) || c == ';' || c == 0x7f)
			return false;
		high |= c >= 0x80;
	}
	return !high || utf8_valid(s);
}

const char *taglist_parse_tag(str spec, struct taglist_tag *ret)
{
	size_t equals = str_chr(spec, '=');
	struct taglist_tag tag;

	if (equals == STR_NONE)
		return str_trim(spec).n ? "a tag without \"=\"" : "an empty tag";
	tag.name = str_trim(str_sub(spec, 0, equals));
	tag.value = str_trim(str_skip(spec, equals + 1));
	if (!is_name(tag.name))
		return "a bad tag name";
	if (!is_value(tag.value))
		return "a bad character in a tag";
	*ret = tag;
	return NULL;
}

str taglist_get(const struct taglist *list, str name)
{
	for (size_t i = 0; i < list->n; i++) {
		if (str_eq(list->v[i].name, name))
			return list->v[i].value;
	}
	return STR_NULL;
}

const char *taglist_parse(struct arena *a, str text, struct taglist *ret)
{
	ARENA_VEC(struct taglist_tag) tags = { 0 };
	str rest = text, spec;

	while (str_split(&rest, ';', &spec)) {
		struct taglist so_far = { tags.v, tags.n };
		struct taglist_tag tag;
		const char *bad;

		if (!rest.p && tags.n && !str_trim(spec).n)
			break; /* behind the last ";" */
		bad = taglist_parse_tag(spec, &tag);
		if (bad)
			return bad;
		if (taglist_get(&so_far, tag.name).p)
			return "a tag stands there twice";
		if (tags.n == TAGLIST_MAX)
			return "too many tags";
		*arena_push(a, &tags) = tag;
	}
	*ret = (struct taglist){ tags.v, tags.n };
	return NULL;
}

str taglist_squeeze(struct arena *a, str value)
{
	size_t n = 0;
	char *p;

	while (n < value.n && !str_is_space(value.p[n]))
		n++;
	if (n == value.n)
		return value;
	p = arena_alloc(a, value.n);
	n = 0;
	for (size_t i = 0; i < value.n; i++) {
		if (!str_is_space(value.p[i]))
			p[n++] = value.p[i];
	}
	return str_of(p, n);
}

bool taglist_item(str *rest, str *ret_item)
{
	if (!str_split(rest, ':', ret_item))
		return false;
	*ret_item = str_trim(*ret_item);
	return true;
}

bool taglist_unquote(struct arena *a, str value, str *ret)
{
	str in = taglist_squeeze(a, value);
	char *p = arena_alloc(a, in.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < in.n; i++) {
		int high, low;

		if (in.p[i] != '=') {
			p[n++] = in.p[i];
			continue;
		}
		if (in.n - i < 3)
			return false;
		high = num_hex_digit(in.p[i + 1]);
		low = num_hex_digit(in.p[i + 2]);
		if (high < 0 || low < 0)
			return false;
		p[n++] = (char)(high * 16 + low);
		i += 2;
	}
	*ret = str_of(p, n);
	return true;
}

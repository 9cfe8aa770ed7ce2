#include "conf/conf.h"

#include "conf/conf_schema.h"
#include "conf/conf_value.h"

/* Text that YAML would read as something else, or not at all, goes between quotes. */
static bool needs_quotes(str s)
{
	if (s.n == 0 || str_is_space(s.p[0]) || str_is_space(s.p[s.n - 1]))
		return true;
	for (size_t i = 0; i < s.n; i++) {
		if (!str_is_alnum(s.p[i]) && str_chr(STR("._/-:@"), s.p[i]) == STR_NONE)
			return true;
	}
	return s.p[0] == '-' || s.p[0] == ':' || s.p[0] == '@' || s.p[s.n - 1] == ':';
}

/* A double-quoted scalar; values hold no control characters (conf_value.c). */
static void put_scalar(struct strbuf *out, str s)
{
	if (!needs_quotes(s)) {
		strbuf_put(out, s);
		return;
	}
	strbuf_char(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			strbuf_char(out, '\\');
		strbuf_char(out, s.p[i]);
	}
	strbuf_char(out, '"');
}

static void put_element(const struct conf_key *key, const void *at, size_t i, struct strbuf *out)
{
	struct strbuf text = strbuf_make(out->arena, CONF_VALUE_MAX + 64);

	conf_value_put(key, at, i, &text);
	put_scalar(out, strbuf_str(&text));
}

static void put_value(const struct conf *c, const struct conf_key *key, struct strbuf *out)
{
	const void *at = (const char *)c + key->offset;
	size_t n = conf_value_count(key, at);

	if (key->list)
		strbuf_char(out, '[');
	for (size_t i = 0; i < n; i++) {
		strbuf_put(out, i ? STR(", ") : STR(""));
		put_element(key, at, i, out);
	}
	if (key->list)
		strbuf_char(out, ']');
}

void conf_show(const struct conf *c, struct strbuf *out)
{
	str section = STR("");

	for (size_t i = 0; i < conf_schema_n; i++) {
		const struct conf_key *key = &conf_schema[i];
		str name = str_c(key->path);
		size_t dot = str_chr(name, '.');
		str own = dot == STR_NONE ? STR("") : str_sub(name, 0, dot);
		const char *indent = dot == STR_NONE ? "" : "  ";

		if (!str_eq(own, section))
			strbuf_fmt(out, "\n%.*s:\n", STR_ARG(own));
		section = own;
		strbuf_fmt(out, "%s# %s\n%s%s: ", indent, key->doc, indent,
			   dot == STR_NONE ? key->path : key->path + dot + 1);
		put_value(c, key, out);
		strbuf_char(out, '\n');
	}
}

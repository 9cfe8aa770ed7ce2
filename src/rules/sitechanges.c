#include "rules/sitechanges.h"

#include "base/strbuf.h"
#include "conf/conf_yaml.h"
#include "rules/rules.h"

#include <errno.h>

static const str properties[] = { { "score", 5 }, { "disabled", 8 }, { "observe", 7 } };

struct change {
	str symbol, property, value;
};

static int refuse(struct why *why, const struct conf_yaml *at)
{
	return why_set(why, -EINVAL,
		       SITECHANGES_FILE ":%u: found more than poterne rules writes; move it to "
					"another file of the overlay",
		       at->line);
}

static bool is_word(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!str_is_alnum(s.p[i]) && s.p[i] != '_' && s.p[i] != '.' && s.p[i] != '-')
			return false;
	}
	return s.n > 0 && s.n <= 64;
}

/* What a symbol has of one property once the change is made; empty: nothing. */
static str value_of(const struct conf_yaml *symbol, str name, const struct change *c, str property)
{
	const struct conf_yaml *old = symbol ? conf_yaml_get(symbol, property) : NULL;

	if (str_eq(name, c->symbol) && (!c->property.p || str_eq(property, c->property)))
		return c->property.p ? c->value : STR("");
	return old ? old->text : STR("");
}

static void put_symbol(struct strbuf *out, const struct conf_yaml *symbol, str name,
		       const struct change *c)
{
	const char *sep = "";
	struct strbuf members = strbuf_make(out->arena, 1024);

	for (size_t i = 0; i < ARRAY_LEN(properties); i++) {
		str value = value_of(symbol, name, c, properties[i]);

		if (value.n == 0)
			continue;
		strbuf_fmt(&members, "%s%.*s: %.*s", sep, STR_ARG(properties[i]), STR_ARG(value));
		sep = ", ";
	}
	if (members.n)
		strbuf_fmt(out, "  %.*s: {%.*s}\n", STR_ARG(name), STR_ARG(strbuf_str(&members)));
}

/* A mapping of scalars with our names only: anything else would be lost. */
static int check_symbol(const struct conf_yaml *symbol, struct why *why)
{
	size_t known = 0;

	if (symbol->kind != CONF_YAML_MAPPING || !is_word(symbol->key))
		return refuse(why, symbol);
	for (size_t i = 0; i < ARRAY_LEN(properties); i++) {
		const struct conf_yaml *p = conf_yaml_get(symbol, properties[i]);

		known += p && p->kind == CONF_YAML_SCALAR && is_word(p->text);
	}
	return known == symbol->n ? 0 : refuse(why, symbol);
}

int sitechanges_set(struct arena *a, str text, str symbol, str property, str value, str *ret,
		    struct why *why)
{
	struct change c = { symbol, property, value };
	struct strbuf out = strbuf_make(a, RULES_FILE_MAX);
	const struct conf_yaml *symbols, *known = NULL;
	struct conf_yaml *root;
	int r = conf_yaml_parse(a, SITECHANGES_FILE, text, &root, why);

	if (r < 0)
		return r;
	if (!is_word(symbol) || (value.n && !is_word(value)))
		return why_set(why, -EINVAL, "found \"%.*s\", expected a symbol and a value",
			       STR_ARG(str_sub(is_word(symbol) ? value : symbol, 0, 80)));
	symbols = conf_yaml_get(root, STR("symbols"));
	if (root->n > (symbols ? 1u : 0u))
		return refuse(why, root->child);
	strbuf_put(&out, STR("# Written by poterne rules, read behind the other files of the "
			     "overlay.\n"));
	strbuf_put(&out, STR("symbols:\n"));
	for (const struct conf_yaml *e = symbols ? symbols->child : NULL; e; e = e->next) {
		r = check_symbol(e, why);
		if (r < 0)
			return r;
		known = str_eq(e->key, symbol) ? e : known;
		put_symbol(&out, e, e->key, &c);
	}
	if (!known)
		put_symbol(&out, NULL, symbol, &c);
	if (str_ends(strbuf_str(&out), STR("symbols:\n")))
		strbuf_put(&out, STR("  {}\n"));
	*ret = strbuf_str(&out);
	return out.overflow ? why_set(why, -EFBIG, SITECHANGES_FILE ": too long") : 0;
}

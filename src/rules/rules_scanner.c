#include "rules/rules_loader.h"

#include "conf/scannerrow.h"

/* when: {scanner: {name: kasp, says: infected}} */

/* As evidence, which names of findings.def and evidence.def cannot be. */
str rules_scanner_finding(struct arena *a, str name, str protocol, str says)
{
	if (name.n)
		return arena_fmt(a, "%.*s says %.*s", STR_ARG(name), STR_ARG(says));
	return arena_fmt(a, "%.*s%s says %.*s", STR_ARG(protocol), protocol.n ? ":*" : "*",
			 STR_ARG(says));
}

static int take_word(struct rules_loader *l, const struct conf_yaml *e, size_t max, str *ret)
{
	bool good = e->kind == CONF_YAML_SCALAR && e->text.n > 0 && e->text.n <= max;

	for (size_t i = 0; good && i < e->text.n; i++)
		good = str_is_alnum(e->text.p[i]) || e->text.p[i] == '-' || e->text.p[i] == '_';
	if (!good)
		return rules_loader_fail_value(l, e, "a word of letters, digits, - and _");
	*ret = e->text;
	return 0;
}

static int take_protocol(struct rules_loader *l, const struct conf_yaml *e, str *ret)
{
	enum scannerrow_protocol p;

	if (e->kind != CONF_YAML_SCALAR || !scannerrow_protocol_of(e->text, &p))
		return rules_loader_fail_value(l, e, "clamd, icap, olefy, dcc or line");
	*ret = e->text;
	return 0;
}

int rules_scanner_when(struct rules_loader *l, const struct conf_yaml *map, struct rules_symbol *s)
{
	str name = STR(""), protocol = STR(""), says = STR("");

	for (const struct conf_yaml *e = map->child; e; e = e->next) {
		int r;

		if (str_eq(e->key, STR("name")))
			r = take_word(l, e, SCANNERROW_NAME_MAX, &name);
		else if (str_eq(e->key, STR("protocol")))
			r = take_protocol(l, e, &protocol);
		else if (str_eq(e->key, STR("says")))
			r = take_word(l, e, SCANNERROW_WORD_MAX, &says);
		else
			r = rules_loader_fail_key(l, e, "name, protocol or says", STR_NULL);
		if (r < 0)
			return r;
	}
	if (!says.n || (name.n && protocol.n))
		return rules_loader_fail_value(l, map, "{name: SERVICE, says: WORD}");
	s->finding = rules_scanner_finding(l->arena, name, protocol, says);
	return 0;
}

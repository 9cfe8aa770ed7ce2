#include "rules/rules_loader.h"

#include <errno.h>

static int read_threshold(struct rules_loader *l, const struct conf_yaml *e)
{
	struct nearest near = nearest_to(e->key);
	const struct {
		str name;
		int32_t *at;
	} thresholds[] = {
		{ STR("greylist"), &l->rules->greylist },
		{ STR("tag"), &l->rules->tag },
		{ STR("quarantine"), &l->rules->quarantine },
		{ STR("reject"), &l->rules->reject },
	};

	for (size_t i = 0; i < ARRAY_LEN(thresholds); i++) {
		if (str_eq(e->key, thresholds[i].name))
			return rules_symbol_score(l, e, thresholds[i].at);
		nearest_offer(&near, thresholds[i].name);
	}
	return rules_loader_fail_key(l, e, "greylist, tag, quarantine or reject", near.best);
}

static int read_thresholds(struct rules_loader *l, const struct conf_yaml *map)
{
	static const str names[] = { STR("tag"), STR("quarantine"), STR("reject") };

	if (map->kind != CONF_YAML_MAPPING)
		return rules_loader_fail_value(l, map,
					       "tag, quarantine and reject with their scores");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!l->overlay && !conf_yaml_get(map, names[i]))
			return rules_loader_fail_key(
				l, map, "all of tag, quarantine and reject below it", STR_NULL);
	}
	for (const struct conf_yaml *e = map->child; e; e = e->next) {
		int r = read_threshold(l, e);

		if (r < 0)
			return r;
	}
	l->have_thresholds = true;
	return 0;
}

bool rules_symbol_name_valid(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!str_is_digit(s.p[i]) && s.p[i] != '_' && (s.p[i] < 'A' || s.p[i] > 'Z'))
			return false;
	}
	return s.n >= 2 && s.n <= 64 && !str_is_digit(s.p[0]);
}

static int read_new_symbol(struct rules_loader *l, const struct conf_yaml *e)
{
	struct rules *rules = l->rules;
	struct rules_symbol *s;
	int r;

	if (rules->symbols.n >= RULES_MAX_SYMBOLS)
		return rules_loader_fail_key(l, e, "fewer symbols", STR_NULL);
	s = arena_make(l->arena, struct rules_symbol);
	s->name = e->key;
	s->index = (uint32_t)rules->symbols.n;
	s->file = l->file;
	s->line = e->key_line;
	s->col = e->key_col;
	r = rules_symbol_read(l, e, s);
	if (r < 0)
		return r;
	*arena_push(l->arena, &rules->symbols) = s;
	map_set(&rules->by_name, s->name, s);
	return 0;
}

static int read_symbol(struct rules_loader *l, const struct conf_yaml *e)
{
	struct rules_symbol *known = map_get(&l->rules->by_name, e->key);

	if (!rules_symbol_name_valid(e->key))
		return rules_loader_fail_key(l, e, "a symbol of capitals, digits and '_'",
					     STR_NULL);
	if (e->kind != CONF_YAML_MAPPING)
		return rules_loader_fail_value(l, e, "the symbol's properties");
	if (!known)
		return read_new_symbol(l, e);
	if (!l->overlay)
		return rules_loader_fail_key(l, e, "a name that no symbol has yet", STR_NULL);
	return rules_symbol_change(l, e, known);
}

static int read_symbols(struct rules_loader *l, const struct conf_yaml *map)
{
	if (map->kind != CONF_YAML_MAPPING)
		return rules_loader_fail_value(l, map, "symbols with their properties");
	for (const struct conf_yaml *e = map->child; e; e = e->next) {
		int r = read_symbol(l, e);

		if (r < 0)
			return r;
	}
	return 0;
}

static int read_section(struct rules_loader *l, const struct conf_yaml *e)
{
	struct nearest near = nearest_to(e->key);

	if (str_eq(e->key, STR("thresholds")))
		return read_thresholds(l, e);
	if (str_eq(e->key, STR("symbols")))
		return read_symbols(l, e);
	if (str_eq(e->key, STR("protected")))
		return rules_protected_read(l, e);
	if (str_eq(e->key, STR("dns_lists")))
		return rules_dnslist_read(l, e);
	nearest_offer(&near, STR("thresholds"));
	nearest_offer(&near, STR("symbols"));
	nearest_offer(&near, STR("protected"));
	nearest_offer(&near, STR("dns_lists"));
	return rules_loader_fail_key(l, e, "thresholds, symbols, protected or dns_lists",
				     near.best);
}

int rules_file_read(struct rules_loader *l, const char *name, str text)
{
	struct conf_yaml *root;
	int r = conf_yaml_parse(l->arena, name, text, &root, l->why);

	if (r < 0)
		return r;
	l->file = name;
	if (root->kind != CONF_YAML_MAPPING && !conf_yaml_is_nothing(root))
		return rules_loader_fail_value(l, root,
					       "thresholds, symbols, protected or dns_lists");
	for (const struct conf_yaml *e = root->child; e; e = e->next) {
		r = read_section(l, e);
		if (r < 0)
			return r;
	}
	return 0;
}

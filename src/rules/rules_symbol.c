#include "rules/rules_loader.h"

#include "base/num.h"

#include <errno.h>

int rules_symbol_score(struct rules_loader *l, const struct conf_yaml *e, int32_t *ret)
{
	double v;

	if (e->kind != CONF_YAML_SCALAR || !num_double(e->text, &v) || v > RULES_MAX_SCORE / 100 ||
	    v < -RULES_MAX_SCORE / 100)
		return rules_loader_fail_value(l, e, "a score from -1000 to 1000");
	*ret = (int32_t)(v * 100 + (v < 0 ? -0.5 : 0.5));
	return 0;
}

static int read_text(struct rules_loader *l, const struct conf_yaml *e, str *ret)
{
	if (e->kind != CONF_YAML_SCALAR || e->text.n == 0)
		return rules_loader_fail_value(l, e, "text");
	*ret = e->text;
	return 0;
}

static int read_bool(struct rules_loader *l, const struct conf_yaml *e, bool *ret)
{
	bool yes = e->kind == CONF_YAML_SCALAR && str_eq(e->text, STR("true"));

	if (!yes && (e->kind != CONF_YAML_SCALAR || !str_eq(e->text, STR("false"))))
		return rules_loader_fail_value(l, e, "true or false");
	*ret = yes;
	return 0;
}

/* One text or a list of them. */
static int read_texts(struct rules_loader *l, const struct conf_yaml *e, struct conf_strings *ret)
{
	const struct conf_yaml *first = e->kind == CONF_YAML_SEQUENCE ? e->child : e;
	struct conf_strings texts = { arena_array(l->arena, str, e->n + 1), 0 };

	for (const struct conf_yaml *n = first; n;
	     n = e->kind == CONF_YAML_SEQUENCE ? n->next : NULL) {
		int r = read_text(l, n, &texts.v[texts.n++]);

		if (r < 0)
			return r;
	}
	*ret = texts;
	return 0;
}

static int read_date(struct rules_loader *l, const struct conf_yaml *e, str *ret)
{
	int64_t wall;

	if (e->kind != CONF_YAML_SCALAR || !listtext_date(e->text, &wall))
		return rules_loader_fail_value(l, e, "a date, YYYY-MM-DD");
	*ret = e->text;
	return 0;
}

/* --- when: how the symbol is raised --- */

static int when_finding(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	struct nearest near = nearest_to(e->text);
	int r = read_text(l, e, &s->finding);

	if (r < 0)
		return r;
	if (!rules_names_known(e->text, &near))
		return rules_loader_fail(l, e->line, e->col, e->text, "the name of a finding",
					 near.best);
	return 0;
}

static int read_pattern_key(struct rules_loader *l, const struct conf_yaml *e,
			    struct rules_symbol *s)
{
	struct nearest near = nearest_to(e->key);

	if (str_eq(e->key, STR("regex")))
		return read_text(l, e, &s->regex);
	if (str_eq(e->key, STR("caseless")))
		return read_bool(l, e, &s->caseless);
	if (s->when == RULES_HEADER && str_eq(e->key, STR("name")))
		return read_text(l, e, &s->header);
	nearest_offer(&near, STR("regex"));
	nearest_offer(&near, STR("caseless"));
	nearest_offer(&near, STR("name"));
	return rules_loader_fail_key(
		l, e, s->when == RULES_HEADER ? "name, regex or caseless" : "regex or caseless",
		near.best);
}

static int when_pattern(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	if (e->kind != CONF_YAML_MAPPING)
		return rules_loader_fail_value(l, e, "{regex: \"...\"}");
	s->caseless = true;
	for (const struct conf_yaml *n = e->child; n; n = n->next) {
		int r = read_pattern_key(l, n, s);

		if (r < 0)
			return r;
	}
	if (!s->regex.n)
		return rules_loader_fail_key(l, e, "a regex below it", STR_NULL);
	if (s->when == RULES_HEADER && !s->header.n)
		return rules_loader_fail_key(l, e, "the name of a header field below it", STR_NULL);
	return 0;
}

static int when_lua(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	return read_text(l, e, &s->code);
}

static int when_list(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	struct nearest near = nearest_to(e->text);

	s->list = lists_find(&l->rules->lists, e->text);
	if (s->list)
		return 0;
	for (size_t i = 0; i < l->rules->lists.list.n; i++)
		nearest_offer(&near, l->rules->lists.list.v[i]->name);
	return rules_loader_fail(l, e->line, e->col, e->text, "a file of the lists directory",
				 near.best);
}

static int when_type_in(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	int r = read_texts(l, e, &s->types);

	for (size_t i = 0; r == 0 && i < s->types.n; i++) {
		if (str_chr(s->types.v[i], '/') == STR_NONE)
			return rules_loader_fail(l, e->line, e->col, s->types.v[i],
						 "types such as application/pdf", STR_NULL);
	}
	return r;
}

/* Compiled at the end, when all symbols are known. */
static int when_expr(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	int r = read_text(l, e, &s->expression);

	if (r == 0)
		*arena_push(l->arena, &l->pending) = (struct rules_pending){
			/* Inside a quoted scalar the text begins one column later. */
			.symbol = s,
			.text = s->expression,
			.line = e->line,
			.col = e->col + !e->plain
		};
	return r;
}

static const struct when_form {
	str name;
	int (*read)(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s);
} when_forms[] = {
	[RULES_FINDING] = { STR("finding"), when_finding },
	[RULES_HEADER] = { STR("header"), when_pattern },
	[RULES_BODY] = { STR("body"), when_pattern },
	[RULES_RAW] = { STR("raw"), when_pattern },
	[RULES_FILENAME] = { STR("filename"), when_pattern },
	[RULES_URL] = { STR("url"), when_pattern },
	[RULES_WORDS] = { STR("words"), when_pattern },
	[RULES_MACRO] = { STR("macro"), when_pattern },
	[RULES_SCRIPT] = { STR("script"), when_pattern },
	[RULES_YARA] = { STR("yara"), when_pattern },
	[RULES_LUA] = { STR("lua"), when_lua },
	[RULES_EXTENSION_IN] = { STR("extension_in"), when_list },
	[RULES_TYPE_IN] = { STR("type_in"), when_type_in },
	[RULES_FROM_IN] = { STR("from_in"), when_list },
	[RULES_REPLY_TO_IN] = { STR("reply_to_in"), when_list },
	[RULES_CLIENT_IN] = { STR("client_in"), when_list },
	[RULES_HELO_IN] = { STR("helo_in"), when_list },
	[RULES_REVERSE_PATH_IN] = { STR("reverse_path_in"), when_list },
	[RULES_RECIPIENT_IN] = { STR("recipient_in"), when_list },
	[RULES_RECIPIENTS_IN] = { STR("every_recipient_in"), when_list },
	[RULES_URL_IN] = { STR("url_in"), when_list },
	[RULES_HASH_IN] = { STR("hash_in"), when_list },
	[RULES_LANGUAGE_IN] = { STR("language_in"), when_list },
	[RULES_ASN_IN] = { STR("asn_in"), when_list },
	[RULES_COUNTRY_IN] = { STR("country_in"), when_list },
	[RULES_DNS_LIST] = { STR("dns_list"), rules_dnslist_when },
	[RULES_SCANNER] = { STR("scanner"), rules_scanner_when },
	[RULES_EXPR] = { STR("expr"), when_expr },
};

static int set_when(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	struct nearest near = nearest_to(e->child ? e->child->key : STR_NULL);

	if (e->kind != CONF_YAML_MAPPING || e->n != 1)
		return rules_loader_fail_value(l, e,
					       "exactly one condition, such as {finding: NAME}");
	for (size_t i = 0; i < ARRAY_LEN(when_forms); i++) {
		if (str_eq(e->child->key, when_forms[i].name)) {
			s->when = (enum rules_when)i;
			return when_forms[i].read(l, e->child, s);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(when_forms); i++)
		nearest_offer(&near, when_forms[i].name);
	return rules_loader_fail_key(l, e->child,
				     "finding, header, body, raw, filename, url, words, macro, "
				     "script, yara, lua, extension_in, type_in, from_in, "
				     "reply_to_in, client_in, helo_in, reverse_path_in, "
				     "recipient_in, every_recipient_in, url_in, hash_in, "
				     "language_in, asn_in, country_in, "
				     "dns_list, scanner or expr",
				     near.best);
}

str rules_when_name(enum rules_when when)
{
	return when_forms[when].name;
}

/* --- the other properties --- */

static int set_group(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	return read_text(l, e, &s->group);
}

static int set_score(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	return rules_symbol_score(l, e, &s->score);
}

static int set_disabled(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	return read_bool(l, e, &s->disabled);
}

static int set_observe(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	return read_bool(l, e, &s->observe);
}

static int set_decision(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	struct nearest near = nearest_to(e->text);

	s->decides = RULES_DECIDES_ACTION;
	if (str_eq(e->text, STR("antivirus.when_down")))
		s->decides = RULES_DECIDES_WHEN_DOWN;
	else if (str_eq(e->text, STR("antivirus.when_absent")))
		s->decides = RULES_DECIDES_WHEN_ABSENT;
	else if (!action_of_name(e->text, &s->decision) || s->decision == ACTION_ACCEPT ||
		 s->decision == ACTION_GREYLIST)
		s->decides = RULES_DECIDES_NOTHING;
	if (s->decides != RULES_DECIDES_NOTHING)
		return 0;
	for (int i = ACTION_TAG; i < ACTIONS; i++)
		nearest_offer(&near, str_c(action_name((enum action)i)));
	nearest_offer(&near, STR("antivirus.when_down"));
	nearest_offer(&near, STR("antivirus.when_absent"));
	return rules_loader_fail(l, e->line, e->col, e->text,
				 "tag, defer, quarantine, reject, discard, "
				 "antivirus.when_down or antivirus.when_absent",
				 near.best);
}

static int set_at_most(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	s->caps = e->kind == CONF_YAML_SCALAR && action_of_name(e->text, &s->at_most) &&
		  (s->at_most == ACTION_ACCEPT || s->at_most == ACTION_TAG ||
		   s->at_most == ACTION_QUARANTINE);
	return s->caps ? 0 : rules_loader_fail_value(l, e, "accept, tag or quarantine");
}

static int set_not_greylisted(struct rules_loader *l, const struct conf_yaml *e,
			      struct rules_symbol *s)
{
	return read_bool(l, e, &s->not_greylisted);
}

static int set_priority(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	uint64_t v;

	if (e->kind != CONF_YAML_SCALAR || !num_u64_max(e->text, 1000, &v))
		return rules_loader_fail_value(l, e, "a priority from 0 to 1000");
	s->priority = (uint32_t)v;
	return 0;
}

static int set_replace(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	(void)s; /* read_replace */
	return e->kind == CONF_YAML_SEQUENCE ? 0
					     : rules_loader_fail_value(l, e, "a list of symbols");
}

static int set_description(struct rules_loader *l, const struct conf_yaml *e,
			   struct rules_symbol *s)
{
	static const str names[CONF_LANGS] = {
		[CONF_LANG_EN] = STR("en"), [CONF_LANG_FR] = STR("fr")
	};

	if (e->kind != CONF_YAML_MAPPING || e->n != CONF_LANGS)
		return rules_loader_fail_value(l, e, "{en: ..., fr: ...}");
	for (int i = 0; i < CONF_LANGS; i++) {
		const struct conf_yaml *n = conf_yaml_get(e, names[i]);
		int r;

		if (!n)
			return rules_loader_fail_value(l, e, "{en: ..., fr: ...}");
		r = read_text(l, n, &s->description[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

static int set_aliases(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	int r = read_texts(l, e, &s->aliases);

	for (size_t i = 0; r == 0 && i < s->aliases.n; i++) {
		str name = s->aliases.v[i];

		if (!rules_symbol_name_valid(name))
			return rules_loader_fail(l, e->line, e->col, name,
						 "names of capitals, digits and '_'", STR_NULL);
		if (str_eq(name, s->name) || map_set(&l->rules->by_name, name, s))
			return rules_loader_fail(l, e->line, e->col, name,
						 "a name that no symbol has yet", STR_NULL);
	}
	return r;
}

static const str eases[RULES_EASES] = {
	[RULES_EASE_UNSAID] = STR(""),
	[RULES_EASY] = STR("easy"),
	[RULES_CAREFUL] = STR("careful"),
	[RULES_EXPERT] = STR("expert"),
};

static int set_ease(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	for (int i = RULES_EASY; i < RULES_EASES; i++) {
		if (e->kind == CONF_YAML_SCALAR && str_eq(e->text, eases[i]))
			s->ease = (enum rules_ease)i;
	}
	return s->ease ? 0 : rules_loader_fail_value(l, e, "easy, careful or expert");
}

str rules_ease_name(enum rules_ease ease)
{
	return eases[ease];
}

static int set_tests(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	return read_texts(l, e, &s->tests);
}

static int set_created(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	return read_date(l, e, &s->created);
}

static int set_updated(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	return read_date(l, e, &s->updated);
}

static int set_false_positives(struct rules_loader *l, const struct conf_yaml *e,
			       struct rules_symbol *s)
{
	return read_text(l, e, &s->false_positives);
}

static int set_example(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	return read_texts(l, e, &s->examples);
}

static int set_near_miss(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	return read_texts(l, e, &s->near_misses);
}

static const struct property {
	str name;
	bool changeable; /* by an overlay, in a shipped symbol */
	bool shipped;	 /* every shipped symbol has it */
	int (*set)(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s);
} properties[] = {
	{ STR("aliases"), false, false, set_aliases },
	{ STR("group"), false, true, set_group },
	{ STR("when"), false, true, set_when },
	{ STR("score"), true, false, set_score },
	{ STR("disabled"), true, false, set_disabled },
	{ STR("observe"), true, false, set_observe },
	{ STR("decision"), false, false, set_decision },
	{ STR("priority"), false, false, set_priority },
	{ STR("at_most"), false, false, set_at_most },
	{ STR("not_greylisted"), false, false, set_not_greylisted },
	{ STR("replace"), false, false, set_replace },
	{ STR("description"), false, true, set_description },
	{ STR("created"), false, true, set_created },
	{ STR("updated"), false, false, set_updated },
	{ STR("ease"), false, false, set_ease },
	{ STR("tests"), false, false, set_tests },
	{ STR("example"), false, false, set_example },
	{ STR("near_miss"), false, false, set_near_miss },
	{ STR("false_positives"), false, false, set_false_positives },
};

static int read_property(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s,
			 bool change)
{
	struct nearest near = nearest_to(e->key);

	for (size_t i = 0; i < ARRAY_LEN(properties); i++) {
		const struct property *p = &properties[i];

		if (!str_eq(e->key, p->name))
			continue;
		if (change && !p->changeable)
			return rules_loader_fail_key(
				l, e,
				"score, disabled or observe: no more of a shipped symbol "
				"can be changed",
				STR_NULL);
		/* Two files that disagree would be settled by the order of their names. */
		if (change && s->changed & UINT32_C(1) << i && !l->changes)
			return rules_loader_fail_key(
				l, e, "a property that the overlay does not change yet", STR_NULL);
		if (change && s->changed & UINT32_C(1) << i)
			*arena_push(l->arena, &l->rules->overruled) =
				(struct rules_overruled){ s, p->name, l->file, e->key_line };
		s->changed |= change ? UINT32_C(1) << i : 0;
		return p->set(l, e, s);
	}
	for (size_t i = 0; i < ARRAY_LEN(properties); i++)
		nearest_offer(&near, properties[i].name);
	return rules_loader_fail_key(l, e, "a property of a symbol", near.best);
}

static int read_properties(struct rules_loader *l, const struct conf_yaml *map,
			   struct rules_symbol *s, bool change)
{
	for (const struct conf_yaml *e = map->child; e; e = e->next) {
		int r = read_property(l, e, s, change);

		if (r < 0)
			return r;
	}
	return 0;
}

int rules_symbol_change(struct rules_loader *l, const struct conf_yaml *map, struct rules_symbol *s)
{
	return read_properties(l, map, s, true);
}

static int missing(struct rules_loader *l, const struct conf_yaml *map, str what)
{
	return rules_loader_fail_key(
		l, map, arena_fmt(l->arena, "\"%.*s\" below it", STR_ARG(what)).p, STR_NULL);
}

static int read_replace(struct rules_loader *l, const struct conf_yaml *map, struct rules_symbol *s)
{
	const struct conf_yaml *e = conf_yaml_get(map, STR("replace"));

	if (!e)
		return 0;
	if (s->when != RULES_EXPR)
		return rules_loader_fail_key(l, e, "it only beside \"when: {expr: ...}\"",
					     STR_NULL);
	l->pending.v[l->pending.n - 1].replace = e;
	return 0;
}

int rules_symbol_read(struct rules_loader *l, const struct conf_yaml *map, struct rules_symbol *s)
{
	int r;

	s->priority = 50;
	s->group = STR("local");
	for (int i = 0; i < CONF_LANGS; i++)
		s->description[i] = s->name;
	r = read_properties(l, map, s, false);
	if (r < 0)
		return r;
	if (!conf_yaml_get(map, STR("when")) && l->overlay)
		return rules_loader_fail_key(l, map, "the name of a symbol, or \"when\" below it",
					     rules_loader_nearest_symbol(l, s->name));
	if (!conf_yaml_get(map, STR("when")))
		return missing(l, map, STR("when"));
	r = read_replace(l, map, s);
	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_LEN(properties) && !l->overlay; i++) {
		if (properties[i].shipped && !conf_yaml_get(map, properties[i].name))
			return missing(l, map, properties[i].name);
	}
	if ((s->regex.n || s->code.n) && !l->overlay && (!s->examples.n || !s->near_misses.n))
		return missing(l, map, s->examples.n ? STR("near_miss") : STR("example"));
	return 0;
}

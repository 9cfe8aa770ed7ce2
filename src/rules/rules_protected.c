#include "rules/rules_loader.h"

#include "mime/fold.h"
#include "url/urlskeleton.h"

/* protected:
 *   domains: [partner.example]
 *   people:
 *     - {name: Jean Directeur, addresses: [jean@home.example]}
 *   brands:
 *     - {names: [Banque Exemple], alone: [Exemple], domains: [banque.example]}
 * Names and addresses whose look somebody may borrow to deceive our readers. */

static int read_domain(struct rules_loader *l, const struct conf_yaml *e)
{
	struct rules_protected *p = &l->rules->protected;
	str skeleton;

	if (e->kind != CONF_YAML_SCALAR)
		return rules_loader_fail_value(l, e, "a domain");
	if (p->domains.n >= RULES_MAX_PROTECTED)
		return rules_loader_fail_value(l, e, "fewer domains");
	skeleton = urlskeleton_domain(l->arena, e->text);
	if (!skeleton.n)
		return rules_loader_fail_value(l, e, "a domain");
	*arena_push(l->arena, &p->domains) = (struct rules_protected_domain){ e->text, skeleton };
	return 0;
}

static int read_domains(struct rules_loader *l, const struct conf_yaml *e)
{
	if (e->kind != CONF_YAML_SEQUENCE)
		return rules_loader_fail_value(l, e, "a list of domains");
	for (const struct conf_yaml *n = e->child; n; n = n->next) {
		int r = read_domain(l, n);

		if (r < 0)
			return r;
	}
	return 0;
}

static int read_addresses(struct rules_loader *l, const struct conf_yaml *e,
			  struct conf_strings *ret)
{
	if (e->kind != CONF_YAML_SEQUENCE)
		return rules_loader_fail_value(l, e, "a list of addresses");
	ret->v = arena_array(l->arena, str, e->n);
	for (const struct conf_yaml *n = e->child; n; n = n->next) {
		if (n->kind != CONF_YAML_SCALAR || str_chr(n->text, '@') == STR_NONE)
			return rules_loader_fail_value(l, n, "an address");
		ret->v[ret->n++] = n->text;
	}
	return 0;
}

static int read_name(struct rules_loader *l, const struct conf_yaml *e,
		     struct rules_protected_person *ret)
{
	struct fold_facts unused;
	str folded, word;

	if (e->kind != CONF_YAML_SCALAR)
		return rules_loader_fail_value(l, e, "a name");
	ret->name = e->text;
	folded = fold_text(l->arena, e->text, &unused);
	while (str_split(&folded, ' ', &word)) {
		if (word.n && ret->n_words < RULES_NAME_WORDS)
			ret->words[ret->n_words++] = word;
	}
	/* One word alone stands in too many honest names. */
	return ret->n_words >= 2 ? 0 : rules_loader_fail_value(l, e, "a name of two words or more");
}

static int read_person(struct rules_loader *l, const struct conf_yaml *map)
{
	struct rules_protected_person *p = arena_push(l->arena, &l->rules->protected.people);
	int r = 0;

	if (l->rules->protected.people.n > RULES_MAX_PROTECTED)
		return rules_loader_fail_value(l, map, "fewer people");
	if (map->kind != CONF_YAML_MAPPING || !conf_yaml_get(map, STR("name")))
		return rules_loader_fail_value(l, map, "{name: ..., addresses: [...]}");
	for (const struct conf_yaml *e = map->child; e && r == 0; e = e->next) {
		if (str_eq(e->key, STR("name")))
			r = read_name(l, e, p);
		else if (str_eq(e->key, STR("addresses")))
			r = read_addresses(l, e, &p->addresses);
		else
			r = rules_loader_fail_key(l, e, "name or addresses", STR_NULL);
	}
	return r;
}

static int read_people(struct rules_loader *l, const struct conf_yaml *e)
{
	if (e->kind != CONF_YAML_SEQUENCE)
		return rules_loader_fail_value(l, e, "a list of people");
	for (const struct conf_yaml *n = e->child; n; n = n->next) {
		int r = read_person(l, n);

		if (r < 0)
			return r;
	}
	return 0;
}

static bool is_of_word(char c)
{
	return str_is_alnum(c) || (unsigned char)c >= 0x80;
}

str rules_words_of(struct arena *a, str folded)
{
	struct strbuf b = strbuf_make(a, folded.n + 2);

	strbuf_char(&b, ' ');
	for (size_t i = 0; i < folded.n; i++) {
		if (is_of_word(folded.p[i]))
			strbuf_char(&b, folded.p[i]);
		else if (b.p[b.n - 1] != ' ')
			strbuf_char(&b, ' ');
	}
	if (b.p[b.n - 1] != ' ')
		strbuf_char(&b, ' ');
	return strbuf_str(&b);
}

static int read_brand_name(struct rules_loader *l, const struct conf_yaml *e, bool alone,
			   const struct conf_strings *domains)
{
	struct rules_protected *p = &l->rules->protected;
	struct fold_facts unused;
	str words;

	if (e->kind != CONF_YAML_SCALAR)
		return rules_loader_fail_value(l, e, "a name");
	if (p->brands.n >= RULES_MAX_PROTECTED)
		return rules_loader_fail_value(l, e, "fewer brands");
	words = rules_words_of(l->arena, fold_text(l->arena, e->text, &unused));
	if (words.n < RULES_BRAND_MIN + 2)
		return rules_loader_fail_value(l, e, "a name of three letters or more");
	*arena_push(l->arena, &p->brands) =
		(struct rules_protected_brand){ e->text, words, alone, *domains };
	return 0;
}

static int read_brand_names(struct rules_loader *l, const struct conf_yaml *e, bool alone,
			    const struct conf_strings *domains)
{
	int r = 0;

	if (e && e->kind != CONF_YAML_SEQUENCE)
		return rules_loader_fail_value(l, e, "a list of names");
	for (const struct conf_yaml *n = e ? e->child : NULL; n && r == 0; n = n->next)
		r = read_brand_name(l, n, alone, domains);
	return r;
}

static int read_brand_domains(struct rules_loader *l, const struct conf_yaml *e,
			      struct conf_strings *ret)
{
	if (!e || e->kind != CONF_YAML_SEQUENCE)
		return rules_loader_fail_value(l, e, "a list of domains");
	ret->v = arena_array(l->arena, str, e->n);
	for (const struct conf_yaml *n = e->child; n; n = n->next) {
		if (n->kind != CONF_YAML_SCALAR || str_chr(n->text, '.') == STR_NONE)
			return rules_loader_fail_value(l, n, "a domain");
		ret->v[ret->n++] = n->text;
	}
	return 0;
}

static int read_brand(struct rules_loader *l, const struct conf_yaml *map)
{
	static const char form[] = "{names: [...], domains: [...]}, or with alone: [...]";
	const struct conf_yaml *names = conf_yaml_get(map, STR("names"));
	const struct conf_yaml *alone = conf_yaml_get(map, STR("alone"));
	const struct conf_yaml *of = conf_yaml_get(map, STR("domains"));
	struct conf_strings domains = { 0 };
	int r;

	if (map->kind != CONF_YAML_MAPPING || !of || (!names && !alone) ||
	    map->n != 1U + !!names + !!alone)
		return rules_loader_fail_value(l, map, form);
	r = read_brand_domains(l, of, &domains);
	if (r == 0)
		r = read_brand_names(l, names, false, &domains);
	if (r == 0)
		r = read_brand_names(l, alone, true, &domains);
	return r;
}

static int read_brands(struct rules_loader *l, const struct conf_yaml *e)
{
	if (e->kind != CONF_YAML_SEQUENCE)
		return rules_loader_fail_value(l, e, "a list of brands");
	for (const struct conf_yaml *n = e->child; n; n = n->next) {
		int r = read_brand(l, n);

		if (r < 0)
			return r;
	}
	return 0;
}

int rules_protected_read(struct rules_loader *l, const struct conf_yaml *map)
{
	if (map->kind != CONF_YAML_MAPPING)
		return rules_loader_fail_value(l, map, "domains, people or brands");
	for (const struct conf_yaml *e = map->child; e; e = e->next) {
		int r;

		if (str_eq(e->key, STR("domains")))
			r = read_domains(l, e);
		else if (str_eq(e->key, STR("people")))
			r = read_people(l, e);
		else if (str_eq(e->key, STR("brands")))
			r = read_brands(l, e);
		else
			r = rules_loader_fail_key(l, e, "domains, people or brands", STR_NULL);
		if (r < 0)
			return r;
	}
	return 0;
}

#include "policy/impersonation.h"

#include "dns/dnsname.h"
#include "url/urlorg.h"
#include "url/urlskeleton.h"

struct known_domain {
	str name, skeleton;
	str label; /* what stands in front of the public suffix, in the skeleton... */
	str token; /* ...and in the name */
	bool own;
};

struct impersonation {
	ARENA_VEC(struct known_domain) domains;
	const struct conf_strings *own;
	const struct rules_protected *protected;
};

static str first_label(str skeleton)
{
	return str_sub(skeleton, 0, str_chr(skeleton, '.'));
}

static void add_domain(struct arena *a, struct impersonation *m, str name, str skeleton, bool own)
{
	if (skeleton.n)
		*arena_push(a, &m->domains) =
			(struct known_domain){ name, skeleton, first_label(skeleton),
					       first_label(urlorg_domain(name)), own };
}

struct impersonation *impersonation_prepare(struct arena *a, const struct conf_strings *own,
					    const struct rules *rules)
{
	struct impersonation *m = arena_make(a, struct impersonation);

	m->own = own;
	m->protected = &rules->protected;
	for (size_t i = 0; i < own->n; i++)
		add_domain(a, m, own->v[i], urlskeleton_domain(a, own->v[i]), true);
	for (size_t i = 0; i < rules->protected.domains.n; i++) {
		const struct rules_protected_domain *d = &rules->protected.domains.v[i];

		add_domain(a, m, d->name, d->skeleton, false);
	}
	return m;
}

/* One letter more, less, another, or two that changed places. */
static bool one_edit(str a, str b)
{
	size_t head = 0, tail = 0, rest_a, rest_b;

	if (a.n > b.n + 1 || b.n > a.n + 1)
		return false;
	while (head < a.n && head < b.n && a.p[head] == b.p[head])
		head++;
	while (tail < a.n - head && tail < b.n - head && a.p[a.n - 1 - tail] == b.p[b.n - 1 - tail])
		tail++;
	rest_a = a.n - head - tail;
	rest_b = b.n - head - tail;
	if (rest_a + rest_b == 0)
		return false; /* the same */
	if (rest_a <= 1 && rest_b <= 1)
		return true;
	return rest_a == 2 && rest_b == 2 && a.p[head] == b.p[head + 1] &&
	       a.p[head + 1] == b.p[head];
}

/* The label stands between dots and hyphens in the name: ameli-compte.example. */
static bool has_token(str name, str label)
{
	for (size_t at = 0; at + label.n <= name.n; at++) {
		bool starts = at == 0 || name.p[at - 1] == '.' || name.p[at - 1] == '-';
		size_t end = at + label.n;

		if (starts && (end == name.n || name.p[end] == '.' || name.p[end] == '-') &&
		    str_caseeq(str_sub(name, at, end), label))
			return true;
	}
	return false;
}

static bool is_genuine(const struct impersonation *m, str domain)
{
	for (size_t i = 0; i < m->domains.n; i++) {
		if (dnsname_within(domain, m->domains.v[i].name))
			return true;
	}
	return false;
}

/* Empty: it resembles nothing. */
static str resemblance(const struct known_domain *k, const struct facts_address *f)
{
	str label = first_label(f->skeleton);

	if (str_eq(f->skeleton, k->skeleton))
		return k->own ? STR("LOOKALIKE_OWN_DOMAIN") : STR("LOOKALIKE_KNOWN_DOMAIN");
	if (k->token.n >= IMPERSONATION_LABEL_MIN && one_edit(label, k->label))
		return k->own ? STR("TYPO_OWN_DOMAIN") : STR("TYPO_KNOWN_DOMAIN");
	if (k->token.n >= IMPERSONATION_TOKEN_MIN && (k->own || !str_eq(label, k->label)) &&
	    has_token(f->domain, k->token))
		return k->own ? STR("DOMAIN_SHOWS_OWN") : STR("DOMAIN_SHOWS_KNOWN");
	return STR("");
}

static void judge_domain(struct arena *a, const struct impersonation *m,
			 const struct facts_address *f, struct evidence *out)
{
	if (!f->skeleton.n || is_genuine(m, f->domain))
		return;
	for (size_t i = 0; i < m->domains.n; i++) {
		str what = resemblance(&m->domains.v[i], f);

		if (what.n)
			evidence_add(a, out, what,
				     arena_fmt(a, "%.*s ~ %.*s", STR_ARG(f->domain),
					       STR_ARG(m->domains.v[i].name)));
	}
}

static bool has_word(str text, str word)
{
	str one;

	while (str_split(&text, ' ', &one)) {
		if (str_eq(one, word))
			return true;
	}
	return false;
}

static bool is_named(const struct facts_address *f, const struct rules_protected_person *p)
{
	for (size_t i = 0; i < p->n_words; i++) {
		if (!has_word(f->folded, p->words[i]))
			return false;
	}
	return true;
}

static bool is_address_of(struct arena *a, const struct facts_address *f,
			  const struct rules_protected_person *p)
{
	str address = arena_fmt(a, "%.*s@%.*s", STR_ARG(f->local), STR_ARG(f->domain));

	return conf_strings_has(&p->addresses, address);
}

static void judge_person(struct arena *a, const struct impersonation *m,
			 const struct facts_address *f, struct evidence *out)
{
	if (!f->folded.n || conf_strings_has(m->own, f->domain))
		return;
	for (size_t i = 0; i < m->protected->people.n; i++) {
		const struct rules_protected_person *p = &m->protected->people.v[i];

		if (is_named(f, p) && !is_address_of(a, f, p))
			evidence_add(a, out, STR("PERSON_FORGED"),
				     arena_fmt(a, "%.*s <%.*s@%.*s>", STR_ARG(p->name),
					       STR_ARG(f->local), STR_ARG(f->domain)));
	}
}

/* Two letters that stand for a country and are sold to the whole world. */
static bool is_sold_to_all(str tld)
{
	static const str tlds[] = { STR("me"), STR("io"), STR("co"), STR("cc"), STR("tv"),
				    STR("ai"), STR("to"), STR("ly"), STR("ws"), STR("la"),
				    STR("gg"), STR("sh"), STR("tk"), STR("ml"), STR("ga"),
				    STR("cf"), STR("gq"), STR("pw"), STR("im"), STR("st") };

	for (size_t i = 0; i < ARRAY_LEN(tlds); i++) {
		if (str_caseeq(tld, tlds[i]))
			return true;
	}
	return false;
}

/* Brands have a domain in each country: who has brand.com has brand.fr and brand.co.uk. */
static bool may_bear(const struct rules_protected_brand *b, str domain)
{
	str org = urlorg_domain(domain);
	str tld = str_skip(org, str_rchr(org, '.') + 1);
	bool country = org.n && tld.n == 2 && !is_sold_to_all(tld);

	for (size_t i = 0; i < b->domains.n; i++) {
		str own = b->domains.v[i];

		if (dnsname_within(domain, own) ||
		    (country && str_caseeq(first_label(org), first_label(urlorg_domain(own)))))
			return true;
	}
	return false;
}

/* The author has a domain of a protected name itself: what confirms it matters more than elsewhere.
 */
static void judge_author(struct arena *a, const struct impersonation *m,
			 const struct facts_address *f, struct evidence *out)
{
	bool is_protected = false;

	if (f->where != FACTS_FROM || conf_strings_has(m->own, f->domain))
		return;
	for (size_t i = 0; i < m->domains.n && !is_protected; i++)
		is_protected =
			!m->domains.v[i].own && dnsname_within(f->domain, m->domains.v[i].name);
	for (size_t i = 0; i < m->protected->brands.n && !is_protected; i++) {
		const struct conf_strings *d = &m->protected->brands.v[i].domains;

		for (size_t k = 0; k < d->n && !is_protected; k++)
			is_protected = dnsname_within(f->domain, d->v[k]);
	}
	if (is_protected)
		evidence_add(a, out, STR("AUTHOR_PROTECTED"), f->domain);
}

/* Who bears several names and may bear one of them is nobody's forgery: "PayPal via eBay". */
static void judge_brand(struct arena *a, const struct impersonation *m,
			const struct facts_address *f, struct evidence *out)
{
	const struct rules_protected_brand *borrowed = NULL;
	str words;

	if (f->where != FACTS_FROM || !f->folded.n || conf_strings_has(m->own, f->domain))
		return;
	words = rules_words_of(a, f->folded);
	for (size_t i = 0; i < m->protected->brands.n; i++) {
		const struct rules_protected_brand *b = &m->protected->brands.v[i];

		if (b->alone ? !str_eq(words, b->words) : str_find(words, b->words) == STR_NONE)
			continue;
		if (may_bear(b, f->domain))
			return;
		borrowed = b;
	}
	if (borrowed)
		evidence_add(a, out, STR("BRAND_FORGED"),
			     arena_fmt(a, "%.*s <%.*s@%.*s>", STR_ARG(borrowed->name),
				       STR_ARG(f->local), STR_ARG(f->domain)));
}

void impersonation_find(struct arena *a, const struct impersonation *known,
			const struct facts *facts, struct evidence *out)
{
	for (size_t i = 0; known && i < facts->addresses.n; i++) {
		judge_domain(a, known, &facts->addresses.v[i], out);
		judge_person(a, known, &facts->addresses.v[i], out);
		judge_brand(a, known, &facts->addresses.v[i], out);
		judge_author(a, known, &facts->addresses.v[i], out);
	}
}

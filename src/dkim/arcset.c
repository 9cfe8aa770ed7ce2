#include "dkim/arcset.h"

#include "base/num.h"
#include "base/strbuf.h"
#include "dkim/taglist.h"

#include <openssl/evp.h>

enum kind { RESULTS, MESSAGE, SEAL, KINDS };

static const str names[KINDS] = { [RESULTS] = STR("ARC-Authentication-Results"),
				  [MESSAGE] = STR("ARC-Message-Signature"),
				  [SEAL] = STR("ARC-Seal") };

struct chain {
	struct arena *arena;
	struct dkimhash_message *message;
	const struct header_field *fields[ARCSET_MAX][KINDS];
	struct arcset_facts *facts;
};

static bool is_blank(char c)
{
	return str_is_space(c);
}

/* White space and comments, which nest (RFC 5322 3.2.2). */
static str skip_cfws(str s)
{
	size_t depth = 0, i = 0;

	while (i < s.n && (depth || s.p[i] == '(' || is_blank(s.p[i]))) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '(')
			depth++;
		else if (s.p[i] == ')')
			depth--;
		i++;
	}
	return str_skip(s, i);
}

static bool take_char(str *s, char c)
{
	*s = skip_cfws(*s);
	if (!s->n || s->p[0] != c)
		return false;
	*s = skip_cfws(str_skip(*s, 1));
	return true;
}

static bool is_position(str digits, uint32_t *ret)
{
	uint64_t n;

	if (digits.n > 2 || !num_u64(digits, &n) || n < 1 || n > ARCSET_MAX)
		return false;
	*ret = (uint32_t)n;
	return true;
}

bool arcset_instance(str value, uint32_t *ret_instance, str *ret_rest)
{
	str s = value, digits;
	size_t n = 0;

	if (!take_char(&s, 'i') || !take_char(&s, '='))
		return false;
	while (n < s.n && str_is_digit(s.p[n]))
		n++;
	digits = str_sub(s, 0, n);
	s = str_skip(s, n);
	if (!take_char(&s, ';') || !is_position(digits, ret_instance))
		return false;
	*ret_rest = s;
	return true;
}

/* Of a signature: its i= tag, if the list can be read at all. */
static bool tagged_instance(struct arena *a, str value, uint32_t *ret)
{
	struct taglist list;

	return !taglist_parse(a, value, &list) && is_position(taglist_get(&list, STR("i")), ret);
}

static enum kind kind_of(str name)
{
	for (enum kind k = 0; k < KINDS; k++) {
		if (str_caseeq(name, names[k]))
			return k;
	}
	return KINDS;
}

/* Puts a field into its set; what is wrong with it, or NULL. */
static const char *place(struct chain *c, enum kind kind, const struct header_field *f)
{
	const struct header_field **at;
	uint32_t instance;
	bool ok;
	str rest;

	if (kind == RESULTS)
		ok = arcset_instance(f->raw, &instance, &rest);
	else
		ok = tagged_instance(c->arena, f->raw, &instance);
	if (!ok)
		return "has no instance from 1 to 50";
	at = &c->fields[instance - 1][kind];
	if (*at)
		return "stands there twice with the same instance";
	*at = f;
	if (instance > c->facts->highest)
		c->facts->highest = instance;
	return NULL;
}

static void complain(struct chain *c, enum kind kind, const char *what, uint32_t instance)
{
	if (c->facts->problem.n)
		return;
	c->facts->problem = instance
				    ? arena_fmt(c->arena, "%.*s %u %s", STR_ARG(names[kind]),
						(unsigned)instance, what)
				    : arena_fmt(c->arena, "an %.*s %s", STR_ARG(names[kind]), what);
}

/* Step 1. No set is left out of the count: three fields each, at most. */
static void collect(struct chain *c)
{
	size_t n;
	const struct header_field *fields = dkimhash_fields(c->message, &n);

	for (size_t i = 0; i < n; i++) {
		enum kind kind = kind_of(fields[i].name);
		const char *problem;

		if (kind == KINDS)
			continue;
		c->facts->present = true;
		problem = place(c, kind, &fields[i]);
		if (problem)
			complain(c, kind, problem, 0);
	}
}

static str cv_of(struct arena *a, const struct header_field *seal)
{
	struct taglist list;
	str cv = STR_NULL;

	if (seal && !taglist_parse(a, seal->raw, &list))
		cv = taglist_get(&list, STR("cv"));
	return cv.p ? cv : STR("");
}

/* Steps 2 and 3. */
static void check_structure(struct chain *c)
{
	uint32_t n = c->facts->highest;

	if (n && str_eq(cv_of(c->arena, c->fields[n - 1][SEAL]), STR("fail"))) {
		c->facts->sealed_fail = true;
		complain(c, SEAL, "says that the chain fails", n);
	}
	for (uint32_t i = 0; i < n; i++) {
		str expected = i ? STR("pass") : STR("none");

		for (enum kind k = 0; k < KINDS; k++) {
			if (!c->fields[i][k])
				complain(c, k, "is missing", i + 1);
		}
		if (!str_eq(cv_of(c->arena, c->fields[i][SEAL]), expected))
			complain(c, SEAL, i ? "says other than cv=pass" : "says other than cv=none",
				 i + 1);
	}
}

static void feed(void *ctx, str bytes)
{
	bug_if(EVP_DigestUpdate(ctx, bytes.p, bytes.n) != 1);
}

/* The running hash, and the seal's own field as it was when it was signed. */
static str seal_digest(struct chain *c, const EVP_MD_CTX *running, const struct header_field *seal)
{
	unsigned char digest[DKIMHASH_MAX_DIGEST];
	EVP_MD_CTX *fork = EVP_MD_CTX_new();
	const struct dkimcanon_sink sink = { feed, fork };

	bug_if(!fork || EVP_MD_CTX_copy_ex(fork, running) != 1);
	dkimcanon_own_field(DKIMCANON_RELAXED, seal->whole, true, &sink);
	bug_if(EVP_DigestFinal_ex(fork, digest, NULL) != 1);
	EVP_MD_CTX_free(fork);
	return arena_str(c->arena, str_of(digest, sizeof(digest)));
}

/* Each seal hashed over all sets up to its own (RFC 8617 5.1.1). */
static void hash_seals(struct chain *c)
{
	EVP_MD_CTX *running = EVP_MD_CTX_new();
	const struct dkimcanon_sink sink = { feed, running };

	bug_if(!running || EVP_DigestInit_ex(running, EVP_sha256(), NULL) != 1);
	for (size_t i = 0; i < c->facts->n; i++) {
		const struct header_field **set = c->fields[i];
		struct arcset *s = &c->facts->sets[i];

		dkimcanon_field(DKIMCANON_RELAXED, set[RESULTS]->whole, false, &sink);
		dkimcanon_field(DKIMCANON_RELAXED, set[MESSAGE]->whole, false, &sink);
		dkimhash_signature(c->message, DKIMSIG_ARC_SEAL, set[SEAL], &s->seal);
		if (!s->seal.problem.n)
			s->seal.digest = seal_digest(c, running, set[SEAL]);
		dkimcanon_field(DKIMCANON_RELAXED, set[SEAL]->whole, false, &sink);
	}
	EVP_MD_CTX_free(running);
}

/* The newest first: what limits there are on hashes of the body shall not meet it. */
static void hash_messages(struct chain *c)
{
	for (size_t i = c->facts->n; i-- > 0;) {
		struct dkim_facts *f = &c->facts->sets[i].message;

		if (c->facts->n - i <= ARCSET_MAX_MESSAGES)
			dkimhash_signature(c->message, DKIMSIG_ARC_MESSAGE, c->fields[i][MESSAGE],
					   f);
		else
			f->problem = STR("older than what is looked at");
	}
}

static void describe(struct chain *c)
{
	for (size_t i = 0; i < c->facts->n; i++) {
		struct arcset *s = &c->facts->sets[i];
		uint32_t instance;

		s->cv = cv_of(c->arena, c->fields[i][SEAL]);
		bug_if(!arcset_instance(c->fields[i][RESULTS]->raw, &instance, &s->results));
	}
}

static void put(void *ctx, str bytes)
{
	strbuf_put(ctx, bytes);
}

static str canonical_chain(struct chain *c)
{
	struct strbuf b = strbuf_make(c->arena, ARCSET_MAX_CHAIN);
	const struct dkimcanon_sink sink = { put, &b };

	for (size_t i = 0; i < c->facts->n; i++) {
		for (enum kind k = 0; k < KINDS; k++)
			dkimcanon_field(DKIMCANON_RELAXED, c->fields[i][k]->whole, false, &sink);
	}
	return b.overflow ? STR("") : strbuf_str(&b);
}

void arcset_find(struct arena *a, struct dkimhash_message *m, bool want_chain,
		 struct arcset_facts *ret)
{
	struct chain c = { .arena = a, .message = m, .facts = ret };

	*ret = (struct arcset_facts){ .problem = STR(""), .chain = STR("") };
	collect(&c);
	check_structure(&c);
	if (!ret->present || ret->problem.n)
		return;
	ret->n = ret->highest;
	ret->sets = arena_array(a, struct arcset, ret->n);
	describe(&c);
	hash_messages(&c);
	hash_seals(&c);
	if (want_chain)
		ret->chain = canonical_chain(&c);
}

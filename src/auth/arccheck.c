#include "auth/arccheck.h"

struct check {
	struct arena *arena;
	const struct dns_resolver *dns;
	const struct dkimcheck *in;
	const struct arcset_facts *facts;
	deadline until;
	struct arc_result *r;
	ARENA_VEC(str) trace;
};

str *arccheck_key_names(struct arena *a, const struct dkimcheck *in, const struct arcset_facts *f,
			size_t *ret_n)
{
	str *names = arena_array(a, str, 2 * f->n);
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		const struct dkim_facts *both[] = { &f->sets[i].message, &f->sets[i].seal };

		for (size_t k = 0; k < ARRAY_LEN(both); k++) {
			str name = dkimcheck_key_name(a, in, both[k]);

			if (name.n)
				names[n++] = name;
		}
	}
	*ret_n = n;
	return names;
}

static void say(struct check *c, str text)
{
	*arena_push(c->arena, &c->trace) = text;
}

static void conclude(struct check *c, enum auth_code result, str reason)
{
	c->r->result = result;
	c->r->reason = reason;
	say(c, reason.n ? arena_fmt(c->arena, "arc=%.*s: %.*s", STR_ARG(results_code_name(result)),
				    STR_ARG(reason))
			: arena_fmt(c->arena, "arc=%.*s", STR_ARG(results_code_name(result))));
}

/* "ARC-Seal 2 of example.org" */
static str name_of(struct check *c, const char *what, size_t i, const struct dkim_facts *f)
{
	return arena_fmt(c->arena, "%s %zu of %.*s", what, i + 1, STR_ARG(f->domain));
}

/* RFC 8617 asks of no message signature that it covers From, and some sign nothing but the body:
 * the chain may pass, but nobody is trusted for it (arccheck_is_trusted).
 * Only "pass" passes: a weak key or a forbidden algorithm is no better than none. */
static enum auth_code verify(struct check *c, const char *what, size_t i,
			     const struct dkim_facts *f, str *ret_reason)
{
	struct dkim_facts any_author = *f;
	str name = name_of(c, what, i, f);
	struct dkim_result r;

	any_author.signs_from = true;
	r = dkimcheck_one(c->arena, c->dns, c->in, &any_author, c->until);

	for (size_t k = 0; k < r.trace.n; k++)
		say(c, arena_fmt(c->arena, "%.*s: %.*s", STR_ARG(name), STR_ARG(r.trace.v[k])));
	*ret_reason = arena_fmt(c->arena, "%.*s: %.*s", STR_ARG(name), STR_ARG(r.reason));
	if (r.result == AUTH_PASS || r.result == AUTH_TEMPERROR)
		return r.result;
	return AUTH_FAIL;
}

/* Step 5, of what step 4 has let through. Returns the newest set whose signature fails, counted
 * from 1; 0: none does. What could not be verified now may have been good: it counts as the end. */
static uint32_t check_older(struct check *c)
{
	for (size_t i = c->facts->n - 1; i-- > 0;) {
		const struct dkim_facts *f = &c->facts->sets[i].message;
		str reason;

		c->r->sets[i].message = verify(c, "ARC-Message-Signature", i, f, &reason);
		if (c->r->sets[i].message != AUTH_PASS)
			return (uint32_t)i + 1;
	}
	return 0;
}

/* Step 6. A seal that is wrong is wrong whatever became of the others. */
static enum auth_code check_seals(struct check *c, str *ret_reason)
{
	enum auth_code result = AUTH_PASS;
	str reason;

	for (size_t i = c->facts->n; i-- > 0;) {
		enum auth_code one = verify(c, "ARC-Seal", i, &c->facts->sets[i].seal, &reason);

		c->r->sets[i].seal = one;
		if (one == AUTH_PASS)
			continue;
		if (result != AUTH_FAIL)
			*ret_reason = reason;
		result = one;
		if (one == AUTH_FAIL)
			break;
	}
	return result;
}

static void describe(struct check *c)
{
	c->r->n = c->facts->n;
	c->r->sets = arena_array(c->arena, struct arc_set, c->facts->n);
	for (size_t i = 0; i < c->facts->n; i++) {
		const struct arcset *s = &c->facts->sets[i];

		c->r->sets[i] = (struct arc_set){ .instance = (uint32_t)i + 1,
						  .domain = s->seal.domain,
						  .selector = s->seal.selector,
						  .cv = s->cv,
						  .signs_from = s->message.signs_from,
						  .open = s->message.uncovered > 0,
						  .results = s->results };
	}
}

/* Steps 4 to 7. */
static void check_signatures(struct check *c)
{
	size_t newest = c->facts->n - 1;
	enum auth_code message, seals;
	uint32_t failing;
	str reason;

	message = verify(c, "ARC-Message-Signature", newest, &c->facts->sets[newest].message,
			 &reason);
	c->r->sets[newest].message = message;
	if (message == AUTH_FAIL) {
		conclude(c, AUTH_FAIL, reason);
		return;
	}
	failing = check_older(c);
	c->r->oldest_pass = failing ? failing + 1 : 0;
	seals = check_seals(c, &reason);
	if (seals == AUTH_FAIL || message == AUTH_PASS)
		conclude(c, seals, seals == AUTH_PASS ? STR("") : reason);
	else
		conclude(c, AUTH_TEMPERROR,
			 STR("the key of the newest message signature could "
			     "not be asked for"));
}

void arccheck_run(struct arena *a, const struct dns_resolver *dns, const struct dkimcheck *in,
		  const struct arcset_facts *f, deadline d, struct arc_result *ret)
{
	struct check c = { .arena = a, .dns = dns, .in = in, .facts = f, .until = d, .r = ret };

	*ret = (struct arc_result){ .reason = STR("") };
	if (!f->present) {
		conclude(&c, AUTH_NONE, STR(""));
	} else if (f->problem.n || f->n == 0) {
		conclude(&c, AUTH_FAIL, f->problem);
	} else {
		describe(&c);
		check_signatures(&c);
	}
	ret->trace = (struct auth_trace){ c.trace.v, c.trace.n };
}

bool arccheck_next(const struct arcset_facts *f, const struct arc_result *r, uint32_t *ret_instance,
		   str *ret_cv)
{
	if (f->sealed_fail || f->highest >= ARCSET_MAX)
		return false;
	*ret_instance = f->highest + 1;
	switch (r->result) {
	case AUTH_NONE:
		*ret_cv = STR("none");
		return true;
	case AUTH_PASS:
		*ret_cv = STR("pass");
		return f->chain.n > 0;
	case AUTH_FAIL:
		*ret_cv = STR("fail");
		return true;
	default:
		return false;
	}
}

bool arccheck_is_trusted(const struct arc_result *r, const str *domains, size_t n)
{
	if (r->result != AUTH_PASS || r->n == 0 || !r->sets[r->n - 1].signs_from ||
	    r->sets[r->n - 1].open)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (str_caseeq(r->sets[r->n - 1].domain, domains[i]))
			return true;
	}
	return false;
}

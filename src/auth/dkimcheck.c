#include "auth/dkimcheck.h"

#include "auth/dkimkey.h"
#include "auth/dmarcwalk.h"
#include "auth/steps.h"

/* The end of the check, unless it passes. */
static void conclude(struct steps *steps, struct dkim_result *r, enum auth_code code, str reason)
{
	steps_add(steps, "%.*s", STR_ARG(reason));
	r->result = code;
	r->reason = steps_line(steps->arena, "%.*s", STR_ARG(reason));
}

static struct dkim_result begin(struct arena *a, const struct dkim_facts *f)
{
	struct dkim_result r = {
		.result = AUTH_NEUTRAL,
		.domain = f->domain,
		.selector = f->selector,
		.identity = f->identity,
		.algorithm = f->algorithm_text,
		.signature = f->signature_start,
		.reason = STR(""),
		.uncovered = f->uncovered,
	};

	/* A-labels in results: what is compared and shown (RFC 8616 6, RFC 8601 2.2). */
	if (!dmarcwalk_domain(a, f->domain, &r.domain))
		r.domain = f->domain;
	if (f->identity.n == 0 && f->domain.n)
		r.identity = arena_fmt(a, "@%.*s", STR_ARG(r.domain));
	return r;
}

/* What is known before any key is. */
static enum auth_code judge_field(const struct dkimcheck *in, const struct dkim_facts *f,
				  str *ret_reason)
{
	if (f->problem.n || f->digest.n == 0) {
		*ret_reason = f->problem;
		return AUTH_NEUTRAL; /* RFC 8601 2.7.1: syntax errors, and what is not processed */
	}
	if (f->no_version && !in->legacy) {
		*ret_reason = STR("v= is missing");
		return AUTH_NEUTRAL;
	}
	if (!f->signs_from) {
		*ret_reason = STR("From is not signed");
		return AUTH_PERMERROR;
	}
	if (f->algorithm == DKIMSIG_RSA_SHA1 && !in->legacy) {
		*ret_reason = STR("rsa-sha1 is no signature any more (RFC 8301)");
		return AUTH_PERMERROR;
	}
	return AUTH_PASS;
}

str dkimcheck_key_name(struct arena *a, const struct dkimcheck *in, const struct dkim_facts *f)
{
	str reason, selector, domain;

	if (judge_field(in, f, &reason) != AUTH_PASS ||
	    !dmarcwalk_domain(a, f->selector, &selector) ||
	    !dmarcwalk_domain(a, f->domain, &domain))
		return STR("");
	return arena_fmt(a, "%.*s._domainkey.%.*s", STR_ARG(selector), STR_ARG(domain));
}

/* What a valid signature may still lack. */
static enum auth_code judge_valid(const struct dkimcheck *in, const struct dkim_facts *f,
				  const struct dkimkey *key, str *ret_reason)
{
	uint64_t now = in->wall > 0 ? (uint64_t)in->wall : 0;

	*ret_reason = STR("");
	if (key->bits < DKIMKEY_MIN_BITS && !key->ed25519 && !in->legacy)
		*ret_reason = STR("the key is too short to be trusted (RFC 8301)");
	else if (f->has_expiry && f->expiry < now)
		*ret_reason = STR("the signature has expired (x=)");
	else if (f->has_time && f->time > now + DKIMCHECK_MAX_AHEAD)
		*ret_reason = STR("the signature is of the future (t=)");
	return ret_reason->n ? AUTH_POLICY : AUTH_PASS;
}

/* Is the signature this key's, and may it be? */
static enum auth_code judge_key(const struct dkimcheck *in, const struct dkim_facts *f,
				const struct dkimkey *key, str *ret_reason)
{
	str identity = str_skip(f->identity, str_rchr(f->identity, '@') + 1);
	const char *unsuited = dkimkey_suits(key, f->algorithm);
	enum auth_code code = AUTH_PERMERROR;

	if (key->revoked) {
		*ret_reason = STR("the key is revoked");
	} else if (!key->email) {
		*ret_reason = STR("the key is not for mail (s=)");
	} else if (unsuited) {
		*ret_reason = str_c(unsuited);
	} else if (key->strict && f->identity.n && !str_caseeq(identity, f->domain)) {
		*ret_reason = STR("the key wants i= in d= itself (t=s)");
	} else if (!key->key) {
		code = AUTH_POLICY;
		*ret_reason = STR("the key is longer than what is verified");
	} else if (!f->body_matches) {
		code = AUTH_FAIL;
		*ret_reason = STR("the body is not the one that was signed");
	} else if (!dkimkey_verifies(key, f->algorithm, f->digest, f->signature)) {
		code = AUTH_FAIL;
		*ret_reason = STR("the signature does not verify");
	} else {
		code = judge_valid(in, f, key, ret_reason);
	}
	return code;
}

/* The best of what the keys at one name say. */
static int rank(enum auth_code code)
{
	switch (code) {
	case AUTH_PASS:
		return 3;
	case AUTH_POLICY:
		return 2;
	case AUTH_FAIL:
		return 1;
	default:
		return 0;
	}
}

static void say_key(struct steps *steps, const struct dkimkey *key)
{
	if (key->revoked)
		steps_add(steps, "the key record has an empty p=");
	else
		steps_add(steps, "the key is %s of %u bits%s", key->ed25519 ? "Ed25519" : "RSA",
			  key->bits, key->testing ? ", in testing (t=y)" : "");
}

static enum auth_code try_record(struct steps *steps, const struct dkimcheck *in,
				 const struct dkim_facts *f, str txt, struct dkimkey *ret_key,
				 str *ret_reason)
{
	const char *bad = dkimkey_parse(steps->arena, txt, ret_key);
	enum auth_code code;

	if (bad) {
		*ret_reason = arena_fmt(steps->arena, "the key record is broken: %s", bad);
		return AUTH_PERMERROR;
	}
	say_key(steps, ret_key);
	code = judge_key(in, f, ret_key, ret_reason);
	dkimkey_close(ret_key);
	return code;
}

/* Several keys at a name are tried one after the other (RFC 6376 6.1.2). */
static void try_records(struct steps *steps, const struct dkimcheck *in, const struct dkim_facts *f,
			const struct dns_answer *answer, struct dkim_result *r)
{
	enum auth_code best = AUTH_PERMERROR;
	str best_reason = STR("there is no key at that name");
	size_t tried = 0;

	for (size_t i = 0; i < answer->n && best != AUTH_PASS; i++) {
		struct dkimkey key = { 0 };
		enum auth_code code;
		str reason = STR("");

		if (!dkimkey_is_record(answer->records[i].value))
			continue;
		if (tried++ == DKIMCHECK_MAX_KEYS) {
			steps_add(steps, "there are more keys, which are not tried");
			break;
		}
		code = try_record(steps, in, f, answer->records[i].value, &key, &reason);
		if (tried > 1 && rank(code) <= rank(best))
			continue;
		best = code;
		best_reason = reason;
		r->testing = key.testing;
		r->key_bits = key.bits;
	}
	if (best != AUTH_PASS) {
		conclude(steps, r, best, best_reason);
		return;
	}
	r->result = AUTH_PASS;
	steps_add(steps, "the body's hash is right and the signature verifies");
	if (r->uncovered)
		steps_add(steps, "l= leaves %llu bytes of the body unsigned",
			  (unsigned long long)r->uncovered);
}

static void check(struct steps *steps, const struct dns_resolver *dns, const struct dkimcheck *in,
		  const struct dkim_facts *f, deadline d, struct dkim_result *r)
{
	struct dns_answer answer;
	str reason = STR(""), name;
	enum auth_code code = judge_field(in, f, &reason);

	if (code != AUTH_PASS) {
		conclude(steps, r, code, reason);
		return;
	}
	name = dkimcheck_key_name(steps->arena, in, f);
	if (name.n == 0) {
		conclude(steps, r, AUTH_NEUTRAL, STR("d= or s= is no name"));
		return;
	}
	answer = dns_ask(dns, steps->arena, name, DNS_TXT, d);
	steps_add(steps, "TXT %.*s: %.*s, %zu records", STR_ARG(name),
		  STR_ARG(dns_status_name(answer.status)), answer.n);
	if (dns_temporary(answer.status))
		conclude(steps, r, AUTH_TEMPERROR, STR("the key could not be asked for"));
	else
		try_records(steps, in, f, &answer, r);
}

struct dkim_result dkimcheck_one(struct arena *a, const struct dns_resolver *dns,
				 const struct dkimcheck *in, const struct dkim_facts *f, deadline d)
{
	struct dkim_result r = begin(a, f);
	struct steps steps = { .arena = a };

	check(&steps, dns, in, f, d, &r);
	r.trace = steps_trace(&steps);
	return r;
}

struct dkim_result *dkimcheck_run(struct arena *a, const struct dns_resolver *dns,
				  const struct dkimcheck *in, const struct dkim_facts *facts,
				  size_t n, deadline d)
{
	struct dkim_result *results = arena_array(a, struct dkim_result, n);

	for (size_t i = 0; i < n; i++)
		results[i] = dkimcheck_one(a, dns, in, &facts[i], d);
	return results;
}

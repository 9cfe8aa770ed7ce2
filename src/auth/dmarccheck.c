#include "auth/dmarccheck.h"

#include "auth/dmarcwalk.h"
#include "dns/dnsname.h"

struct check {
	struct arena *arena;
	const struct dns_resolver *dns;
	const struct dmarc_input *in;
	deadline d;
	struct steps steps;
	str authors[DMARCCHECK_MAX_AUTHORS]; /* each once */
	size_t n_authors;
	bool bad_from;
	/* The author that is looked at now. */
	struct dmarcwalk walk;
	struct dmarc_result *ret;
};

enum alignment { ALIGNED_NO, ALIGNED_YES, ALIGNED_UNKNOWN };

/* What is no domain never passes, but the policy of the domain that readers see in it counts. */
static void note_author(struct check *c, str domain)
{
	str name, written;
	bool literal = str_starts(domain, STR("["));

	if (literal || !dmarcwalk_shown(c->arena, domain, &name)) {
		c->bad_from = true;
		return;
	}
	c->bad_from |= !dmarcwalk_domain(c->arena, domain, &written) || !str_eq(name, written);
	for (size_t i = 0; i < c->n_authors; i++)
		if (str_eq(c->authors[i], name))
			return;
	if (c->n_authors == DMARCCHECK_MAX_AUTHORS)
		c->bad_from = true;
	else
		c->authors[c->n_authors++] = name;
}

static void collect_authors(struct check *c)
{
	c->bad_from = c->in->n_from_fields != 1;
	for (size_t i = 0; i < c->in->n_authors; i++)
		note_author(c, c->in->authors[i]);
	c->bad_from |= c->n_authors == 0;
}

static bool share_top_label(str a, str b)
{
	return dnsname_within(a, str_skip(b, str_rchr(b, '.') + 1));
}

/* RFC 9989 4.10.2. The organizational domain of a name ends that name, so one that does not
 * end with the author's organizational domain need not be asked about. */
static enum alignment align(struct check *c, str domain, bool strict)
{
	struct dmarcwalk theirs;
	str name;

	if (!dmarcwalk_domain(c->arena, domain, &name))
		return ALIGNED_NO;
	if (str_eq(name, c->ret->domain))
		return ALIGNED_YES;
	if (strict)
		return ALIGNED_NO;
	if (c->walk.temporary)
		return share_top_label(name, c->ret->domain) ? ALIGNED_UNKNOWN : ALIGNED_NO;
	if (!dnsname_within(name, c->walk.organizational))
		return ALIGNED_NO;
	dmarcwalk_run(c->arena, c->dns, name, c->d, &c->steps, &theirs);
	if (theirs.temporary)
		return ALIGNED_UNKNOWN;
	return str_eq(theirs.organizational, c->walk.organizational) ? ALIGNED_YES : ALIGNED_NO;
}

/* What the identifiers together come to. */
struct tally {
	bool open; /* a temporary error decides whether this one passes */
	bool failures;
};

static void say_identifier(struct check *c, const char *what, str domain, str result,
			   enum alignment aligned, bool strict)
{
	static const char *const words[] = {
		[ALIGNED_NO] = "not aligned",
		[ALIGNED_YES] = "aligned",
		[ALIGNED_UNKNOWN] = "the DNS did not answer whether it is aligned",
	};

	steps_add(&c->steps, "%s %.*s for %.*s: %s (%s)", what, STR_ARG(result), STR_ARG(domain),
		  words[aligned], strict ? "strict" : "relaxed");
}

static bool within_organization(struct check *c, str domain)
{
	str name;

	return c->walk.organizational.n && dmarcwalk_domain(c->arena, domain, &name) &&
	       dnsname_within(name, c->walk.organizational);
}

/* True when it authenticates the author's domain. */
static bool identifier(struct check *c, const char *what, str domain, enum auth_code code,
		       str result, bool strict, struct tally *t)
{
	enum alignment aligned;

	if (code == AUTH_FAIL || code == AUTH_PERMERROR)
		t->failures |= within_organization(c, domain);
	if (code != AUTH_PASS && code != AUTH_TEMPERROR)
		return false;
	aligned = align(c, domain, strict);
	say_identifier(c, what, domain, result, aligned, strict);
	if (code == AUTH_TEMPERROR || aligned == ALIGNED_UNKNOWN)
		t->open |= aligned != ALIGNED_NO;
	return code == AUTH_PASS && aligned == ALIGNED_YES;
}

static enum auth_code code_of_spf(enum spfcheck_code code)
{
	switch (code) {
	case SPFCHECK_PASS:
		return AUTH_PASS;
	case SPFCHECK_TEMPERROR:
		return AUTH_TEMPERROR;
	case SPFCHECK_FAIL:
	case SPFCHECK_SOFTFAIL:
		return AUTH_FAIL;
	case SPFCHECK_PERMERROR:
		return AUTH_PERMERROR;
	case SPFCHECK_NONE:
	case SPFCHECK_NEUTRAL:
		break;
	}
	return AUTH_NONE;
}

static void judge(struct check *c)
{
	const struct spf_result *spf = c->in->spf;
	struct dmarc_result *r = c->ret;
	struct tally t = { 0 };

	r->aligned_spf = identifier(c, "SPF", spf->domain, code_of_spf(spf->result),
				    spfcheck_name(spf->result), r->strict_spf, &t);
	for (size_t i = 0; i < c->in->n_dkim; i++) {
		const struct dkim_result *dkim = &c->in->dkim[i];

		r->aligned_dkim |= identifier(c, "DKIM", dkim->domain, dkim->result,
					      results_code_name(dkim->result), r->strict_dkim, &t);
	}
	if (r->aligned_spf || r->aligned_dkim) {
		r->result = AUTH_PASS;
		r->with_failures = t.failures;
	} else if (t.open) {
		r->result = AUTH_TEMPERROR;
		r->reason = STR("the DNS did not answer, so nobody can tell");
	} else {
		r->result = AUTH_FAIL;
		r->reason = STR("neither SPF nor DKIM confirms the author's domain");
	}
}

/* RFC 9989 3.2.13: whether that name exists at all. False: the DNS did not answer. */
static bool ask_existence(struct check *c, str domain, bool *ret)
{
	struct dns_answer answer = dns_ask(c->dns, c->arena, domain, DNS_A, c->d);

	*ret = answer.status != DNS_NXDOMAIN;
	steps_add(&c->steps, "%.*s: %s", STR_ARG(domain),
		  dns_temporary(answer.status) ? "the DNS did not answer whether it exists"
		  : *ret		       ? "exists"
					       : "does not exist");
	return !dns_temporary(answer.status);
}

/* RFC 9989 4.10.1. NULL: there is none, or the DNS did not answer. */
static const struct dmarcwalk_stop *find_policy(struct check *c)
{
	const struct dmarcwalk_stop *stop = &c->walk.stops[0];

	if (stop->found || c->walk.temporary)
		return stop->found ? stop : NULL;
	stop = dmarcwalk_at(&c->walk, c->walk.organizational);
	return stop && stop->found ? stop : c->walk.suffix;
}

static bool choose_policy(struct check *c, const struct dmarcwalk_stop *stop)
{
	struct dmarc_result *r = c->ret;
	bool exists = true;

	r->policy = stop->record.p;
	if (str_eq(stop->domain, r->domain))
		return true;
	if (stop->record.has_np && !ask_existence(c, r->domain, &exists))
		return false;
	r->policy = dmarcrecord_for_subdomain(&stop->record, exists);
	return true;
}

/* t=y (RFC 9989 4.7): one level below. */
static enum dmarc_policy lowered(enum dmarc_policy policy)
{
	return policy == DMARC_POLICY_REJECT ? DMARC_POLICY_QUARANTINE : DMARC_POLICY_NONE;
}

static void no_answer(struct check *c)
{
	c->ret->result = AUTH_TEMPERROR;
	c->ret->reason = STR("the DNS did not answer, so nobody can tell");
}

static void no_policy(struct check *c)
{
	c->ret->bad_record = c->walk.stops[0].several;
	c->ret->reason = c->ret->bad_record ? STR("several DMARC records, all are discarded")
					    : STR("no DMARC record");
}

static void apply(struct check *c, const struct dmarcwalk_stop *stop)
{
	struct dmarc_result *r = c->ret;

	r->policy_domain = stop->domain;
	r->record = stop->record.text;
	if (!stop->record.usable) {
		r->bad_record = true;
		r->reason = STR("the DMARC record has no valid policy");
		return;
	}
	r->testing = stop->record.testing;
	r->strict_spf = stop->record.strict_spf;
	r->strict_dkim = stop->record.strict_dkim;
	judge(c);
	if (!choose_policy(c, stop) && r->result == AUTH_FAIL)
		no_answer(c);
	if (r->result == AUTH_FAIL)
		r->disposition = r->testing ? lowered(r->policy) : r->policy;
}

static struct dmarc_result look_at(struct check *c, str author)
{
	struct dmarc_result r = { .domain = author };
	const struct dmarcwalk_stop *stop;

	c->ret = &r;
	steps_add(&c->steps, "author domain %.*s", STR_ARG(author));
	dmarcwalk_run(c->arena, c->dns, author, c->d, &c->steps, &c->walk);
	r.organizational = c->walk.organizational;
	if (r.organizational.n)
		steps_add(&c->steps, "organizational domain %.*s", STR_ARG(r.organizational));
	stop = find_policy(c);
	if (stop)
		apply(c, stop);
	else if (c->walk.temporary)
		no_answer(c);
	else
		no_policy(c);
	steps_add(&c->steps, "%.*s: %.*s, policy %.*s, asked for now %.*s", STR_ARG(author),
		  STR_ARG(results_code_name(r.result)), STR_ARG(results_policy_name(r.policy)),
		  STR_ARG(results_policy_name(r.disposition)));
	return r;
}

/* Of several authors the strictest policy among those that fail (11.5); a domain without a
 * policy is not covered by the pass of another. */
static int severity(const struct dmarc_result *r)
{
	switch (r->result) {
	case AUTH_FAIL:
		return 3 + (int)r->disposition;
	case AUTH_TEMPERROR:
		return 2;
	case AUTH_PASS:
		return 0;
	default:
		return 1;
	}
}

struct dmarc_result dmarccheck_run(struct arena *a, const struct dns_resolver *dns,
				   const struct dmarc_input *in, deadline d)
{
	struct check c = { .arena = a, .dns = dns, .in = in, .d = d, .steps = { .arena = a } };
	struct dmarc_result worst = { .domain = STR(""), .reason = STR("no author domain") };

	collect_authors(&c);
	for (size_t i = 0; i < c.n_authors; i++) {
		struct dmarc_result one = look_at(&c, c.authors[i]);

		if (i == 0 || severity(&one) > severity(&worst))
			worst = one;
	}
	worst.bad_from = c.bad_from;
	if (c.bad_from && worst.result == AUTH_PASS) {
		worst.result = AUTH_NONE;
		worst.reason = STR("the message has not one valid From field");
	}
	if (c.bad_from)
		steps_add(&c.steps, "the message has not one From field with valid addresses");
	worst.trace = steps_trace(&c.steps);
	return worst;
}

size_t dmarccheck_questions(struct arena *a, const struct dmarc_input *in,
			    struct dns_question q[DMARCCHECK_MAX_QUESTIONS])
{
	struct check c = { .arena = a, .in = in };
	size_t n = 0;

	collect_authors(&c);
	for (size_t i = 0; i < c.n_authors; i++) {
		n += dmarcwalk_questions(a, c.authors[i], &q[n]);
		q[n++] = (struct dns_question){ .name = c.authors[i], .type = DNS_A };
	}
	return n;
}

#include "auth/spfcheck.h"

#include "auth/spf.h"
#include "auth/spfmacro.h"
#include "dns/dnsname.h"

#include <stdarg.h>

enum { MAX_EXPANSION = 32768, MAX_TRACE_LINE = 300 };

enum match { MATCH_NO, MATCH_YES, MATCH_TEMPERROR, MATCH_PERMERROR };

struct check {
	struct arena *arena;
	const struct dns_resolver *dns;
	const struct spf_input *in;
	deadline d;
	str local, domain; /* of the identity */
	struct spf_result *ret;
	ARENA_VEC(str) trace;
	/* The client's validated names (5.5), asked once. */
	bool names_known, names_void;
	str names[SPFCHECK_MAX_NAMES];
	size_t n_names;
};

str spfcheck_name(enum spfcheck_code code)
{
	static const char *const names[] = {
		[SPFCHECK_NONE] = "none",	    [SPFCHECK_NEUTRAL] = "neutral",
		[SPFCHECK_PASS] = "pass",	    [SPFCHECK_FAIL] = "fail",
		[SPFCHECK_SOFTFAIL] = "softfail",   [SPFCHECK_TEMPERROR] = "temperror",
		[SPFCHECK_PERMERROR] = "permerror",
	};

	return str_c(names[code]);
}

/* One step: a text of ours and a hostile one. */
static void step(struct check *c, const char *what, str about, const char *outcome)
{
	struct strbuf b = strbuf_make(c->arena, MAX_TRACE_LINE + 64);

	if (c->trace.n >= SPFCHECK_MAX_TRACE)
		return;
	strbuf_put(&b, str_c(what));
	if (about.n) {
		strbuf_char(&b, ' ');
		strbuf_printable(&b, str_sub(about, 0, MAX_TRACE_LINE / 4));
	}
	if (*outcome) {
		strbuf_put(&b, STR(": "));
		strbuf_put(&b, str_c(outcome));
	}
	*arena_push(c->arena, &c->trace) = strbuf_str(&b);
}

static void problem(struct check *c, const char *what, str about)
{
	struct strbuf b = strbuf_make(c->arena, MAX_TRACE_LINE + 64);

	strbuf_put(&b, str_c(what));
	if (about.n) {
		strbuf_put(&b, STR(": "));
		strbuf_printable(&b, str_sub(about, 0, MAX_TRACE_LINE / 4));
	}
	c->ret->problem = strbuf_str(&b);
	step(c, what, about, "");
}

static void step_answer(struct check *c, const struct dns_question *q,
			const struct dns_answer *answer)
{
	char outcome[48];

	if (answer->status == DNS_OK)
		snprintf(outcome, sizeof(outcome), "%zu records", answer->n);
	else
		snprintf(outcome, sizeof(outcome), "%.*s",
			 STR_ARG(dns_status_name(answer->status)));
	step(c, dns_type_name(q->type).p, q->name, outcome);
}

static struct dns_answer ask(struct check *c, str name, enum dns_type type)
{
	struct dns_question q = { .name = name, .type = type };
	struct dns_answer answer = dns_ask(c->dns, c->arena, name, type, c->d);

	step_answer(c, &q, &answer);
	return answer;
}

static enum dns_type address_type(const struct check *c)
{
	return c->in->ip.n == IP_V6 ? DNS_AAAA : DNS_A;
}

static bool is_void(const struct dns_answer *answer)
{
	return answer->status == DNS_NODATA || answer->status == DNS_NXDOMAIN;
}

/* RFC 7208 4.6.4: terms that ask the DNS, and terms answered by nothing. */
static bool count_lookup(struct check *c)
{
	if (++c->ret->lookups <= SPFCHECK_MAX_LOOKUPS)
		return true;
	problem(c, "more than 10 terms that ask the DNS", STR(""));
	return false;
}

static bool count_void(struct check *c)
{
	if (++c->ret->voids <= SPFCHECK_MAX_VOIDS)
		return true;
	problem(c, "more than 2 void lookups", STR(""));
	return false;
}

static bool ip_is_one_of(const struct check *c, const struct dns_answer *answer, unsigned prefix)
{
	for (size_t i = 0; i < answer->n; i++) {
		struct ip ip = { .n = (uint8_t)answer->records[i].value.n };

		memcpy(ip.bytes, answer->records[i].value.p, ip.n);
		if (ip_in(c->in->ip, ip, prefix))
			return true;
	}
	return false;
}

static unsigned prefix_of(const struct check *c, const struct spf_term *term)
{
	return c->in->ip.n == IP_V6 ? term->prefix6 : term->prefix4;
}

/* RFC 7208 5.5: names of the client whose addresses include the client. At most ten are
 * looked at; errors only make names missing. */
static void learn_names(struct check *c)
{
	struct dns_question q[SPFCHECK_MAX_NAMES];
	struct dns_answer answers[SPFCHECK_MAX_NAMES];
	struct dns_answer ptr;
	size_t n;

	if (c->names_known)
		return;
	c->names_known = true;
	ptr = ask(c, dnsname_reverse(c->arena, c->in->ip), DNS_PTR);
	c->names_void = is_void(&ptr);
	n = ptr.n < SPFCHECK_MAX_NAMES ? ptr.n : SPFCHECK_MAX_NAMES;
	for (size_t i = 0; i < n; i++)
		q[i] = (struct dns_question){ .name = ptr.records[i].value,
					      .type = address_type(c) };
	if (n)
		c->dns->lookup(c->dns->ctx, c->arena, q, n, c->d, answers);
	for (size_t i = 0; i < n; i++) {
		step_answer(c, &q[i], &answers[i]);
		if (ip_is_one_of(c, &answers[i], c->in->ip.n * 8U))
			c->names[c->n_names++] = q[i].name;
	}
}

/* %{p} (RFC 7208 7.3): the domain itself, else a name below it, else any. */
static str validated_name(void *ctx, str domain)
{
	struct check *c = ctx;

	learn_names(c);
	for (size_t i = 0; i < c->n_names; i++)
		if (str_caseeq(c->names[i], domain))
			return c->names[i];
	for (size_t i = 0; i < c->n_names; i++)
		if (dnsname_within(c->names[i], domain))
			return c->names[i];
	return c->n_names ? c->names[0] : STR("unknown");
}

static bool expand(struct check *c, str domain, str macros, size_t max, str *ret)
{
	struct spfmacro_env env = {
		.local = c->local,
		.sender_domain = c->domain,
		.domain = domain,
		.helo = c->in->helo,
		.receiver = c->in->receiver.n ? c->in->receiver : STR("unknown"),
		.ip = c->in->ip,
		.wall = c->in->wall,
		.validated_name = validated_name,
		.ctx = c,
	};

	return spfmacro_expand(c->arena, &env, macros, max, ret);
}

/* The name that a domain-spec means. Names too long lose labels at the left (7.3). False
 * when what remains is no domain name (4.8). */
static bool target(struct check *c, str domain, str spec, str *ret)
{
	str name;

	if (spec.n == 0) {
		*ret = domain;
		return true;
	}
	if (!expand(c, domain, spec, MAX_EXPANSION, &name))
		return false;
	if (str_ends(name, STR(".")))
		name.n--;
	while (name.n > DNS_MAX_NAME) {
		size_t dot = str_chr(name, '.');

		if (dot == STR_NONE)
			return false;
		name = str_skip(name, dot + 1);
	}
	if (name.n == 0 || !dnsname_valid(name))
		return false;
	*ret = name;
	return true;
}

static enum match match_address(struct check *c, const struct spf_term *term, str name)
{
	struct dns_answer answer = ask(c, name, address_type(c));

	if (dns_temporary(answer.status))
		return MATCH_TEMPERROR;
	if (is_void(&answer) && !count_void(c))
		return MATCH_PERMERROR;
	return ip_is_one_of(c, &answer, prefix_of(c, term)) ? MATCH_YES : MATCH_NO;
}

/* Ten hosts are asked; that there are more is an error once none of the ten matches. */
static enum match match_mx(struct check *c, const struct spf_term *term, str name)
{
	struct dns_question q[SPFCHECK_MAX_NAMES];
	struct dns_answer hosts[SPFCHECK_MAX_NAMES];
	struct dns_answer mx = ask(c, name, DNS_MX);
	size_t n;

	if (dns_temporary(mx.status))
		return MATCH_TEMPERROR;
	if (is_void(&mx))
		return count_void(c) ? MATCH_NO : MATCH_PERMERROR;
	n = mx.n < SPFCHECK_MAX_NAMES ? mx.n : SPFCHECK_MAX_NAMES;
	for (size_t i = 0; i < n; i++)
		q[i] = (struct dns_question){ .name = mx.records[i].value,
					      .type = address_type(c) };
	c->dns->lookup(c->dns->ctx, c->arena, q, n, c->d, hosts);
	for (size_t i = 0; i < n; i++) {
		step_answer(c, &q[i], &hosts[i]);
		if (dns_temporary(hosts[i].status))
			return MATCH_TEMPERROR;
		if (ip_is_one_of(c, &hosts[i], prefix_of(c, term)))
			return MATCH_YES;
	}
	if (mx.n == n)
		return MATCH_NO;
	problem(c, "more than 10 MX hosts", name);
	return MATCH_PERMERROR;
}

static enum match match_ptr(struct check *c, str name)
{
	learn_names(c);
	if (c->names_void && !count_void(c))
		return MATCH_PERMERROR;
	for (size_t i = 0; i < c->n_names; i++)
		if (dnsname_within(c->names[i], name))
			return MATCH_YES;
	return MATCH_NO;
}

static enum match match_exists(struct check *c, str name)
{
	struct dns_answer answer = ask(c, name, DNS_A);

	if (dns_temporary(answer.status))
		return MATCH_TEMPERROR;
	if (is_void(&answer))
		return count_void(c) ? MATCH_NO : MATCH_PERMERROR;
	return MATCH_YES;
}

static enum spfcheck_code check_host(struct check *c, str domain, bool included);

/* RFC 7208 5.2, the table at its end. */
static enum match match_include(struct check *c, str name)
{
	switch (check_host(c, name, true)) {
	case SPFCHECK_PASS:
		return MATCH_YES;
	case SPFCHECK_FAIL:
	case SPFCHECK_SOFTFAIL:
	case SPFCHECK_NEUTRAL:
		return MATCH_NO;
	case SPFCHECK_TEMPERROR:
		return MATCH_TEMPERROR;
	case SPFCHECK_NONE:
		problem(c, "included domain has no SPF record", name);
		return MATCH_PERMERROR;
	case SPFCHECK_PERMERROR:
		break;
	}
	return MATCH_PERMERROR;
}

static enum match match_term(struct check *c, const struct spf_term *term, str domain)
{
	str name;

	if (term->mechanism == SPF_ALL)
		return MATCH_YES;
	if (term->mechanism == SPF_IP4 || term->mechanism == SPF_IP6)
		return ip_in(c->in->ip, term->net, prefix_of(c, term)) ? MATCH_YES : MATCH_NO;
	if (!count_lookup(c))
		return MATCH_PERMERROR;
	if (!target(c, domain, term->spec, &name)) {
		step(c, "no domain name", term->text, "");
		if (term->mechanism != SPF_INCLUDE)
			return MATCH_NO;
		problem(c, "included domain is no domain name", term->text);
		return MATCH_PERMERROR;
	}
	switch (term->mechanism) {
	case SPF_INCLUDE:
		return match_include(c, name);
	case SPF_A:
		return match_address(c, term, name);
	case SPF_MX:
		return match_mx(c, term, name);
	case SPF_PTR:
		return match_ptr(c, name);
	default:
		return match_exists(c, name);
	}
}

static enum spfcheck_code code_of(char qualifier)
{
	switch (qualifier) {
	case '-':
		return SPFCHECK_FAIL;
	case '~':
		return SPFCHECK_SOFTFAIL;
	case '?':
		return SPFCHECK_NEUTRAL;
	default:
		return SPFCHECK_PASS;
	}
}

/* RFC 7208 6.2: whatever goes wrong, there is just no explanation. */
static void explain(struct check *c, str domain, str spec)
{
	struct dns_answer txt;
	str name;

	if (!spec.p || !target(c, domain, spec, &name))
		return;
	txt = ask(c, name, DNS_TXT);
	if (txt.n == 1 && spfmacro_string_valid(txt.records[0].value, true))
		(void)!expand(c, domain, txt.records[0].value, SPFCHECK_MAX_EXPLANATION,
			      &c->ret->explanation);
}

/* RFC 7208 4.4, 4.5. Returns NEUTRAL when *ret is the one record of the domain. */
static enum spfcheck_code fetch(struct check *c, str domain, struct spf_record *ret)
{
	struct dns_answer txt = ask(c, domain, DNS_TXT);
	str found = STR_NULL, reason;

	if (dns_temporary(txt.status)) {
		problem(c, "the DNS did not answer for", domain);
		return SPFCHECK_TEMPERROR;
	}
	for (size_t i = 0; i < txt.n; i++) {
		if (!spf_is_record(txt.records[i].value))
			continue;
		if (found.p) {
			problem(c, "more than one SPF record", domain);
			return SPFCHECK_PERMERROR;
		}
		found = txt.records[i].value;
	}
	if (!found.p)
		return SPFCHECK_NONE;
	step(c, "record", found, "");
	if (spf_parse(c->arena, found, ret, &reason) == SPF_OK)
		return SPFCHECK_NEUTRAL;
	problem(c, "syntax error", reason);
	return SPFCHECK_PERMERROR;
}

static enum spfcheck_code follow_redirect(struct check *c, str domain, str spec, bool included)
{
	enum spfcheck_code code = SPFCHECK_NONE;
	str name = STR("");

	if (!count_lookup(c))
		return SPFCHECK_PERMERROR;
	if (target(c, domain, spec, &name)) {
		step(c, "redirect", name, "");
		code = check_host(c, name, included);
	}
	if (code != SPFCHECK_NONE)
		return code;
	problem(c, "redirect leads to no SPF record", name);
	return SPFCHECK_PERMERROR;
}

static void decided_by(struct check *c, str mechanism, bool included)
{
	if (!included)
		c->ret->mechanism = mechanism;
}

/* RFC 7208 4.6. Depth is bounded by the number of lookups. */
static enum spfcheck_code check_host(struct check *c, str domain, bool included)
{
	struct spf_record record;
	enum spfcheck_code code = fetch(c, domain, &record);

	if (code != SPFCHECK_NEUTRAL)
		return code;
	for (size_t i = 0; i < record.n; i++) {
		const struct spf_term *term = &record.terms[i];

		switch (match_term(c, term, domain)) {
		case MATCH_NO:
			continue;
		case MATCH_YES:
			step(c, "matches", term->text, "");
			decided_by(c, term->text, included);
			if (term->qualifier == '-' && !included)
				explain(c, domain, record.exp);
			return code_of(term->qualifier);
		case MATCH_TEMPERROR:
			problem(c, "the DNS did not answer for", term->text);
			decided_by(c, term->text, included);
			return SPFCHECK_TEMPERROR;
		case MATCH_PERMERROR:
			decided_by(c, term->text, included);
			return SPFCHECK_PERMERROR;
		}
	}
	if (record.redirect.p)
		return follow_redirect(c, domain, record.redirect, included);
	decided_by(c, STR("default"), included);
	return SPFCHECK_NEUTRAL; /* 4.7 */
}

/* RFC 7208 2.3, 2.4, 4.1: which identity, and its local part and domain. */
static void choose_identity(struct check *c)
{
	str from = c->in->mail_from;
	size_t at = str_rchr(from, '@');

	c->local = STR("postmaster");
	if (from.n == 0) {
		c->ret->identity = STR("helo");
		c->domain = c->in->helo;
	} else {
		c->ret->identity = STR("mailfrom");
		c->domain = at == STR_NONE ? from : str_skip(from, at + 1);
		if (at != STR_NONE && at > 0)
			c->local = str_sub(from, 0, at);
	}
	if (str_ends(c->domain, STR(".")))
		c->domain.n--;
	c->ret->domain = c->domain;
}

/* RFC 7208 4.3: a domain that is malformed or has a single label has no policy. */
static bool is_fqdn(str domain)
{
	return dnsname_valid(domain) && str_chr(domain, '.') != STR_NONE && domain.p[0] != '[';
}

struct spf_result spfcheck_run(struct arena *a, const struct dns_resolver *dns,
			       const struct spf_input *in, deadline d)
{
	struct spf_result ret = { .mechanism = STR(""),
				  .explanation = STR(""),
				  .problem = STR("") };
	struct check c = { .arena = a, .dns = dns, .in = in, .d = d, .ret = &ret };

	choose_identity(&c);
	if (in->ip.n == 0)
		problem(&c, "the client's address is not known", STR(""));
	else if (!is_fqdn(c.domain))
		problem(&c, "not a fully qualified domain name", c.domain);
	else
		ret.result = check_host(&c, c.domain, false);
	if (ret.result == SPFCHECK_NONE && ret.problem.n == 0)
		problem(&c, "no SPF record", c.domain);
	ret.trace = c.trace.v;
	ret.n_trace = c.trace.n;
	return ret;
}

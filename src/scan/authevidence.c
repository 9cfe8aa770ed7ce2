#include "scan/authevidence.h"

enum { DKIM_TEXT_MAX = 500 };

static const str spf_symbols[] = {
	[SPFCHECK_NONE] = STR("SPF_NONE"),	     [SPFCHECK_NEUTRAL] = STR("SPF_NEUTRAL"),
	[SPFCHECK_PASS] = STR("SPF_PASS"),	     [SPFCHECK_FAIL] = STR("SPF_FAIL"),
	[SPFCHECK_SOFTFAIL] = STR("SPF_SOFTFAIL"),   [SPFCHECK_TEMPERROR] = STR("SPF_TEMPERROR"),
	[SPFCHECK_PERMERROR] = STR("SPF_PERMERROR"),
};

/* What could not be read as a signature (neutral) is a broken one. */
static const str dkim_symbols[AUTH_CODES] = {
	[AUTH_NONE] = STR("DKIM_NONE"),		  [AUTH_PASS] = STR("DKIM_PASS"),
	[AUTH_FAIL] = STR("DKIM_FAIL"),		  [AUTH_POLICY] = STR("DKIM_POLICY"),
	[AUTH_NEUTRAL] = STR("DKIM_PERMERROR"),	  [AUTH_TEMPERROR] = STR("DKIM_TEMPERROR"),
	[AUTH_PERMERROR] = STR("DKIM_PERMERROR"),
};

/* "+all", or a network of half the Internet. */
static bool allows_all(str mechanism)
{
	if (str_casestarts(mechanism, STR("+")))
		mechanism = str_skip(mechanism, 1);
	return str_caseeq(mechanism, STR("all")) ||
	       (str_casestarts(mechanism, STR("ip4:")) &&
		(str_caseends(mechanism, STR("/0")) || str_caseends(mechanism, STR("/1"))));
}

void authevidence_envelope(struct authcheck *c, const struct conf *conf, const struct envelope *env,
			   deadline d, struct auth_results *ret, struct evidence *e)
{
	struct spf_input in = { .helo = env->helo,
				.mail_from = env->reverse_path,
				.receiver = conf->hostname,
				.wall = c->wall };
	const struct spf_result *r = &ret->spf;

	ret->spf = (struct spf_result){ .result = SPFCHECK_NONE, .identity = STR("mailfrom") };
	if (!env->has_reverse_path || !ip_parse(env->client_ip, &in.ip))
		return;
	authcheck_envelope(c, &in, clock_sooner(d, deadline_in(conf->dns.timeout)), ret);
	e->temporary |= r->result == SPFCHECK_TEMPERROR;
	evidence_add(c->arena, e, spf_symbols[r->result],
		     arena_fmt(c->arena, "%.*s=%.*s ip=%.*s %.*s%.*s", STR_ARG(r->identity),
			       STR_ARG(r->domain), STR_ARG(env->client_ip), STR_ARG(r->mechanism),
			       STR_ARG(r->problem)));
	if (r->result == SPFCHECK_PASS && allows_all(r->mechanism))
		evidence_add(c->arena, e, STR("SPF_PLUSALL"), r->mechanism);
}

static void put_signature(struct strbuf *b, const struct dkim_result *r)
{
	if (b->n)
		strbuf_put(b, STR(", "));
	strbuf_put(b, r->domain.n ? r->domain : STR("?"));
	if (r->reason.n) {
		strbuf_put(b, STR(": "));
		strbuf_put(b, str_sub(r->reason, 0, DKIM_TEXT_MAX / 2));
	}
}

/* One symbol for each outcome, with the signatures that had it. */
static void add_dkim(struct authcheck *c, const struct auth_results *r, struct evidence *e)
{
	struct strbuf texts[AUTH_CODES];
	bool seen[AUTH_CODES] = { false };

	for (int i = 0; i < AUTH_CODES; i++)
		texts[i] = strbuf_make(c->arena, DKIM_TEXT_MAX);
	for (size_t i = 0; i < r->n_dkim; i++) {
		enum auth_code code = r->dkim[i].result;

		if (code == AUTH_NEUTRAL)
			code = AUTH_PERMERROR;
		seen[code] = true;
		put_signature(&texts[code], &r->dkim[i]);
	}
	seen[AUTH_NONE] = r->n_dkim == 0;
	e->temporary |= seen[AUTH_TEMPERROR];
	for (int i = 0; i < AUTH_CODES; i++)
		if (seen[i])
			evidence_add(c->arena, e, dkim_symbols[i], strbuf_str(&texts[i]));
}

static str dmarc_symbol(const struct dmarc_result *r)
{
	static const str fails[] = {
		[DMARC_POLICY_NONE] = STR("DMARC_FAIL_NONE"),
		[DMARC_POLICY_QUARANTINE] = STR("DMARC_FAIL_QUARANTINE"),
		[DMARC_POLICY_REJECT] = STR("DMARC_FAIL_REJECT"),
	};

	switch (r->result) {
	case AUTH_PASS:
		return r->with_failures ? STR("DMARC_PASS_WITH_FAILURES") : STR("DMARC_PASS");
	case AUTH_FAIL:
		return fails[r->disposition];
	case AUTH_TEMPERROR:
		return STR("DMARC_TEMPERROR");
	default:
		return r->bad_record ? STR("DMARC_BAD_RECORD") : STR("DMARC_NONE");
	}
}

static void add_dmarc(struct authcheck *c, const struct dmarc_result *r, struct evidence *e)
{
	str text = arena_fmt(c->arena, "%.*s policy=%.*s %.*s", STR_ARG(r->domain),
			     STR_ARG(results_policy_name(r->policy)), STR_ARG(r->reason));

	e->temporary |= r->result == AUTH_TEMPERROR;
	evidence_add(c->arena, e, dmarc_symbol(r), text);
	if (r->result == AUTH_TEMPERROR && !r->testing && r->policy != DMARC_POLICY_NONE)
		evidence_add(c->arena, e, STR("DMARC_UNDECIDED"), text);
	if (r->bad_from)
		evidence_add(c->arena, e, STR("DMARC_BAD_FROM"), r->domain);
}

static void add_arc(struct authcheck *c, const struct auth_results *r, struct evidence *e)
{
	const struct arc_result *arc = &r->arc;
	str symbol = STR("ARC_NONE"), text = arc->reason;

	if (arc->result == AUTH_PASS)
		symbol = STR("ARC_PASS");
	else if (arc->result == AUTH_TEMPERROR)
		symbol = STR("ARC_TEMPERROR");
	else if (arc->result == AUTH_FAIL)
		symbol = arc->n ? STR("ARC_FAIL") : STR("ARC_INVALID");
	if (arc->n && !text.n)
		text = arena_fmt(c->arena, "%zu sets, the newest of %.*s", arc->n,
				 STR_ARG(arc->sets[arc->n - 1].domain));
	e->temporary |= arc->result == AUTH_TEMPERROR;
	evidence_add(c->arena, e, symbol, str_sub(text, 0, DKIM_TEXT_MAX));
	if (r->arc_trusted)
		evidence_add(c->arena, e, STR("ARC_TRUSTED"), arc->sets[arc->n - 1].domain);
}

void authevidence_message(struct authcheck *c, const struct conf *conf, const struct facts *f,
			  deadline d, struct auth_results *ret, struct evidence *e)
{
	c->trusted = conf->arc.trusted.v;
	c->n_trusted = conf->arc.trusted.n;
	authcheck_message(c, f, clock_sooner(d, deadline_in(conf->dns.timeout)), ret);
	add_dkim(c, ret, e);
	add_arc(c, ret, e);
	add_dmarc(c, &ret->dmarc, e);
}

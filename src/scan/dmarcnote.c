#include "scan/dmarcnote.h"

#include "reporting/dmarcrow.h"

static str domain_of(str address)
{
	size_t at = str_rchr(address, '@');

	return at == STR_NONE ? STR("") : str_skip(address, at + 1);
}

/* Of all recipients; empty when there are several. */
static str recipient_domain(const struct envelope *env)
{
	str first = env->n_recipients ? domain_of(env->recipients[0]) : STR("");

	for (size_t i = 1; i < env->n_recipients; i++) {
		if (!str_caseeq(domain_of(env->recipients[i]), first))
			return STR("");
	}
	return first;
}

/* Whether reports are asked for at all; who gets them is found out when they are written. */
static bool asks_for_reports(str record)
{
	str tag;

	while (str_split(&record, ';', &tag)) {
		str name = str_trim(str_sub(tag, 0, str_chr(tag, '=')));

		if (str_chr(tag, '=') != STR_NONE && str_caseeq(name, STR("rua")))
			return true;
	}
	return false;
}

static bool is_for_reports(const struct conf *c, str recipient)
{
	for (size_t i = 0; i < c->reports.addresses.n; i++) {
		if (str_caseeq(recipient, c->reports.addresses.v[i]))
			return true;
	}
	return str_caseeq(recipient, c->reports.from);
}

/* A report to us is no reason to report in turn, or two gateways would do so for ever. */
static bool is_only_for_reports(const struct conf *c, const struct envelope *env)
{
	for (size_t i = 0; i < env->n_recipients; i++) {
		if (!is_for_reports(c, env->recipients[i]))
			return false;
	}
	return env->n_recipients > 0;
}

static bool is_wanted(const struct conf *c, const struct envelope *env,
		      const struct dmarc_result *d, enum action action)
{
	return c->reports.from.n && conf_has_way_out(c) && c->role == CONF_ROLE_MX &&
	       (d->result == AUTH_PASS || d->result == AUTH_FAIL) && d->policy_domain.n &&
	       action != ACTION_DEFER && action != ACTION_GREYLIST && asks_for_reports(d->record) &&
	       !conf_is_own_domain(c, d->policy_domain) && !is_only_for_reports(c, env);
}

static enum dmarc_policy applied_by(enum action action)
{
	if (action == ACTION_REJECT || action == ACTION_DISCARD)
		return DMARC_POLICY_REJECT;
	return action == ACTION_QUARANTINE ? DMARC_POLICY_QUARANTINE : DMARC_POLICY_NONE;
}

/* What was done for DMARC's sake: a message that its policy lets pass may still be refused, for
 * other reasons that are not its domain's business. */
static void judge(struct dmarcrow *row, const struct auth_results *auth, enum action action)
{
	const struct dmarc_result *d = &auth->dmarc;
	enum dmarc_policy applied = applied_by(action);

	row->reason = STR("");
	if (d->result == AUTH_PASS) {
		row->disposition = d->policy == DMARC_POLICY_NONE ? STR("none") : STR("pass");
		return;
	}
	if (d->disposition == DMARC_POLICY_NONE)
		applied = DMARC_POLICY_NONE;
	row->disposition = results_policy_name(applied);
	if (applied != d->disposition)
		row->reason = auth->arc_trusted ? STR("trusted_forwarder") : STR("local_policy");
	else if (d->disposition != d->policy)
		row->reason = d->testing ? STR("policy_test_mode") : STR("other");
}

static void add_signature(struct dmarcrow *row, const struct dkim_result *d)
{
	if (row->n_signatures < DMARCROW_SIGNATURES)
		row->signatures[row->n_signatures++] =
			(struct dmarcrow_signature){ d->domain, d->selector,
						     results_code_name(d->result) };
}

static void add_signatures(struct dmarcrow *row, const struct auth_results *auth)
{
	for (size_t i = 0; i < auth->n_dkim; i++) {
		if (auth->dkim[i].result == AUTH_PASS)
			add_signature(row, &auth->dkim[i]);
	}
	for (size_t i = 0; i < auth->n_dkim; i++) {
		if (auth->dkim[i].result != AUTH_PASS)
			add_signature(row, &auth->dkim[i]);
	}
}

struct dmarcnote dmarcnote_make(struct arena *a, const struct conf *c, const struct envelope *env,
				const struct auth_results *auth, enum action action)
{
	const struct dmarc_result *d = &auth->dmarc;
	struct strbuf text = strbuf_make(a, ROWTEXT_MAX);
	struct dmarcrow row = { .source_ip = env->client_ip,
				.dkim = d->aligned_dkim,
				.spf = d->aligned_spf,
				.header_from = d->domain,
				.envelope_from = domain_of(env->reverse_path),
				.envelope_to = recipient_domain(env),
				.spf_domain = auth->spf.domain,
				.spf_result = spfcheck_name(auth->spf.result) };

	if (!is_wanted(c, env, d, action))
		return (struct dmarcnote){ STR(""), STR(""), STR("") };
	judge(&row, auth, action);
	add_signatures(&row, auth);
	dmarcrow_put(&text, &row);
	return (struct dmarcnote){ d->policy_domain, str_sub(d->record, 0, DMARCNOTE_HEAD_MAX),
				   strbuf_str(&text) };
}

#include "selfaudit/selfaudit_private.h"

#include <unistd.h>

enum { DAY_S = 24 * 3600, DAYS_SOON = 15 };

struct selfaudit_finding selfaudit_proof_starttls(struct selfaudit *in)
{
	const struct conf *c = in->conf;

	if (!c->smtp.starttls)
		return SELFAUDIT_SAY(in, SELFAUDIT_FAIL, "smtp.starttls: false");
	if (c->delivery.tls == CONF_CLIENT_TLS_NONE &&
	    c->delivery.next_hop.kind != CONF_PEER_MAILDIR &&
	    c->delivery.next_hop.kind != CONF_PEER_LMTP_UNIX)
		return SELFAUDIT_SAY(in, SELFAUDIT_FAIL, "delivery.tls: none");
	if (in->talk.let_in && !in->talk.starttls)
		return SELFAUDIT_SAY(in, SELFAUDIT_FAIL, "%.*s does not offer STARTTLS",
				     STR_ARG(in->talk.at));
	return SELFAUDIT_SAY(in, SELFAUDIT_PASS, "offered%s; from version %s",
			     in->talk.spoken ? ""
					     : " by the configuration, the gateway is not running",
			     c->tls.min_version == CONF_TLS_1_3	  ? "1.3"
			     : c->tls.min_version == CONF_TLS_1_2 ? "1.2"
								  : "1.0");
}

struct selfaudit_finding selfaudit_proof_certificate(struct selfaudit *in)
{
	struct strbuf seen = strbuf_make(in->arena, SELFAUDIT_SEEN);
	enum selfaudit_result result = SELFAUDIT_PASS;

	if (!in->conf->smtp.starttls)
		return SELFAUDIT_SAY(in, SELFAUDIT_NOT_APPLICABLE, "smtp.starttls: false");
	if (!in->conf->tls.certificate.n && !in->conf->tls.certificates.n)
		return SELFAUDIT_SAY(in, SELFAUDIT_FAIL,
				     "self-signed, of our own making: it proves nothing");
	if (!in->n_certificates)
		return SELFAUDIT_SAY(in, SELFAUDIT_UNKNOWN, "no certificate could be read");
	for (size_t i = 0; i < in->n_certificates; i++) {
		const struct survey_certificate *c = &in->certificates[i];
		int64_t days = (c->not_after - in->now) / DAY_S;

		strbuf_fmt(&seen, "%s%.*s: %lld days left%s", i ? "; " : "", STR_ARG(c->names),
			   (long long)days, c->named ? "" : ", not for the host name");
		if (days < DAYS_SOON || !c->named)
			result = SELFAUDIT_FAIL;
	}
	return selfaudit_found(result, &seen);
}

/* Offered behind STARTTLS only (RFC 8689 2): what is said before it does not show it. */
struct selfaudit_finding selfaudit_proof_requiretls(struct selfaudit *in)
{
	return in->conf->smtp.starttls
		       ? SELFAUDIT_SAY(in, SELFAUDIT_PASS, "offered behind STARTTLS")
		       : SELFAUDIT_SAY(in, SELFAUDIT_FAIL, "smtp.starttls: false");
}

/* --- what we check of others --- */

static struct selfaudit_finding checks_others(struct selfaudit *in, const char *what)
{
	if (in->conf->role == CONF_ROLE_OUT)
		return SELFAUDIT_SAY(in, SELFAUDIT_NOT_APPLICABLE, "role out receives nothing");
	if (in->conf->dns.file.n)
		return SELFAUDIT_SAY(in, SELFAUDIT_FAIL,
				     "dns.file is set: the DNS of others is not asked");
	return SELFAUDIT_SAY(in, SELFAUDIT_PASS, "%s of each message is checked", what);
}

struct selfaudit_finding selfaudit_proof_spf_in(struct selfaudit *in)
{
	return checks_others(in, "SPF");
}

struct selfaudit_finding selfaudit_proof_dkim_in(struct selfaudit *in)
{
	return checks_others(in, "DKIM");
}

struct selfaudit_finding selfaudit_proof_dmarc_in(struct selfaudit *in)
{
	return checks_others(in, "DMARC");
}

/* --- what others find about our domains --- */

/* The worst of what was found between two codes of publish/survey.def. */
static struct selfaudit_finding published(struct selfaudit *in, enum survey_code first,
					  enum survey_code last)
{
	struct strbuf seen = strbuf_make(in->arena, SELFAUDIT_SEEN);
	enum selfaudit_result result = SELFAUDIT_UNKNOWN;

	if (!in->survey)
		return SELFAUDIT_SAY(in, SELFAUDIT_UNKNOWN, "the DNS was not asked");
	for (size_t i = 0; i < in->survey->findings.n; i++) {
		const struct survey_finding *f = &in->survey->findings.v[i];
		enum survey_status status;

		if (f->code < first || f->code > last)
			continue;
		status = survey_status_of(f->code);
		strbuf_fmt(&seen, "%s%.*s: %.*s", seen.n ? "; " : "", STR_ARG(f->name),
			   STR_ARG(f->seen.n			? f->seen
				   : status == SURVEY_STATUS_OK ? STR("right")
								: STR("not there")));
		if (status == SURVEY_STATUS_WRONG)
			result = SELFAUDIT_FAIL;
		else if (result == SELFAUDIT_UNKNOWN)
			result = SELFAUDIT_PASS;
	}
	if (result == SELFAUDIT_UNKNOWN)
		return SELFAUDIT_SAY(in, result, "the DNS did not answer");
	return selfaudit_found(result, &seen);
}

struct selfaudit_finding selfaudit_proof_spf(struct selfaudit *in)
{
	return published(in, SURVEY_SPF_OK, SURVEY_SPF_NOT_US);
}

struct selfaudit_finding selfaudit_proof_dkim(struct selfaudit *in)
{
	if (in->conf->dkim.keys.n == 0)
		return in->conf->role == CONF_ROLE_OUT
			       ? SELFAUDIT_SAY(in, SELFAUDIT_FAIL, "dkim.keys is empty")
			       : SELFAUDIT_SAY(in, SELFAUDIT_UNKNOWN,
					       "nothing is signed here; does the gateway of role "
					       "out sign?");
	return published(in, SURVEY_DKIM_OK, SURVEY_DKIM_TESTING);
}

struct selfaudit_finding selfaudit_proof_dmarc(struct selfaudit *in)
{
	return published(in, SURVEY_DMARC_OK, SURVEY_DMARC_REFUSED);
}

struct selfaudit_finding selfaudit_proof_resolver(struct selfaudit *in)
{
	const struct conf *c = in->conf;

	if (c->dns.file.n)
		return SELFAUDIT_SAY(in, SELFAUDIT_FAIL, "dns.file is set: nothing is validated");
	if (!c->dns.validate && !c->dns.trust_ad)
		return SELFAUDIT_SAY(in, SELFAUDIT_FAIL, "dns.validate: false");
	return SELFAUDIT_SAY(in, SELFAUDIT_PASS, "%s",
			     c->dns.validate ? "dns.validate: true" : "dns.trust_ad: true");
}

struct selfaudit_finding selfaudit_proof_signed(struct selfaudit *in)
{
	struct strbuf seen = strbuf_make(in->arena, SELFAUDIT_SEEN);
	bool all = true;

	for (size_t i = 0; in->survey && i < in->survey->findings.n; i++) {
		const struct survey_finding *f = &in->survey->findings.v[i];

		if (f->code != SURVEY_SIGNED_OK && f->code != SURVEY_SIGNED_NOT)
			continue;
		strbuf_fmt(&seen, "%s%.*s: %s", seen.n ? "; " : "", STR_ARG(f->name),
			   f->code == SURVEY_SIGNED_OK ? "signed" : "not signed");
		all &= f->code == SURVEY_SIGNED_OK;
	}
	if (seen.n == 0)
		return SELFAUDIT_SAY(in, SELFAUDIT_UNKNOWN, "the DNS did not answer");
	return selfaudit_found(all ? SELFAUDIT_PASS : SELFAUDIT_FAIL, &seen);
}

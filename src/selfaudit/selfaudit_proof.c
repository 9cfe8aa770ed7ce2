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
		return SELFAUDIT_SAY(in, SELFAUDIT_FAIL,
				     SELFAUDIT_IN(in, "%.*s does not offer STARTTLS",
						  "%.*s n’offre pas STARTTLS"),
				     STR_ARG(in->talk.at));
	return SELFAUDIT_SAY(
		in, SELFAUDIT_PASS,
		SELFAUDIT_IN(in, "offered%s; from version %s",
			     "offert%s ; à partir de la version %s"),
		in->talk.spoken
			? ""
			: SELFAUDIT_IN(in, " by the configuration, the gateway is not running",
				       " par la configuration, la passerelle ne tourne pas"),
		c->tls.min_version == CONF_TLS_1_3   ? "1.3"
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
		return SELFAUDIT_SAY(
			in, SELFAUDIT_FAIL,
			SELFAUDIT_IN(
				in, "self-signed, of our own making: it proves nothing",
				"signé par lui-même, de notre fabrication : il ne prouve rien"));
	if (!in->n_certificates)
		return SELFAUDIT_SAY(in, SELFAUDIT_UNKNOWN,
				     SELFAUDIT_IN(in, "no certificate could be read",
						  "aucun certificat n’a pu être lu"));
	for (size_t i = 0; i < in->n_certificates; i++) {
		const struct survey_certificate *c = &in->certificates[i];
		int64_t days = (c->not_after - in->now) / DAY_S;

		strbuf_fmt(&seen,
			   SELFAUDIT_IN(in, "%s%.*s: %lld days left%s",
					"%s%.*s : encore %lld jours%s"),
			   i ? "; " : "", STR_ARG(c->names), (long long)days,
			   c->named ? ""
				    : SELFAUDIT_IN(in, ", not for the host name",
						   ", pas pour le nom de la machine"));
		if (days < DAYS_SOON || !c->named)
			result = SELFAUDIT_FAIL;
	}
	return selfaudit_found(result, &seen);
}

/* Offered behind STARTTLS only (RFC 8689 2): what is said before it does not show it. */
struct selfaudit_finding selfaudit_proof_requiretls(struct selfaudit *in)
{
	return in->conf->smtp.starttls ? SELFAUDIT_SAY(in, SELFAUDIT_PASS,
						       SELFAUDIT_IN(in, "offered behind STARTTLS",
								    "offert derrière STARTTLS"))
				       : SELFAUDIT_SAY(in, SELFAUDIT_FAIL, "smtp.starttls: false");
}

/* --- what we check of others --- */

static struct selfaudit_finding checks_others(struct selfaudit *in, const char *what)
{
	if (in->conf->role == CONF_ROLE_OUT)
		return SELFAUDIT_SAY(in, SELFAUDIT_NOT_APPLICABLE,
				     SELFAUDIT_IN(in, "role out receives nothing",
						  "le rôle out ne reçoit rien"));
	if (in->conf->dns.file.n)
		return SELFAUDIT_SAY(
			in, SELFAUDIT_FAIL,
			SELFAUDIT_IN(
				in, "dns.file is set: the DNS of others is not asked",
				"dns.file est renseigné : le DNS des autres n’est pas interrogé"));
	return SELFAUDIT_SAY(in, SELFAUDIT_PASS,
			     SELFAUDIT_IN(in, "%s of each message is checked",
					  "%s est vérifié pour chaque message"),
			     what);
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
		return SELFAUDIT_SAY(
			in, SELFAUDIT_UNKNOWN,
			SELFAUDIT_IN(in, "the DNS was not asked", "le DNS n’a pas été interrogé"));
	for (size_t i = 0; i < in->survey->findings.n; i++) {
		const struct survey_finding *f = &in->survey->findings.v[i];
		enum survey_status status;

		if (f->code < first || f->code > last)
			continue;
		status = survey_status_of(f->code);
		strbuf_fmt(&seen, "%s%.*s: %.*s", seen.n ? "; " : "", STR_ARG(f->name),
			   STR_ARG(f->seen.n ? f->seen
				   : status == SURVEY_STATUS_OK
					   ? str_c(SELFAUDIT_IN(in, "right", "juste"))
					   : str_c(SELFAUDIT_IN(in, "not there", "absent"))));
		if (status == SURVEY_STATUS_WRONG)
			result = SELFAUDIT_FAIL;
		else if (result == SELFAUDIT_UNKNOWN)
			result = SELFAUDIT_PASS;
	}
	if (result == SELFAUDIT_UNKNOWN)
		return SELFAUDIT_SAY(
			in, result,
			SELFAUDIT_IN(in, "the DNS did not answer", "le DNS n’a pas répondu"));
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
			       ? SELFAUDIT_SAY(in, SELFAUDIT_FAIL,
					       SELFAUDIT_IN(in, "dkim.keys is empty",
							    "dkim.keys est vide"))
			       : SELFAUDIT_SAY(
					 in, SELFAUDIT_UNKNOWN,
					 SELFAUDIT_IN(
						 in,
						 "nothing is signed here; does the gateway of role "
						 "out sign?",
						 "rien n’est signé ici ; la passerelle de rôle out "
						 "signe-t-elle ?"));
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
		return SELFAUDIT_SAY(in, SELFAUDIT_FAIL,
				     SELFAUDIT_IN(in, "dns.file is set: nothing is validated",
						  "dns.file est renseigné : rien n’est validé"));
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
			   f->code == SURVEY_SIGNED_OK
				   ? SELFAUDIT_IN(in, "signed", "signé")
				   : SELFAUDIT_IN(in, "not signed", "non signé"));
		all &= f->code == SURVEY_SIGNED_OK;
	}
	if (seen.n == 0)
		return SELFAUDIT_SAY(
			in, SELFAUDIT_UNKNOWN,
			SELFAUDIT_IN(in, "the DNS did not answer", "le DNS n’a pas répondu"));
	return selfaudit_found(all ? SELFAUDIT_PASS : SELFAUDIT_FAIL, &seen);
}

#include "auth/spf.h"
#include "auth/spfcheck.h"
#include "publish/survey_private.h"

enum { LOOKUPS_TO_WARN = 8 };

static struct spf_result check(struct surveyor *s, str domain, struct ip ip)
{
	struct spf_input in = {
		.ip = ip,
		.helo = s->conf->hostname,
		.mail_from = arena_fmt(s->arena, "postmaster@%.*s", STR_ARG(domain)),
		.receiver = STR("unknown"),
		.wall = s->in->now,
	};

	return spfcheck_run(s->arena, &s->dns, &in, s->in->deadline);
}

/* Addresses that nobody has (RFC 5737, RFC 3849): what SPF says of them it says of all
 * strangers, and it has looked at each term. */
static struct spf_result ask_for_strangers(struct surveyor *s, str domain)
{
	struct spf_result four = check(s, domain, ip_of("\xcb\x00\x71\xfe", IP_V4));
	struct spf_result six =
		check(s, domain, ip_of("\x20\x01\x0d\xb8\xff\xff\0\0\0\0\0\0\0\0\0\xfe", IP_V6));

	if (four.result == SPFCHECK_TEMPERROR || four.result == SPFCHECK_PERMERROR ||
	    four.result == SPFCHECK_PASS)
		return four;
	if (six.result == SPFCHECK_TEMPERROR || six.result == SPFCHECK_PERMERROR ||
	    six.result == SPFCHECK_PASS)
		return six;
	return six.result == SPFCHECK_NEUTRAL || six.lookups > four.lookups ? six : four;
}

static void judge(struct surveyor *s, str domain, str record, const struct spf_result *r)
{
	str planned = survey_planned(s, domain, PLAN_SPF);

	if (r->result == SPFCHECK_PERMERROR)
		survey_add(s,
			   r->lookups > SPFCHECK_MAX_LOOKUPS ? SURVEY_SPF_TOO_MANY
							     : SURVEY_SPF_BROKEN,
			   domain, domain, r->problem, planned);
	else if (r->result == SPFCHECK_PASS)
		survey_add(s, SURVEY_SPF_ANYBODY, domain, domain, r->mechanism, planned);
	else if (r->result == SPFCHECK_NEUTRAL)
		survey_add(s, SURVEY_SPF_UNDECIDED, domain, domain, record, planned);
	else if (r->result == SPFCHECK_SOFTFAIL)
		survey_add(s, SURVEY_SPF_SOFT, domain, domain, record, planned);
	else
		survey_add(s, SURVEY_SPF_OK, domain, domain, record, planned);
	if (r->result != SPFCHECK_PERMERROR && r->lookups > LOOKUPS_TO_WARN)
		survey_add(s, SURVEY_SPF_NEARLY, domain, domain,
			   arena_fmt(s->arena, "%u", r->lookups), planned);
}

/* The senders that the configuration names by address, and this host. */
static void our_own(struct surveyor *s, str domain)
{
	const struct conf_strings *senders = &s->conf->out.senders;
	str planned = survey_planned(s, domain, PLAN_SPF);
	size_t n = s->n_addresses + (conf_is_own_domain(s->conf, domain) ? senders->n : 0);

	for (size_t i = 0; i < n; i++) {
		struct ip ip;
		struct strbuf text = strbuf_make(s->arena, IP_TEXT_MAX);

		if (i < s->n_addresses)
			ip = s->addresses[i];
		else if (!ip_parse(senders->v[i - s->n_addresses], &ip))
			continue;
		if (check(s, domain, ip).result == SPFCHECK_PASS)
			continue;
		ip_put(&text, ip);
		survey_add(s, SURVEY_SPF_NOT_US, domain, domain, strbuf_str(&text), planned);
	}
}

void survey_spf(struct surveyor *s, str domain)
{
	str planned = survey_planned(s, domain, PLAN_SPF), record = STR("");
	struct dns_answer w;
	struct spf_result r;
	size_t n = 0;

	if (!survey_ask(s, domain, domain, DNS_TXT, &w))
		return;
	for (size_t i = 0; i < w.n; i++) {
		if (spf_is_record(w.records[i].value)) {
			record = w.records[i].value;
			n++;
		}
	}
	if (n != 1) {
		survey_add(s, n ? SURVEY_SPF_SEVERAL : SURVEY_SPF_MISSING, domain, domain, STR(""),
			   planned);
		return;
	}
	r = ask_for_strangers(s, domain);
	if (r.result == SPFCHECK_TEMPERROR) {
		survey_add(s, SURVEY_NO_ANSWER, domain, domain, r.problem, STR(""));
		return;
	}
	judge(s, domain, record, &r);
	if (r.result != SPFCHECK_PERMERROR)
		our_own(s, domain);
}

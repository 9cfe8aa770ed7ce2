/* MTA-STS of our own domains (RFC 8461): the record, the server, the policy. */
#include "publish/survey_private.h"

/* RFC 8461 3.1: 1 to 32 letters and digits. */
static bool is_id(str id)
{
	for (size_t i = 0; i < id.n; i++) {
		if (!str_is_alnum(id.p[i]))
			return false;
	}
	return id.n >= 1 && id.n <= 32;
}

/* False: nobody can fetch a policy there, which is then a finding. */
static bool has_server(struct surveyor *s, str domain, str name)
{
	struct dns_answer four, six;

	if (!survey_ask(s, domain, name, DNS_A, &four))
		return false;
	if (four.n)
		return true;
	if (!survey_ask(s, domain, name, DNS_AAAA, &six))
		return false;
	if (!six.n)
		survey_add(s, SURVEY_STS_NO_SERVER, domain, name, STR(""), STR(""));
	return six.n > 0;
}

/* RFC 8461 4.1: who enforces the policy sends nothing to a host that it does not name. */
static bool names_our_servers(struct surveyor *s, str domain, str name, const struct stspolicy *p)
{
	struct dns_answer w;
	bool all = true;

	if (!survey_ask(s, domain, domain, DNS_MX, &w))
		return false;
	for (size_t i = 0; i < w.n && i < SURVEY_MX_MAX; i++) {
		str host = w.records[i].value;

		if (stspolicy_matches(p, host))
			continue;
		survey_add(s, SURVEY_STS_POLICY_MISSES, domain, name, host, STR(""));
		all = false;
	}
	return all;
}

static void look_at_policy(struct surveyor *s, str domain, str name)
{
	struct stspolicy *p = arena_make(s->arena, struct stspolicy);
	struct why why = { "" };
	int r;

	if (!s->in->sts_policy)
		return;
	r = s->in->sts_policy(s->in->sts_ctx, s->arena, domain, p, &why);
	if (r == STSFETCH_E_FETCH)
		survey_add(s, SURVEY_STS_POLICY_UNREAD, domain, name, str_c(why.text), STR(""));
	else if (r != STSFETCH_OK)
		survey_add(s, SURVEY_STS_POLICY_BROKEN, domain, name, str_c(why.text),
			   s->in->plan->sts_policy);
	else if (p->mode != STSPOLICY_ENFORCE)
		survey_add(s, SURVEY_STS_POLICY_WATCHING, domain, name,
			   p->mode == STSPOLICY_NONE ? STR("none") : STR("testing"), STR(""));
	else if (names_our_servers(s, domain, name, p))
		survey_add(s, SURVEY_STS_POLICY_OK, domain, name, STR(""), STR(""));
}

void survey_sts(struct surveyor *s, str domain)
{
	str name = survey_below(s, "_mta-sts", domain), record;
	str planned = survey_planned(s, domain, PLAN_STS);
	str server = survey_below(s, "mta-sts", domain);
	struct dns_answer w;
	size_t n;

	if (!survey_ask(s, domain, name, DNS_TXT, &w))
		return;
	n = survey_of_version(&w, STR("v=STSv1"), &record);
	if (!n) {
		survey_add(s, SURVEY_STS_MISSING, domain, name, STR(""), planned);
		return;
	}
	if (n > 1 || !is_id(survey_tag(record, STR("id"))))
		survey_add(s, SURVEY_STS_BROKEN, domain, name, record, planned);
	else
		survey_add(s, SURVEY_STS_OK, domain, name, record, STR(""));
	if (has_server(s, domain, server))
		look_at_policy(s, domain, server);
}

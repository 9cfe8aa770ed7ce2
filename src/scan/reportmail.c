#include "scan/reportmail.h"

#include "base/fd.h"
#include "base/log.h"
#include "inspect/inspect.h"
#include "scan/enclosure.h"
#include "url/urlorg.h"

enum { TELL_MS = 5000 };

static bool is_for_reports(const struct conf *conf, str recipient)
{
	for (size_t i = 0; i < conf->reports.addresses.n; i++) {
		if (str_caseeq(conf->reports.addresses.v[i], recipient))
			return true;
	}
	return false;
}

uint32_t reportmail_wants(const struct conf *conf, const struct envelope *env)
{
	for (size_t i = 0; i < env->n_recipients; i++) {
		if (is_for_reports(conf, env->recipients[i]))
			return INSPECT_WANTS_REPORTS;
	}
	return 0;
}

/* Who says so: the author's organization, believed when DMARC passed for it. By public suffixes,
 * since below his own domain anybody has as many names as he likes. */
static str sender_of(const struct passage *p, bool *ret_authenticated)
{
	const struct facts *f = &p->j.facts;

	str organization = urlorg_domain(p->j.auth.dmarc.domain);

	*ret_authenticated = p->j.auth.dmarc.result == AUTH_PASS;
	if (*ret_authenticated)
		return organization.n ? organization : p->j.auth.dmarc.domain;
	for (size_t i = 0; i < f->addresses.n; i++) {
		if (f->addresses.v[i].where == FACTS_FROM)
			return f->addresses.v[i].domain;
	}
	return STR("");
}

static int tell(struct lanes *store, const struct passage *p, struct why *why)
{
	struct msg m = { .type = MSG_reported };
	str bytes = reportset_encode(p->arena, &p->j.facts.reports);
	bool authenticated;
	str sender = sender_of(p, &authenticated);

	m.reported = (struct msg_reported){
		.mid = p->env.mid,
		.sender = str_sub(sender, 0, 255),
		.authenticated = authenticated,
		.received_at = (uint64_t)p->env.received_at,
	};
	return enclosure_tell(store, &m, &m.reported.bytes, "reports", bytes, deadline_in(TELL_MS),
			      why);
}

void reportmail_tell(struct lanes *store, const struct passage *p)
{
	const struct reportset *set = &p->j.facts.reports;
	struct why why = { "" };

	if (!reportmail_wants(p->policy->conf, &p->env))
		return;
	if (set->unreadable)
		log_event("reports.unreadable", F_STR("mid", p->env.mid),
			  F_INT("files", set->unreadable), F_STR("why", set->why));
	if ((set->reports.n || set->failures) && tell(store, p, &why) < 0)
		log_event("reports.not_told", F_STR("mid", p->env.mid), F_C("why", why.text));
}

#include "scan/keep.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "scan/candidate.h"
#include "scan/enclosure.h"
#include "sys/metrics.h"

static void log_difference(const struct passage *p, const struct replay_result *r)
{
	log_event("candidate.differs", F_STR("mid", p->env.mid),
		  F_C("action", action_name(r->before.intended)),
		  F_C("candidate_action", action_name(r->after.intended)),
		  F_NUM("score", r->before.score / 100.0),
		  F_NUM("candidate_score", r->after.score / 100.0),
		  F_STR("symbols", candidate_differences(p->arena, r)));
}

/* The same message by the rules that are tried. */
static void try_candidate(const struct passage *p, struct kept *k)
{
	const struct candidate *c = p->policy->candidate;
	struct replay_result r;

	if (!candidate_judge(c, p->arena, p->policy->rules, &p->j.facts, &p->j.verdict, k, &r)) {
		metrics_add(METRIC_scan_candidate_not_judged, 1);
	} else if (r.before.intended == r.after.intended) {
		metrics_add(METRIC_scan_candidate_same, 1);
	} else {
		metrics_add(METRIC_scan_candidate_otherwise, 1);
		log_difference(p, &r);
	}
}

static int tell(struct lanes *store, const struct passage *p, const struct kept *k, struct why *why)
{
	struct msg m = { .type = MSG_kept };
	str bytes;

	if (!kept_encode(p->arena, k, &bytes))
		return why_set(why, -1, "too large");
	m.kept.size = bytes.n;
	return enclosure_tell(store, &m, &m.kept.bytes, "kept", bytes, deadline_in(0), why);
}

void keep_tell(struct lanes *store, const struct passage *p)
{
	const struct conduct_policy *policy = p->policy;
	struct why why = { "" };
	struct kept k;

	/* Without facts there is nothing to judge. */
	if (p->j.no_worker || (!policy->conf->replay.keep && !policy->candidate))
		return;
	kept_make(p->arena, policy->rules, policy->pattern_set, clock_wall(), &p->env, &p->j.facts,
		  &p->j.evidence, &p->j.verdict, &k);
	if (policy->candidate)
		try_candidate(p, &k);
	if (policy->conf->replay.keep && tell(store, p, &k, &why) < 0)
		metrics_add(METRIC_scan_kept_lost, 1);
}

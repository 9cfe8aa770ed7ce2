#include "scan/keep.h"

#include "base/clock.h"
#include "base/fd.h"
#include "replay/kept.h"
#include "scan/enclosure.h"
#include "sys/metrics.h"

static int tell(struct lanes *store, const struct passage *p, struct why *why)
{
	struct msg m = { .type = MSG_kept };
	struct kept k;
	str bytes;
	int r = 0;

	kept_make(p->arena, p->policy->rules, p->policy->pattern_set, clock_wall(), &p->env,
		  &p->j.facts, &p->j.evidence, &p->j.verdict, &k);
	if (!kept_encode(p->arena, &k, &bytes))
		return why_set(why, -1, "too large");
	m.kept.size = bytes.n;
	if (bytes.n <= MSG_INLINE_MAX)
		m.kept.bytes = bytes;
	else
		r = enclosure_attach(&m, "kept", bytes, why);
	if (r == 0)
		r = lanes_tell(store, &m, deadline_in(0), why);
	if (m.n_fds)
		fd_close(m.fds[0]);
	return r;
}

void keep_tell(struct lanes *store, const struct passage *p)
{
	struct why why = { "" };

	/* Without facts there is nothing to judge. */
	if (p->policy->conf->replay.keep && !p->j.no_worker && tell(store, p, &why) < 0)
		metrics_add(METRIC_scan_kept_lost, 1);
}

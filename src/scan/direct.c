#include "scan/direct.h"

#include "base/log.h"
#include "base/map.h"
#include "sys/metrics.h"

#include <errno.h>

void direct_init(struct direct *d, struct lanes *relay)
{
	*d = (struct direct){ .relay = relay };
	pthread_mutex_init(&d->lock, NULL);
}

static uint64_t key_of(str recipient)
{
	size_t at = str_rchr(recipient, '@');

	return map_hash(at == STR_NONE ? recipient : str_skip(recipient, at + 1), true);
}

/* True unless the domain rests. When its rest is over the first to ask tries it, and the
 * others wait for what comes of that. */
static bool may_try(struct direct *d, uint64_t key, int64_t patience_ms)
{
	struct direct_domain *at = &d->domains[key % DIRECT_DOMAINS];
	int64_t now = clock_now_ms();
	bool may = true;

	pthread_mutex_lock(&d->lock);
	if (at->key == key && at->until) {
		may = at->until <= now;
		if (may)
			at->until = now + patience_ms;
	}
	pthread_mutex_unlock(&d->lock);
	return may;
}

static void remember(struct direct *d, uint64_t key, bool good)
{
	struct direct_domain *at = &d->domains[key % DIRECT_DOMAINS];
	int64_t rest = DIRECT_REST_MS;

	pthread_mutex_lock(&d->lock);
	if (good) {
		if (at->key == key)
			at->until = 0;
	} else {
		if (at->key == key && at->until)
			rest = 2 * at->rest_ms < DIRECT_REST_MAX_MS ? 2 * at->rest_ms
								    : DIRECT_REST_MAX_MS;
		*at = (struct direct_domain){ key, clock_now_ms() + rest, rest };
	}
	pthread_mutex_unlock(&d->lock);
}

static size_t count(const struct msg_nums *outcome, uint64_t what)
{
	size_t n = 0;

	for (size_t i = 0; i < outcome->n; i++)
		n += outcome->v[i] == what;
	return n;
}

/* *ret_trouble: the next hop is slow or absent, and its domain shall rest. */
static int ask(struct direct *d, struct arena *a, struct msg_handover *m, int fd,
	       struct direct_answer *ret, bool *ret_trouble)
{
	struct msg question = {
		.type = MSG_handover, .fds = { fd }, .n_fds = fd >= 0, .handover = *m
	};
	const struct msg_nums *outcome;
	struct msg answer;
	struct why why;
	int r = lanes_ask(d->relay, &question, MSG_handed, a, deadline_in((int64_t)m->patience_ms),
			  &answer, &why);

	*ret_trouble = r < 0;
	if (r < 0) {
		log_event("handover.failed", F_STR("mid", m->id), F_C("why", why.text));
		ret->must_spool = true;
		return DIRECT_NOT;
	}
	outcome = &answer.handed.outcome;
	if (outcome->n != m->recipients.n) {
		ret->must_spool = true; /* not tried */
		return DIRECT_NOT;
	}
	*ret_trouble = answer.handed.unreachable;
	ret->tls_results = answer.handed.tls_results;
	if (count(outcome, 4) == outcome->n)
		return DIRECT_NOT;
	*ret = (struct direct_answer){
		outcome->v,	   answer.handed.next_hop,    answer.handed.reply,
		answer.handed.tls, answer.handed.tls_results, false
	};
	if (count(outcome, 0) == outcome->n)
		return DIRECT_DELIVERED;
	return count(outcome, 5) == outcome->n ? DIRECT_REFUSED : DIRECT_REST;
}

_Static_assert(METRIC_scan_handovers_not == METRIC_scan_handovers_delivered + DIRECT_NOT,
	       "LABELS_HANDOVER has the order of DIRECT_");

int direct_try(struct direct *d, struct arena *a, struct msg_handover *m, int fd,
	       int64_t patience_ms, struct direct_answer *ret)
{
	uint64_t key = key_of(m->recipients.v[0]);
	int64_t began = clock_now_ms();
	bool trouble;
	int r;

	*ret = (struct direct_answer){ 0 };
	if (!may_try(d, key, patience_ms))
		return DIRECT_NOT;
	m->patience_ms = (uint64_t)patience_ms;
	r = ask(d, a, m, fd, ret, &trouble);
	remember(d, key, !trouble && clock_now_ms() - began <= DIRECT_SLOW_MS);
	metrics_add(METRIC_scan_handovers_delivered + r, 1);
	return r;
}

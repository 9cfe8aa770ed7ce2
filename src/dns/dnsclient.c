#include "dns/dnsclient.h"

#include "dns/dnscodec.h"
#include "dns/dnsname.h"
#include "sys/metrics.h"

#include <errno.h>

enum {
	MAX_TIMEOUT_MS = 60000,
	/* poterne-dns answers by its deadline; a lane whose answer is not awaited is lost,
	 * so it gets time for the way back. */
	GRACE_MS = 2000,
};

static void all(enum dns_status status, const struct dns_question *q, size_t n,
		struct dns_answer *ret)
{
	for (size_t i = 0; i < n; i++)
		ret[i] = dns_no_answer(status, q[i].name);
}

/* At most DNSCODEC_MAX_QUESTIONS valid questions. */
static void ask(struct lanes *lanes, struct arena *a, const struct dns_question *q, size_t n,
		deadline d, struct dns_answer *ret)
{
	struct msg question = { .type = MSG_dns_ask }, told;
	struct why why;
	int left = clock_left(d), r;

	if (left == 0) {
		all(DNS_TIMEOUT, q, n, ret);
		return;
	}
	left = left < MAX_TIMEOUT_MS ? left : MAX_TIMEOUT_MS;
	question.dns_ask.timeout_ms = (uint64_t)left;
	question.dns_ask.questions = dnscodec_put_questions(a, q, n);
	r = lanes_ask(lanes, &question, MSG_dns_told, a, deadline_in(left + GRACE_MS), &told, &why);
	if (r < 0) {
		all(r == -ETIMEDOUT ? DNS_TIMEOUT : DNS_SERVFAIL, q, n, ret);
		return;
	}
	if (!dnscodec_get_answers(a, told.dns_told.answers, q, n, ret))
		all(DNS_SERVFAIL, q, n, ret);
	msg_close(&told);
}

static void lookup(void *ctx, struct arena *a, const struct dns_question *q, size_t n, deadline d,
		   struct dns_answer *ret)
{
	struct dns_question *valid = arena_array(a, struct dns_question, n);
	struct dns_answer *answers = arena_array(a, struct dns_answer, n);
	size_t *index = arena_array(a, size_t, n);
	size_t n_valid = 0;

	for (size_t i = 0; i < n; i++) {
		if (!dnsname_valid(q[i].name)) {
			ret[i] = dns_no_answer(DNS_NXDOMAIN, STR(""));
			continue;
		}
		index[n_valid] = i;
		valid[n_valid++] = q[i];
	}
	for (size_t at = 0; at < n_valid; at += DNSCODEC_MAX_QUESTIONS) {
		size_t left = n_valid - at;

		ask(ctx, a, valid + at,
		    left < DNSCODEC_MAX_QUESTIONS ? left : DNSCODEC_MAX_QUESTIONS, d, answers + at);
	}
	for (size_t i = 0; i < n_valid; i++)
		ret[index[i]] = answers[i];
}

struct dns_resolver dnsclient_resolver(struct lanes *lanes)
{
	return (struct dns_resolver){ .lookup = lookup, .ctx = lanes };
}

static void count(const struct dns_answer *answers, size_t n, int64_t began)
{
	metrics_add(METRIC_dns_questions, (int64_t)n);
	for (size_t i = 0; i < n; i++) {
		if (dns_temporary(answers[i].status))
			metrics_add(METRIC_dns_failures, 1);
	}
	metrics_observe(METRIC_dns_answer, (uint64_t)(clock_now_us() - began));
}

int dnsclient_answer(const struct dns_resolver *r, struct chan *c, const struct msg *m,
		     struct arena *a, struct why *why)
{
	struct msg told = { .type = MSG_dns_told };
	struct dns_question *q;
	struct dns_answer *answers;
	uint64_t timeout = m->dns_ask.timeout_ms;
	int64_t began = clock_now_us();
	size_t n;

	if (m->type != MSG_dns_ask || !dnscodec_get_questions(a, m->dns_ask.questions, &q, &n))
		return why_set(why, -EPROTO, "malformed DNS questions");
	answers = arena_array(a, struct dns_answer, n);
	timeout = timeout < MAX_TIMEOUT_MS ? timeout : MAX_TIMEOUT_MS;
	r->lookup(r->ctx, a, q, n, deadline_in((int64_t)timeout), answers);
	count(answers, n, began);
	told.dns_told.answers = dnscodec_put_answers(a, answers, n);
	return chan_send(c, &told, why);
}

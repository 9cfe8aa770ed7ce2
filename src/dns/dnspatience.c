#include "dns/dnspatience.h"

static bool is_answered(const struct dns_answer *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (v[i].status != DNS_TIMEOUT)
			return true;
	}
	return false;
}

/* All that is asked by one deadline shares one wait. */
static deadline given(struct dnspatience *p, deadline d)
{
	if (p->asked == d)
		return p->given;
	p->asked = p->given = d;
	if (p->silent && !p->answered)
		p->given = deadline_in(clock_left(d) / DNSPATIENCE_SHARE);
	return p->given;
}

static void lookup(void *ctx, struct arena *a, const struct dns_question *q, size_t n, deadline d,
		   struct dns_answer *ret)
{
	struct dnspatience *p = ctx;

	if (p->hangs) {
		for (size_t i = 0; i < n; i++)
			ret[i] = dns_no_answer(DNS_TIMEOUT, q[i].name);
		return;
	}
	d = given(p, d);
	p->below.lookup(p->below.ctx, a, q, n, d, ret);
	p->answered |= is_answered(ret, n);
	if (is_answered(ret, n) || clock_left(d) > 0)
		return;
	p->silent = true;
	p->hangs = clock_now_ms() > d + DNSPATIENCE_LATE_MS;
}

struct dns_resolver dnspatience_resolver(struct dnspatience *p)
{
	return (struct dns_resolver){ .lookup = lookup, .ctx = p };
}

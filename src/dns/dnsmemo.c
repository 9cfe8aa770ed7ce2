#include "dns/dnsmemo.h"

#include "dns/dnsname.h"

struct dnsmemo dnsmemo_make(struct arena *a, const struct dns_resolver *below)
{
	return (struct dnsmemo){
		.arena = a, .below = *below, .answers = map_make(a), .limit = SIZE_MAX
	};
}

static str key_of(struct dnsmemo *m, const struct dns_question *q)
{
	return arena_fmt(m->arena, "%d %.*s", (int)q->type, STR_ARG(q->name));
}

/* The questions among q that have a valid name and no answer yet, each once. */
static size_t unknown(struct dnsmemo *m, const struct dns_question *q, size_t n,
		      struct dns_question *ret)
{
	struct map seen = map_make(m->arena);
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		struct dns_question one = q[i];
		str key;

		if (!dnsname_normalise(m->arena, q[i].name, &one.name))
			continue;
		key = key_of(m, &one);
		if (!map_get(&m->answers, key) && !map_set(&seen, key, &ret[k]))
			ret[k++] = one;
	}
	return k;
}

void dnsmemo_prefetch(struct dnsmemo *m, const struct dns_question *q, size_t n, deadline d)
{
	struct dns_question *missing = arena_array(m->arena, struct dns_question, n);
	size_t left = m->asked < m->limit ? m->limit - m->asked : 0;
	size_t k = unknown(m, q, n, missing);
	struct dns_answer *fresh;

	if (k > left)
		k = left;
	if (k == 0)
		return;
	fresh = arena_array(m->arena, struct dns_answer, k);
	m->below.lookup(m->below.ctx, m->arena, missing, k, d, fresh);
	m->asked += k;
	for (size_t i = 0; i < k; i++)
		map_set(&m->answers, key_of(m, &missing[i]), &fresh[i]);
}

/* The arena of who asks is not used: answers stay as long as the memo. */
static void lookup(void *ctx, struct arena *a unused_arg, const struct dns_question *q, size_t n,
		   deadline d, struct dns_answer *ret)
{
	struct dnsmemo *m = ctx;

	dnsmemo_prefetch(m, q, n, d);
	for (size_t i = 0; i < n; i++) {
		struct dns_question one = q[i];
		const struct dns_answer *known;

		if (!dnsname_normalise(m->arena, q[i].name, &one.name)) {
			ret[i] = dns_no_answer(DNS_NXDOMAIN, STR(""));
			continue;
		}
		known = map_get(&m->answers, key_of(m, &one));
		ret[i] = known ? *known : dns_no_answer(DNS_SERVFAIL, one.name);
	}
}

struct dns_resolver dnsmemo_resolver(struct dnsmemo *m)
{
	return (struct dns_resolver){ .lookup = lookup, .ctx = m };
}

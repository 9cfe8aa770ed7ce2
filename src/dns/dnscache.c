#include "dns/dnscache.h"

#include "base/aging.h"
#include "dns/dnscodec.h"
#include "dns/dnsname.h"

#include <pthread.h>

enum { MIN_BYTES = 1 << 16, ENTRY_SHARE = 32 };

struct entry {
	int64_t expires_ms;
	struct dns_answer answer;
};

struct dnscache {
	pthread_mutex_t lock;
	size_t entry_bytes;   /* at most */
	struct aging answers; /* of struct entry */
};

struct dnscache *dnscache_new(size_t max_bytes)
{
	struct dnscache *c = calloc(1, sizeof(*c));

	bug_if(!c);
	pthread_mutex_init(&c->lock, NULL);
	max_bytes = max_bytes > MIN_BYTES ? max_bytes : MIN_BYTES;
	c->entry_bytes = max_bytes / ENTRY_SHARE;
	aging_open(&c->answers, "dns cache", max_bytes);
	return c;
}

struct dnscache *dnscache_free(struct dnscache *c)
{
	if (!c)
		return NULL;
	aging_close(&c->answers);
	pthread_mutex_destroy(&c->lock);
	free(c);
	return NULL;
}

void dnscache_clear(struct dnscache *c)
{
	pthread_mutex_lock(&c->lock);
	aging_clear(&c->answers);
	pthread_mutex_unlock(&c->lock);
}

/* The type as one byte, then the name. All types of ours are below 256. */
static str key_of(struct arena *a, const struct dns_question *q)
{
	char *p = arena_alloc(a, q->name.n + 1);

	p[0] = (char)q->type;
	if (q->name.n)
		memcpy(p + 1, q->name.p, q->name.n);
	return str_of(p, q->name.n + 1);
}

static void insert(struct dnscache *c, const struct dns_question *q, int64_t expires_ms,
		   const struct dns_answer *answer)
{
	struct arena *a = aging_room(&c->answers);
	struct entry *e = arena_make(a, struct entry);

	e->expires_ms = expires_ms;
	e->answer = dns_copy_answer(a, answer);
	aging_put(&c->answers, key_of(a, q), e);
}

static bool find(struct dnscache *c, struct arena *a, const struct dns_question *q, int64_t now_ms,
		 struct dns_answer *ret)
{
	bool aged;
	const struct entry *e = aging_find(&c->answers, key_of(a, q), &aged);

	if (!e || e->expires_ms <= now_ms)
		return false;
	*ret = dns_copy_answer(a, &e->answer);
	ret->ttl = (uint32_t)((e->expires_ms - now_ms + 999) / 1000);
	if (aged)
		insert(c, q, e->expires_ms, ret);
	return true;
}

bool dnscache_get(struct dnscache *c, struct arena *a, const struct dns_question *q, int64_t now_ms,
		  struct dns_answer *ret)
{
	bool found;

	pthread_mutex_lock(&c->lock);
	found = find(c, a, q, now_ms, ret);
	pthread_mutex_unlock(&c->lock);
	return found;
}

static uint32_t kept_seconds(const struct dns_answer *answer)
{
	uint32_t most = DNSCACHE_MAX_NEGATIVE_TTL;

	if (dns_temporary(answer->status))
		return DNSCACHE_MAX_TEMPORARY_TTL;
	if (answer->status == DNS_OK)
		most = DNSCACHE_MAX_TTL;
	return answer->ttl < most ? answer->ttl : most;
}

void dnscache_put(struct dnscache *c, const struct dns_question *q, int64_t now_ms,
		  const struct dns_answer *answer)
{
	uint32_t seconds = kept_seconds(answer);

	if (seconds == 0 || dnscodec_size(answer) > c->entry_bytes)
		return;
	pthread_mutex_lock(&c->lock);
	insert(c, q, now_ms + (int64_t)seconds * 1000, answer);
	pthread_mutex_unlock(&c->lock);
}

/* Asks below for the n questions of q, which are those numbered index of the caller. */
static void fetch(struct dnscache_over *over, struct arena *a, const struct dns_question *q,
		  const size_t *index, size_t n, deadline d, struct dns_answer *ret)
{
	struct dns_answer *fresh = arena_array(a, struct dns_answer, n);
	int64_t now;

	if (n == 0)
		return;
	over->below.lookup(over->below.ctx, a, q, n, d, fresh);
	now = clock_now_ms();
	for (size_t i = 0; i < n; i++) {
		dnscache_put(over->cache, &q[i], now, &fresh[i]);
		ret[index[i]] = fresh[i];
	}
}

static void lookup(void *ctx, struct arena *a, const struct dns_question *q, size_t n, deadline d,
		   struct dns_answer *ret)
{
	struct dnscache_over *over = ctx;
	struct dns_question *missing = arena_array(a, struct dns_question, n);
	size_t *index = arena_array(a, size_t, n);
	int64_t now = clock_now_ms();
	size_t n_missing = 0;

	for (size_t i = 0; i < n; i++) {
		struct dns_question one = q[i];

		if (!dnsname_normalise(a, q[i].name, &one.name)) {
			ret[i] = dns_no_answer(DNS_NXDOMAIN, STR(""));
		} else if (!dnscache_get(over->cache, a, &one, now, &ret[i])) {
			index[n_missing] = i;
			missing[n_missing++] = one;
		}
	}
	metrics_add(over->hits, (int64_t)(n - n_missing));
	fetch(over, a, missing, index, n_missing, d, ret);
}

struct dns_resolver dnscache_resolver(struct dnscache_over *over)
{
	return (struct dns_resolver){ .lookup = lookup, .ctx = over };
}

#include "resolver/resolver.h"

#include "base/fd.h"
#include "dns/dnsname.h"
#include "resolver/rdata.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unbound.h>
#include <unistd.h>

enum {
	CLASS_IN = 1,
	RCODE_NOERROR = 0,
	RCODE_NXDOMAIN = 3,
	EVENT_STACK = 1 << 20, /* ub_process keeps 64 KiB arrays on the stack */
	NEGATIVE_TTL = 60,     /* libunbound does not tell the SOA's */
	MAX_CANONICAL = 1024,
};

struct resolver {
	struct ub_ctx *ub;
	pthread_mutex_t lock;
	pthread_t thread; /* hands libunbound's answers over; starts with the first lookup */
	bool started;
	int stop_fd;
};

/* One lookup in flight. Questions that libunbound still holds refer to it, so it is freed
 * by whoever lets go last. */
struct batch {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t refs;	/* the asker, and each question that may still call back */
	size_t waiting; /* questions without an answer */
	bool abandoned; /* the asker has left: results are nobody's */
	struct slot {
		struct batch *batch;
		int id;
		bool asked, done;
		struct ub_result *result; /* NULL: failed */
	} slots[];
};

static struct batch *batch_new(size_t n)
{
	struct batch *b = calloc(1, sizeof(*b) + n * sizeof(b->slots[0]));
	pthread_condattr_t attr;

	bug_if(!b);
	pthread_mutex_init(&b->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&b->changed, &attr);
	pthread_condattr_destroy(&attr);
	b->refs = 1;
	for (size_t i = 0; i < n; i++)
		b->slots[i].batch = b;
	return b;
}

static void batch_let_go(struct batch *b, size_t refs)
{
	bool last;

	pthread_mutex_lock(&b->lock);
	b->refs -= refs;
	last = b->refs == 0;
	pthread_mutex_unlock(&b->lock);
	if (!last)
		return;
	pthread_mutex_destroy(&b->lock);
	pthread_cond_destroy(&b->changed);
	free(b);
}

/* libunbound's callback, in the event thread. */
static void answered(void *ctx, int err, struct ub_result *result)
{
	struct slot *s = ctx;
	struct batch *b = s->batch;

	pthread_mutex_lock(&b->lock);
	if (!b->abandoned) {
		s->done = true;
		s->result = err ? NULL : result;
		result = err ? result : NULL;
		b->waiting--;
		pthread_cond_signal(&b->changed);
	}
	pthread_mutex_unlock(&b->lock);
	if (result)
		ub_resolve_free(result);
	batch_let_go(b, 1);
}

static void *run_events(void *ctx)
{
	struct resolver *r = ctx;
	struct pollfd p[2] = { { .fd = ub_fd(r->ub), .events = POLLIN },
			       { .fd = r->stop_fd, .events = POLLIN } };

	while (!(p[1].revents & POLLIN)) {
		if (poll(p, 2, -1) > 0 && p[0].revents)
			ub_process(r->ub);
	}
	return NULL;
}

static bool start(struct resolver *r)
{
	pthread_attr_t attr;
	bool started;

	pthread_mutex_lock(&r->lock);
	if (!r->started) {
		pthread_attr_init(&attr);
		pthread_attr_setstacksize(&attr, EVENT_STACK);
		r->started = pthread_create(&r->thread, &attr, run_events, r) == 0;
		pthread_attr_destroy(&attr);
	}
	started = r->started;
	pthread_mutex_unlock(&r->lock);
	return started;
}

static void ask(struct resolver *r, struct arena *a, struct slot *s, const struct dns_question *q)
{
	struct batch *b = s->batch;
	str name;
	int err;

	if (!dnsname_normalise(a, q->name, &name))
		return;
	pthread_mutex_lock(&b->lock);
	b->refs++;
	b->waiting++;
	pthread_mutex_unlock(&b->lock);
	s->asked = true;
	err = ub_resolve_async(r->ub, dnsname_escaped(a, name), (int)q->type, CLASS_IN, s, answered,
			       &s->id);
	if (err)
		answered(s, err, NULL);
}

static void wait_for(struct batch *b, deadline d)
{
	struct timespec until = { .tv_sec = d / 1000, .tv_nsec = d % 1000 * 1000000 };
	int r = 0;

	pthread_mutex_lock(&b->lock);
	while (b->waiting > 0 && r != ETIMEDOUT)
		r = pthread_cond_timedwait(&b->changed, &b->lock, &until);
	b->abandoned = true;
	pthread_mutex_unlock(&b->lock);
}

static str canonical_of(struct arena *a, const struct ub_result *result, str asked)
{
	str text = str_c(result->canonname), name;

	if (text.n == 0 || text.n > MAX_CANONICAL || str_chr(text, '\\') != STR_NONE ||
	    !dnsname_normalise(a, text, &name))
		return asked;
	return name;
}

static enum dns_status status_of(const struct ub_result *result)
{
	if (result->bogus)
		return DNS_BOGUS;
	if (result->rcode == RCODE_NXDOMAIN)
		return DNS_NXDOMAIN;
	if (result->rcode != RCODE_NOERROR)
		return DNS_SERVFAIL;
	return result->havedata ? DNS_OK : DNS_NODATA;
}

static void read_records(struct arena *a, const struct ub_result *result, enum dns_type type,
			 struct dns_answer *w)
{
	w->records = arena_array(a, struct dns_record, DNS_MAX_RECORDS);
	for (size_t i = 0; result->data[i] && w->n < DNS_MAX_RECORDS; i++) {
		str rdata = arena_str(a, str_of(result->data[i], (size_t)result->len[i]));

		if (rdata_read(a, type, rdata, &w->records[w->n]))
			w->n++;
	}
	if (w->n == 0)
		w->status = DNS_NODATA; /* nothing readable */
}

static struct dns_answer answer_of(struct arena *a, const struct ub_result *result,
				   const struct dns_question *q, str name)
{
	struct dns_answer w = dns_no_answer(status_of(result), name);

	w.secure = result->secure;
	w.ttl = result->ttl > 0 ? (uint32_t)result->ttl : 0;
	w.canonical = canonical_of(a, result, name);
	if (w.status == DNS_OK)
		read_records(a, result, q->type, &w);
	else if (w.ttl == 0 || w.ttl > NEGATIVE_TTL)
		w.ttl = NEGATIVE_TTL;
	return w;
}

/* What became of one question; gives up the asker's hold on it. */
static struct dns_answer settle(struct resolver *r, struct arena *a, struct slot *s,
				const struct dns_question *q)
{
	struct dns_answer w;
	str name = STR("");

	if (!s->asked)
		return dns_no_answer(DNS_NXDOMAIN, name);
	(void)!dnsname_normalise(a, q->name, &name);
	if (!s->done) {
		/* 0: it will not call back, so its reference is ours to give up. */
		if (ub_cancel(r->ub, s->id) == 0)
			batch_let_go(s->batch, 1);
		return dns_no_answer(DNS_TIMEOUT, name);
	}
	if (!s->result)
		return dns_no_answer(DNS_SERVFAIL, name);
	w = answer_of(a, s->result, q, name);
	ub_resolve_free(s->result);
	return w;
}

static void lookup(void *ctx, struct arena *a, const struct dns_question *q, size_t n, deadline d,
		   struct dns_answer *ret)
{
	struct resolver *r = ctx;
	struct batch *b;

	if (!start(r)) {
		for (size_t i = 0; i < n; i++)
			ret[i] = dns_no_answer(DNS_SERVFAIL, STR(""));
		return;
	}
	b = batch_new(n);
	for (size_t i = 0; i < n; i++)
		ask(r, a, &b->slots[i], &q[i]);
	wait_for(b, d);
	/* From here on no slot changes: the event thread sees it was abandoned. */
	for (size_t i = 0; i < n; i++)
		ret[i] = settle(r, a, &b->slots[i], &q[i]);
	batch_let_go(b, 1);
}

struct dns_resolver resolver_resolver(struct resolver *r)
{
	return (struct dns_resolver){ .lookup = lookup, .ctx = r };
}

static int option(struct ub_ctx *ub, const char *name, const char *value, struct why *why)
{
	int err = ub_ctx_set_option(ub, name, value);

	return err ? why_set(why, -EINVAL, "libunbound: %s %s: %s", name, value, ub_strerror(err))
		   : 0;
}

static int set_options(struct ub_ctx *ub, bool validate, struct why *why)
{
	static const char *const options[][2] = {
		{ "verbosity:", "0" },
		{ "do-not-query-localhost:", "no" }, /* the operator's resolver is often there */
		{ "unblock-lan-zones:", "yes" }, /* names of private addresses are his as well */
		{ "insecure-lan-zones:", "yes" },
		/* A resolver on the way that drops signatures makes answers unsecured, not
		 * bogus: no DANE then, but mail still flows. */
		{ "harden-dnssec-stripped:", "no" },
		{ "msg-cache-size:", "8m" },
		{ "rrset-cache-size:", "16m" },
	};
	int r = option(ub, "module-config:", validate ? "validator iterator" : "iterator", why);

	for (size_t i = 0; i < ARRAY_LEN(options) && r == 0; i++)
		r = option(ub, options[i][0], options[i][1], why);
	return r;
}

static int set_servers(struct ub_ctx *ub, const struct resolver_spec *spec, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("resolver", 1 << 16);
	int err = 0;

	for (size_t i = 0; i < spec->n_servers; i++) {
		char *server = arena_cz(a, spec->servers[i]);

		err = server ? ub_ctx_set_fwd(ub, server) : UB_SYNTAX;
		if (err)
			return why_set(why, -EINVAL, "dns server \"%s\": %s", server ? server : "",
				       ub_strerror(err));
	}
	if (spec->n_servers == 0 && access("/etc/resolv.conf", R_OK) == 0) {
		err = ub_ctx_resolvconf(ub, "/etc/resolv.conf");
		if (err)
			return why_set(why, -EINVAL, "/etc/resolv.conf: %s", ub_strerror(err));
	}
	return 0;
}

static int configure(struct ub_ctx *ub, const struct resolver_spec *spec, struct why *why)
{
	int err = ub_ctx_async(ub, 1); /* first: once it is final it would fork instead */
	int r = err ? why_set(why, -EINVAL, "libunbound: threads: %s", ub_strerror(err)) : 0;

	if (r == 0)
		r = set_options(ub, spec->trust_anchors != NULL, why);
	if (r == 0)
		r = set_servers(ub, spec, why);
	if (r == 0 && spec->trust_anchors) {
		err = ub_ctx_add_ta_file(ub, spec->trust_anchors);
		if (err)
			r = why_set(why, -EINVAL, "%s: %s", spec->trust_anchors, ub_strerror(err));
	}
	if (r < 0)
		return r;
	/* Built in as empty, and used inside by many; this makes the context final: every
	 * file is read now. */
	err = ub_ctx_zone_remove(ub, "test.");
	return err ? why_set(why, -EINVAL, "libunbound: %s", ub_strerror(err)) : 0;
}

int resolver_new(const struct resolver_spec *spec, struct resolver **ret, struct why *why)
{
	struct resolver *r = calloc(1, sizeof(*r));
	int err;

	bug_if(!r);
	pthread_mutex_init(&r->lock, NULL);
	r->stop_fd = eventfd(0, EFD_CLOEXEC);
	r->ub = ub_ctx_create();
	if (r->stop_fd < 0 || !r->ub)
		err = why_set(why, -ENOMEM, "libunbound: %m");
	else
		err = configure(r->ub, spec, why);
	if (err < 0) {
		resolver_free(r);
		return err;
	}
	*ret = r;
	return 0;
}

struct resolver *resolver_free(struct resolver *r)
{
	if (!r)
		return NULL;
	if (r->started) {
		eventfd_write(r->stop_fd, 1);
		pthread_join(r->thread, NULL);
	}
	if (r->ub)
		ub_ctx_delete(r->ub);
	fd_close(r->stop_fd);
	pthread_mutex_destroy(&r->lock);
	free(r);
	return NULL;
}

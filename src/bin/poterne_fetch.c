/* bin/poterne_fetch.c - speaks HTTP: fetches feeds into its own directory, follows links for
 * poterne-scan, and tells the targets of exporter.targets of messages.
 *
 * It sees links, and what is exported by HTTP, but no other mail and no keys of ours, asks names of
 * poterne-dns only, and connects to the Internet's addresses and to what fetch.allow_private names.
 * Certificates and the keys of feeds are read before the sandbox closes, so a new configuration is
 * a new process.
 */
#include "base/fd.h"
#include "base/log.h"
#include "base/map.h"
#include "dns/dnsclient.h"
#include "fetch/feeder.h"
#include "fetch/poster.h"
#include "fetch/visitcache.h"
#include "fetch/visitor.h"
#include "sys/metrics.h"
#include "sys/proc.h"
#include "sys/sandbox.h"

#include <errno.h>
#include <unistd.h>

enum { CONF_BUDGET = 1 << 30 };
#define MEMORY_BYTES ((uint64_t)6 << 30)

struct service {
	uint64_t config; /* hash of what all this was made from */
	struct feeder feeder;
	struct poster poster;
	struct httpget_ways ways; /* to links: nothing inside */
	struct httpget_ways ways_to_targets;
	struct visitor visitor;
	struct visitcache *visits;
	bool visits_links;
	int64_t patience_ms;
	struct lanes *dns;
};

/* Whoever tells it does not wait. */
static int take_exported(struct service *s, const struct msg_exported *m, int fd, struct arena *a)
{
	cleanup(fd_view_closep) struct fd_view bytes = { 0 };
	cleanup(fd_closep) int owned = fd;
	struct why why;
	int r = msg_mail(m->bytes, owned, a, POSTER_ONE_MAX, &bytes, &why);

	if (r < 0)
		return r;
	if (bytes.bytes.n != m->size || m->size == 0)
		return -EPROTO;
	/* A reload may have taken the target away since. */
	(void)poster_put(&s->poster, m->target, bytes.bytes, clock_now_ms());
	return 0;
}

static int visit(struct service *s, struct chan *c, struct msg *m, struct arena *a)
{
	struct visit_question q = { m->visit.url, m->visit.get != 0 };
	int64_t ms = (int64_t)m->visit.timeout_ms;
	deadline d = deadline_in(ms >= 0 && ms < s->patience_ms ? ms : s->patience_ms);
	struct visit v = { .end = VISIT_UNANSWERED };
	enum visitcache_found found = visitcache_take(s->visits, a, &q, d, &v);
	struct msg told;

	if (found == VISITCACHE_MINE) {
		visitor_follow(&s->visitor, a, &q, d, &v);
		visitcache_put(s->visits, &q, clock_now_ms(), &v);
	}
	metrics_add(found == VISITCACHE_HIT ? METRIC_fetch_visits_cached : METRIC_fetch_visits_made,
		    1);
	told = visit_tell(a, &v);
	return chan_send(c, &told, NULL);
}

static int answer(void *ctx, struct chan *c, struct msg *m, struct arena *a)
{
	int fd = msg_take_fd(m, 0);

	if (m->type == MSG_exported)
		return take_exported(ctx, &m->exported, fd, a);
	fd_close(fd);
	return m->type == MSG_visit ? visit(ctx, c, m, a) : -EPROTO;
}

static void take_lane(void *ctx, enum process peer, bool serve, int fd, uint64_t id)
{
	struct service *s = ctx;
	struct why why;

	if (peer == PROCESS_DNS)
		lanes_add(s->dns, fd, id);
	else if (serve && lanes_serve(fd, PROCESS_FETCH, peer, answer, s, &why) < 0)
		log_event("fetch.lane_refused", F_C("why", why.text));
}

static void prepare_visits(struct service *s, const struct conf *conf)
{
	struct dns_resolver dns = dnsclient_resolver(s->dns);

	s->ways = (struct httpget_ways){ .dns = dns,
					 .proxy = conf->fetch.proxy,
					 .agent = visitor_agent() };
	s->visitor = (struct visitor){ .get = visitor_by_http,
				       .ctx = &s->ways,
				       .ca = s->feeder.ca,
				       .hops = conf->url_check.redirects };
	s->visits = visitcache_new(VISITCACHE_BYTES);
	s->visits_links = conf->url_check.enabled;
	s->ways_to_targets = (struct httpget_ways){ .dns = dns,
						    .allow_private = conf->fetch.allow_private,
						    .proxy = conf->fetch.proxy,
						    .agent = STR("Poterne") };
	s->poster.ctx = &s->ways_to_targets;
	s->patience_ms = conf->url_check.timeout;
}

/* Certificates and keys may be others in the same files; who asks nobody has no use for them. */
static void reload(void *ctx, str config)
{
	const struct service *s = ctx;

	if (s->feeder.n == 0 && s->poster.n == 0 && !s->visits_links &&
	    map_hash(config, false) == s->config)
		return;
	log_event("fetch.restart", F_C("why", "the configuration is read again"));
	_exit(0);
}

static int enter(const struct conf *conf, struct why *why)
{
	struct arena *a = conf->arena;
	struct sandbox_spec spec = { .user = arena_cz(a, conf->users.fetch),
				     .rights = SANDBOX_THREADS | SANDBOX_CONNECT | SANDBOX_FILES,
				     .home = arena_cz(a, feedrow_home(a, conf)),
				     .memory_bytes = MEMORY_BYTES };

	return sandbox_enter(&spec, why);
}

int main(void)
{
	struct proc *p = proc_enter(PROCESS_FETCH);
	struct conf *conf = conf_new_default(arena_new("fetch settings", CONF_BUDGET));
	struct service s = { .config = map_hash(proc_config(p), false) };
	const struct proc_handlers handlers = { &s, take_lane, reload, NULL };
	struct why why = { "" };
	int r = conf_text_decode(conf, proc_config(p), &why);

	if (r == 0)
		r = httpget_begin(&why);
	if (r == 0)
		r = feeder_prepare(&s.feeder, conf, ".", &why);
	if (r == 0)
		r = poster_prepare(&s.poster, conf, s.feeder.ca, &why);
	if (r == 0)
		r = enter(conf, &why);
	s.dns = lanes_new(PROCESS_FETCH, PROCESS_DNS);
	lanes_on_lost(s.dns, proc_lane_lost, p);
	prepare_visits(&s, conf);
	feeder_set_ways(&s.feeder, dnsclient_resolver(s.dns));
	if (r == 0)
		r = proc_thread(feeder_run, &s.feeder, &why);
	if (r == 0 && s.poster.n)
		r = proc_thread(poster_run, &s.poster, &why);
	if (r == 0)
		proc_run(p, &handlers);
	log_event("process.failed", F_C("why", why.text));
	return 1;
}

/* bin/poterne_dns.c - the resolver process: questions in, answers out.
 *
 * It alone reads the DNS off the network. It sees names, never mail nor keys, and may open
 * sockets and nothing else. Each lane is one thread.
 */
#include "base/log.h"
#include "base/map.h"
#include "conf/conf.h"
#include "dns/dnscache.h"
#include "dns/dnsclient.h"
#include "dns/zonefile.h"
#include "resolver/resolver.h"
#include "resolver/stub.h"
#include "sys/proc.h"
#include "sys/sandbox.h"

#include <errno.h>
#include <unistd.h>

enum { CACHE_BYTES = 32 << 20 };

struct service {
	struct dns_resolver resolver;
	struct dnscache_over cached;
	struct stub stub;
	uint64_t config; /* hash of what all this was made from */
};

/* dns.file, or the operator's resolver with its AD bit, or libunbound. */
static int choose(struct service *s, const struct conf *conf, struct arena *a, struct why *why)
{
	struct resolver_spec spec = { .servers = conf->dns.servers.v,
				      .n_servers = conf->dns.servers.n };
	struct zonefile *zone;
	struct resolver *resolver;
	int r;

	if (conf->dns.file.n) {
		r = zonefile_load(a, arena_cz(a, conf->dns.file), &zone, why);
		if (r == 0)
			s->resolver = zonefile_resolver(zone);
		return r;
	}
	s->cached.cache = dnscache_new(CACHE_BYTES);
	s->cached.hits = METRIC_dns_cached;
	if (conf->dns.trust_ad) {
		r = stub_new(spec.servers, spec.n_servers, &s->stub, why);
		s->cached.below = stub_resolver(&s->stub);
	} else {
		if (conf->dns.validate && access(RESOLVER_ROOT_KEY, R_OK) == 0)
			spec.trust_anchors = RESOLVER_ROOT_KEY;
		else if (conf->dns.validate)
			log_event("dns.not_validating", F_C("missing", RESOLVER_ROOT_KEY));
		r = resolver_new(&spec, &resolver, why);
		if (r == 0)
			s->cached.below = resolver_resolver(resolver);
	}
	s->resolver = dnscache_resolver(&s->cached);
	return r;
}

static int answer(void *ctx, struct chan *c, struct msg *m, struct arena *a)
{
	struct service *s = ctx;
	struct why why = { "" };
	int r = dnsclient_answer(&s->resolver, c, m, a, &why);

	if (r < 0 && r != -EPIPE)
		log_event("dns.lane_closed", F_C("why", why.text));
	return r;
}

static void take_lane(void *ctx, enum process peer, bool serve unused_arg, int fd,
		      uint64_t id unused_arg)
{
	struct why why;

	if (lanes_serve(fd, PROCESS_DNS, peer, answer, ctx, &why) < 0)
		log_event("dns.lane_refused", F_C("why", why.text));
}

/* The files are out of reach by now: the supervisor starts us again with the new text. */
static void reload(void *ctx, str config)
{
	const struct service *s = ctx;

	if (map_hash(config, false) == s->config)
		return;
	log_event("dns.restart", F_C("why", "configuration changed"));
	_exit(0);
}

int main(void)
{
	struct proc *p = proc_enter(PROCESS_DNS);
	struct arena *a = arena_new("dns", 256 << 20);
	struct conf *conf = conf_new_default(a);
	struct service s = { .config = map_hash(proc_config(p), false) };
	struct proc_handlers handlers = { .ctx = &s, .lane = take_lane, .reload = reload };
	struct why why = { "" };
	int r = conf_text_decode(conf, proc_config(p), &why);
	struct sandbox_spec spec = { .rights = SANDBOX_THREADS | SANDBOX_CONNECT };

	if (r == 0)
		r = choose(&s, conf, a, &why);
	spec.user = arena_cz(a, conf->users.dns);
	if (r == 0)
		r = sandbox_enter(&spec, &why);
	if (r == 0)
		proc_run(p, &handlers);
	log_event("dns.failed", F_C("why", why.text));
	return 1;
}

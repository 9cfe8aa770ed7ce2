/* bin/poterne_fetch.c - speaks HTTP to strangers: fetches feeds into its own directory.
 *
 * It sees neither mail nor keys of ours, asks names of poterne-dns only, and connects to the
 * Internet's addresses and to what fetch.allow_private names. Certificates and the keys of feeds
 * are read before the sandbox closes, so a new configuration is a new process.
 */
#include "base/log.h"
#include "dns/dnsclient.h"
#include "fetch/feeder.h"
#include "sys/proc.h"
#include "sys/sandbox.h"

#include <unistd.h>

enum { CONF_BUDGET = 1 << 30 };
#define MEMORY_BYTES ((uint64_t)6 << 30)

struct service {
	struct feeder feeder;
	struct lanes *dns;
};

static void take_lane(void *ctx, enum process peer, bool serve unused_arg, int fd, uint64_t id)
{
	struct service *s = ctx;

	if (peer == PROCESS_DNS)
		lanes_add(s->dns, fd, id);
}

static void reload(void *ctx unused_arg, str config unused_arg)
{
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
	struct service s = { 0 };
	const struct proc_handlers handlers = { &s, take_lane, reload, NULL };
	struct why why = { "" };
	int r = conf_text_decode(conf, proc_config(p), &why);

	if (r == 0)
		r = httpget_begin(&why);
	if (r == 0)
		r = feeder_prepare(&s.feeder, conf, ".", &why);
	if (r == 0)
		r = enter(conf, &why);
	s.dns = lanes_new(PROCESS_FETCH, PROCESS_DNS);
	lanes_on_lost(s.dns, proc_lane_lost, p);
	feeder_set_ways(&s.feeder, dnsclient_resolver(s.dns));
	if (r == 0)
		r = proc_thread(feeder_run, &s.feeder, &why);
	if (r == 0)
		proc_run(p, &handlers);
	log_event("process.failed", F_C("why", why.text));
	return 1;
}

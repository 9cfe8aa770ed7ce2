/* bin/poterne_report.c - writes the reports to other domains (RFC 9990, RFC 8460).
 *
 * It alone takes the records apart that say who wants them. It sees what the store has counted,
 * never a mail, and may do nothing but ask: the mail it writes is spooled by the store.
 */
#include "base/log.h"
#include "dns/dnsclient.h"
#include "reporting/reporter.h"
#include "sys/proc.h"
#include "sys/sandbox.h"

#include <stdlib.h>

enum { CONF_BUDGET = 4 << 20 };

__attribute__((noreturn)) static void fail(const char *why)
{
	log_event("process.failed", F_C("why", why));
	exit(1);
}

static int decode(str text, struct conf **ret, struct why *why)
{
	struct arena *a = arena_new("report settings", CONF_BUDGET);
	struct conf *conf = conf_new_default(a);
	int r = conf_text_decode(conf, text, why);

	if (r < 0)
		arena_free(a);
	else
		*ret = conf;
	return r;
}

struct service {
	struct reporter reporter;
	struct lanes *dns;
};

static void take_lane(void *ctx, enum process peer, bool serve unused_arg, int fd, uint64_t id)
{
	struct service *s = ctx;

	lanes_add(peer == PROCESS_DNS ? s->dns : s->reporter.store, fd, id);
}

/* The old configuration is never freed: a report under way still uses it. */
static void reload(void *ctx, str text)
{
	struct service *s = ctx;
	struct conf *conf;
	struct why why;

	if (decode(text, &conf, &why) < 0)
		log_event("reload.refused", F_C("why", why.text));
	else
		s->reporter.conf = conf;
}

int main(void)
{
	struct proc *p = proc_enter(PROCESS_REPORT);
	struct service s = { 0 };
	const struct proc_handlers handlers = { &s, take_lane, reload, NULL };
	struct sandbox_spec spec = { .rights = SANDBOX_THREADS };
	struct conf *conf;
	struct why why;

	if (decode(proc_config(p), &conf, &why) < 0)
		fail(why.text);
	spec.user = arena_cz(conf->arena, conf->users.report);
	if (sandbox_enter(&spec, &why) < 0)
		fail(why.text);
	s.dns = lanes_new(PROCESS_REPORT, PROCESS_DNS);
	s.reporter.store = lanes_new(PROCESS_REPORT, PROCESS_STORE);
	lanes_on_lost(s.dns, proc_lane_lost, p);
	lanes_on_lost(s.reporter.store, proc_lane_lost, p);
	s.reporter.dns = dnsclient_resolver(s.dns);
	s.reporter.conf = conf;
	if (proc_thread(reporter_run, &s.reporter, &why) < 0)
		fail(why.text);
	proc_run(p, &handlers);
}

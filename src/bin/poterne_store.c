/* bin/poterne_store.c - spool, quarantine and records: the only process that writes
 * messages to disk. It works in its directory below paths.state and knows no network; the
 * command line asks it over the control socket.
 */
#include "base/log.h"
#include "ctl/ctlserver.h"
#include "memory/memorylane.h"
#include "store/delivery.h"
#include "store/reportdesk.h"
#include "store/store.h"
#include "store/storecommands.h"
#include "store/storecommit.h"
#include "store/upkeep.h"
#include "sys/proc.h"
#include "sys/sandbox.h"

#include <fcntl.h>
#include <stdlib.h>

enum { OPEN_FILES = 16384 };

__attribute__((noreturn)) static void fail(const char *why)
{
	log_event("process.failed", F_C("why", why));
	exit(1);
}

static void take_lane(void *ctx, enum process peer, bool serve, int fd, uint64_t id)
{
	struct store *s = ctx;
	struct why why;

	if (peer == PROCESS_RELAY && !serve)
		lanes_add(s->relay, fd, id);
	else if (peer == PROCESS_KEYS)
		lanes_add(s->keys, fd, id);
	else if (peer == PROCESS_MEMORY)
		lanes_add(s->memory, fd, id);
	else if (lanes_serve(fd, PROCESS_STORE, peer,
			     peer == PROCESS_REPORT ? reportdesk_answer : storecommit_answer, s,
			     &why) < 0)
		log_event("lane.failed", F_C("why", why.text));
}

static void reload(void *ctx, str config)
{
	const struct conf *conf;
	struct why why;

	if (store_set_config(ctx, config, &conf, &why) < 0)
		log_event("reload.refused", F_C("why", why.text));
}

static void stop(void *ctx, int64_t grace_ms)
{
	store_stop(ctx, grace_ms);
}

static void enter_sandbox(const struct conf *c)
{
	const struct sandbox_spec spec = {
		.user = arena_cz(c->arena, c->users.store),
		.rights = SANDBOX_THREADS | SANDBOX_ACCEPT | SANDBOX_FILES,
		.home = arena_fmt(c->arena, "%.*s/store", STR_ARG(c->paths.state)).p,
		.open_files = OPEN_FILES,
	};
	struct why why;

	if (sandbox_enter(&spec, &why) < 0)
		fail(why.text);
}

static void start_thread(void (*run)(void *ctx), void *ctx)
{
	struct why why;

	if (proc_thread(run, ctx, &why) < 0)
		fail(why.text);
}

int main(void)
{
	struct proc *p = proc_enter(PROCESS_STORE);
	struct store s = { 0 };
	struct ctlserver control = { -1, PROCESS_STORE, &s, storecommands_handle };
	const struct proc_handlers handlers = { &s, take_lane, reload, stop };
	const struct conf *conf;
	struct why why;
	int here;

	if (store_set_config(&s, proc_config(p), &conf, &why) < 0)
		fail(why.text);
	control.listener = proc_take_resource(p, "control", NULL);
	enter_sandbox(conf);
	s.relay = lanes_new(PROCESS_STORE, PROCESS_RELAY);
	lanes_on_lost(s.relay, proc_lane_lost, p);
	s.keys = lanes_new(PROCESS_STORE, PROCESS_KEYS);
	lanes_on_lost(s.keys, proc_lane_lost, p);
	s.memory = lanes_new(PROCESS_STORE, PROCESS_MEMORY);
	lanes_on_lost(s.memory, proc_lane_lost, p);
	here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (here < 0)
		fail("the state directory cannot be opened");
	if (store_open(&s, here, &why) < 0)
		fail(why.text);
	if (s.has_history)
		start_thread(upkeep_history, &s);
	start_thread(upkeep_expiry, &s);
	start_thread(upkeep_spool, &s);
	if (s.has_reports_out)
		start_thread(upkeep_counts, &s);
	if (s.has_kept)
		start_thread(upkeep_kept, &s);
	for (uint32_t i = 0; i < conf->delivery.connections; i++)
		start_thread(delivery_work, &s);
	if (control.listener >= 0)
		start_thread(ctlserver_run, &control);
	proc_run(p, &handlers);
}

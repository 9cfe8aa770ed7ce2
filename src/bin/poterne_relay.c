/* bin/poterne_relay.c - hands spooled messages to their next hops or into the local Maildir.
 *
 * Sees one message at a time, by a descriptor of the store. Connects only to what
 * delivery.next_hop and delivery.routes name, or to mail servers of domains that they send to
 * the Internet; opens files only below the Maildir, when that is a next hop.
 */
#include "base/fd.h"
#include "base/log.h"
#include "dns/dnsclient.h"
#include "relay/handover.h"
#include "sys/proc.h"
#include "sys/sandbox.h"

#include <fcntl.h>
#include <stdlib.h>

enum { CONF_BUDGET = 64 << 20, OPEN_FILES = 8192, ROOTS_MAX = 8 << 20 };

struct service {
	struct relay relay;
	struct stscache sts;
	struct lanes *dns;
	int maildir_fd;
	/* As they were when the sandbox closed: the path of the Maildir, empty without one; the
	 * file of the authorities, and what stood in it. */
	str maildir, ca, roots;
};

__attribute__((noreturn)) static void fail(const char *why)
{
	log_event("process.failed", F_C("why", why));
	exit(1);
}

static int decode(str text, struct conf **ret, struct why *why)
{
	struct arena *a = arena_new("relay settings", CONF_BUDGET);
	struct conf *conf = conf_new_default(a);
	int r = conf_text_decode(conf, text, why);

	if (r < 0)
		arena_free(a);
	else
		*ret = conf;
	return r;
}

/* Lives as long as its configuration, which is never freed: attempts may still use it. */
static int make_settings(struct service *s, const struct conf *c, struct why *why)
{
	struct relay_settings *n = arena_make(c->arena, struct relay_settings);
	enum tlsctx_version oldest = c->tls.min_version == CONF_TLS_1_3 ? TLSCTX_1_3 : TLSCTX_1_2;
	int r;

	*n = (struct relay_settings){
		.maildir_fd = s->maildir_fd,
		.nexthop = { .hostname = c->hostname,
			     .timeout_ms = c->delivery.timeout,
			     .dns = dnsclient_resolver(s->dns),
			     .mx_port = (uint16_t)c->delivery.mx_port,
			     .allow_private = c->delivery.allow_private,
			     .sts = &s->sts,
			     .sts_port = (uint16_t)c->delivery.sts_port,
			     .counts_tls = c->reports.from.n && conf_has_way_out(c) },
	};
	r = route_table_make(c->arena, c, &n->routes, why);
	if (r == 0)
		r = tlsclient_new(s->roots, oldest, &n->nexthop.tls_ctx, why);
	if (r == 0)
		relay_set(&s->relay, n);
	return r;
}

/* The Maildir's path; empty when nothing goes there. */
static str maildir_of(const struct conf *c)
{
	struct route_table routes;
	struct why why;

	if (route_table_make(c->arena, c, &routes, &why) < 0)
		fail(why.text);
	return routes.has_maildir ? conf_maildir(c, c->arena) : STR("");
}

static void take_lane(void *ctx, enum process peer, bool serve, int fd, uint64_t id)
{
	struct service *s = ctx;
	struct why why;

	if (peer == PROCESS_DNS && !serve)
		lanes_add(s->dns, fd, id);
	else if (lanes_serve(fd, PROCESS_RELAY, peer,
			     peer == PROCESS_SCAN ? handover_answer : relay_answer, &s->relay,
			     &why) < 0)
		log_event("lane.failed", F_C("why", why.text));
}

static void reload(void *ctx, str text)
{
	struct service *s = ctx;
	struct conf *conf;
	struct why why;

	if (decode(text, &conf, &why) < 0 || make_settings(s, conf, &why) < 0) {
		log_event("reload.refused", F_C("why", why.text));
		return;
	}
	/* The sandbox was made for the old paths, or for none: the supervisor starts us again. */
	if (!str_eq(maildir_of(conf), s->maildir) || !str_eq(conf->tls.ca, s->ca)) {
		log_event("relay.restart", F_C("why", "the Maildir or tls.ca changed"));
		exit(0);
	}
}

/* Without it nothing can be verified by name, and what must be is delivered later. */
static void read_roots(struct service *s, const struct conf *c)
{
	struct arena *a = arena_new("roots", ROOTS_MAX + (1 << 20));
	struct why why;

	s->ca = c->tls.ca;
	s->roots = STR("");
	if (s->ca.n && fd_read_path(arena_cz(a, s->ca), a, ROOTS_MAX, &s->roots, &why) < 0) {
		log_event("relay.no_roots", F_STR("file", s->ca), F_C("why", why.text));
		s->roots = STR("");
	}
}

static void enter_sandbox(struct service *s, const struct conf *c)
{
	bool maildir = maildir_of(c).n > 0;
	struct sandbox_spec spec = {
		.user = arena_cz(c->arena, c->users.relay),
		.rights = SANDBOX_THREADS | SANDBOX_CONNECT | (maildir ? SANDBOX_FILES : 0),
		.home = maildir ? arena_cz(c->arena, maildir_of(c)) : NULL,
		.open_files = OPEN_FILES,
	};
	struct why why;

	s->maildir = maildir_of(c);
	if (sandbox_enter(&spec, &why) < 0)
		fail(why.text);
	if (!maildir)
		return;
	s->maildir_fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->maildir_fd < 0)
		fail("the Maildir cannot be opened");
}

int main(void)
{
	struct proc *p = proc_enter(PROCESS_RELAY);
	struct service s = { .maildir_fd = -1 };
	const struct proc_handlers handlers = { &s, take_lane, reload, NULL };
	struct conf *conf;
	struct why why;

	if (decode(proc_config(p), &conf, &why) < 0)
		fail(why.text);
	read_roots(&s, conf);
	enter_sandbox(&s, conf);
	s.dns = lanes_new(PROCESS_RELAY, PROCESS_DNS);
	lanes_on_lost(s.dns, proc_lane_lost, p);
	relay_init(&s.relay, NULL);
	stscache_init(&s.sts, stsfetch);
	if (make_settings(&s, conf, &why) < 0)
		fail(why.text);
	if (proc_thread(pool_reap, &s.relay.nexthop.pool, &why) < 0)
		fail(why.text);
	proc_run(p, &handlers);
}

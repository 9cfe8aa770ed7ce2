/* bin/poterne_relay.c - hands spooled messages to the next hop or into the local Maildir.
 *
 * Sees one message at a time, by a descriptor of the store. Connects only to what
 * delivery.next_hop names; opens files only below the Maildir, when that is the next hop.
 */
#include "base/log.h"
#include "dns/dnsclient.h"
#include "relay/handover.h"
#include "sys/proc.h"
#include "sys/sandbox.h"

#include <fcntl.h>
#include <stdlib.h>

enum { CONF_BUDGET = 8 << 20, OPEN_FILES = 8192 };

struct service {
	struct relay relay;
	struct lanes *dns;
	int maildir_fd;
	str maildir; /* its path, as it was when the sandbox closed; empty without one */
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

static str next_hop_text(const struct conf *c)
{
	const struct conf_peer *p = &c->delivery.next_hop;

	switch (p->kind) {
	case CONF_PEER_SMTP:
		return arena_fmt(c->arena, "smtp:%.*s:%u", STR_ARG(p->at.host), p->at.port);
	case CONF_PEER_LMTP:
		return arena_fmt(c->arena, "lmtp:%.*s:%u", STR_ARG(p->at.host), p->at.port);
	case CONF_PEER_LMTP_UNIX:
		return arena_fmt(c->arena, "lmtp:unix:%.*s", STR_ARG(p->path));
	default:
		return STR("maildir");
	}
}

static str maildir_of(const struct conf *c)
{
	if (c->delivery.next_hop.kind != CONF_PEER_MAILDIR)
		return STR("");
	return conf_maildir(c, c->arena);
}

/* Lives as long as its configuration, which is never freed: attempts may still use it. */
static int make_settings(struct service *s, const struct conf *c, struct why *why)
{
	struct relay_settings *n = arena_make(c->arena, struct relay_settings);
	enum tlsctx_version oldest = c->tls.min_version == CONF_TLS_1_3 ? TLSCTX_1_3 : TLSCTX_1_2;
	int r = 0;

	*n = (struct relay_settings){
		.maildir = c->delivery.next_hop.kind == CONF_PEER_MAILDIR,
		.maildir_fd = s->maildir_fd,
		.domain = c->domains.n ? c->domains.v[0] : c->hostname,
		.nexthop = { .peer = c->delivery.next_hop,
			     .hostname = c->hostname,
			     .timeout_ms = c->delivery.timeout,
			     .tls = c->delivery.tls,
			     .dns = dnsclient_resolver(s->dns),
			     .text = next_hop_text(c) },
	};
	if (!n->maildir && n->nexthop.tls != CONF_CLIENT_TLS_NONE)
		r = tlsctx_new_client(oldest, &n->nexthop.tls_ctx, why);
	if (r == 0)
		relay_set(&s->relay, n);
	return r;
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
	/* The sandbox was made for the old Maildir, or for none: the supervisor starts us again. */
	if (!str_eq(maildir_of(conf), s->maildir)) {
		log_event("relay.restart", F_C("why", "the Maildir changed"));
		exit(0);
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
	enter_sandbox(&s, conf);
	s.dns = lanes_new(PROCESS_RELAY, PROCESS_DNS);
	lanes_on_lost(s.dns, proc_lane_lost, p);
	relay_init(&s.relay, NULL);
	if (make_settings(&s, conf, &why) < 0)
		fail(why.text);
	if (proc_thread(nexthop_reap, &s.relay.nexthop, &why) < 0)
		fail(why.text);
	proc_run(p, &handlers);
}

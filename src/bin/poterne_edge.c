/* bin/poterne_edge.c - speaks SMTP to strangers: takes mail in, hands it to scan, and
 * passes on what scan answers. */
#include "base/fd.h"
#include "base/log.h"
#include "smtp/smtpserver.h"
#include "sys/metrics.h"
#include "sys/pembundle.h"
#include "sys/proc.h"
#include "sys/sandbox.h"
#include "tls/tlsserver.h"
#include "tls/tlstickets.h"

#include <stdlib.h>

enum { FILES_BESIDE = 1024, MOST_LISTENERS = 64 };

struct edge {
	struct proc *proc;
	int certificates, tickets, recipients; /* as they came last; -1: not yet */
	struct ssl_ctx_st *tls;		       /* NULL without a certificate */
	struct lanes *scan;
	struct smtpserver *server;
};

__attribute__((noreturn)) static void fail(const char *what, const struct why *why)
{
	log_event("process.failed", F_C("what", what), F_C("why", why->text));
	exit(1);
}

/* A resource that has come anew takes the place of the last one; so do several, the last of all
 * stays: a reload that was refused may have left its own untaken. */
static void take_resource(struct edge *e, const char *name, int *fd)
{
	int fresh;

	while ((fresh = proc_take_resource(e->proc, name, NULL)) >= 0) {
		fd_close(*fd);
		*fd = fresh;
	}
}

static int make_tls(struct edge *e, enum conf_tls_version min, struct why *why)
{
	static const enum tlsctx_version versions[] = { [CONF_TLS_1_2] = TLSCTX_1_2,
							[CONF_TLS_1_3] = TLSCTX_1_3,
							[CONF_TLS_1_0] = TLSCTX_1_0 };
	cleanup(fd_unmapp) str bundle = STR(""), tickets = STR("");
	struct ssl_ctx_st *fresh;
	int r;

	take_resource(e, "tls.certificates", &e->certificates);
	take_resource(e, "tls.tickets", &e->tickets);
	if (e->certificates < 0)
		return 0;
	r = fd_map(e->certificates, PEMBUNDLE_MAX, &bundle, why);
	if (r == 0 && e->tickets >= 0)
		r = fd_map(e->tickets, sizeof(struct tlstickets), &tickets, why);
	if (r == 0)
		r = tlsserver_new(&(struct tlsserver_spec){ bundle, tickets, versions[min] },
				  &fresh, why);
	if (r < 0)
		return r;
	tlsctx_free(e->tls);
	e->tls = fresh;
	metrics_set(METRIC_edge_certificate_not_after_seconds,
		    clock_wall() + tlsserver_seconds_left(fresh, clock_wall()));
	return 0;
}

static int load(struct edge *e, str config, struct smtppolicy **ret, struct why *why)
{
	struct smtppolicy *p;
	int r = smtppolicy_new(config, &p, why);

	if (r < 0)
		return r;
	take_resource(e, "recipients", &e->recipients);
	r = smtppolicy_set_recipients(p, e->recipients, why);
	if (r == 0)
		r = make_tls(e, p->conf->tls.min_version, why);
	if (r < 0) {
		smtppolicy_free(p);
		return r;
	}
	smtppolicy_set_tls(p, e->tls);
	metrics_set(METRIC_edge_recipients_rows, (int64_t)p->recipients.set.n);
	*ret = p;
	return 0;
}

static void on_lane(void *ctx, enum process peer, bool serve, int fd, uint64_t id)
{
	struct edge *e = ctx;

	bug_if(peer != PROCESS_SCAN || serve);
	lanes_add(e->scan, fd, id);
}

static void on_reload(void *ctx, str config)
{
	struct edge *e = ctx;
	struct smtppolicy *fresh;
	struct why why;

	if (load(e, config, &fresh, &why) < 0)
		log_event("reload.refused", F_C("why", why.text));
	else
		smtpserver_reload(e->server, fresh);
}

static void on_stop(void *ctx, int64_t grace_ms)
{
	(void)smtpserver_stop(((struct edge *)ctx)->server,
			      grace_ms); /* the process ends either way */
}

int main(void)
{
	struct edge e = { .certificates = -1, .tickets = -1, .recipients = -1 };
	struct proc_handlers handlers = { &e, on_lane, on_reload, on_stop };
	struct smtppolicy *policy;
	struct why why;

	e.proc = proc_enter(PROCESS_EDGE);
	if (load(&e, proc_config(e.proc), &policy, &why) < 0)
		fail("configuration", &why);
	const struct conf *conf = policy->conf;
	struct sandbox_spec spec = {
		.user = arena_cz(policy->arena, conf->users.edge),
		.rights = SANDBOX_THREADS | SANDBOX_ACCEPT,
		/* A connection and a message being received for each. */
		.open_files = 2 * (uint64_t)conf->smtp.max_connections + FILES_BESIDE,
	};

	if (sandbox_enter(&spec, &why) < 0)
		fail("sandbox", &why);
	e.scan = lanes_new(PROCESS_EDGE, PROCESS_SCAN);
	lanes_on_lost(e.scan, proc_lane_lost, e.proc);
	e.server = smtpserver_new(policy, e.scan);
	str address;
	for (int i = 0, fd;
	     i < MOST_LISTENERS && (fd = proc_take_resource(e.proc, "listener", &address)) >= 0;
	     i++)
		smtpserver_listen(e.server, fd, address);
	if (smtpserver_start(e.server, &why) < 0)
		fail("start", &why);
	proc_run(e.proc, &handlers);
}

#include "scan/intake.h"

#include "base/fd.h"
#include "base/ident.h"
#include "base/log.h"
#include "scan/doneevent.h"
#include "scan/exporter.h"
#include "scan/keep.h"
#include "scan/memoryevidence.h"
#include "scan/settle.h"
#include "sys/metrics.h"
#include "sys/stream.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>

enum { MESSAGE_MAX = 1 << 30 };

/* A policy and the number of messages that are being judged by it. */
struct generation {
	struct conduct_policy *policy;
	size_t users;
	bool current;
};

struct intake {
	struct conductor conductor;
	struct settler settler;
	struct exporter exporter;
	pthread_mutex_t lock;
	struct generation *generation;
};

static struct generation *generation_new(struct conduct_policy *policy)
{
	struct generation *g = calloc(1, sizeof(*g));

	bug_if(!g);
	g->policy = policy;
	g->current = true;
	return g;
}

struct intake *intake_new(struct conductor conductor, struct lanes *store, struct lanes *relay,
			  struct lanes *fetch, struct signer signer, struct conduct_policy *policy)
{
	struct intake *in = calloc(1, sizeof(*in));

	bug_if(!in);
	in->conductor = conductor;
	conduct_prepare(&in->conductor);
	in->settler.store = store;
	in->settler.signer = signer;
	direct_init(&in->settler.direct, relay);
	exporter_init(&in->exporter, store, fetch);
	pthread_mutex_init(&in->lock, NULL);
	in->generation = generation_new(policy);
	return in;
}

/* Under the lock. */
static void end_unused(struct generation *g)
{
	if (g->current || g->users)
		return;
	conduct_free_policy(g->policy);
	free(g);
}

void intake_set_policy(struct intake *in, struct conduct_policy *policy)
{
	struct generation *old;

	pthread_mutex_lock(&in->lock);
	old = in->generation;
	in->generation = generation_new(policy);
	old->current = false;
	end_unused(old);
	pthread_mutex_unlock(&in->lock);
}

static struct generation *hold(struct intake *in)
{
	struct generation *g;

	pthread_mutex_lock(&in->lock);
	g = in->generation;
	g->users++;
	pthread_mutex_unlock(&in->lock);
	return g;
}

static void let_go(struct intake *in, struct generation *g)
{
	pthread_mutex_lock(&in->lock);
	g->users--;
	end_unused(g);
	pthread_mutex_unlock(&in->lock);
}

static struct envelope envelope_of(const struct msg_submit *m, str mid)
{
	return (struct envelope){
		.sid = m->sid,
		.mid = mid,
		.client_ip = m->client_ip,
		.helo = m->helo,
		.login = m->login,
		.esmtp = str_starts(m->protocol, STR("ESMTP")),
		.reverse_path = m->reverse_path,
		.has_reverse_path = true,
		.recipients = m->recipients.v,
		.n_recipients = m->recipients.n,
		.tls_version = m->tls_version,
		.tls_cipher = m->tls_cipher,
		.received_at = (int64_t)m->received_at,
	};
}

/* One question at a time: what comes before our answer is the end of the lane. */
static bool edge_has_left(const struct passage *p)
{
	return stream_wait(chan_fd(p->edge), POLLIN, deadline_in(0), NULL) == STREAM_OK;
}

_Static_assert(METRIC_scan_messages_discard == METRIC_scan_messages_accept + ACTION_DISCARD,
	       "LABELS_ACTION has the order of enum action");

static void count(const struct passage *p, struct verdict_reply reply)
{
	enum action a = p->j.verdict.action;

	metrics_add(METRIC_scan_messages_accept + a, 1);
	if (reply.code / 100 == 4 && a != ACTION_DEFER && a != ACTION_GREYLIST)
		metrics_add(METRIC_scan_temporary, 1);
}

static void log_done(struct passage *p, struct verdict_reply reply, const char *trouble)
{
	count(p, reply);
	doneevent_log(p, reply, trouble);
}

/* Held mail is answered with 250 as well, and is not delivered. */
static void remember(const struct intake *in, const struct passage *p, struct verdict_reply reply)
{
	bool delivered = reply.code == 250 && p->j.verdict.action <= ACTION_TAG;
	const struct memory *m = &in->conductor.memory;

	if (reply.code / 100 == 4)
		return; /* it will come again */
	if (p->policy->conf->role == CONF_ROLE_MX)
		memoryevidence_learn(m, &p->env, &p->j.memory, &p->j.evidence, &p->j.verdict,
				     delivered, clock_wall());
	else if (delivered)
		memoryevidence_sent(m, p->arena, p->policy->conf, &p->env, &p->j.facts,
				    clock_wall());
}

static struct verdict_reply pass(struct intake *in, struct passage *p)
{
	struct verdict_reply reply;
	struct why why = { "" };

	p->cuts = fields_to_cut(p->arena, p->message, p->policy->conf);
	conduct_judge(&in->conductor, p->policy, p->arena, &p->env, p->fd, p->message, clock_wall(),
		      &p->j);
	reply = verdict_reply(p->arena, &p->j.verdict, p->env.mid);
	if (p->j.no_worker) {
		reply = settle_temporary();
		log_done(p, reply, "no worker could inspect the message");
		return reply;
	}
	if (p->cuts.loops) {
		reply = (struct verdict_reply){ 554, "5.4.6",
						STR("the message goes round in a circle") };
		log_done(p, reply, "too many Received fields");
		return reply;
	}
	if (p->cuts.too_many) {
		reply = (struct verdict_reply){
			550, "5.6.0", STR("too many header fields that only we may add")
		};
		log_done(p, reply, "forged header fields");
		return reply;
	}
	if (reply.code == 250 && edge_has_left(p)) {
		reply = settle_temporary();
		log_done(p, reply, "nobody waits for it any more: the sender will come again");
		return reply;
	}
	reply = settle(&in->settler, p, reply, &why);
	log_done(p, reply, why.text);
	remember(in, p, reply);
	return reply;
}

static int answer(struct chan *edge, struct verdict_reply reply, str mid)
{
	struct msg m = { .type = MSG_submitted };

	m.submitted = (struct msg_submitted){ (uint64_t)reply.code, str_c(reply.enhanced),
					      reply.text, mid };
	return chan_send(edge, &m, NULL);
}

static int receive(struct intake *in, struct chan *edge, struct msg *m, struct arena *a, str mid)
{
	int fd = msg_take_fd(m, 0);
	cleanup(fd_view_closep) struct fd_view message = { 0 };
	int64_t began = clock_now_ms();
	struct generation *g;
	struct passage p;
	struct why why;
	int r;

	if (msg_mail(m->submit.bytes, fd, a, MESSAGE_MAX, &message, &why) < 0 ||
	    message.bytes.n != m->submit.size) {
		log_event("intake.refused", F_STR("sid", m->submit.sid),
			  F_C("why", "the edge sent a message that is not sealed memory of the "
				     "size it says"));
		fd_close(fd);
		return answer(edge, settle_temporary(), mid);
	}
	g = hold(in);
	p = (struct passage){ .policy = g->policy,
			      .arena = a,
			      .submit = &m->submit,
			      .env = envelope_of(&m->submit, mid),
			      .fd = fd,
			      .message = message.bytes,
			      .edge = edge,
			      .began = began };
	r = answer(edge, pass(in, &p), mid);
	keep_tell(in->settler.store, &p);
	exporter_tell(&in->exporter, &p);
	let_go(in, g);
	fd_close(p.fd);
	return r;
}

int intake_answer(void *ctx, struct chan *c, struct msg *m, struct arena *a)
{
	struct ident id = ident_make(clock_wall_ms());

	if (m->type != MSG_submit)
		return -EPROTO;
	return receive(ctx, c, m, a, ident_str(&id));
}

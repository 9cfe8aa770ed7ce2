#include "relay/nexthop.h"

#include "relay/search.h"

void nexthop_init(struct nexthop *n)
{
	pool_init(&n->pool);
}

/* One delivery under way. */
struct delivery {
	struct nexthop *n;
	const struct nexthop_settings *s;
	const struct nexthop_target *to;
	const struct smtpclient_job *job;
	deadline until;
	struct nexthop_result *ret;
	struct connection *c;	/* NULL: none yet */
	size_t parts, told_dsn; /* transactions; those that took the DSN parameters */
};

static void put_text(char *to, size_t cap, str text)
{
	text = str_sub(text, 0, cap - 1);
	memcpy(to, text.p, text.n);
	to[text.n] = '\0';
}

/* Refusals tell more than acceptances, the first one most. */
static void note_reply(struct nexthop_result *ret, const struct smtpreply *reply)
{
	if (reply->lines && (ret->reply.lines == 0 || ret->reply.code / 100 == 2))
		ret->reply = *reply;
}

static void connected(struct delivery *d, struct connection *c)
{
	d->c = c;
	c->client.until = d->until;
	put_text(d->ret->next_hop, sizeof(d->ret->next_hop), c->at);
	put_text(d->ret->tls, sizeof(d->ret->tls), str_c(c->tls));
}

/* False: there is nobody, and the recipients from at on know it. */
static bool connect_fresh(struct delivery *d, size_t at)
{
	struct search_failure failure;
	struct connection *c = search_connect(d->s, d->to, d->until, &failure);

	if (c) {
		connected(d, c);
		return true;
	}
	for (size_t i = at; i < d->job->n_recipients; i++)
		d->ret->outcome[i] = failure.outcome;
	d->ret->unreachable = failure.unreachable;
	note_reply(d->ret, &failure.reply);
	return false;
}

/* As many recipients from at on as one transaction takes (RFC 9422 3.2). */
static struct smtpclient_job part(const struct delivery *d, size_t at)
{
	struct smtpclient_job job = *d->job;
	uint64_t max = d->c->client.rcpt_max;

	job.recipients += at;
	if (job.rcpt_params)
		job.rcpt_params += at;
	job.n_recipients -= at;
	if (job.n_recipients > SMTPCLIENT_RECIPIENTS)
		job.n_recipients = SMTPCLIENT_RECIPIENTS;
	if (max && job.n_recipients > max)
		job.n_recipients = max;
	job.requiretls =
		d->to->wish == TLS_WISH_REQUIRED && d->c->client.ext & SMTPCLIENT_REQUIRETLS;
	return job;
}

/* One transaction over a kept connection, and over a fresh one when that had ended. Returns
 * how many recipients it was for; 0: it cannot go on. */
static size_t transact(struct delivery *d, size_t at)
{
	struct smtpclient_job job;
	struct smtpreply reply;
	struct why why = { "" };
	int r = SMTPCLIENT_E_STALE;

	if (d->c) {
		job = part(d, at);
		r = smtpclient_send(&d->c->client, &job, d->ret->outcome + at, &reply, &why);
		if (r == SMTPCLIENT_E_STALE)
			d->c = dial_end(d->c, false);
	}
	if (!d->c) {
		if (!connect_fresh(d, at))
			return 0;
		job = part(d, at);
		r = smtpclient_send(&d->c->client, &job, d->ret->outcome + at, &reply, &why);
	}
	note_reply(d->ret, &reply);
	d->parts++;
	d->told_dsn += (d->c->client.ext & SMTPCLIENT_DSN) != 0;
	if (r != SMTPCLIENT_OK) {
		d->ret->unreachable = reply.code == 421; /* it told us to go, not the message */
		d->c = dial_end(d->c, false);
		return 0;
	}
	return job.n_recipients;
}

/* A server that takes only so many messages over one connection gets another one. */
static bool is_used_up(const struct connection *c)
{
	return c->client.mail_max && c->client.sent >= c->client.mail_max;
}

static void run(struct delivery *d)
{
	size_t n = d->job->n_recipients, at = 0, did;
	struct connection *c = pool_take(&d->n->pool, d->s, d->to->destination, d->to->wish);

	if (c)
		connected(d, c);
	while (at < n) {
		did = transact(d, at);
		if (did == 0)
			return;
		at += did;
		if (at < n && is_used_up(d->c))
			d->c = dial_end(d->c, true);
	}
	pool_keep(&d->n->pool, d->c);
}

void nexthop_deliver(struct nexthop *n, const struct nexthop_settings *s,
		     const struct nexthop_target *to, const struct smtpclient_job *job,
		     deadline until, struct nexthop_result *ret)
{
	struct delivery d = { .n = n, .s = s, .to = to, .job = job, .until = until, .ret = ret };
	deadline soon = clock_sooner(deadline_in(NEXTHOP_PLACE_MS), until);
	struct pool_place place;

	*ret = (struct nexthop_result){ .outcome = ret->outcome };
	for (size_t i = 0; i < job->n_recipients; i++)
		ret->outcome[i] = SMTPCLIENT_LATER;
	put_text(ret->next_hop, sizeof(ret->next_hop), to->destination);
	if (!pool_enter(&n->pool, &place, to->destination, to->route->connections, soon)) {
		smtpreply_say(&ret->reply, 451,
			      STR("4.4.5 enough deliveries to this destination go on already"));
		return;
	}
	run(&d);
	pool_leave(&n->pool, &place);
	ret->dsn = d.parts > 0 && d.told_dsn == d.parts;
}

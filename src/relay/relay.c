#include "relay/relay.h"

#include "base/fd.h"
#include "mail/dsnparams.h"
#include "relay/maildir.h"
#include "sys/metrics.h"

#include <errno.h>

enum { MAX_FILE = INT32_MAX, NEXT_HOP_MAX = 256 };

void relay_init(struct relay *r, const struct relay_settings *s)
{
	*r = (struct relay){ .settings = s };
	nexthop_init(&r->nexthop);
	attempts_init(&r->attempts);
}

void relay_set(struct relay *r, const struct relay_settings *s)
{
	r->settings = s;
}

/* One recipient of an attempt. */
struct recipient {
	struct address to;
	str destination; /* p is NULL: it is settled */
	str params;
};

/* One attempt. */
struct attempt {
	struct relay *relay;
	const struct relay_settings *settings;
	struct arena *a;
	const struct msg_deliver *m;
	str body;
	deadline until;
	struct address from;
	bool has_params; /* behind RCPT */
	str mail_params;
	struct recipient *rcpt;
	struct attempts_outcome *ret;
	struct smtpreply reply; /* the most telling one */
	struct tlsnotes notes;
};

static void note(struct attempt *t, const struct smtpreply *reply)
{
	if (t->reply.lines == 0 || (t->reply.code / 100 == 2 && reply->lines))
		t->reply = *reply;
}

static void all(struct attempt *t, uint64_t outcome, int code, str text)
{
	for (size_t i = 0; i < t->m->recipients.n; i++)
		t->ret->outcome[i] = outcome;
	smtpreply_say(&t->reply, code, text);
}

static void settle(struct attempt *t, size_t i, uint64_t outcome, int code, str text)
{
	struct smtpreply reply;

	t->ret->outcome[i] = outcome;
	smtpreply_say(&reply, code, text);
	note(t, &reply);
}

static bool parse(struct arena *a, str s, struct address *ret)
{
	return address_parse_path(a, arena_fmt(a, "<%.*s>", STR_ARG(s)), true, ret, NULL) ==
	       ADDRESS_OK;
}

/* Parameters come over a process border: only what parses is passed on. */
static str clean_mail_params(struct attempt *t)
{
	struct strbuf b = strbuf_make(t->a, DSNPARAMS_MAIL_MAX);
	struct dsnparams_mail p;

	if (dsnparams_parse_mail(t->m->mail_params, &p) != DSNPARAMS_OK)
		return STR("");
	dsnparams_put_mail(&b, p);
	return b.n ? strbuf_str(&b) : STR("");
}

static str clean_rcpt_params(struct attempt *t, size_t i)
{
	struct strbuf b = strbuf_make(t->a, DSNPARAMS_RCPT_MAX);
	struct dsnparams_rcpt p;

	if (!t->has_params || dsnparams_parse_rcpt(t->m->rcpt_params.v[i], &p) != DSNPARAMS_OK)
		return STR("");
	dsnparams_put_rcpt(&b, p);
	return b.n ? strbuf_str(&b) : STR("");
}

/* Envelope addresses come over a process border: only what parses is used. */
static bool parse_envelope(struct attempt *t)
{
	size_t n = t->m->recipients.n;

	t->rcpt = arena_array(t->a, struct recipient, n);
	if (!parse(t->a, t->m->reverse_path, &t->from)) {
		all(t, SMTPCLIENT_NEVER, 550, STR("5.1.7 the return path is no address"));
		return false;
	}
	t->mail_params = clean_mail_params(t);
	for (size_t i = 0; i < n; i++) {
		struct recipient *r = &t->rcpt[i];

		if (!parse(t->a, t->m->recipients.v[i], &r->to) || address_is_null(r->to)) {
			settle(t, i, SMTPCLIENT_NEVER, 550,
			       STR("5.1.3 the recipient is no address"));
			continue;
		}
		r->destination = route_destination(t->a, &t->settings->routes, r->to.domain);
		r->params = clean_rcpt_params(t, i);
	}
	return true;
}

static str address_text(struct attempt *t, struct address address)
{
	struct strbuf b = strbuf_make(t->a, 2 * ADDRESS_LOCAL_MAX + ADDRESS_DOMAIN_MAX + 3);

	address_put(&b, address);
	return strbuf_str(&b);
}

/* Those of one destination: indices of recipients. */
struct group {
	const struct route *route;
	str destination, domain;
	size_t *v;
	size_t n;
};

static void by_maildir(struct attempt *t, const struct group *g)
{
	const struct maildir_message m = { t->m->id, address_text(t, t->from), t->body };

	for (size_t i = 0; i < g->n; i++) {
		struct address to = t->rcpt[g->v[i]].to;
		struct why why;
		int r;

		if (to.domain.n == 0)
			to.domain = g->domain;
		r = maildir_deliver(t->settings->maildir_fd, &m, to, &why);
		if (r == MAILDIR_E_NAME)
			settle(t, g->v[i], SMTPCLIENT_NEVER, 550, str_c(why.text));
		else if (r < 0)
			settle(t, g->v[i], SMTPCLIENT_LATER, 451,
			       arena_fmt(t->a, "4.3.0 %s", why.text));
		else
			settle(t, g->v[i], SMTPCLIENT_DELIVERED, 250, STR("2.0.0 in the Maildir"));
	}
	t->ret->next_hop = g->destination;
}

static void rejected(struct attempt *t, const struct group *g)
{
	for (size_t i = 0; i < g->n; i++)
		settle(t, g->v[i], SMTPCLIENT_NEVER, 550,
		       STR("5.1.2 no Internet delivery for this domain"));
	t->ret->next_hop = g->destination;
}

static enum tls_wish wish_of(const struct msg_deliver *m)
{
	return m->tls_wish < TLS_WISHES ? (enum tls_wish)m->tls_wish : TLS_WISH_NONE;
}

static void by_next_hop(struct attempt *t, const struct group *g)
{
	str *recipients = arena_array(t->a, str, g->n), *params = arena_array(t->a, str, g->n);
	const struct nexthop_target to = { .route = g->route,
					   .domain = g->domain,
					   .destination = g->destination,
					   .wish = wish_of(t->m),
					   .notes = t->settings->nexthop.counts_tls ? &t->notes
										    : NULL };
	const struct smtpclient_job job = { .reverse_path = address_text(t, t->from),
					    .recipients = recipients,
					    .n_recipients = g->n,
					    .body = t->body,
					    .body_8bit = t->m->body_8bit,
					    .smtputf8 = t->m->smtputf8,
					    .mail_params = t->mail_params,
					    .rcpt_params = t->has_params ? params : NULL };
	struct nexthop_result result = { .outcome = arena_array(t->a, uint64_t, g->n) };

	for (size_t i = 0; i < g->n; i++) {
		recipients[i] = address_text(t, t->rcpt[g->v[i]].to);
		params[i] = t->rcpt[g->v[i]].params;
	}
	nexthop_deliver(&t->relay->nexthop, &t->settings->nexthop, &to, &job, t->until, &result);
	for (size_t i = 0; i < g->n; i++)
		t->ret->outcome[g->v[i]] = result.outcome[i];
	t->ret->next_hop = arena_str(t->a, str_c(result.next_hop));
	t->ret->tls = arena_str(t->a, str_c(result.tls));
	t->ret->unreachable = result.unreachable && g->n == t->m->recipients.n;
	t->ret->dsn = result.dsn && g->n == t->m->recipients.n;
	note(t, &result.reply);
}

/* The recipients from first on that go where it goes; they count as settled. */
static struct group take_group(struct attempt *t, size_t first)
{
	struct group g = { .destination = t->rcpt[first].destination,
			   .domain = t->rcpt[first].to.domain,
			   .v = arena_array(t->a, size_t, t->m->recipients.n) };

	g.route = route_find(&t->settings->routes, g.domain);
	if (g.domain.n == 0)
		g.domain = t->settings->routes.own;
	for (size_t i = first; i < t->m->recipients.n; i++) {
		if (!t->rcpt[i].destination.p || !str_eq(t->rcpt[i].destination, g.destination))
			continue;
		t->rcpt[i].destination = STR_NULL;
		g.v[g.n++] = i;
	}
	return g;
}

static void deliver_groups(struct attempt *t)
{
	for (size_t i = 0; i < t->m->recipients.n; i++) {
		struct group g;

		if (!t->rcpt[i].destination.p)
			continue;
		g = take_group(t, i);
		if (g.route->to.kind == CONF_PEER_MAILDIR)
			by_maildir(t, &g);
		else if (g.route->to.kind == CONF_PEER_REJECT)
			rejected(t, &g);
		else
			by_next_hop(t, &g);
	}
}

static void deliver(struct attempt *t)
{
	if (!t->body.p)
		all(t, SMTPCLIENT_LATER, 451, STR("4.3.0 the message cannot be read"));
	else if (!smtpclient_body_is_strict(t->body))
		all(t, SMTPCLIENT_NEVER, 554, STR("5.6.0 the message holds a bare CR or LF"));
	else if (parse_envelope(t))
		deliver_groups(t);
}

static void count(const struct attempt *t, int64_t began)
{
	for (size_t i = 0; i < t->m->recipients.n; i++)
		metrics_add(t->ret->outcome[i] == SMTPCLIENT_DELIVERED
				    ? METRIC_relay_recipients_delivered
			    : t->ret->outcome[i] == SMTPCLIENT_NEVER
				    ? METRIC_relay_recipients_never
				    : METRIC_relay_recipients_later,
			    1);
	metrics_observe(METRIC_relay_attempt, (uint64_t)(clock_now_us() - began));
}

struct attempts_one *relay_attempt(struct relay *relay, struct arena *a,
				   const struct msg_deliver *m, str body)
{
	struct attempts_outcome end = { .next_hop = STR(""), .tls = STR("") };
	struct attempt t = { .relay = relay,
			     .settings = relay->settings,
			     .a = a,
			     .m = m,
			     .body = body,
			     .notes = { .arena = a },
			     .until = deadline_in(RELAY_MS),
			     .has_params = m->rcpt_params.n == m->recipients.n,
			     .ret = &end };
	struct attempts_one *one =
		attempts_begin(&relay->attempts, m->id, m->recipients.v, m->recipients.n, t.until);

	int64_t began = clock_now_us();

	if (one->end.outcome)
		return one;
	end.outcome = arena_array(a, uint64_t, m->recipients.n);
	deliver(&t);
	count(&t, began);
	end.reply = smtpreply_text(&t.reply);
	end.tls_results = t.notes.v;
	end.n_tls_results = t.notes.n;
	end.next_hop = str_sub(end.next_hop, 0, NEXT_HOP_MAX);
	attempts_note(one, &end);
	return one;
}

int relay_answer(void *ctx, struct chan *c, struct msg *m, struct arena *a)
{
	struct relay *relay = ctx;
	cleanup(fd_closep) int fd = msg_take_fd(m, 0);
	cleanup(fd_view_closep) struct fd_view file = { 0 };
	struct msg answer = { .type = MSG_delivered };
	struct attempts_one *one;
	str body = STR_NULL;
	uint64_t end;
	int r;

	if (m->type != MSG_deliver)
		return -EPROTO;
	if (fd_view_open(fd, a, MAX_FILE, &file, NULL) == 0 &&
	    add_ok(m->deliver.offset, m->deliver.size, &end) && end <= file.bytes.n)
		body = str_sub(file.bytes, m->deliver.offset, end);
	one = relay_attempt(relay, a, &m->deliver, body);
	answer.delivered = (struct msg_delivered){ .outcome = { one->end.outcome, one->n },
						   .next_hop = one->end.next_hop,
						   .reply = one->end.reply,
						   .tls = one->end.tls,
						   .tls_results = { one->end.tls_results,
								    one->end.n_tls_results },
						   .unreachable = one->end.unreachable,
						   .dsn = one->end.dsn };
	r = chan_send(c, &answer, NULL);
	attempts_end(&relay->attempts, one, r == 0);
	return r;
}

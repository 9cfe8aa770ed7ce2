#include "relay/relay.h"

#include "base/fd.h"
#include "relay/maildir.h"
#include "sys/metrics.h"

#include <errno.h>

enum { MAX_FILE = INT32_MAX };

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

/* One attempt. */
struct attempt {
	struct relay *relay;
	const struct relay_settings *settings;
	struct arena *a;
	const struct msg_deliver *m;
	struct address from, *to;
	bool *is_address;
	str body;
	deadline until;
	uint64_t *outcome;
	struct smtpreply reply; /* the most telling one */
};

static void note(struct attempt *t, const struct smtpreply *reply)
{
	if (t->reply.lines == 0 || (t->reply.code / 100 == 2 && reply->lines))
		t->reply = *reply;
}

static void all(struct attempt *t, uint64_t outcome, int code, str text)
{
	for (size_t i = 0; i < t->m->recipients.n; i++)
		t->outcome[i] = outcome;
	smtpreply_say(&t->reply, code, text);
}

static bool parse(struct arena *a, str s, struct address *ret)
{
	return address_parse_path(a, arena_fmt(a, "<%.*s>", STR_ARG(s)), true, ret, NULL) ==
	       ADDRESS_OK;
}

/* Envelope addresses come over a process border: only what parses is used. */
static bool parse_envelope(struct attempt *t)
{
	size_t n = t->m->recipients.n;

	t->to = arena_array(t->a, struct address, n);
	t->is_address = arena_array(t->a, bool, n);
	if (!parse(t->a, t->m->reverse_path, &t->from)) {
		all(t, SMTPCLIENT_NEVER, 550, STR("5.1.7 the return path is no address"));
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		t->is_address[i] =
			parse(t->a, t->m->recipients.v[i], &t->to[i]) && !address_is_null(t->to[i]);
		if (!t->is_address[i]) {
			t->outcome[i] = SMTPCLIENT_NEVER;
			smtpreply_say(&t->reply, 550, STR("5.1.3 the recipient is no address"));
		}
	}
	return true;
}

static str address_text(struct attempt *t, struct address address)
{
	struct strbuf b = strbuf_make(t->a, 2 * ADDRESS_LOCAL_MAX + ADDRESS_DOMAIN_MAX + 3);

	address_put(&b, address);
	return strbuf_str(&b);
}

static void by_maildir(struct attempt *t)
{
	const struct maildir_message m = { t->m->id, address_text(t, t->from), t->body };

	for (size_t i = 0; i < t->m->recipients.n; i++) {
		struct smtpreply reply;
		struct why why;
		int r;

		if (!t->is_address[i])
			continue;
		if (t->to[i].domain.n == 0)
			t->to[i].domain = t->settings->domain;
		r = maildir_deliver(t->settings->maildir_fd, &m, t->to[i], &why);
		t->outcome[i] = r < 0 ? SMTPCLIENT_LATER : SMTPCLIENT_DELIVERED;
		smtpreply_say(&reply, r < 0 ? 451 : 250,
			      r < 0 ? str_c(why.text) : STR("250 in the Maildir"));
		if (r == MAILDIR_E_NAME) {
			t->outcome[i] = SMTPCLIENT_NEVER;
			smtpreply_say(&reply, 550, str_c(why.text));
		}
		note(t, &reply);
	}
}

/* The recipients [from, to) that are addresses, in one transaction. */
static void transaction(struct attempt *t, size_t from, size_t to)
{
	str recipients[SMTPCLIENT_RECIPIENTS];
	uint64_t outcome[SMTPCLIENT_RECIPIENTS];
	size_t at[SMTPCLIENT_RECIPIENTS];
	struct smtpclient_job job = { .reverse_path = address_text(t, t->from),
				      .recipients = recipients,
				      .body = t->body,
				      .body_8bit = t->m->body_8bit,
				      .smtputf8 = t->m->smtputf8 };
	struct smtpreply reply;

	for (size_t i = from; i < to; i++) {
		if (!t->is_address[i])
			continue;
		at[job.n_recipients] = i;
		recipients[job.n_recipients++] = address_text(t, t->to[i]);
	}
	if (job.n_recipients == 0)
		return;
	nexthop_deliver(&t->relay->nexthop, &t->settings->nexthop, &job, t->until, outcome, &reply);
	for (size_t i = 0; i < job.n_recipients; i++)
		t->outcome[at[i]] = outcome[i];
	note(t, &reply);
}

static void by_next_hop(struct attempt *t)
{
	size_t n = t->m->recipients.n;

	for (size_t at = 0; at < n; at += SMTPCLIENT_RECIPIENTS)
		transaction(t, at, at + SMTPCLIENT_RECIPIENTS < n ? at + SMTPCLIENT_RECIPIENTS : n);
}

static void deliver(struct attempt *t)
{
	if (!parse_envelope(t))
		return;
	if (!smtpclient_body_is_strict(t->body))
		all(t, SMTPCLIENT_NEVER, 554, STR("5.6.0 the message holds a bare CR or LF"));
	else if (t->settings->maildir)
		by_maildir(t);
	else
		by_next_hop(t);
}

static void count(const struct attempt *t, int64_t began)
{
	for (size_t i = 0; i < t->m->recipients.n; i++)
		metrics_add(t->outcome[i] == SMTPCLIENT_DELIVERED
				    ? METRIC_relay_recipients_delivered
			    : t->outcome[i] == SMTPCLIENT_NEVER ? METRIC_relay_recipients_never
								: METRIC_relay_recipients_later,
			    1);
	metrics_observe(METRIC_relay_attempt, (uint64_t)(clock_now_us() - began));
}

struct attempts_one *relay_attempt(struct relay *relay, struct arena *a,
				   const struct msg_deliver *m, str body)
{
	struct attempt t = { .relay = relay,
			     .settings = relay->settings,
			     .a = a,
			     .m = m,
			     .body = body,
			     .until = deadline_in(RELAY_MS) };
	int64_t began;
	struct attempts_one *one =
		attempts_begin(&relay->attempts, m->id, m->recipients.v, m->recipients.n, t.until);

	if (one->outcome)
		return one;
	began = clock_now_us();
	t.outcome = arena_array(a, uint64_t, m->recipients.n);
	if (body.p)
		deliver(&t);
	else
		all(&t, SMTPCLIENT_LATER, 451, STR("4.3.0 the message cannot be read"));
	count(&t, began);
	attempts_note(one, t.outcome, str_sub(t.settings->nexthop.text, 0, 256),
		      smtpreply_text(&t.reply));
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
	answer.delivered.outcome = (struct msg_nums){ one->outcome, one->n };
	answer.delivered.next_hop = one->next_hop;
	answer.delivered.reply = one->reply;
	r = chan_send(c, &answer, NULL);
	attempts_end(&relay->attempts, one, r == 0);
	return r;
}

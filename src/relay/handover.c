#include "relay/handover.h"

#include "base/fd.h"
#include "mail/bodyparts.h"

#include <errno.h>
#include <stdatomic.h>

static str join(struct arena *a, const struct bodyparts *parts)
{
	char *p = arena_alloc(a, parts->size + 1), *at = p;

	for (size_t i = 0; i < parts->n; i++)
		at = mempcpy(at, parts->v[i].iov_base, parts->v[i].iov_len);
	return str_of(p, parts->size);
}

/* The message as it goes out; p == NULL when it cannot be had here. */
static str compose(struct arena *a, const struct msg_handover *m, int fd)
{
	cleanup(fd_view_closep) struct fd_view message = { 0 };
	struct bodyparts parts;

	if (msg_mail(m->bytes, fd, a, HANDOVER_MAX_BYTES, &message, NULL) < 0 ||
	    !bodyparts_make(a, m->prepend, message.bytes, m->cuts.v, m->cuts.n, &parts))
		return STR_NULL;
	return join(a, &parts);
}

static struct msg_deliver as_deliver(const struct msg_handover *m)
{
	return (struct msg_deliver){ .id = m->id,
				     .reverse_path = m->reverse_path,
				     .recipients = m->recipients,
				     .body_8bit = m->body_8bit,
				     .smtputf8 = m->smtputf8,
				     .mail_params = m->mail_params,
				     .rcpt_params = m->rcpt_params,
				     .tls_wish = m->tls_wish };
}

/* Recipients at different destinations would wait for each other, and the sender for all. */
static bool goes_one_way(const struct relay *relay, struct arena *a, const struct msg_texts *to)
{
	const struct relay_settings *settings = relay->settings;
	str first = STR_NULL;

	for (size_t i = 0; i < to->n; i++) {
		size_t at = str_rchr(to->v[i], '@');
		str domain = at == STR_NONE ? STR("") : str_skip(to->v[i], at + 1);
		str destination = route_destination(a, &settings->routes, domain);

		if (i > 0 && !str_eq(destination, first))
			return false;
		first = destination;
	}
	return true;
}

/* False, and nothing is taken: too much is under way. */
static bool take_room(struct relay *relay, uint64_t bytes)
{
	if (atomic_fetch_add(&relay->handed_bytes, bytes) + bytes <= HANDOVER_ALL_BYTES)
		return true;
	atomic_fetch_sub(&relay->handed_bytes, bytes);
	return false;
}

static int try_it(struct relay *relay, struct chan *c, const struct msg_handover *m, int fd,
		  struct arena *a)
{
	struct msg answer = { .type = MSG_handed };
	struct attempts_one *one;
	struct msg_deliver d;
	str body = compose(a, m, fd);
	int r;

	if (!body.p)
		return chan_send(c, &answer, NULL);
	d = as_deliver(m);
	one = relay_attempt(relay, a, &d, body);
	answer.handed.outcome = (struct msg_nums){ one->end.outcome, one->n };
	answer.handed.next_hop = one->end.next_hop;
	answer.handed.reply = one->end.reply;
	answer.handed.tls = one->end.tls;
	answer.handed.tls_results =
		(struct msg_texts){ one->end.tls_results, one->end.n_tls_results };
	answer.handed.unreachable = one->end.unreachable;
	r = chan_send(c, &answer, NULL);
	attempts_end(&relay->attempts, one, r == 0);
	return r;
}

int handover_answer(void *ctx, struct chan *c, struct msg *m, struct arena *a)
{
	cleanup(fd_closep) int fd = msg_take_fd(m, 0);
	const struct msg not_tried = { .type = MSG_handed };
	struct relay *relay = ctx;
	uint64_t bytes;
	int r;

	if (m->type != MSG_handover)
		return -EPROTO;
	bytes = m->handover.size;
	if (bytes > HANDOVER_MAX_BYTES || !goes_one_way(relay, a, &m->handover.recipients) ||
	    !take_room(relay, bytes + HANDOVER_EACH_BYTES))
		return chan_send(c, &not_tried, NULL);
	r = try_it(relay, c, &m->handover, fd, a);
	atomic_fetch_sub(&relay->handed_bytes, bytes + HANDOVER_EACH_BYTES);
	return r;
}

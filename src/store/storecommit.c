#include "store/storecommit.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"

#include <errno.h>

static str disposition_name(uint64_t d)
{
	static const str names[SPOOL_DISPOSITIONS] = {
		[SPOOL_DELIVER] = { "deliver", 7 },
		[SPOOL_QUARANTINE] = { "quarantine", 10 },
		[SPOOL_RECORD_ONLY] = { "refused", 7 },
		[SPOOL_DISCARD] = { "discarded", 9 },
	};

	return names[d];
}

static struct spoolmeta make_meta(const struct msg_commit *m, struct spool_id id)
{
	return (struct spoolmeta){
		.id = id,
		.client_ip = m->client_ip,
		.helo = m->helo,
		.reverse_path = m->reverse_path,
		.recipients = m->recipients.v,
		.n_recipients = m->recipients.n,
		.received_at = (int64_t)m->received_at,
		.queued_at = clock_wall(),
		.body_8bit = m->body_8bit,
		.smtputf8 = m->smtputf8,
		.from = m->from,
		.subject = m->subject,
		.record = m->record,
	};
}

static void record(struct store *s, const struct msg_commit *m, uint64_t size)
{
	const struct history_message h = {
		.mid = m->mid,
		.at = (int64_t)m->received_at,
		.disposition = disposition_name(m->disposition),
		.client_ip = m->client_ip,
		.helo = m->helo,
		.reverse_path = m->reverse_path,
		.recipients = m->recipients.v,
		.n_recipients = m->recipients.n,
		.from = m->from,
		.subject = m->subject,
		.size = size,
		.record = m->record,
	};

	if (s->has_history)
		history_add(&s->history, &h);
}

/* The same message again, after a restart: it is in the queue unless it was never put there. */
static bool is_queued(struct store *s, struct spool_id id)
{
	bool found;

	pthread_mutex_lock(&s->lock);
	found = queue_find(&s->queue, id) != NULL;
	pthread_mutex_unlock(&s->lock);
	return found;
}

static int keep(struct store *s, struct arena *a, const struct msg_commit *m, struct spool_id id,
		const struct bodyparts *body, struct why *why)
{
	struct spoolmeta meta = make_meta(m, id);
	int64_t now = clock_wall_ms();
	int r;

	if (m->disposition == SPOOL_QUARANTINE) {
		r = store_hold(s, a, meta, body, STR("policy"), STR("judged so on arrival"), why);
		if (r == 0)
			record(s, m, body->size);
		return r;
	}
	r = spool_commit(&s->spool, a, &meta, body, why);
	if (r < 0 || (r == SPOOL_E_ALREADY && is_queued(s, id)))
		return r < 0 ? r : 0;
	record(s, m, body->size);
	store_enqueue(s, id, now, 0, now);
	return 0;
}

/* Negative errno is a status for the asker; -EPROTO is his fault. */
static int commit(struct store *s, struct arena *a, const struct msg_commit *m, int fd,
		  struct why *why)
{
	cleanup(fd_unmapp) str message = STR_NULL;
	struct bodyparts body;
	struct spool_id id;
	int r;

	if (!spoolid_parse(m->mid, &id) || m->disposition >= SPOOL_DISPOSITIONS ||
	    m->recipients.n == 0)
		return why_set(why, -EPROTO, "commit: id, disposition or recipients");
	if (m->disposition == SPOOL_RECORD_ONLY || m->disposition == SPOOL_DISCARD) {
		record(s, m, 0);
		return 0;
	}
	if (fd < 0 || !fd_is_sealed(fd))
		return why_set(why, -EPROTO, "commit: no sealed message");
	r = fd_map(fd, INT32_MAX, &message, why);
	if (r < 0)
		return r;
	if (!bodyparts_make(a, m->prepend, message, m->cuts.v, m->cuts.n, &body))
		return why_set(why, -EPROTO, "commit: cuts");
	return keep(s, a, m, id, &body, why);
}

int storecommit_answer(void *ctx, struct chan *c, struct msg *m, struct arena *a)
{
	cleanup(fd_closep) int fd = msg_take_fd(m, 0);
	struct msg answer = { .type = MSG_committed };
	struct why why = { "" };
	int r;

	if (m->type != MSG_commit)
		return -EPROTO;
	r = commit(ctx, a, &m->commit, fd, &why);
	if (r < 0)
		log_event("store.commit_failed", F_STR("mid", m->commit.mid), F_INT("errno", -r),
			  F_C("why", why.text));
	if (r == -EPROTO)
		return r;
	answer.committed.status = (uint64_t)-r;
	answer.committed.why = str_sub(str_c(why.text), 0, 512);
	return chan_send(c, &answer, &why);
}

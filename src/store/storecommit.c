#include "store/storecommit.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "store/exportdesk.h"
#include "store/keptdesk.h"
#include "store/reportdesk.h"
#include "store/storereports.h"
#include "sys/metrics.h"
#include "sys/stream.h"

#include <errno.h>
#include <poll.h>

static str disposition_name(uint64_t d)
{
	static const str names[SPOOL_DISPOSITIONS] = {
		[SPOOL_DELIVER] = { "deliver", 7 },	[SPOOL_QUARANTINE] = { "quarantine", 10 },
		[SPOOL_RECORD_ONLY] = { "refused", 7 }, [SPOOL_HANDED_OVER] = { "deliver", 7 },
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
		.tls_wish = (enum tls_wish)m->tls_wish,
		.mail_params = m->mail_params,
		.rcpt_params = m->rcpt_params.n ? m->rcpt_params.v : NULL,
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
		.action = m->action,
		.score = (int64_t)m->score,
		.record = m->record,
	};

	if (s->has_history)
		history_add(&s->history, &h);
}

/* A message that is not kept here: refused, discarded, or delivered already. */
static int note(struct store *s, const struct msg_noted *m)
{
	bool handed = m->disposition == SPOOL_HANDED_OVER;
	struct spool_id id;

	if (!spoolid_parse(m->mid, &id) || m->disposition >= SPOOL_DISPOSITIONS)
		return -EPROTO;
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
		.size = m->size,
		.action = m->action,
		.score = (int64_t)m->score,
		.record = m->record,
		.state = handed ? STR("delivered") : STR(""),
		.state_at = (int64_t)m->at,
		.next_hop = m->next_hop,
		.reply = m->reply,
	};

	if (s->has_history)
		history_add(&s->history, &h);
	reportdesk_count(s, m->report_domain, m->report_head, m->report_row);
	reportdesk_count_tls(s, &m->tls_results);
	return 0;
}

/* What a commit has put on disk, until the asker knows. */
struct kept {
	struct spool_id id;
	struct spoolmeta meta; /* borrows from the message */
	uint64_t size;
	bool in_spool, in_quarantine; /* new there */
};

/* What is accepted must be scheduled, too. */
static bool has_room(struct store *s)
{
	bool r;

	pthread_mutex_lock(&s->lock);
	r = queue_has_room(&s->queue);
	pthread_mutex_unlock(&s->lock);
	return r;
}

static int keep(struct store *s, struct arena *a, const struct msg_commit *m, struct spool_id id,
		const struct bodyparts *body, struct kept *ret, struct why *why)
{
	struct spoolmeta meta = make_meta(m, id);
	int r;

	ret->id = id;
	ret->meta = meta;
	ret->size = body->size;
	if (m->disposition == SPOOL_QUARANTINE) {
		r = store_hold(s, a, meta, body, STR("policy"), STR("judged so on arrival"), why);
		ret->in_quarantine = r == 0;
		return r;
	}
	if (!has_room(s))
		return why_set(why, -ENOSPC, "the queue is full");
	r = spool_commit(&s->spool, a, &meta, body, why);
	if (r < 0)
		return r;
	/* The same message again: it is in the queue unless it was never put there. */
	ret->in_spool = r == SPOOL_OK || !store_is_queued(s, id);
	return 0;
}

static void settle(struct store *s, const struct msg_commit *m, const struct kept *k)
{
	if (k->in_spool || k->in_quarantine) {
		record(s, m, k->size);
		reportdesk_count(s, m->report_domain, m->report_head, m->report_row);
		reportdesk_count_tls(s, &m->tls_results);
	}
	if (k->in_spool)
		store_enqueue_new(s, &k->meta);
}

/* One question at a time: what comes before the answer is the end of the lane. */
static bool has_left(const struct chan *c)
{
	return stream_wait(chan_fd(c), POLLIN, deadline_in(0), NULL) == STREAM_OK;
}

/* The asker gave up before it was kept, so the stranger was told to come again and will. */
static void withdraw(struct store *s, const struct kept *k)
{
	struct why why = { "" };
	int r = 0;

	if (k->in_spool)
		r = spool_done(&s->spool, k->id, &why);
	else if (k->in_quarantine)
		r = quarantine_drop(&s->quarantine, k->id, &why);
	else
		return;
	log_event("store.withdrawn", F_C("mid", k->id.text),
		  F_C("why", r < 0 ? why.text : "nobody waits for it"));
}

/* Negative errno is a status for the asker; -EPROTO is his fault. */
static int commit(struct store *s, struct arena *a, const struct msg_commit *m, int fd,
		  struct kept *ret, struct why *why)
{
	cleanup(fd_unmapp) str message = STR_NULL;
	struct bodyparts body;
	struct spool_id id;
	int r;

	if (!spoolid_parse(m->mid, &id) ||
	    (m->disposition != SPOOL_DELIVER && m->disposition != SPOOL_QUARANTINE) ||
	    m->recipients.n == 0 || m->tls_wish >= TLS_WISHES ||
	    (m->rcpt_params.n && m->rcpt_params.n != m->recipients.n))
		return why_set(why, -EPROTO, "commit: id, disposition, recipients or wishes");
	if (fd < 0 || !fd_is_sealed(fd))
		return why_set(why, -EPROTO, "commit: no sealed message");
	r = fd_map(fd, INT32_MAX, &message, why);
	if (r < 0)
		return r;
	if (!bodyparts_make(a, m->prepend, message, m->cuts.v, m->cuts.n, &body))
		return why_set(why, -EPROTO, "commit: cuts");
	return keep(s, a, m, id, &body, ret, why);
}

int storecommit_answer(void *ctx, struct chan *c, struct msg *m, struct arena *a)
{
	cleanup(fd_closep) int fd = msg_take_fd(m, 0);
	struct msg answer = { .type = MSG_committed };
	struct why why = { "" };
	struct kept kept = { 0 };
	int64_t began = clock_now_us();
	int r;

	if (m->type == MSG_noted)
		return note(ctx, &m->noted);
	if (m->type == MSG_reported)
		return storereports_take(ctx, a, &m->reported, take_fd(fd));
	if (m->type == MSG_kept)
		return keptdesk_take(ctx, a, &m->kept, take_fd(fd));
	if (m->type == MSG_exported)
		return exportdesk_take(ctx, a, &m->exported, take_fd(fd));
	if (m->type != MSG_commit)
		return -EPROTO;
	r = commit(ctx, a, &m->commit, fd, &kept, &why);
	metrics_add(r < 0 ? METRIC_store_commits_failed : METRIC_store_commits_done, 1);
	metrics_observe(METRIC_store_commit, (uint64_t)(clock_now_us() - began));
	if (r < 0)
		log_event("store.commit_failed", F_STR("mid", m->commit.mid), F_INT("errno", -r),
			  F_C("why", why.text));
	if (r == -EPROTO)
		return r;
	answer.committed.status = (uint64_t)-r;
	answer.committed.why = str_sub(str_c(why.text), 0, 512);
	if (r == 0 && has_left(c)) {
		withdraw(ctx, &kept);
		return -EPIPE;
	}
	settle(ctx, &m->commit, &kept);
	return chan_send(c, &answer, &why);
}

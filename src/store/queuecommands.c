#include "store/queuecommands.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/num.h"
#include "store/parts.h"
#include "store/stats.h"

#include <errno.h>

enum { LINE_MAX_BYTES = 4 << 20, LINE_BUDGET = 16 << 20 };

/* The words behind a command. */
struct wishes {
	str destination, state, recipient; /* p is NULL: any */
	int64_t older_than_s;
	bool all, held, yes, summary;
	const str *ids;
	size_t n;
};

static bool has_value(str word, str name, str *ret)
{
	if (!str_starts(word, name))
		return false;
	*ret = str_skip(word, name.n);
	return true;
}

static bool read_option(struct wishes *w, str word)
{
	str older = STR_NULL;
	uint64_t seconds;

	if (str_eq(word, STR("--all")))
		return w->all = true;
	if (str_eq(word, STR("--held")))
		return w->held = true;
	if (str_eq(word, STR("--yes")))
		return w->yes = true;
	if (str_eq(word, STR("--summary")))
		return w->summary = true;
	if (!has_value(word, STR("--older-than="), &older))
		return has_value(word, STR("--destination="), &w->destination) ||
		       has_value(word, STR("--state="), &w->state) ||
		       has_value(word, STR("--recipient="), &w->recipient);
	if (!num_u64_max(older, INT32_MAX, &seconds))
		return false;
	w->older_than_s = (int64_t)seconds;
	return true;
}

/* False: an unknown option; the answer says so. */
static bool read_words(struct question *q, struct wishes *w)
{
	str *ids = arena_array(q->a, str, q->n);

	*w = (struct wishes){ .ids = ids };
	for (size_t i = 0; i < q->n; i++) {
		if (!str_starts(q->ids[i], STR("--"))) {
			ids[w->n++] = q->ids[i];
		} else if (!read_option(w, q->ids[i])) {
			question_say(q, QUESTION_USAGE, STR("unknown option"));
			return false;
		}
	}
	return true;
}

/* --- the queue, copied in slices */

/* A message as it stood when it was looked at. */
struct look {
	struct spool_id id;
	const char *state;
	int64_t next; /* seconds since 1970, 0: not while it is held */
	uint32_t attempts;
};

static struct look look_at(const struct queue_message *m, struct queue_time t)
{
	struct look look = { .id = m->id, .state = stats_state_name(stats_state(m)) };
	int64_t next = INT64_MAX;

	list_each (&m->parts, link) {
		const struct queue_entry *e = list_entry(link, struct queue_entry, link);
		int64_t at = e->due_at;

		if (e->to->failures && e->to->probe_at > at)
			at = e->to->probe_at;
		if (at < next)
			next = at;
		if (e->attempts > look.attempts)
			look.attempts = e->attempts;
	}
	if (next != INT64_MAX && !m->held)
		look.next = (t.wall + (next > t.now ? next - t.now : 0)) / 1000;
	return look;
}

static bool fits(const struct wishes *w, struct queue_message *m, struct queue_time t)
{
	return (!w->destination.p || queue_part(m, w->destination)) &&
	       (!w->state.p || str_eq(w->state, str_c(stats_state_name(stats_state(m))))) &&
	       t.wall - m->queued_at >= w->older_than_s * 1000;
}

/* The next messages that fit; false: none is left. */
static bool next_slice(struct store *s, struct queue_walker *walker, const struct wishes *w,
		       struct look *ret, size_t *ret_n)
{
	struct queue_time t = store_time();
	struct queue_message *m = NULL;

	*ret_n = 0;
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < QUEUECOMMANDS_SLICE && (m = queue_walk(&s->queue, walker)); i++) {
		if (fits(w, m, t))
			ret[(*ret_n)++] = look_at(m, t);
	}
	pthread_mutex_unlock(&s->lock);
	return m != NULL || *ret_n > 0;
}

/* Calls on_one for each message that fits, outside the lock; stops when it fails. */
static int each_fitting(struct question *q, const struct wishes *w,
			int (*on_one)(struct question *q, const struct wishes *w,
				      const struct look *look))
{
	struct look *slice = arena_array(q->a, struct look, QUEUECOMMANDS_SLICE);
	struct queue_walker walker;
	size_t n;
	int r = 0;

	pthread_mutex_lock(&q->s->lock);
	queue_walk_begin(&q->s->queue, &walker);
	pthread_mutex_unlock(&q->s->lock);
	while (r >= 0 && next_slice(q->s, &walker, w, slice, &n)) {
		for (size_t i = 0; i < n && r >= 0; i++)
			r = on_one(q, w, &slice[i]);
	}
	pthread_mutex_lock(&q->s->lock);
	queue_walk_end(&walker);
	pthread_mutex_unlock(&q->s->lock);
	return r;
}

/* --- list, show */

static void put_time(struct strbuf *b, const char *name, int64_t wall)
{
	strbuf_fmt(b, ",\"%s\":\"", name);
	clock_put_rfc3339(b, wall);
	strbuf_char(b, '"');
}

static void put_text(struct strbuf *b, const char *name, str text)
{
	strbuf_fmt(b, ",\"%s\":", name);
	strbuf_json(b, text);
}

static void put_recipients(struct strbuf *b, const char *name, const struct spoolmeta *m,
			   const struct spool_state *state, unsigned which)
{
	bool first = true;

	strbuf_fmt(b, ",\"%s\":[", name);
	for (size_t i = 0; i < m->n_recipients; i++) {
		if (!(which & 1u << state->recipients[i]))
			continue;
		if (!first)
			strbuf_char(b, ',');
		strbuf_json(b, m->recipients[i]);
		first = false;
	}
	strbuf_char(b, ']');
}

static void put_each(struct strbuf *b, struct arena *a, const struct store_settings *c,
		     const struct spoolmeta *m, const struct spool_state *state)
{
	static const char *const names[SPOOL_RECIPIENT_STATES] = { [SPOOL_PENDING] = "pending",
								   [SPOOL_DONE] = "delivered",
								   [SPOOL_FAILED] = "failed",
								   [SPOOL_TOLD] =
									   "failed, sender told" };
	const str *destinations = parts_destinations(a, c, m);

	strbuf_put(b, STR(",\"each\":["));
	for (size_t i = 0; i < m->n_recipients; i++) {
		const struct spool_progress *p = &state->progress[i];

		strbuf_put(b, i ? STR(",{\"recipient\":") : STR("{\"recipient\":"));
		strbuf_json(b, m->recipients[i]);
		strbuf_fmt(b, ",\"state\":\"%s\"", names[state->recipients[i]]);
		put_text(b, "destination", destinations[i]);
		strbuf_fmt(b, ",\"attempts\":%u", p->attempts);
		if (p->next_at && state->recipients[i] == SPOOL_PENDING)
			put_time(b, "next", p->next_at);
		put_text(b, "next_hop", p->next_hop);
		put_text(b, "reply", p->reply);
		strbuf_char(b, '}');
	}
	strbuf_char(b, ']');
}

static str last_reply(const struct spoolmeta *m, const struct spool_state *state)
{
	str reply = STR("");

	for (size_t i = 0; i < m->n_recipients; i++) {
		if (state->recipients[i] == SPOOL_PENDING && state->progress[i].reply.n)
			reply = state->progress[i].reply;
	}
	return reply;
}

static str queue_line(struct question *q, struct arena *a, const struct spoolmeta *m,
		      const struct spool_state *state, const struct look *look, bool whole)
{
	struct strbuf b = strbuf_make(a, LINE_MAX_BYTES);

	strbuf_put(&b, STR("{\"id\":"));
	strbuf_json(&b, str_c(m->id.text));
	put_text(&b, "state", str_c(look->state));
	put_time(&b, "received", m->received_at);
	put_time(&b, "queued", m->queued_at);
	if (look->next)
		put_time(&b, "next", look->next);
	strbuf_fmt(&b, ",\"attempts\":%u,\"size\":%llu", look->attempts,
		   (unsigned long long)m->body_size);
	put_text(&b, "reverse_path", m->reverse_path);
	put_recipients(&b, "recipients", m, state, 1u << SPOOL_PENDING);
	put_text(&b, "from", m->from);
	put_text(&b, "subject", m->subject);
	put_text(&b, "reply", last_reply(m, state));
	if (whole) {
		put_text(&b, "client_ip", m->client_ip);
		put_recipients(&b, "delivered", m, state, 1u << SPOOL_DONE);
		put_recipients(&b, "failed", m, state, 1u << SPOOL_FAILED | 1u << SPOOL_TOLD);
		strbuf_fmt(&b, ",\"warned\":%s", state->warned ? "true" : "false");
		put_each(&b, a, q->s->settings, m, state);
	}
	strbuf_char(&b, '}');
	return strbuf_str(&b);
}

static bool has_recipient(const struct spoolmeta *m, str recipient)
{
	for (size_t i = 0; i < m->n_recipients; i++) {
		if (str_caseeq(m->recipients[i], recipient))
			return true;
	}
	return false;
}

static int put_entry(struct question *q, const struct wishes *w, const struct look *look,
		     bool whole)
{
	cleanup(arena_freep) struct arena *a = arena_new("queue line", LINE_BUDGET);
	struct spool_state state;
	struct spoolmeta m;
	int r = spool_peek(&q->s->spool, a, look->id, &m, &state, &q->why);

	if (r == SPOOL_E_ABSENT || r == SPOOL_E_CORRUPT)
		return 0; /* delivered in the meantime, or reported when it is tried */
	if (r < 0 || (w->recipient.p && !has_recipient(&m, w->recipient)))
		return r;
	return question_put_line(q, queue_line(q, a, &m, &state, look, whole));
}

static int list_one(struct question *q, const struct wishes *w, const struct look *look)
{
	return put_entry(q, w, look, false);
}

static int put_destination(void *question, const struct stats_destination *d)
{
	struct question *q = question;
	struct strbuf b = strbuf_make(q->a, LINE_MAX_BYTES);

	strbuf_put(&b, STR("{\"destination\":"));
	strbuf_json(&b, d->name);
	strbuf_fmt(&b,
		   ",\"messages\":%zu,\"delivering\":%zu,\"held\":%zu,\"connections\":%zu,"
		   "\"reachable\":%s",
		   d->parts, d->delivering, d->held, d->limit, d->failures ? "false" : "true");
	if (d->oldest)
		put_time(&b, "oldest", d->oldest);
	if (d->next_probe)
		put_time(&b, "next_probe", d->next_probe);
	put_text(&b, "reply", d->reply);
	strbuf_char(&b, '}');
	return question_put_line(q, strbuf_str(&b));
}

void queuecommands_list(struct question *q)
{
	struct wishes w;
	int r;

	if (!read_words(q, &w))
		return;
	r = w.summary ? stats_destinations(q->s, q->a, put_destination, q)
		      : each_fitting(q, &w, list_one);
	if (r < 0)
		question_fail(q);
	else
		question_hand_over(q);
}

static bool find(struct question *q, str word, struct look *ret)
{
	struct queue_message *m = NULL;
	struct spool_id id;

	pthread_mutex_lock(&q->s->lock);
	if (spoolid_parse(word, &id))
		m = queue_find(&q->s->queue, id);
	if (m)
		*ret = look_at(m, store_time());
	pthread_mutex_unlock(&q->s->lock);
	if (!m)
		question_absent(q, word);
	return m != NULL;
}

void queuecommands_show(struct question *q)
{
	const struct wishes any = { 0 };
	struct look look;

	if (!find(q, q->ids[0], &look))
		return;
	if (put_entry(q, &any, &look, true) < 0)
		question_fail(q);
	else
		question_hand_over(q);
}

static int put_body(struct question *q, const struct spool_message *m)
{
	cleanup(fd_unmapp) str file = STR_NULL;
	int r = fd_map(m->fd, SIZE_MAX, &file, &q->why);

	return r < 0 ? r : question_put(q, str_skip(file, m->offset));
}

void queuecommands_message(struct question *q)
{
	struct spool_message m;
	struct look look;
	int r;

	if (!find(q, q->ids[0], &look))
		return;
	r = spool_read(&q->s->spool, q->a, look.id, &m, &q->why);
	if (r == SPOOL_OK) {
		r = put_body(q, &m);
		fd_close(m.fd);
	}
	if (r == SPOOL_E_ABSENT)
		question_absent(q, q->ids[0]);
	else if (r != SPOOL_OK)
		question_fail(q);
	else
		question_hand_over(q);
}

/* --- hold, release */

/* In memory and on disk. 1: there is no such message. */
static int set_held(struct question *q, struct spool_id id, bool held)
{
	cleanup(arena_freep) struct arena *a = arena_new("queue hold", LINE_BUDGET);
	struct store *s = q->s;
	struct queue_message *m;
	struct spool_state state;
	struct spoolmeta meta;
	int r = 0;

	store_lock_state(s, id);
	pthread_mutex_lock(&s->lock);
	m = queue_find(&s->queue, id);
	if (m && held)
		queue_hold(&s->queue, m, store_time());
	else if (m)
		queue_release(&s->queue, m, store_time());
	pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
	if (m)
		r = spool_peek(&s->spool, a, id, &meta, &state, &q->why);
	if (m && r == SPOOL_OK) {
		state.held = held;
		r = spool_put_state(&s->spool, a, id, &state, &q->why);
	}
	store_unlock_state(s, id);
	if (!m || r == SPOOL_E_ABSENT)
		return 1;
	if (r == 0)
		log_event("queue.held", F_C("mid", id.text), F_INT("held", held));
	return r;
}

static int hold_one(struct question *q, const struct wishes *w unused_arg, const struct look *look)
{
	int r = set_held(q, look->id, true);

	return r == 1 ? 0 : r;
}

static int release_one(struct question *q, const struct wishes *w unused_arg,
		       const struct look *look)
{
	int r = set_held(q, look->id, false);

	return r == 1 ? 0 : r;
}

/* False when the answer says why not. */
static bool each_id(struct question *q, const struct wishes *w,
		    int (*on_one)(struct question *q, const struct wishes *w,
				  const struct look *look))
{
	for (size_t i = 0; i < w->n; i++) {
		struct look look;

		if (!find(q, w->ids[i], &look))
			return false;
		if (on_one(q, w, &look) < 0) {
			question_fail(q);
			return false;
		}
	}
	return true;
}

void queuecommands_hold(struct question *q)
{
	struct wishes w;

	if (!read_words(q, &w))
		return;
	if (w.n == 0 && !w.all && !w.destination.p) {
		question_say(q, QUESTION_USAGE, STR("which messages?"));
		return;
	}
	if (!each_id(q, &w, hold_one))
		return;
	if (w.n == 0 && each_fitting(q, &w, hold_one) < 0)
		question_fail(q);
	else
		question_say(q, QUESTION_DONE, STR("held"));
}

/* --- retry */

static void hurry(struct store *s, struct spool_id id, str destination, bool urgent)
{
	struct queue_message *m;

	pthread_mutex_lock(&s->lock);
	m = queue_find(&s->queue, id);
	if (m) {
		list_each (&m->parts, link) {
			struct queue_entry *e = list_entry(link, struct queue_entry, link);

			if (!destination.p || str_eq(queue_name(e->to), destination))
				queue_hurry(&s->queue, e, urgent, store_time());
		}
	}
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

static int retry_one(struct question *q, const struct wishes *w, const struct look *look)
{
	hurry(q->s, look->id, w->destination, false);
	return 0;
}

/* Asked for by its id: held or not, and before others. */
static int retry_named(struct question *q, const struct wishes *w, const struct look *look)
{
	int r = 0;

	if (str_eq(str_c(look->state), STR("held")))
		r = release_one(q, w, look);
	hurry(q->s, look->id, STR_NULL, true);
	return r;
}

void queuecommands_retry(struct question *q)
{
	struct wishes w;
	int r = 0;

	if (!read_words(q, &w) || !each_id(q, &w, retry_named))
		return;
	if (w.n == 0 && w.held) {
		w.state = STR("held");
		r = each_fitting(q, &w, release_one);
		w.state = STR_NULL;
	}
	if (w.n == 0 && r >= 0)
		r = each_fitting(q, &w, retry_one);
	if (r < 0)
		question_fail(q);
	else if (w.n)
		question_say(q, QUESTION_DONE, arena_fmt(q->a, "retried: %zu", w.n));
	else
		question_say(q, QUESTION_DONE, STR("retried"));
}

/* --- drop */

/* Out of the queue first: what is on disk and in no queue nobody takes. */
static int drop_one(struct question *q, const struct wishes *w unused_arg, const struct look *look)
{
	struct store *s = q->s;
	struct queue_message *m;
	bool is_out = false;
	int r = 0;

	store_lock_state(s, look->id);
	pthread_mutex_lock(&s->lock);
	m = queue_find(&s->queue, look->id);
	if (m && m->taken)
		is_out = true;
	else if (m)
		queue_drop(&s->queue, m, store_time());
	pthread_mutex_unlock(&s->lock);
	if (is_out)
		r = why_set(&q->why, -EBUSY, "%s: is being delivered; hold it first",
			    look->id.text);
	else if (m)
		r = spool_done(&s->spool, look->id, &q->why);
	store_unlock_state(s, look->id);
	if (m && r == 0) {
		store_note(s, look->id, STR("dropped"), STR(""), STR(""));
		log_event("queue.dropped", F_C("mid", look->id.text));
	}
	return r;
}

static int show_one(struct question *q, const struct wishes *w, const struct look *look)
{
	return put_entry(q, w, look, false);
}

void queuecommands_drop(struct question *q)
{
	struct wishes w;

	if (!read_words(q, &w))
		return;
	if (w.n == 0)
		question_say(q, QUESTION_USAGE, STR("which messages?"));
	else if (!w.yes && each_id(q, &w, show_one))
		question_hand_over(q);
	else if (w.yes && each_id(q, &w, drop_one))
		question_say(q, QUESTION_DONE, arena_fmt(q->a, "dropped: %zu", w.n));
}

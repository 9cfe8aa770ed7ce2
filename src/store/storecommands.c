#include "store/storecommands.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"

#include <errno.h>

enum { LINE_MAX_BYTES = 2 << 20 };

/* One question while it is answered. */
struct question {
	struct store *s;
	struct arena *a;
	const str *ids; /* the words behind the command */
	size_t n;
	int doc; /* a memfd once something was put, or -1 */
	struct why why;
	struct ctlserver_answer *ret;
};

static void say(struct question *q, int status, str text)
{
	q->ret->status = status;
	q->ret->text = text;
}

static void fail(struct question *q)
{
	say(q, STORECOMMANDS_ENVIRONMENT, arena_str(q->a, str_c(q->why.text)));
}

static void absent(struct question *q, str id)
{
	struct strbuf b = strbuf_make(q->a, CTLSERVER_TEXT_MAX);

	strbuf_printable(&b, id);
	strbuf_put(&b, STR(": no such message"));
	say(q, STORECOMMANDS_NO, strbuf_str(&b));
}

/* Appends to the document. */
static int put(struct question *q, str bytes)
{
	if (q->doc < 0)
		q->doc = fd_memfd("answer", &q->why);
	return q->doc < 0 ? q->doc : fd_write_all(q->doc, bytes, &q->why);
}

static int put_line(struct question *q, str line)
{
	int r = put(q, line);

	return r < 0 ? r : put(q, STR("\n"));
}

static void hand_over(struct question *q)
{
	if (put(q, STR("")) < 0 || fd_seal(q->doc, &q->why) < 0) {
		fail(q);
		return;
	}
	q->ret->fd = take_fd(q->doc);
}

static void on_line(void *ctx, str line)
{
	(void)!put_line(ctx, line); /* hand_over meets the same error again */
}

static bool has_index(struct question *q)
{
	if (!q->s->quarantine.index)
		say(q, STORECOMMANDS_ENVIRONMENT,
		    STR("the index of the quarantine cannot be used; see the log"));
	return q->s->quarantine.index != NULL;
}

static void quarantine_list(struct question *q)
{
	if (!has_index(q))
		return;
	if (quarantineindex_list(&q->s->index, on_line, q, &q->why) < 0)
		fail(q);
	else
		hand_over(q);
}

static void quarantine_show(struct question *q)
{
	str row;
	int r;

	if (!has_index(q))
		return;
	r = quarantineindex_find(&q->s->index, q->a, q->ids[0], &row, &q->why);
	if (r == QUARANTINEINDEX_E_ABSENT)
		absent(q, q->ids[0]);
	else if (r < 0 || put_line(q, row) < 0)
		fail(q);
	else
		hand_over(q);
}

/* Reads a held message; false when the answer says why not. */
static bool read_held(struct question *q, str word, struct spoolmeta *ret, int *ret_fd)
{
	struct spool_id id;
	int r = QUARANTINE_E_ABSENT;

	if (spoolid_parse(word, &id))
		r = quarantine_read(&q->s->quarantine, q->a, id, ret, ret_fd, &q->why);
	if (r == QUARANTINE_E_ABSENT)
		absent(q, word);
	else if (r != QUARANTINE_OK)
		fail(q);
	return r == QUARANTINE_OK;
}

static void quarantine_message(struct question *q)
{
	struct spoolmeta m;
	int fd;

	if (read_held(q, q->ids[0], &m, &fd))
		q->ret->fd = fd;
}

/* Into the spool first: a crash in between leaves the message held and delivered, never
 * neither. */
static int release(struct question *q, struct spoolmeta m, int fd)
{
	cleanup(fd_unmapp) str body = STR_NULL;
	struct bodyparts parts;
	int r = fd_map(fd, SIZE_MAX, &body, &q->why);

	if (r < 0)
		return r;
	bug_if(!bodyparts_make(q->a, STR(""), body, NULL, 0, &parts));
	m.held_class = m.held_reason = STR("");
	m.queued_at = clock_wall();
	r = spool_commit(&q->s->spool, q->a, &m, &parts, &q->why);
	if (r < 0)
		return r;
	/* Before it is tried: should it fail, it is held again. */
	r = quarantine_mark_released(&q->s->quarantine, m.id, &q->why);
	store_note(q->s, m.id, STR("released"), STR(""), STR(""));
	log_event("quarantine.released", F_C("mid", m.id.text));
	store_enqueue(q->s, m.id, clock_wall_ms(), 0, 0);
	return r < 0 ? r : 0;
}

static void quarantine_release(struct question *q)
{
	for (size_t i = 0; i < q->n; i++) {
		struct spoolmeta m;
		int fd, r;

		if (!read_held(q, q->ids[i], &m, &fd))
			return;
		/* Released before, or held just now and about to leave the spool: what is put
		 * into the spool under its name would leave with it. */
		if (store_is_queued(q->s, m.id)) {
			fd_close(fd);
			say(q, STORECOMMANDS_NO,
			    arena_fmt(q->a, "%s: is being delivered", m.id.text));
			return;
		}
		r = release(q, m, fd);
		fd_close(fd);
		if (r < 0) {
			fail(q);
			return;
		}
	}
	say(q, STORECOMMANDS_DONE, arena_fmt(q->a, "released: %zu", q->n));
}

static void quarantine_drop_each(struct question *q)
{
	for (size_t i = 0; i < q->n; i++) {
		struct spool_id id;
		int r = QUARANTINE_E_ABSENT;

		if (spoolid_parse(q->ids[i], &id))
			r = quarantine_drop(&q->s->quarantine, id, &q->why);
		if (r == QUARANTINE_E_ABSENT) {
			absent(q, q->ids[i]);
			return;
		}
		if (r < 0) {
			fail(q);
			return;
		}
		store_note(q->s, id, STR("dropped"), STR(""), STR(""));
		log_event("quarantine.dropped", F_C("mid", id.text));
	}
	say(q, STORECOMMANDS_DONE, arena_fmt(q->a, "dropped: %zu", q->n));
}

static void put_recipients(struct strbuf *b, const struct spoolmeta *m,
			   const struct spool_state *state, enum spool_recipient which)
{
	bool first = true;

	strbuf_char(b, '[');
	for (size_t i = 0; i < m->n_recipients; i++) {
		if (state->recipients[i] != which)
			continue;
		if (!first)
			strbuf_char(b, ',');
		strbuf_json(b, m->recipients[i]);
		first = false;
	}
	strbuf_char(b, ']');
}

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

static str queue_line(struct arena *a, const struct spoolmeta *m, const struct spool_state *state,
		      const struct queue_entry *e, bool whole)
{
	struct strbuf b = strbuf_make(a, LINE_MAX_BYTES);

	strbuf_put(&b, STR("{\"id\":"));
	strbuf_json(&b, str_c(m->id.text));
	put_text(&b, "state", e->at == QUEUE_TAKEN ? STR("delivering") : STR("waiting"));
	put_time(&b, "received", m->received_at);
	put_time(&b, "queued", m->queued_at);
	put_time(&b, "next", clock_wall() + (e->due_at - clock_now_ms()) / 1000);
	strbuf_fmt(&b, ",\"attempts\":%u,\"size\":%llu", e->attempts,
		   (unsigned long long)m->body_size);
	put_text(&b, "reverse_path", m->reverse_path);
	strbuf_put(&b, STR(",\"recipients\":"));
	put_recipients(&b, m, state, SPOOL_PENDING);
	put_text(&b, "from", m->from);
	put_text(&b, "subject", m->subject);
	put_text(&b, "reply", state->reply);
	if (whole) {
		put_text(&b, "client_ip", m->client_ip);
		strbuf_put(&b, STR(",\"delivered\":"));
		put_recipients(&b, m, state, SPOOL_DONE);
		strbuf_put(&b, STR(",\"failed\":"));
		put_recipients(&b, m, state, SPOOL_FAILED);
	}
	strbuf_char(&b, '}');
	return strbuf_str(&b);
}

/* Entries as they are now: the queue goes on while they are looked at. */
static size_t copy_entries(struct question *q, struct queue_entry **ret)
{
	struct queue_entry *v;
	size_t n = 0;

	pthread_mutex_lock(&q->s->lock);
	v = arena_array(q->a, struct queue_entry, q->s->queue.total);
	list_each (&q->s->queue.all, link)
		v[n++] = *list_entry(link, struct queue_entry, link);
	pthread_mutex_unlock(&q->s->lock);
	*ret = v;
	return n;
}

static int put_entry(struct question *q, const struct queue_entry *e, bool whole)
{
	cleanup(arena_freep) struct arena *a = arena_new("queue line", 8 << 20);
	struct spool_state state;
	struct spoolmeta m;
	int r = spool_peek(&q->s->spool, a, e->id, &m, &state, &q->why);

	if (r == SPOOL_E_ABSENT || r == SPOOL_E_CORRUPT)
		return 0; /* delivered in the meantime, or reported when it is tried */
	return r < 0 ? r : put_line(q, queue_line(a, &m, &state, e, whole));
}

static void queue_list(struct question *q)
{
	struct queue_entry *v;
	size_t n = copy_entries(q, &v);

	for (size_t i = 0; i < n; i++) {
		if (put_entry(q, &v[i], false) < 0) {
			fail(q);
			return;
		}
	}
	hand_over(q);
}

static void queue_show(struct question *q)
{
	struct queue_entry *found = NULL, copy;
	struct spool_id id;

	pthread_mutex_lock(&q->s->lock);
	if (spoolid_parse(q->ids[0], &id))
		found = queue_find(&q->s->queue, id);
	if (found)
		copy = *found;
	pthread_mutex_unlock(&q->s->lock);
	if (!found)
		absent(q, q->ids[0]);
	else if (put_entry(q, &copy, true) < 0)
		fail(q);
	else
		hand_over(q);
}

static bool is_asked_for(const struct question *q, const struct queue_entry *e)
{
	for (size_t i = 0; i < q->n; i++) {
		if (str_eq(q->ids[i], str_c(e->id.text)))
			return true;
	}
	return q->n == 0;
}

static void queue_retry(struct question *q)
{
	int64_t now = clock_now_ms();
	size_t n = 0;

	pthread_mutex_lock(&q->s->lock);
	list_each (&q->s->queue.all, link) {
		struct queue_entry *e = list_entry(link, struct queue_entry, link);

		if (!is_asked_for(q, e))
			continue;
		queue_hurry(&q->s->queue, e, now);
		n++;
	}
	pthread_cond_broadcast(&q->s->changed);
	pthread_mutex_unlock(&q->s->lock);
	if (n < q->n)
		say(q, STORECOMMANDS_NO,
		    arena_fmt(q->a, "%zu of %zu messages are in the queue", n, q->n));
	else
		say(q, STORECOMMANDS_DONE, arena_fmt(q->a, "retried: %zu", n));
}

static void explain(struct question *q)
{
	str row = STR_NULL;
	int r = 0;

	if (q->s->has_history)
		r = history_find(&q->s->history, q->a, q->ids[0], &row, &q->why);
	if (r == 0 && !row.p && q->s->quarantine.index)
		r = quarantineindex_find(&q->s->index, q->a, q->ids[0], &row, &q->why);
	if (r < 0)
		fail(q);
	else if (!row.p)
		absent(q, q->ids[0]);
	else if (put_line(q, row) < 0)
		fail(q);
	else
		hand_over(q);
}

static const struct command {
	const char *group, *name; /* name NULL: the group is the whole command */
	size_t min, max;	  /* how many ids follow */
	void (*run)(struct question *q);
} commands[] = {
	{ "quarantine", "list", 0, 0, quarantine_list },
	{ "quarantine", "show", 1, 1, quarantine_show },
	{ "quarantine", "message", 1, 1, quarantine_message },
	{ "quarantine", "release", 1, 30, quarantine_release },
	{ "quarantine", "drop", 1, 30, quarantine_drop_each },
	{ "queue", "list", 0, 0, queue_list },
	{ "queue", "show", 1, 1, queue_show },
	{ "queue", "retry", 0, 30, queue_retry },
	{ "explain", NULL, 1, 1, explain },
};

static bool matches(const struct command *c, const str *words, size_t n, size_t *ret_taken)
{
	size_t taken = c->name ? 2 : 1;

	if (n < taken || !str_eq(words[0], str_c(c->group)) ||
	    (c->name && !str_eq(words[1], str_c(c->name))))
		return false;
	*ret_taken = taken;
	return n - taken >= c->min && n - taken <= c->max;
}

void storecommands_handle(void *ctx, struct arena *a, const str *words, size_t n,
			  struct ctlserver_answer *ret)
{
	struct question q = { .s = ctx, .a = a, .doc = -1, .ret = ret };
	size_t taken;

	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (!matches(&commands[i], words, n, &taken))
			continue;
		q.ids = words + taken;
		q.n = n - taken;
		commands[i].run(&q);
		fd_close(q.doc);
		return;
	}
	say(&q, STORECOMMANDS_USAGE, STR("unknown command"));
}

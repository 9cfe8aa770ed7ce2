#include "store/storecommands.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "store/keptdesk.h"
#include "store/memorycommands.h"
#include "store/queuecommands.h"
#include "store/reportcommands.h"
#include "store/storereports.h"

#include <errno.h>

static bool has_index(struct question *q)
{
	if (!q->s->quarantine.index)
		question_say(q, QUESTION_ENVIRONMENT,
			     STR("the index of the quarantine cannot be used; see the log"));
	return q->s->quarantine.index != NULL;
}

static void quarantine_list(struct question *q)
{
	if (!has_index(q))
		return;
	if (quarantineindex_list(&q->s->index, question_on_line, q, &q->why) < 0)
		question_fail(q);
	else
		question_hand_over(q);
}

static void quarantine_show(struct question *q)
{
	str row;
	int r;

	if (!has_index(q))
		return;
	r = quarantineindex_find(&q->s->index, q->a, q->ids[0], &row, &q->why);
	if (r == QUARANTINEINDEX_E_ABSENT)
		question_absent(q, q->ids[0]);
	else if (r < 0 || question_put_line(q, row) < 0)
		question_fail(q);
	else
		question_hand_over(q);
}

/* Reads a held message; false when the answer says why not. */
static bool read_held(struct question *q, str word, struct spoolmeta *ret, int *ret_fd)
{
	struct spool_id id;
	int r = QUARANTINE_E_ABSENT;

	if (spoolid_parse(word, &id))
		r = quarantine_read(&q->s->quarantine, q->a, id, ret, ret_fd, &q->why);
	if (r == QUARANTINE_E_ABSENT)
		question_absent(q, word);
	else if (r != QUARANTINE_OK)
		question_fail(q);
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
	store_enqueue_new(q->s, &m);
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
			question_say(q, QUESTION_NO,
				     arena_fmt(q->a, "%s: is being delivered", m.id.text));
			return;
		}
		r = release(q, m, fd);
		fd_close(fd);
		if (r < 0) {
			question_fail(q);
			return;
		}
	}
	question_say(q, QUESTION_DONE, arena_fmt(q->a, "released: %zu", q->n));
}

static void quarantine_drop_each(struct question *q)
{
	for (size_t i = 0; i < q->n; i++) {
		struct spool_id id;
		int r = QUARANTINE_E_ABSENT;

		if (spoolid_parse(q->ids[i], &id))
			r = quarantine_drop(&q->s->quarantine, id, &q->why);
		if (r == QUARANTINE_E_ABSENT) {
			question_absent(q, q->ids[i]);
			return;
		}
		if (r < 0) {
			question_fail(q);
			return;
		}
		store_note(q->s, id, STR("dropped"), STR(""), STR(""));
		log_event("quarantine.dropped", F_C("mid", id.text));
	}
	question_say(q, QUESTION_DONE, arena_fmt(q->a, "dropped: %zu", q->n));
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
		question_fail(q);
	else if (!row.p)
		question_absent(q, q->ids[0]);
	else if (question_put_line(q, row) < 0)
		question_fail(q);
	else
		question_hand_over(q);
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
	{ "queue", "list", 0, 30, queuecommands_list },
	{ "queue", "show", 1, 1, queuecommands_show },
	{ "queue", "message", 1, 1, queuecommands_message },
	{ "queue", "retry", 0, 30, queuecommands_retry },
	{ "queue", "hold", 1, 30, queuecommands_hold },
	{ "queue", "drop", 1, 30, queuecommands_drop },
	{ "report", "list", 0, 2, reportcommands_list },
	{ "report", "show", 0, 2, reportcommands_show },
	{ "report", "send", 0, 2, reportcommands_send },
	{ "memory", "show", 1, 30, memorycommands_show },
	{ "memory", "forget", 1, 30, memorycommands_forget },
	{ "explain", NULL, 1, 1, explain },
	{ "replay", "files", 0, 0, keptdesk_files },
	{ "replay", "read", 2, 2, keptdesk_read },
	{ "dmarc", "show", 0, 30, storereports_show },
	{ "dmarc", "tls", 0, 30, storereports_tls },
	{ "dmarc", "import", 0, 0, storereports_import },
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

void storecommands_handle(void *ctx, struct arena *a, const struct ctlserver_question *asked,
			  struct ctlserver_answer *ret)
{
	struct question q = { .s = ctx, .a = a, .given = asked->fd, .doc = -1, .ret = ret };
	size_t taken;

	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (!matches(&commands[i], asked->words, asked->n, &taken))
			continue;
		q.ids = asked->words + taken;
		q.n = asked->n - taken;
		commands[i].run(&q);
		fd_close(q.doc);
		return;
	}
	question_say(&q, QUESTION_USAGE, STR("unknown command"));
}

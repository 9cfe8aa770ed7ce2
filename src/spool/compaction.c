#include "spool/compaction.h"

#include "base/fd.h"
#include "spool/frame.h"
#include "spool/spoolread.h"

enum { MESSAGE_BUDGET = 16 << 20 };

/* A message on its way from the oldest segment. */
struct move {
	struct spool_id id;
	struct place from, from_state, to, to_state;
	uint64_t first, last; /* tickets of what was written */
	bool done;	      /* to and to_state are written */
};

static bool too_much(struct spool *s)
{
	bool r;

	pthread_mutex_lock(&s->log.lock);
	r = s->log.bytes > 2 * s->index.bytes + COMPACTION_SLACK * s->log.usual;
	pthread_mutex_unlock(&s->log.lock);
	return r;
}

/* The first messages of the oldest segment, unless that is the active one. */
static size_t pick(struct spool *s, struct move *moves)
{
	struct segment *oldest;
	size_t n = 0;

	pthread_mutex_lock(&s->log.lock);
	oldest = list_empty(&s->log.all) ? NULL : list_entry(s->log.all.next, struct segment, link);
	if (oldest && oldest != s->log.active) {
		list_each (&oldest->messages, link) {
			const struct spoolindex_entry *e =
				list_entry(link, struct spoolindex_entry, link);

			if (n == COMPACTION_BATCH)
				break;
			moves[n++] = (struct move){ .id = e->id,
						    .from = e->message,
						    .from_state = e->state };
		}
	}
	pthread_mutex_unlock(&s->log.lock);
	return n;
}

static bool is_unchanged(struct spool *s, const struct move *m)
{
	const struct spoolindex_entry *e;
	bool r;

	pthread_mutex_lock(&s->log.lock);
	e = spoolindex_find(&s->index, m->id);
	r = e && segments_same_place(&e->message, &m->from) &&
	    segments_same_place(&e->state, &m->from_state);
	pthread_mutex_unlock(&s->log.lock);
	return r;
}

/* Message and state once more, one behind the other. A message that left or was tried in the
 * meantime is passed over: the next round sees it. */
static int append_again(struct spool *s, struct arena *a, struct move *m,
			const struct spool_message *got, const struct bodyparts *body,
			struct why *why)
{
	struct strbuf head = strbuf_make(a, FRAME_MAX);
	str state;
	int r = 0;

	bug_if(!spoolmeta_encode(&got->meta, &head));
	bug_if(!spoolread_state_head(a, m->id, &got->state, &state)); /* it was read */
	pthread_mutex_lock(&s->log.append);
	if (is_unchanged(s, m)) {
		r = segments_append(&s->log, RECORD_MOVED, strbuf_str(&head), body, &m->to,
				    &m->first, why);
		m->last = m->first;
		if (r == 0 && m->from_state.segment)
			r = segments_append(&s->log, RECORD_STATE, state, NULL, &m->to_state,
					    &m->last, why);
		m->done = r == 0;
	}
	pthread_mutex_unlock(&s->log.append);
	if (m->done)
		segments_step(&s->log, SPOOL_AT_MOVED);
	return r;
}

static int move_one(struct spool *s, struct move *m, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("moved message", MESSAGE_BUDGET);
	cleanup(fd_unmapp) str bytes = STR_NULL;
	struct spool_message got;
	struct bodyparts body;
	int r = spool_read(s, a, m->id, &got, why);

	if (r != SPOOL_OK)
		return r < 0 ? r : 0; /* it has left, or was set apart */
	r = fd_map(got.fd, SIZE_MAX, &bytes, why);
	if (r == 0) {
		bug_if(!bodyparts_make(a, STR(""), bytes, NULL, 0, &body));
		r = append_again(s, a, m, &got, &body, why);
	}
	fd_close(got.fd);
	return r;
}

/* The copies are durable: they are the messages from now on. */
static size_t adopt(struct spool *s, const struct move *moves, size_t n)
{
	size_t adopted = 0;

	pthread_mutex_lock(&s->log.append);
	pthread_mutex_lock(&s->log.lock);
	for (size_t i = 0; i < n; i++) {
		const struct move *m = &moves[i];
		struct spoolindex_entry *e = spoolindex_find(&s->index, m->id);
		bool newer;

		if (!m->done || !e || !segments_same_place(&e->message, &m->from))
			continue;
		newer = !segments_same_place(&e->state, &m->from_state);
		spoolindex_move(&s->index, e, &m->to, newer ? &e->state : &m->to_state);
		adopted++;
	}
	pthread_mutex_unlock(&s->log.lock);
	pthread_mutex_unlock(&s->log.append);
	return adopted;
}

/* Waits for the copies by their own tickets: a sync that failed meanwhile has settled some of
 * them, and one that succeeds later says nothing about those. */
static int sync_moves(struct spool *s, const struct move *moves, size_t n, struct why *why)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		if (!moves[i].done)
			continue;
		r = groupsync_wait(&s->log.sync, moves[i].last, why);
		if (r == 0) /* a failure between the two tickets was about the message */
			r = groupsync_wait(&s->log.sync, moves[i].first, why);
	}
	return r;
}

/* Moves some messages out of the oldest segment; *ret_n: how many it has lost. */
static int empty_oldest(struct spool *s, struct move *moves, size_t *ret_n, struct why *why)
{
	size_t n = pick(s, moves);
	int r, failed = 0;

	for (size_t i = 0; i < n; i++) {
		r = move_one(s, &moves[i], why);
		failed = r < 0 ? r : failed;
	}
	r = sync_moves(s, moves, n, why);
	if (r < 0)
		return r;
	if (n)
		segments_step(&s->log, SPOOL_AT_MOVES_SYNCED);
	*ret_n = adopt(s, moves, n);
	return *ret_n ? 0 : failed;
}

int compaction_run(struct spool *s, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("compaction", 1 << 20);
	struct move *moves = arena_array(a, struct move, COMPACTION_BATCH);
	int r = groupsync_all(&s->log.sync, why);
	size_t n = 1;

	while (r == 0) {
		while (segments_remove_oldest(&s->log, why))
			;
		if (n == 0 || !too_much(s))
			break;
		r = empty_oldest(s, moves, &n, why);
	}
	return r;
}

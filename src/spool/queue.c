#include "spool/queue.h"

void queue_init(struct queue *q, struct arena *a, uint64_t seed)
{
	*q = (struct queue){ .arena = a, .random = seed | 1 };
	list_init(&q->all);
	list_init(&q->unused);
}

static void place(struct queue *q, size_t at, struct queue_entry *e)
{
	q->heap[at] = e;
	e->at = at;
}

static void sift_up(struct queue *q, size_t at)
{
	struct queue_entry *e = q->heap[at];

	while (at > 0 && q->heap[(at - 1) / 2]->due_at > e->due_at) {
		place(q, at, q->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	place(q, at, e);
}

static void sift_down(struct queue *q, size_t at)
{
	struct queue_entry *e = q->heap[at];

	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < q->n && q->heap[child + 1]->due_at < q->heap[child]->due_at)
			child++;
		if (child >= q->n || q->heap[child]->due_at >= e->due_at)
			break;
		place(q, at, q->heap[child]);
		at = child;
	}
	place(q, at, e);
}

static void insert(struct queue *q, struct queue_entry *e)
{
	q->heap = arena_grow(q->arena, q->heap, q->n, &q->cap, sizeof(*q->heap));
	q->heap[q->n] = e;
	sift_up(q, q->n++);
}

static struct queue_entry *new_entry(struct queue *q)
{
	struct queue_entry *e;

	if (list_empty(&q->unused))
		return arena_make(q->arena, struct queue_entry);
	e = list_entry(q->unused.next, struct queue_entry, link);
	list_remove(&e->link);
	return e;
}

bool queue_add(struct queue *q, struct spool_id id, int64_t queued_at, uint32_t attempts,
	       int64_t due_at)
{
	struct queue_entry *e;

	if (q->total == QUEUE_MAX)
		return false;
	e = new_entry(q);
	*e = (struct queue_entry){
		.id = id, .queued_at = queued_at, .due_at = due_at, .attempts = attempts
	};
	list_append(&q->all, &e->link);
	q->total++;
	insert(q, e);
	return true;
}

struct queue_entry *queue_take(struct queue *q, int64_t now)
{
	struct queue_entry *e;

	if (q->n == 0 || q->heap[0]->due_at > now)
		return NULL;
	e = q->heap[0];
	e->at = QUEUE_TAKEN;
	q->n--;
	if (q->n) {
		place(q, 0, q->heap[q->n]);
		sift_down(q, 0);
	}
	return e;
}

int64_t queue_next(const struct queue *q)
{
	return q->n ? q->heap[0]->due_at : INT64_MAX;
}

/* xorshift64: spreads retries, guards nothing. */
static uint64_t next_random(struct queue *q)
{
	q->random ^= q->random << 13;
	q->random ^= q->random >> 7;
	q->random ^= q->random << 17;
	return q->random;
}

int64_t queue_pause(struct queue *q, const struct queue_policy *p, uint32_t attempts)
{
	size_t i = attempts < p->n ? attempts : p->n - 1;
	int64_t spread = p->retry_ms[i] * QUEUE_JITTER_PERCENT / 100;

	return p->retry_ms[i] + (int64_t)(next_random(q) % (uint64_t)(spread + 1));
}

int64_t queue_longest_pause(const struct queue_policy *p)
{
	int64_t longest = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (p->retry_ms[i] > longest)
			longest = p->retry_ms[i];
	}
	return longest + longest * QUEUE_JITTER_PERCENT / 100;
}

void queue_put_back(struct queue *q, struct queue_entry *e, int64_t due_at, uint32_t attempts)
{
	bug_if(e->at != QUEUE_TAKEN);
	e->due_at = due_at;
	e->attempts = attempts;
	insert(q, e);
}

bool queue_expired(const struct queue_entry *e, const struct queue_policy *p, int64_t now)
{
	return now - e->queued_at >= p->max_age_ms;
}

void queue_remove(struct queue *q, struct queue_entry *e)
{
	bug_if(e->at != QUEUE_TAKEN);
	list_remove(&e->link);
	list_append(&q->unused, &e->link);
	q->total--;
}

struct queue_entry *queue_find(struct queue *q, struct spool_id id)
{
	list_each (&q->all, link) {
		struct queue_entry *e = list_entry(link, struct queue_entry, link);

		if (spoolid_eq(e->id, id))
			return e;
	}
	return NULL;
}

void queue_hurry(struct queue *q, struct queue_entry *e, int64_t now)
{
	if (e->at == QUEUE_TAKEN || e->due_at <= now)
		return;
	e->due_at = now;
	sift_up(q, e->at);
}

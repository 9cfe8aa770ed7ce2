#include "spool/queue.h"

#include "base/clock.h"
#include "base/map.h"

enum { TABLE_FIRST = 64 };

void queue_init(struct queue *q, struct arena *a, const struct queue_policy *p, uint64_t seed)
{
	*q = (struct queue){ .arena = a, .policy = p, .random = seed | 1 };
	list_init(&q->all);
	list_init(&q->free_messages);
	list_init(&q->free_entries);
	list_init(&q->free_destinations);
	list_init(&q->fresh);
	list_init(&q->busy);
	list_init(&q->idle);
	q->n_by_id = q->n_by_name = TABLE_FIRST;
	q->by_id = arena_array(a, struct queue_message *, q->n_by_id);
	q->by_name = arena_array(a, struct queue_destination *, q->n_by_name);
}

void queue_set_policy(struct queue *q, const struct queue_policy *p)
{
	q->policy = p;
}

static struct queue_message **id_slot(const struct queue *q, struct spool_id id)
{
	return &q->by_id[map_hash(str_c(id.text), false) & (q->n_by_id - 1)];
}

static struct queue_destination **name_slot(const struct queue *q, str name)
{
	return &q->by_name[map_hash(name, false) & (q->n_by_name - 1)];
}

/* The old tables stay in the arena: together they are no larger than the new one. */
static void grow_ids(struct queue *q)
{
	struct queue_message **old = q->by_id;
	size_t n = q->n_by_id;

	q->n_by_id = 2 * n;
	q->by_id = arena_array(q->arena, struct queue_message *, q->n_by_id);
	for (size_t i = 0; i < n; i++) {
		while (old[i]) {
			struct queue_message *m = old[i], **slot = id_slot(q, m->id);

			old[i] = m->same;
			m->same = *slot;
			*slot = m;
		}
	}
}

static void grow_names(struct queue *q)
{
	struct queue_destination **old = q->by_name;
	size_t n = q->n_by_name;

	q->n_by_name = 2 * n;
	q->by_name = arena_array(q->arena, struct queue_destination *, q->n_by_name);
	for (size_t i = 0; i < n; i++) {
		while (old[i]) {
			struct queue_destination *d = old[i], **slot = name_slot(q, queue_name(d));

			old[i] = d->same;
			d->same = *slot;
			*slot = d;
		}
	}
}

/* xorshift64: spreads retries, guards nothing. */
static uint64_t next_random(struct queue *q)
{
	q->random ^= q->random << 13;
	q->random ^= q->random >> 7;
	q->random ^= q->random << 17;
	return q->random;
}

static int64_t with_jitter(struct queue *q, int64_t pause)
{
	int64_t spread = pause * QUEUE_JITTER_PERCENT / 100;

	return pause + (int64_t)(next_random(q) % (uint64_t)(spread + 1));
}

int64_t queue_pause(struct queue *q, uint32_t attempts)
{
	const struct queue_policy *p = q->policy;

	return with_jitter(q, p->retry_ms[attempts < p->n ? attempts : p->n - 1]);
}

int64_t queue_longest_pause(const struct queue *q)
{
	const struct queue_policy *p = q->policy;
	int64_t longest = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (p->retry_ms[i] > longest)
			longest = p->retry_ms[i];
	}
	return longest + longest * QUEUE_JITTER_PERCENT / 100;
}

bool queue_expired(const struct queue *q, const struct queue_message *m, int64_t wall)
{
	return wall - m->queued_at >= q->policy->max_age_ms;
}

/* --- destinations */

static struct queue_destination *find_destination(const struct queue *q, str name)
{
	struct queue_destination *d = *name_slot(q, name);

	while (d && !str_eq(queue_name(d), name))
		d = d->same;
	return d;
}

static void forget_destination(struct queue *q, struct queue_destination *d)
{
	struct queue_destination **at = name_slot(q, queue_name(d));

	while (*at != d)
		at = &(*at)->same;
	*at = d->same;
	list_remove(&d->link);
	list_append(&q->free_destinations, &d->link);
	q->n_destinations--;
	q->n_backoff -= d->failures > 0;
}

static struct queue_destination *new_destination(struct queue *q, str name)
{
	struct queue_destination *d, **slot;

	if (q->n_destinations == q->n_by_name)
		grow_names(q);
	if (list_empty(&q->free_destinations)) {
		d = arena_make(q->arena, struct queue_destination);
	} else {
		d = list_entry(q->free_destinations.next, struct queue_destination, link);
		list_remove(&d->link);
		*d = (struct queue_destination){ 0 };
	}
	list_init(&d->link);
	list_init(&d->probed);
	d->limit = QUEUE_FIRST_CONCURRENCY;
	bug_if(name.n > QUEUE_NAME_MAX);
	if (name.n)
		memcpy(d->name_bytes, name.p, name.n);
	d->name_n = name.n;
	slot = name_slot(q, name);
	d->same = *slot;
	*slot = d;
	q->n_destinations++;
	return d;
}

static struct queue_message *oldest_ready(const struct queue_destination *d)
{
	return heap_entry(d->ready.root, struct queue_entry, node)->message;
}

static bool in_backoff(const struct queue_destination *d, int64_t now)
{
	return d->failures && now < d->probe_at;
}

/* When it can give a part: 0 now, INT64_MAX not before something changes. */
static int64_t can_give_at(const struct queue *q, const struct queue_destination *d,
			   struct queue_time t)
{
	size_t limit = d->failures ? 1 : d->limit < d->cap ? d->limit : d->cap;
	int64_t at = d->ready.n ? 0 : d->waiting.n ? d->waiting.root->key : INT64_MAX;

	if (d->taken >= limit || at == INT64_MAX)
		return INT64_MAX;
	if (in_backoff(d, t.now)) {
		at = at > d->probe_at ? at : d->probe_at;
		if (d->ready.n) {
			int64_t left = oldest_ready(d)->queued_at + q->policy->max_age_ms - t.wall;

			at = left <= 0 ? 0 : clock_sooner(at, t.now + left);
		}
	}
	return at;
}

static void to_ready(struct queue_entry *e)
{
	e->at = QUEUE_READY;
	heap_push(&e->to->ready, &e->node, e->urgent ? INT64_MIN : e->message->queued_at,
		  e->message->number);
}

static void ripen(struct queue_destination *d, int64_t now)
{
	while (d->waiting.n && d->waiting.root->key <= now)
		to_ready(heap_entry(heap_pop(&d->waiting), struct queue_entry, node));
}

/* Puts a destination where it belongs after a change: behind those that could give, too. */
static void schedule(struct queue *q, struct queue_destination *d, struct queue_time t)
{
	int64_t at;

	ripen(d, t.now);
	at = can_give_at(q, d, t);
	if (d->timer.in)
		heap_remove(&q->timers, &d->timer);
	list_remove(&d->link);
	if (at <= t.now)
		list_append(d->taken ? &q->busy : &q->fresh, &d->link);
	else if (at != INT64_MAX)
		heap_push(&q->timers, &d->timer, at, 0);
}

static void insert(struct queue_entry *e, int64_t now)
{
	if (e->message->held) {
		e->at = QUEUE_HELD;
		e->to->held++;
	} else if (e->due_at <= now) {
		to_ready(e);
	} else {
		e->at = QUEUE_WAITING;
		heap_push(&e->to->waiting, &e->node, e->due_at, e->message->number);
	}
}

/* Out of whatever it waits in. */
static void extract(struct queue_entry *e)
{
	if (e->at == QUEUE_READY)
		heap_remove(&e->to->ready, &e->node);
	else if (e->at == QUEUE_WAITING)
		heap_remove(&e->to->waiting, &e->node);
	else if (e->at == QUEUE_HELD)
		e->to->held--;
}

/* --- messages and parts */

struct queue_message *queue_find(struct queue *q, struct spool_id id)
{
	struct queue_message *m = *id_slot(q, id);

	while (m && !spoolid_eq(m->id, id))
		m = m->same;
	return m;
}

bool queue_has_room(const struct queue *q)
{
	return q->total < QUEUE_MAX - QUEUE_SPARE && q->n_parts < QUEUE_MAX_PARTS - QUEUE_SPARE &&
	       q->n_destinations < QUEUE_MAX_NAMES - QUEUE_SPARE;
}

struct queue_message *queue_add(struct queue *q, struct spool_id id, int64_t queued_at, bool held,
				bool warn)
{
	struct queue_message *m, **slot;

	if (q->total == QUEUE_MAX || q->n_parts >= QUEUE_MAX_PARTS ||
	    q->n_destinations >= QUEUE_MAX_NAMES)
		return NULL;
	if (q->total == q->n_by_id)
		grow_ids(q);
	if (list_empty(&q->free_messages)) {
		m = arena_make(q->arena, struct queue_message);
	} else {
		m = list_entry(q->free_messages.next, struct queue_message, place.link);
		list_remove(&m->place.link);
	}
	slot = id_slot(q, id);
	*m = (struct queue_message){ .id = id,
				     .queued_at = queued_at,
				     .number = q->arrivals++,
				     .held = held,
				     .same = *slot };
	*slot = m;
	list_init(&m->parts);
	list_append(&q->all, &m->place.link);
	q->total++;
	if (warn)
		heap_push(&q->warnings, &m->warning, queued_at, m->number);
	return m;
}

static void forget_message(struct queue *q, struct queue_message *m)
{
	struct queue_message **at = id_slot(q, m->id);

	while (*at != m)
		at = &(*at)->same;
	*at = m->same;
	if (m->warning.in)
		heap_remove(&q->warnings, &m->warning);
	list_remove(&m->place.link);
	list_append(&q->free_messages, &m->place.link);
	q->total--;
}

void queue_add_part(struct queue *q, struct queue_message *m, str name, size_t cap,
		    uint32_t attempts, int64_t due_at, struct queue_time t)
{
	struct queue_destination *d = find_destination(q, name);
	struct queue_entry *e;

	if (!d)
		d = new_destination(q, name);
	else if (d->parts == 0) {
		list_remove(&d->link);
		q->n_idle--;
	}
	if (list_empty(&q->free_entries)) {
		e = arena_make(q->arena, struct queue_entry);
	} else {
		e = list_entry(q->free_entries.next, struct queue_entry, link);
		list_remove(&e->link);
	}
	*e = (struct queue_entry){ .message = m, .to = d, .due_at = due_at, .attempts = attempts };
	list_init(&e->probed);
	if (attempts) /* who was tried before a restart is as good as one who met it down since */
		list_append(&d->probed, &e->probed);
	list_append(&m->parts, &e->link);
	d->parts++;
	q->n_parts++;
	d->cap = cap;
	insert(e, t.now);
	if (list_empty(&d->link)) /* else it keeps its place */
		schedule(q, d, t);
}

struct queue_entry *queue_part(struct queue_message *m, str name)
{
	list_each (&m->parts, link) {
		struct queue_entry *e = list_entry(link, struct queue_entry, link);

		if (str_eq(queue_name(e->to), name))
			return e;
	}
	return NULL;
}

/* A part that is in no heap leaves its message and its destination. */
static void forget_part(struct queue *q, struct queue_entry *e, struct queue_time t)
{
	struct queue_destination *d = e->to;

	list_remove(&e->probed);
	list_remove(&e->link);
	list_append(&q->free_entries, &e->link);
	schedule(q, d, t);
	q->n_parts--;
	if (--d->parts)
		return;
	list_append(&q->idle, &d->link);
	if (++q->n_idle > QUEUE_IDLE_DESTINATIONS) {
		forget_destination(q, list_entry(q->idle.next, struct queue_destination, link));
		q->n_idle--;
	}
}

/* --- what is to be done */

static void wake(struct queue *q, struct queue_time t)
{
	while (q->timers.n && q->timers.root->key <= t.now)
		schedule(q, heap_entry(q->timers.root, struct queue_destination, timer), t);
}

/* May one more part go to a destination that has some out already? The last quarter of the
 * workers is for those that have none, unless this one may have all workers anyway. */
static bool has_reserve(const struct queue *q, const struct queue_destination *d)
{
	size_t workers = q->policy->workers;

	return d->cap >= workers || q->taken + workers / 4 < workers;
}

static struct queue_destination *next_destination(const struct queue *q)
{
	if (!list_empty(&q->fresh))
		return list_entry(q->fresh.next, struct queue_destination, link);
	list_each (&q->busy, link) {
		struct queue_destination *d = list_entry(link, struct queue_destination, link);

		if (has_reserve(q, d))
			return d;
	}
	return NULL;
}

struct queue_entry *queue_take(struct queue *q, struct queue_time t, enum queue_job *ret)
{
	struct queue_destination *d;
	struct queue_entry *e;

	wake(q, t);
	for (;;) {
		d = next_destination(q);
		if (!d)
			return NULL;
		ripen(d, t.now);
		if (can_give_at(q, d, t) <= t.now)
			break;
		schedule(q, d, t); /* the clock or the policy was changed since */
	}
	e = heap_entry(heap_pop(&d->ready), struct queue_entry, node);
	*ret = in_backoff(d, t.now) ? QUEUE_EXPIRE : QUEUE_DELIVER;
	e->at = QUEUE_TAKEN;
	e->urgent = false;
	list_remove(&e->probed);
	e->message->taken++;
	d->taken++;
	q->taken++;
	schedule(q, d, t);
	return e;
}

struct queue_message *queue_take_warning(struct queue *q, int64_t wall)
{
	int64_t after = q->policy->warn_after_ms;
	struct queue_message *m;

	if (after == 0 || q->warnings.n == 0 || q->warnings.root->key + after > wall)
		return NULL;
	m = heap_entry(heap_pop(&q->warnings), struct queue_message, warning);
	m->taken++;
	return m;
}

void queue_warned(struct queue *q, struct queue_message *m)
{
	if (--m->taken == 0 && list_empty(&m->parts))
		forget_message(q, m);
}

int64_t queue_next(const struct queue *q, struct queue_time t)
{
	int64_t at = q->timers.n ? q->timers.root->key : INT64_MAX;

	if (next_destination(q))
		return 0;
	if (q->policy->warn_after_ms && q->warnings.n)
		at = clock_sooner(at, t.now + q->warnings.root->key + q->policy->warn_after_ms -
					      t.wall);
	return at;
}

/* --- what comes back */

static void answers_again(struct queue *q, struct queue_destination *d, int64_t now)
{
	q->n_backoff--;
	d->failures = 0;
	d->limit = 1;
	d->good = 0;
	list_each (&d->probed, link) {
		struct queue_entry *e = list_entry(link, struct queue_entry, probed);

		list_remove(link);
		e->due_at = now;
		if (e->at == QUEUE_WAITING) {
			extract(e);
			to_ready(e);
		}
	}
}

static void is_unreachable(struct queue *q, struct queue_destination *d, int64_t now)
{
	const struct queue_policy *p = q->policy;
	int64_t pause;

	d->good = 0;
	if (!d->failures && d->limit > 1) {
		d->limit /= 2;
		return;
	}
	if (in_backoff(d, now))
		return; /* an attempt from before; the next probe will tell */
	pause = p->retry_ms[d->failures < p->n ? d->failures : p->n - 1];
	q->n_backoff += d->failures++ == 0;
	d->probe_at = now + with_jitter(q, clock_sooner(pause, QUEUE_PROBE_MAX_MS));
}

void queue_learn(struct queue *q, struct queue_entry *e, struct queue_time t,
		 enum queue_answer answer, str reply)
{
	struct queue_destination *d = e->to;

	reply = str_sub(reply, 0, QUEUE_REPLY_MAX);
	if (reply.n)
		memcpy(d->reply_bytes, reply.p, reply.n);
	d->reply_n = reply.n;
	if (answer == QUEUE_UNREACHABLE) {
		list_append(&d->probed, &e->probed);
		is_unreachable(q, d, t.now);
	} else if (d->failures) {
		answers_again(q, d, t.now);
	} else if (++d->good >= d->limit) {
		d->good = 0;
		d->limit += d->limit < d->cap;
	}
	schedule(q, d, t);
}

static void come_back(struct queue *q, struct queue_entry *e)
{
	bug_if(e->at != QUEUE_TAKEN);
	e->message->taken--;
	e->to->taken--;
	q->taken--;
}

void queue_put_back(struct queue *q, struct queue_entry *e, int64_t due_at, uint32_t attempts,
		    struct queue_time t)
{
	come_back(q, e);
	e->due_at = due_at;
	e->attempts = attempts;
	insert(e, t.now);
	schedule(q, e->to, t);
}

void queue_remove(struct queue *q, struct queue_entry *e, struct queue_time t)
{
	struct queue_message *m = e->message;

	come_back(q, e);
	forget_part(q, e, t);
	if (m->taken == 0 && list_empty(&m->parts))
		forget_message(q, m);
}

/* --- what people ask for */

void queue_hold(struct queue *q, struct queue_message *m, struct queue_time t)
{
	m->held = true;
	list_each (&m->parts, link) {
		struct queue_entry *e = list_entry(link, struct queue_entry, link);

		if (e->at != QUEUE_READY && e->at != QUEUE_WAITING)
			continue;
		extract(e);
		insert(e, t.now);
		schedule(q, e->to, t);
	}
}

void queue_release(struct queue *q, struct queue_message *m, struct queue_time t)
{
	m->held = false;
	list_each (&m->parts, link) {
		struct queue_entry *e = list_entry(link, struct queue_entry, link);

		if (e->at != QUEUE_HELD)
			continue;
		extract(e);
		insert(e, t.now);
		schedule(q, e->to, t);
	}
}

void queue_hurry(struct queue *q, struct queue_entry *e, bool urgent, struct queue_time t)
{
	if (e->at == QUEUE_TAKEN || e->at == QUEUE_HELD)
		return;
	extract(e);
	e->due_at = t.now;
	e->urgent |= urgent;
	to_ready(e);
	if (in_backoff(e->to, t.now))
		e->to->probe_at = t.now;
	schedule(q, e->to, t);
}

void queue_drop(struct queue *q, struct queue_message *m, struct queue_time t)
{
	bug_if(m->taken);
	list_each (&m->parts, link) {
		struct queue_entry *e = list_entry(link, struct queue_entry, link);

		extract(e);
		forget_part(q, e, t);
	}
	forget_message(q, m);
}

/* --- walks */

void queue_walk_begin(struct queue *q, struct queue_walker *w)
{
	struct list *first = q->all.next;

	w->place.is_walker = true;
	w->place.link = (struct list){ &q->all, first };
	first->prev = q->all.next = &w->place.link;
}

struct queue_message *queue_walk(struct queue *q, struct queue_walker *w)
{
	struct list *next = w->place.link.next;

	list_remove(&w->place.link);
	while (next != &q->all && list_entry(next, struct queue_link, link)->is_walker)
		next = next->next;
	if (next == &q->all) {
		list_append(&q->all, &w->place.link);
		return NULL;
	}
	list_append(next->next, &w->place.link); /* between it and the next one */
	return heap_entry(next, struct queue_message, place.link);
}

void queue_walk_end(struct queue_walker *w)
{
	list_remove(&w->place.link);
}

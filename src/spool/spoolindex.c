#include "spool/spoolindex.h"

#include "base/map.h"

enum { BUDGET = 1 << 30, FIRST_BUCKETS = 1024 };

void spoolindex_init(struct spoolindex *x)
{
	*x = (struct spoolindex){ .arena = arena_new("spool index", BUDGET) };
	x->buckets = arena_array(x->arena, struct spoolindex_entry *, FIRST_BUCKETS);
	x->n_buckets = FIRST_BUCKETS;
	list_init(&x->unused);
}

void spoolindex_end(struct spoolindex *x)
{
	x->arena = arena_free(x->arena);
}

static struct spoolindex_entry **bucket_of(const struct spoolindex *x, const struct spool_id *id)
{
	return &x->buckets[map_hash(str_c(id->text), false) & (x->n_buckets - 1)];
}

struct spoolindex_entry *spoolindex_find(const struct spoolindex *x, struct spool_id id)
{
	struct spoolindex_entry *e = *bucket_of(x, &id);

	while (e && !spoolid_eq(e->id, id))
		e = e->next;
	return e;
}

/* The old table stays in the arena: all of them together are smaller than the new one. */
static void grow(struct spoolindex *x)
{
	struct spoolindex_entry **old = x->buckets;
	size_t n = x->n_buckets;

	x->n_buckets = n * 2;
	x->buckets = arena_array(x->arena, struct spoolindex_entry *, n * 2);
	for (size_t i = 0; i < n; i++) {
		while (old[i]) {
			struct spoolindex_entry *e = old[i], **b = bucket_of(x, &e->id);

			old[i] = e->next;
			e->next = *b;
			*b = e;
		}
	}
}

static struct spoolindex_entry *new_entry(struct spoolindex *x)
{
	struct spoolindex_entry *e;

	if (list_empty(&x->unused))
		return arena_make(x->arena, struct spoolindex_entry);
	e = list_entry(x->unused.next, struct spoolindex_entry, link);
	list_remove(&e->link);
	return e;
}

struct spoolindex_entry *spoolindex_add(struct spoolindex *x, struct spool_id id,
					const struct place *message)
{
	struct spoolindex_entry *e, **b;

	if (x->n == SPOOLINDEX_MAX)
		return NULL;
	if (x->n == x->n_buckets)
		grow(x);
	b = bucket_of(x, &id);
	e = new_entry(x);
	*e = (struct spoolindex_entry){ .id = id, .next = *b, .message = *message };
	*b = e;
	list_append(&message->segment->messages, &e->link);
	x->n++;
	x->bytes += segments_bytes(message);
	return e;
}

void spoolindex_remove(struct spoolindex *x, struct spoolindex_entry *e)
{
	struct spoolindex_entry **at = bucket_of(x, &e->id);

	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	list_remove(&e->link);
	list_append(&x->unused, &e->link);
	x->n--;
	x->bytes -= segments_bytes(&e->message) + segments_bytes(&e->state);
}

void spoolindex_move(struct spoolindex *x, struct spoolindex_entry *e, const struct place *message,
		     const struct place *state)
{
	x->bytes -= segments_bytes(&e->message) + segments_bytes(&e->state);
	x->bytes += segments_bytes(message) + segments_bytes(state);
	if (message->segment != e->message.segment) {
		list_remove(&e->link);
		list_append(&message->segment->messages, &e->link);
	}
	e->message = *message;
	e->state = *state;
}

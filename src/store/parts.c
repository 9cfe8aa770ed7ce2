#include "store/parts.h"

#include "base/clock.h"

static str domain_of(str address)
{
	size_t at = str_rchr(address, '@');

	return at == STR_NONE ? STR("") : str_skip(address, at + 1);
}

str *parts_destinations(struct arena *a, const struct store_settings *c, const struct spoolmeta *m)
{
	str *v = arena_array(a, str, m->n_recipients);

	for (size_t i = 0; i < m->n_recipients; i++)
		v[i] = route_destination(a, &c->routes, domain_of(m->recipients[i]));
	return v;
}

size_t parts_cap(const struct store_settings *c, str address)
{
	size_t share = c->retry.workers > 1 ? c->retry.workers / 2 : 1;
	size_t cap = route_find(&c->routes, domain_of(address))->connections;

	if (c->one_destination)
		share = c->retry.workers;
	return cap < share ? cap : share;
}

bool parts_is_open(const struct spool_state *state, size_t i)
{
	return state->recipients[i] == SPOOL_PENDING || state->recipients[i] == SPOOL_FAILED;
}

/* By the clock of attempts; what lies further ahead than any pause was written by a clock
 * that has been set back since. */
static int64_t due_at(const struct queue *q, const struct spool_progress *p, struct queue_time t)
{
	int64_t pause = p->attempts ? p->next_at * 1000 - t.wall : 0;
	int64_t longest = queue_longest_pause(q);

	return t.now + (pause < 0 ? 0 : pause < longest ? pause : longest);
}

void parts_add(struct store *s, const struct store_settings *c, struct queue_message *in,
	       const struct spoolmeta *m, const struct spool_state *state, const str *destinations)
{
	const struct queue_time t = store_time();

	in->routed_by = c;
	for (size_t i = 0; i < m->n_recipients; i++) {
		if (parts_is_open(state, i) && !queue_part(in, destinations[i]))
			queue_add_part(&s->queue, in, destinations[i],
				       parts_cap(c, m->recipients[i]), state->progress[i].attempts,
				       due_at(&s->queue, &state->progress[i], t), t);
	}
	if (list_empty(&in->parts))
		queue_add_part(&s->queue, in, STR(""), c->retry.workers, 0, t.now, t);
}

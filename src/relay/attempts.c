#include "relay/attempts.h"

#include <errno.h>
#include <time.h>

enum { ARENA_BUDGET = 4 << 20 };

void attempts_init(struct attempts *s)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->changed, &attr);
	pthread_condattr_destroy(&attr);
	list_init(&s->running);
	list_init(&s->untold);
	s->n_untold = 0;
}

static struct attempts_one *find(struct list *in, str id)
{
	list_each (in, link) {
		struct attempts_one *one = list_entry(link, struct attempts_one, link);

		if (str_eq(one->id, id))
			return one;
	}
	return NULL;
}

static bool is_for(const struct attempts_one *one, const str *recipients, size_t n)
{
	if (one->n != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!str_eq(one->recipients[i], recipients[i]))
			return false;
	}
	return true;
}

static void forget(struct attempts_one *one)
{
	list_remove(&one->link);
	arena_free(one->arena);
}

static struct attempts_one *make(str id, const str *recipients, size_t n)
{
	struct arena *a = arena_new("attempt", ARENA_BUDGET);
	struct attempts_one *one = arena_make(a, struct attempts_one);
	str *copies = arena_array(a, str, n);

	for (size_t i = 0; i < n; i++)
		copies[i] = arena_str(a, recipients[i]);
	one->arena = a;
	one->id = arena_str(a, id);
	one->recipients = copies;
	one->n = n;
	list_init(&one->link);
	return one;
}

/* What an earlier store did not hear; NULL when there is nothing of use. */
static struct attempts_one *take_untold(struct attempts *s, str id, const str *recipients, size_t n)
{
	struct attempts_one *one = find(&s->untold, id);

	if (!one)
		return NULL;
	s->n_untold--;
	if (!is_for(one, recipients, n)) {
		forget(one);
		return NULL;
	}
	list_remove(&one->link);
	return one;
}

struct attempts_one *attempts_begin(struct attempts *s, str id, const str *recipients, size_t n,
				    deadline d)
{
	struct timespec until = { .tv_sec = d / 1000, .tv_nsec = d % 1000 * 1000000 };
	struct attempts_one *one;
	int r = 0;

	pthread_mutex_lock(&s->lock);
	while (find(&s->running, id) && r != ETIMEDOUT)
		r = pthread_cond_timedwait(&s->changed, &s->lock, &until);
	one = take_untold(s, id, recipients, n);
	if (!one)
		one = make(id, recipients, n);
	list_append(&s->running, &one->link);
	pthread_mutex_unlock(&s->lock);
	return one;
}

static void keep(struct attempts *s, struct attempts_one *one)
{
	list_remove(&one->link);
	list_append(&s->untold, &one->link);
	if (++s->n_untold <= ATTEMPTS_UNTOLD)
		return;
	forget(list_entry(s->untold.next, struct attempts_one, link));
	s->n_untold--;
}

void attempts_note(struct attempts_one *one, const uint64_t *outcome, str next_hop, str reply)
{
	one->outcome = arena_array(one->arena, uint64_t, one->n);
	if (one->n)
		memcpy(one->outcome, outcome, one->n * sizeof(*outcome));
	one->next_hop = arena_str(one->arena, next_hop);
	one->reply = arena_str(one->arena, reply);
}

void attempts_end(struct attempts *s, struct attempts_one *one, bool told)
{
	pthread_mutex_lock(&s->lock);
	if (told)
		forget(one);
	else
		keep(s, one);
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

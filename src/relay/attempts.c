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

static bool shares(const struct attempts_one *one, const str *recipients, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < one->n; k++) {
			if (one->recipients[k].p && str_eq(one->recipients[k], recipients[i]))
				return true;
		}
	}
	return false;
}

/* The same message on its way to one of the same recipients. */
static struct attempts_one *find(struct list *in, str id, const str *recipients, size_t n)
{
	list_each (in, link) {
		struct attempts_one *one = list_entry(link, struct attempts_one, link);

		if (str_eq(one->id, id) && shares(one, recipients, n))
			return one;
	}
	return NULL;
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

/* Takes a recipient out of what was not told; SIZE_MAX: it is not among it. */
static size_t take_recipient(struct attempts_one *one, str recipient)
{
	for (size_t i = 0; i < one->n; i++) {
		if (!one->recipients[i].p || !str_eq(one->recipients[i], recipient))
			continue;
		one->recipients[i] = STR_NULL;
		return i;
	}
	return SIZE_MAX;
}

static bool is_empty(const struct attempts_one *one)
{
	for (size_t i = 0; i < one->n; i++) {
		if (one->recipients[i].p)
			return false;
	}
	return true;
}

/* What an earlier asker did not hear, about these recipients of all that it asked for; NULL
 * when it does not say something of each of them. */
static struct attempts_one *take_untold(struct attempts *s, str id, const str *recipients, size_t n)
{
	struct attempts_one *all = find(&s->untold, id, recipients, n), *one;
	struct attempts_outcome end;
	bool whole = true;

	if (!all)
		return NULL;
	one = make(id, recipients, n);
	end = all->end;
	end.outcome = arena_array(one->arena, uint64_t, n);
	for (size_t i = 0; i < n; i++) {
		size_t at = take_recipient(all, recipients[i]);

		whole = whole && at != SIZE_MAX;
		end.outcome[i] = at == SIZE_MAX ? 0 : all->end.outcome[at];
	}
	attempts_note(one, &end);
	if (is_empty(all)) {
		forget(all);
		s->n_untold--;
	}
	if (whole)
		return one;
	arena_free(one->arena);
	return NULL;
}

struct attempts_one *attempts_begin(struct attempts *s, str id, const str *recipients, size_t n,
				    deadline d)
{
	struct timespec until = { .tv_sec = d / 1000, .tv_nsec = d % 1000 * 1000000 };
	struct attempts_one *one;
	int r = 0;

	pthread_mutex_lock(&s->lock);
	while (find(&s->running, id, recipients, n) && r != ETIMEDOUT)
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

void attempts_note(struct attempts_one *one, const struct attempts_outcome *end)
{
	one->end = *end;
	one->end.outcome = arena_array(one->arena, uint64_t, one->n);
	if (one->n)
		memcpy(one->end.outcome, end->outcome, one->n * sizeof(*end->outcome));
	one->end.next_hop = arena_str(one->arena, end->next_hop);
	one->end.reply = arena_str(one->arena, end->reply);
	one->end.tls = arena_str(one->arena, end->tls);
	one->end.tls_results = arena_array(one->arena, str, end->n_tls_results);
	for (size_t i = 0; i < end->n_tls_results; i++)
		one->end.tls_results[i] = arena_str(one->arena, end->tls_results[i]);
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

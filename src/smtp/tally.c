#include "smtp/tally.h"

#include <string.h>

void tally_init(struct tally *t)
{
	memset(t, 0, sizeof(*t));
	pthread_mutex_init(&t->lock, NULL);
}

static struct tally_row *row_of(struct tally *t, uint64_t key)
{
	struct tally_row *set = t->rows[key % TALLY_SETS], *first = set;

	for (size_t i = 0; i < TALLY_WAYS; i++) {
		if (set[i].key == key)
			return &set[i];
		if (set[i].until < first->until)
			first = &set[i];
	}
	*first = (struct tally_row){ .key = key };
	return first;
}

static int64_t level(const struct tally_row *r, int64_t now)
{
	return r->until > now ? r->until - now : 0;
}

int64_t tally_level(struct tally *t, uint64_t key, int64_t now)
{
	const struct tally_row *set = t->rows[key % TALLY_SETS];
	int64_t found = 0;

	pthread_mutex_lock(&t->lock);
	for (size_t i = 0; i < TALLY_WAYS; i++) {
		if (set[i].key == key)
			found = level(&set[i], now);
	}
	pthread_mutex_unlock(&t->lock);
	return found;
}

void tally_add(struct tally *t, uint64_t key, int64_t share, int64_t max, int64_t now)
{
	struct tally_row *r;
	int64_t sum;

	pthread_mutex_lock(&t->lock);
	r = row_of(t, key);
	sum = level(r, now) + share;
	r->until = now + (sum < max ? sum : max);
	pthread_mutex_unlock(&t->lock);
}

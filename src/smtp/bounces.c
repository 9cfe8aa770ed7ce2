#include "smtp/bounces.h"

#include "base/map.h"

enum { HOUR_MS = 3600 * 1000 };

void bounces_init(struct bounces *b)
{
	memset(b, 0, sizeof(*b));
	pthread_mutex_init(&b->lock, NULL);
}

static struct bounces_row *row_of(struct bounces *b, uint64_t key)
{
	struct bounces_row *set = b->rows[key % BOUNCES_SETS], *first = set;

	for (size_t i = 0; i < BOUNCES_WAYS; i++) {
		if (set[i].key == key)
			return &set[i];
		if (set[i].until < first->until)
			first = &set[i];
	}
	*first = (struct bounces_row){ .key = key };
	return first;
}

/* What is left of the hour that all messages so far have taken up. */
static int64_t level(const struct bounces_row *r, int64_t now)
{
	return r->until > now ? r->until - now : 0;
}

bool bounces_full(struct bounces *b, str recipient, uint32_t per_hour, int64_t now)
{
	uint64_t key = map_hash(recipient, true);
	const struct bounces_row *set = b->rows[key % BOUNCES_SETS];
	bool full = false;

	pthread_mutex_lock(&b->lock);
	for (size_t i = 0; i < BOUNCES_WAYS; i++)
		full |= set[i].key == key && level(&set[i], now) + HOUR_MS / per_hour > HOUR_MS;
	pthread_mutex_unlock(&b->lock);
	return full;
}

void bounces_count(struct bounces *b, str recipient, uint32_t per_hour, int64_t now)
{
	struct bounces_row *r;

	pthread_mutex_lock(&b->lock);
	r = row_of(b, map_hash(recipient, true));
	r->until = now + level(r, now) + HOUR_MS / per_hour;
	pthread_mutex_unlock(&b->lock);
}

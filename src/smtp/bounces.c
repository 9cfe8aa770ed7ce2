#include "smtp/bounces.h"

#include "base/map.h"

enum { HOUR_MS = 3600 * 1000 };

void bounces_init(struct bounces *b)
{
	tally_init(&b->tally);
}

bool bounces_full(struct bounces *b, str recipient, uint32_t per_hour, int64_t now)
{
	return tally_level(&b->tally, map_hash(recipient, true), now) + HOUR_MS / per_hour >
	       HOUR_MS;
}

void bounces_count(struct bounces *b, str recipient, uint32_t per_hour, int64_t now)
{
	tally_add(&b->tally, map_hash(recipient, true), HOUR_MS / per_hour, INT64_MAX, now);
}

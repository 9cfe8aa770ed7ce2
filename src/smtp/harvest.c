#include "smtp/harvest.h"

#include "base/map.h"
#include "smtp/clients.h"

void harvest_init(struct harvest *h)
{
	tally_init(&h->tally);
}

static uint64_t key_of(struct ip client)
{
	struct ip key = clients_key(client);

	return map_hash(str_of(key.bytes, key.n), false);
}

uint32_t harvest_count(struct harvest *h, struct ip client, int64_t now)
{
	int64_t level = tally_level(&h->tally, key_of(client), now);

	return (uint32_t)((level + HARVEST_FORGET_MS - 1) / HARVEST_FORGET_MS);
}

void harvest_add(struct harvest *h, struct ip client, int64_t now)
{
	tally_add(&h->tally, key_of(client), HARVEST_FORGET_MS,
		  (int64_t)HARVEST_MAX * HARVEST_FORGET_MS, now);
}

int64_t harvest_delay(uint32_t count, uint32_t slow_after)
{
	int64_t delay;

	if (slow_after == 0 || count < slow_after)
		return 0;
	delay = (int64_t)(count - slow_after + 1) * HARVEST_STEP_MS;
	return delay < HARVEST_DELAY_MAX_MS ? delay : HARVEST_DELAY_MAX_MS;
}

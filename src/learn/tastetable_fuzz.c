/* Any bytes are refused or can be asked; with a checksum that is right as well. */
#include "learn/tastetable.h"

#include <math.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 64, SUM = 8 }; /* the checksum is the head's end */

static void ask(const struct tastetable *t)
{
	struct taste_codes codes = { .n = 3, .v = { 1, 500, 65535 } };

	(void)!tastetable_find(t, STR("paul@hopital.example"));
	for (uint32_t i = 0; i < t->n_people; i++) {
		double w;

		bug_if(t->people[i].first + t->people[i].n > t->n_lessons);
		w = tastetable_weigh(t, &t->people[i], &codes);
		bug_if(!(fabs(w) <= TASTE_MOST));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	struct tastetable t;
	uint64_t sum = 0;
	char *p;

	if (size < HEAD || size > 1 << 20)
		return 0;
	p = arena_alloc(a, size);
	memcpy(p, data, size);
	if (tastetable_decode(str_of(p, size), &t))
		ask(&t);
	memcpy(p, "POTTAST1", 8);
	memcpy(p + HEAD - SUM, &sum, SUM);
	sum = XXH3_64bits(p, size); /* little-endian, as this machine */
	memcpy(p + HEAD - SUM, &sum, SUM);
	if (!tastetable_decode(str_of(p, size), &t))
		return 0;
	ask(&t);
	bug_if(!str_eq(tastetable_encode(a, &t), str_of(p, size)));
	return 0;
}

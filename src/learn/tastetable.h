/* learn/tastetable.h - the tastes of all recipients who have lessons of their own: the file
 * "tastes", used as it lies there.
 *
 * Recipients are known by a keyed digest of their address only. The key stands in the same file:
 * whoever has it can try addresses, but reads none.
 *
 * Input    tastetable_decode: our own file, perhaps damaged; addresses of envelopes, hostile.
 * Memory   everything points into the file's bytes.
 * Limits   TASTETABLE_PEOPLE, TASTETABLE_LESSONS, TASTE_LESSONS of each.
 * Threads  const once decoded.
 * Errors   tastetable_decode: false for anything but what tastetable_encode writes.
 */
#ifndef LEARN_TASTETABLE_H
#define LEARN_TASTETABLE_H

#include "base/arena.h"
#include "learn/taste.h"

enum {
	TASTETABLE_PEOPLE = 50000,
	TASTETABLE_LESSONS = 200000, /* of all: 85 MB */
	TASTETABLE_SECRET = 32,
	TASTETABLE_ADDRESS = 320, /* bytes of an address that count */
	TASTETABLE_MAX_BYTES = 128 << 20,
};

struct tastetable_person {
	uint64_t who[2];
	uint32_t first; /* of his lessons */
	uint16_t n;	/* at least one */
	uint8_t speaks; /* taste_fit said so */
	uint8_t spare;
};

struct tastetable {
	uint64_t key; /* of the features that the codes were made from */
	uint8_t secret[TASTETABLE_SECRET];
	const struct tastetable_person *people; /* by who, ascending */
	const struct taste_lesson *lessons;	/* of one after the other */
	uint32_t n_people, n_lessons;
};

/* By which digest an address is known: as everywhere, in any ASCII case. */
void tastetable_who(const uint8_t secret[TASTETABLE_SECRET], str address, uint64_t ret[2]);
/* NULL: he has no lessons. */
const struct tastetable_person *tastetable_find(const struct tastetable *t, str address);
/* What his lessons add to the logit; 0 when they are silent. */
double tastetable_weigh(const struct tastetable *t, const struct tastetable_person *p,
			const struct taste_codes *codes);

str tastetable_encode(struct arena *a, const struct tastetable *t) must_use;
bool tastetable_decode(str bytes, struct tastetable *ret) must_use;

#endif

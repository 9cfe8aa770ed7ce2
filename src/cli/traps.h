/* cli/traps.h - which held messages came to spam traps only and may be learned as spam.
 *
 * Whoever knows a trap can write to it. So of one day and network only the first few count, and of
 * one day not too many: the same ones, however often it is asked.
 *
 * Input    the list of the quarantine, JSON of poterne-store with hostile text inside.
 * Memory   in the arena.
 * Limits   TRAPS_OF_NETWORK, TRAPS_OF_DAY; TRAPS_BYTES of a message: all are in memory at once.
 * Errors   negative and why.
 */
#ifndef CLI_TRAPS_H
#define CLI_TRAPS_H

#include "base/arena.h"
#include "base/str.h"
#include "base/why.h"

enum {
	TRAPS_OF_NETWORK = 3, /* of an IPv4 /24 or IPv6 /48 */
	TRAPS_OF_DAY = 100,
	TRAPS_BYTES = 256 << 10, /* larger ones teach nothing */
};

struct traps {
	ARENA_VEC(const char *) ids;
};

/* list: what "quarantine list" answers, the newest first. */
int traps_choose(struct arena *a, str list, struct traps *ret, struct why *why) must_use;

#endif

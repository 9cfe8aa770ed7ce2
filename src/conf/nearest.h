/* conf/nearest.h - "did you mean": the name closest to a mistyped one.
 *
 * Input    any text.   Memory  none.
 * Limits   names longer than NEAREST_MAX bytes are never near.
 * Threads  pure.       Errors  cannot fail.
 */
#ifndef CONF_NEAREST_H
#define CONF_NEAREST_H

#include "base/str.h"

enum { NEAREST_MAX = 64 };

/* Offered one candidate after the other, keeps the best. */
struct nearest {
	str wanted;
	str best; /* STR_NULL while nothing is near enough */
	size_t distance;
};

struct nearest nearest_to(str wanted);
void nearest_offer(struct nearest *n, str candidate);
/* Edit distance: insertions, deletions, changes and swaps of neighbours; without case. */
size_t nearest_distance(str a, str b);

#endif

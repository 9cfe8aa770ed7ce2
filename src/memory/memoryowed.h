/* memory/memoryowed.h - which rows changed here while a shared memory was away, each once, in the
 * order in which they came.
 *
 * Input    names are hostile.   Memory  its own, given back by memoryowed_free.
 * Limits   MEMORYOWED_BYTES: what comes then is not taken.
 * Threads  one at a time.   Errors  none.
 */
#ifndef MEMORY_MEMORYOWED_H
#define MEMORY_MEMORYOWED_H

#include "memory/memory.h"

enum { MEMORYOWED_BYTES = 4 << 20 };

struct memoryowed;

struct memoryowed *memoryowed_new(void) must_use;
/* Takes NULL; returns NULL. */
struct memoryowed *memoryowed_free(struct memoryowed *o);

/* Name and whether it was forgotten in between are kept, no counts. */
void memoryowed_add(struct memoryowed *o, const struct memory_change *c);
/* The oldest ones, at most max; valid until memoryowed_drop. */
size_t memoryowed_first(const struct memoryowed *o, struct memory_change *ret, size_t max) must_use;
void memoryowed_drop(struct memoryowed *o, size_t n);

#endif

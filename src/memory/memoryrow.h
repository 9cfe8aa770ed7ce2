/* memory/memoryrow.h - a row as bytes, for a store that others write to as well.
 *
 * Input    memoryrow_unpack: from the network; what it accepts has counts that are numbers within
 *          bounds.
 * Memory   by value.   Limits  MEMORYROW_BYTES.   Threads  pure.   Errors  false: no row.
 */
#ifndef MEMORY_MEMORYROW_H
#define MEMORY_MEMORYROW_H

#include "memory/memory.h"

enum { MEMORYROW_BYTES = 25 };

struct memoryrow {
	struct memory_row row; /* last_seen 0: there is none */
	uint32_t forgotten;    /* when that was last asked for; 0: never */
};

void memoryrow_pack(const struct memoryrow *r, uint8_t ret[MEMORYROW_BYTES]);
bool memoryrow_unpack(str in, struct memoryrow *ret) must_use;

#endif

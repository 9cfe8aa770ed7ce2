/* memory/memoryrow.h - a row as bytes, for a store that others write to as well.
 *
 * Input    memoryrow_unpack: from the network; what it accepts has counts that are numbers within
 *          bounds.
 * Memory   by value.   Limits  MEMORYROW_BYTES.   Threads  pure.   Errors  false: no row.
 */
#ifndef MEMORY_MEMORYROW_H
#define MEMORY_MEMORYROW_H

#include "memory/memory.h"

enum { MEMORYROW_BYTES = 21 };

/* In struct memory_row a last_seen of 0 is no row: that has no bytes. */
void memoryrow_pack(const struct memory_row *row, uint8_t ret[MEMORYROW_BYTES]);
bool memoryrow_unpack(str in, struct memory_row *ret) must_use;

#endif

/* memory/memoryrow.h - a row as bytes, for a store that others write to as well.
 *
 * Input    memoryrow_unpack: from the network; what it accepts has counts that are numbers within
 *          bounds.
 * Memory   by value.   Limits  MEMORYROW_BYTES.   Threads  pure.   Errors  MEMORYROW_NONE.
 */
#ifndef MEMORY_MEMORYROW_H
#define MEMORY_MEMORYROW_H

#include "memory/memory.h"

enum { MEMORYROW_BYTES = 21 };

/* MEMORYROW_GONE: it was forgotten at last_seen, by all who share it. */
enum memoryrow { MEMORYROW_NONE, MEMORYROW_THERE, MEMORYROW_GONE };

void memoryrow_pack(enum memoryrow state, const struct memory_row *row,
		    uint8_t ret[MEMORYROW_BYTES]);
enum memoryrow memoryrow_unpack(str in, struct memory_row *ret) must_use;

#endif

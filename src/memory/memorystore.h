/* memory/memorystore.h - memory in one SQLite file, its busy rows in the memory of this process.
 *
 * Notes change rows in the table and cost no disk; memorystore_flush writes what has changed, in
 * one transaction, from the owner's thread. kill -9 loses what came after the last flush. The
 * secret of the keys is made with the file and kept in it.
 *
 * Input    the file is ours; names are hostile, and known as hashes only.
 * Memory   a store lives until memorystore_close.
 * Limits   MEMORYSTORE_HOT rows in memory, MEMORYSTORE_BATCH a transaction; rows of the file as
 *          memory_limits say: those not seen longest go first.
 * Threads  internally locked: whoever writes the file keeps no question waiting.
 * Errors   negative errno and why; a file that is no database is set aside as .broken and begun
 *          anew (MEMORYSTORE_RENEWED). A row that cannot be read is absent.
 */
#ifndef MEMORY_MEMORYSTORE_H
#define MEMORY_MEMORYSTORE_H

#include "memory/memory.h"

enum { MEMORYSTORE_HOT = 256 << 10, MEMORYSTORE_BATCH = 10000 };
enum { MEMORYSTORE_OK, MEMORYSTORE_RENEWED };

struct memorystore;

int memorystore_open(const char *path, const struct memory_limits *l, struct memorystore **ret,
		     struct why *why) must_use;
/* Writes what is left. Takes NULL. */
void memorystore_close(struct memorystore *s);
/* The store as a memory, valid until it is closed. */
struct memory memorystore_memory(struct memorystore *s);

/* Writes rows that have changed, all of them; *ret_n is how many. */
int memorystore_flush(struct memorystore *s, size_t *ret_n, struct why *why) must_use;
/* Takes rows out that are old, or too many of their kind, all of them: a flood may bring more in a
 * minute than a transaction takes. *ret_n says how many. */
int memorystore_expire(struct memorystore *s, int64_t now, size_t *ret_n, struct why *why) must_use;
/* Rows in the file, as of the last call of memorystore_expire; and changes that were lost because
 * there was no room for them. */
uint64_t memorystore_rows(const struct memorystore *s);
uint64_t memorystore_dropped(const struct memorystore *s);

#endif

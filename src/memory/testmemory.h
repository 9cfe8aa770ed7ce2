/* memory/testmemory.h - a memory in a file of its own: for tests of what remembers.
 */
#ifndef MEMORY_TESTMEMORY_H
#define MEMORY_TESTMEMORY_H

#include "base/testdir.h"
#include "memory/memorystore.h"

struct testmemory {
	char dir[TESTDIR_MAX], path[TESTDIR_PATH_MAX];
	struct memory_limits limits;
	struct memorystore *store;
	struct memory memory;
};

/* Opens it (again), by its limits. */
static inline void testmemory_open(struct testmemory *t)
{
	struct why why = { "" };

	if (memorystore_open(t->path, &t->limits, &t->store, &why) != MEMORYSTORE_OK)
		fail_msg("%s", why.text);
	t->memory = memorystore_memory(t->store);
}

static inline void testmemory_make(struct testmemory *t, const struct conf *c)
{
	testdir_make(t->dir);
	testdir_path(t->dir, "memory.db", t->path);
	t->limits = memory_limits_of(c);
	testmemory_open(t);
}

static inline void testmemory_remove(struct testmemory *t)
{
	memorystore_close(t->store);
	testdir_remove(t->dir);
}

#endif

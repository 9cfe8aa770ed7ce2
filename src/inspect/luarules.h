/* inspect/luarules.h - rules that need code: small Lua programs over the facts of one message, in
 * a cage.
 *
 * A program gets the message as its argument (...) and returns its evidence (a text, or true)
 * or nothing. It can compute and compare; there is no input, no output, no clock, no other program,
 * and nothing of a message outlives it. The table: docs/formats/lua-rules.md.
 *
 * Input    luarules_compile: programs of the administrator, as text. luarules_load: a blob of our
 *          own. luarules_run: facts of a hostile message.
 * Memory   a set is malloc'ed and freed by luarules_free; a message's state is gone after it.
 * Limits   LUARULES_MAX programs of LUARULES_MAX_CODE bytes; each message LUARULES_MAX_MEMORY at a
 *          time, LUARULES_MAX_ALLOCATED in all and LUARULES_MAX_STEPS instructions a program.
 * Threads  a set is used by one thread at a time.
 * Errors   compile: -EINVAL, the index of the offender and a why. A program that fails or
 *          meets a limit is told to fail, never taken for silent.
 */
#ifndef INSPECT_LUARULES_H
#define INSPECT_LUARULES_H

#include "base/why.h"
#include "inspect/facts.h"

enum {
	LUARULES_MAX = 1000,
	LUARULES_MAX_NAME = 64,
	LUARULES_MAX_CODE = 64 << 10,
	LUARULES_MAX_MEMORY = 32 << 20,
	LUARULES_MAX_ALLOCATED = 256 << 20,
	LUARULES_MAX_STEPS = 1000000,
};

struct luarule {
	uint32_t id; /* given back with a hit */
	str name;    /* stands in front of why it failed */
	str code;
};

int luarules_compile(struct arena *a, const struct luarule *list, size_t n, str *ret_blob,
		     size_t *ret_bad, struct why *why) must_use;

struct luarules;

int luarules_load(str blob, struct luarules **ret, struct why *why) must_use;
/* Takes NULL; returns NULL. */
struct luarules *luarules_free(struct luarules *l);

struct luarules_hits {
	void *ctx;
	void (*hit)(void *ctx, uint32_t id, str evidence);
	void (*fail)(void *ctx, uint32_t id, str why);
};
/* l may be NULL: nothing happens. */
void luarules_run(const struct luarules *l, const struct facts *f, const struct luarules_hits *to);

#endif

#include "inspect/inspect_private.h"

static void on_hit(void *ctx, uint32_t id, str evidence)
{
	walk_hit(ctx, id, evidence, 0);
}

static void on_failure(void *ctx, uint32_t id unused_arg, str why)
{
	walk_find(ctx, FINDING_LUA_RULE_FAILED, 0, why);
}

void inspect_lua_run(struct walk *w)
{
	struct luarules_hits to = { w, on_hit, on_failure };

	luarules_run(w->limits.lua, w->facts, &to);
}

/* cli/replayside.h - one set of rules with its configuration, as poterne replay judges by.
 *
 * Input    the caller's options; configuration and rules of the administrator.
 * Memory   lives until replayside_close.
 * Errors   negative errno and why.
 */
#ifndef CLI_REPLAYSIDE_H
#define CLI_REPLAYSIDE_H

#include "replay/replay.h"
#include "super/super.h"

struct replayside {
	struct arena *arena;
	const struct conf *conf;
	struct rules *rules;
	struct verdict_options options;
};

/* changes: as struct rules_dirs has them. */
int replayside_open(struct replayside *s, const struct super_source *source, str changes,
		    struct why *why) must_use;
void replayside_close(struct replayside *s);

#endif

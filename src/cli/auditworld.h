/* cli/auditworld.h - the battery's lists and rules (battery/world.h) as files, for this process
 * or for a gateway that is to be tested.
 *
 * Input    a directory of ours or the caller's.
 * Errors   negative errno and why.
 */
#ifndef CLI_AUDITWORLD_H
#define CLI_AUDITWORLD_H

#include "base/why.h"

enum { AUDITWORLD_PATH_MAX = 4096 };

struct auditworld {
	char folder[AUDITWORLD_PATH_MAX];
	/* values for --set: paths.site_lists and paths.overlay */
	char lists[AUDITWORLD_PATH_MAX + 32], overlay[AUDITWORLD_PATH_MAX + 32];
};

/* Below folder: lists/, overlay/, zone.json. */
int auditworld_write(const char *folder, struct why *why) must_use;
/* The same in a new directory, for as long as it takes to read it. */
int auditworld_start(struct auditworld *w, struct why *why) must_use;
void auditworld_end(struct auditworld *w);

#endif

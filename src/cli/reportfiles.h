/* cli/reportfiles.h - reports in files: as they are, compressed, archived, or in mails, read by a
 * sandboxed worker of the command's own.
 *
 * Input    paths of the caller; contents are hostile and parsed in the worker only.
 * Memory   of one file at a time.   Limits  those of the inspection.
 * Errors   exit statuses of cli.h; messages on standard error.
 */
#ifndef CLI_REPORTFILES_H
#define CLI_REPORTFILES_H

#include "cli/messages.h"
#include "cli/offline.h"

struct reportfiles {
	const char *command; /* for messages */
	void *ctx;
	/* The reports of one file; none: why it has none. Negative: not the next file either. */
	int (*take)(void *ctx, struct arena *a, str name, const struct reportset *set);
};

int reportfiles_run(const struct reportfiles *f, const struct super_source *source,
		    const struct messages *messages) must_use;

#endif

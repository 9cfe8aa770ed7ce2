/* cli/keptsource.h - where poterne replay takes kept messages from: the running gateway, or a file
 * that --export has written.
 *
 * Input    answers of poterne-store, and the file: possibly damaged, cut into records only.
 * Memory   a chunk at a time.
 * Limits   KEPTSOURCE_FILE_MAX bytes of a file.
 * Errors   negative errno and why; what is behind a damaged record is not read.
 */
#ifndef CLI_KEPTSOURCE_H
#define CLI_KEPTSOURCE_H

#include "conf/conf.h"

enum { KEPTSOURCE_DAY_S = 24 * 3600 };

/* Bytes of one kept message (replay/kept.h); negative ends the walk. */
typedef int keptsource_fn(void *ctx, str record, struct why *why);

/* Days before that of since are left out. */
int keptsource_gateway(const struct conf *conf, int64_t since, keptsource_fn *each, void *ctx,
		       struct why *why) must_use;
int keptsource_file(const char *path, keptsource_fn *each, void *ctx, struct why *why) must_use;

#endif

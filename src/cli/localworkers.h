/* cli/localworkers.h - inspection workers of a command's own, when no gateway runs: the
 * same poterne-inspect, started and sandboxed in the same way.
 *
 * Memory   lives until localworkers_stop.
 * Threads  the kill callback may come from any thread.
 * Errors   negative errno and why.
 */
#ifndef CLI_LOCALWORKERS_H
#define CLI_LOCALWORKERS_H

#include "conf/conf.h"
#include "scan/images.h"

struct localworkers;

/* Starts n workers of conf.paths.programs, and half as many for images, and fills
 * *ret_workers and *ret_images with them. */
int localworkers_start(const struct conf *conf, size_t n, struct localworkers **ret,
		       struct workers **ret_workers, struct images *ret_images, struct why *why)
	must_use;
void localworkers_stop(struct localworkers *l);

#endif

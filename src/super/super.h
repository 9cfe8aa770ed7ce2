/* super/super.h - the supervisor: starts the processes, connects them, watches them.
 *
 * Single-threaded; the only one that forks and, started as root, the only one that stays
 * root. It reads the configuration, binds the ports, and hands each process its part of
 * the configuration, its descriptors and its lanes. It parses no byte from the network.
 *
 * Input    trusted: the configuration; its children's ready and kill_worker messages.
 * Memory   a struct super lives as long as the process.
 * Errors   negative errno and why before service; afterwards it logs and goes on.
 */
#ifndef SUPER_SUPER_H
#define SUPER_SUPER_H

#include "conf/conf.h"

/* How the configuration is read again on SIGHUP: the same file and --set as at start. */
struct super_source {
	const char *file; /* NULL: embedded defaults */
	const char *const *sets;
	size_t n_sets;
};

struct conf *super_read_conf(const struct super_source *source, struct arena *a, struct why *why)
	must_use;

/* Runs the gateway until SIGTERM or SIGINT; returns the exit status. */
int super_run(struct conf *conf, const struct super_source *source);

#endif

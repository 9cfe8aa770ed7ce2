/* sys/sandbox.h - giving up every right that a process does not need, for good.
 *
 * In this order: rlimits, working directory or chroot, capabilities, user and groups,
 * no_new_privs, Landlock, seccomp. As root everything applies; as an ordinary user the
 * change of user and the chroot are left out (the supervisor warns once), the rest
 * applies all the same.
 *
 * Input    trusted: our own spec.
 * Threads  before any thread is started.
 * Errors   negative errno and why: the process must exit, never serve half-open.
 */
#ifndef SYS_SANDBOX_H
#define SYS_SANDBOX_H

#include "base/why.h"

enum sandbox_rights {
	SANDBOX_THREADS = 1 << 0, /* make threads and memory files */
	SANDBOX_ACCEPT = 1 << 1,  /* accept connections on inherited listeners, wait with epoll */
	SANDBOX_CONNECT = 1 << 2, /* make sockets and connect */
	SANDBOX_FILES = 1 << 3,	  /* open files, where Landlock lets it */
};

enum { SANDBOX_MAX_PATHS = 12 };

struct sandbox_spec {
	const char *user; /* account name, used only when started as root */
	unsigned rights;  /* SANDBOX_* */
	/* The directory the process works in, which it may read and write with
	 * SANDBOX_FILES; as root it is its chroot. NULL: no directory at all. */
	const char *home;
	/* NULL-ended absolute paths that may be read with SANDBOX_FILES. Only without a
	 * home, since a chroot would hide them. Those that do not exist are passed over. */
	const char *read_paths[SANDBOX_MAX_PATHS];
	uint64_t memory_bytes; /* RLIMIT_AS; 0: as inherited */
	uint64_t open_files;   /* RLIMIT_NOFILE; 0: as inherited */
};

int sandbox_enter(const struct sandbox_spec *spec, struct why *why) must_use;

/* The uid and gid that a process runs under when started as root: the account of that
 * name, or a fixed number of our own range when it does not exist. */
void sandbox_ids(const char *user, unsigned *ret_uid, unsigned *ret_gid);

#endif

/* sys/landlock.h - the kernel's path rules (Landlock), by raw system calls since Debian
 * 12's headers are older than many kernels.
 *
 * Errors   0 when the kernel has no Landlock: seccomp still holds, and landlock_abi tells.
 */
#ifndef SYS_LANDLOCK_H
#define SYS_LANDLOCK_H

#include "base/why.h"

/* 0 when the kernel offers none. */
int landlock_abi(void);
/* From here on only what is beneath home (read and write) and read_paths (read) can be
 * reached. home may be NULL; read_paths is NULL-ended. */
int landlock_enter(const char *home, const char *const *read_paths, struct why *why) must_use;

#endif

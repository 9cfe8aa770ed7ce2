#include "sys/landlock.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Rights by ABI version; numbers that Debian 12's headers do not have yet. */
enum {
	ACCESS_REFER = 1 << 13,	   /* ABI 2 */
	ACCESS_TRUNCATE = 1 << 14, /* ABI 3 */
};

static const uint64_t READ_RIGHTS = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;

int landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi > 0 ? (int)abi : 0;
}

static uint64_t all_rights(int abi)
{
	uint64_t rights = (1 << 13) - 1;

	if (abi >= 2)
		rights |= ACCESS_REFER;
	if (abi >= 3)
		rights |= ACCESS_TRUNCATE;
	return rights;
}

static int add_path(int ruleset, const char *path, uint64_t rights, struct why *why)
{
	cleanup(fd_closep) int fd = open(path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr rule = { .allowed_access = rights, .parent_fd = fd };

	if (fd < 0)
		return errno == ENOENT || errno == EACCES ? 0
							  : why_set(why, -errno, "%s: %m", path);
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0)
		return 0;
	if (errno != EINVAL)
		return why_set(why, -errno, "landlock %s: %m", path);
	/* A file, not a directory: directory rights do not apply. */
	rule.allowed_access &= LANDLOCK_ACCESS_FS_READ_FILE;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
		return why_set(why, -errno, "landlock %s: %m", path);
	return 0;
}

int landlock_enter(const char *home, const char *const *read_paths, struct why *why)
{
	int abi = landlock_abi();
	struct landlock_ruleset_attr attr = { .handled_access_fs = all_rights(abi) };
	cleanup(fd_closep) int ruleset = -1;
	/* Everything but running programs and making devices. */
	uint64_t home_rights = all_rights(abi) & ~(uint64_t)(LANDLOCK_ACCESS_FS_EXECUTE |
							     LANDLOCK_ACCESS_FS_MAKE_CHAR |
							     LANDLOCK_ACCESS_FS_MAKE_BLOCK);
	int r = 0;

	if (abi == 0)
		return 0;
	ruleset =
		(int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr.handled_access_fs), 0);
	if (ruleset < 0)
		return why_set(why, -errno, "landlock: %m");
	if (home)
		r = add_path(ruleset, home, home_rights, why);
	for (size_t i = 0; r == 0 && read_paths[i]; i++)
		r = add_path(ruleset, read_paths[i], READ_RIGHTS, why);
	if (r < 0)
		return r;
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		return why_set(why, -errno, "landlock: %m");
	return 0;
}

#include "learn/statedir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int statedir_open(const char *dir, struct why *why)
{
	int fd;

	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return why_set(why, -errno, "%s: %m", dir);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? why_set(why, -errno, "%s: %m", dir) : fd;
}

int statedir_lock(int dirfd, const char *name, struct why *why)
{
	cleanup(fd_closep) int fd =
		openat(dirfd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		return why_set(why, -errno, "%s: %m", name);
	return take_fd(fd);
}

int statedir_replace(int dirfd, const char *name, str bytes, int *ret_fd, struct why *why)
{
	char beside[64];
	cleanup(fd_closep) int fd = -1;
	int r;

	snprintf(beside, sizeof(beside), "%s.new", name);
	fd = openat(dirfd, beside, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return why_set(why, -errno, "%s: %m", beside);
	r = fd_write_all(fd, bytes, why);
	if (r < 0)
		return r;
	if (fdatasync(fd) < 0 || renameat(dirfd, beside, dirfd, name) < 0 || fsync(dirfd) < 0)
		return why_set(why, -errno, "%s: %m", name);
	if (ret_fd)
		*ret_fd = take_fd(fd);
	return 0;
}

int statedir_map(const char *dir, const char *name, size_t max, str *ret, struct why *why)
{
	cleanup(fd_closep) int dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup(fd_closep) int fd = -1;

	*ret = STR_NULL;
	if (dirfd >= 0)
		fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return why_set(why, errno == ENOENT ? STATEDIR_E_ABSENT : -errno, "%s/%s: %m", dir,
			       name);
	return fd_map(fd, max, ret, why);
}

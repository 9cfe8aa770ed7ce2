#include "spool/spoolio.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { BLOCK = 4096 };

static int disk_make(void *ctx unused_arg, int dirfd, const char *name, uint64_t size)
{
	int fd, r;

	if (unlinkat(dirfd, name, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(dirfd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = fallocate(fd, 0, 0, (off_t)size) < 0 ? -errno : 0;
	/* A file system that cannot reserve: a full disk is then met when writing. */
	if (r == -EOPNOTSUPP)
		r = ftruncate(fd, (off_t)size) < 0 ? -errno : 0;
	if (r < 0) {
		fd_close(fd);
		(void)unlinkat(dirfd, name, 0); /* the next make tries again */
		return r;
	}
	return fd;
}

static ssize_t disk_read(void *ctx unused_arg, int fd, void *p, size_t n, uint64_t at)
{
	ssize_t r = pread(fd, p, n, (off_t)at);

	return r < 0 ? -errno : r;
}

static ssize_t disk_write(void *ctx unused_arg, int fd, const struct iovec *v, int n, uint64_t at)
{
	ssize_t r = pwritev(fd, v, n, (off_t)at);

	return r < 0 ? -errno : r;
}

static int disk_sync(void *ctx unused_arg, int fd)
{
	return fdatasync(fd) < 0 ? -errno : 0;
}

static int disk_sync_names(void *ctx unused_arg, int dirfd)
{
	return fsync(dirfd) < 0 ? -errno : 0;
}

static int disk_rename(void *ctx unused_arg, int dirfd, const char *from, const char *to)
{
	return renameat2(dirfd, from, dirfd, to, RENAME_NOREPLACE) < 0 ? -errno : 0;
}

static int disk_cut(void *ctx unused_arg, int fd, uint64_t size)
{
	return ftruncate(fd, (off_t)size) < 0 ? -errno : 0;
}

static int disk_remove(void *ctx unused_arg, int dirfd, const char *name)
{
	return unlinkat(dirfd, name, 0) < 0 ? -errno : 0;
}

const struct spoolio spoolio_disk = {
	.make = disk_make,
	.read = disk_read,
	.write = disk_write,
	.sync = disk_sync,
	.sync_names = disk_sync_names,
	.rename = disk_rename,
	.cut = disk_cut,
	.remove = disk_remove,
};

int spoolio_read_all(const struct spoolio *io, int fd, void *p, size_t n, uint64_t at)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r = io->read(io->ctx, fd, (char *)p + got, n - got, at + got);

		if (r == -EINTR)
			continue;
		if (r <= 0)
			return r < 0 ? (int)r : -EIO;
		got += (size_t)r;
	}
	return 0;
}

int spoolio_read_around(const struct spoolio *io, int fd, void *p, size_t n, uint64_t at,
			uint64_t *ret_lost)
{
	int r = spoolio_read_all(io, fd, p, n, at);

	if (r != -EIO)
		return r;
	for (size_t i = 0, part; i < n; i += part) {
		part = BLOCK - (at + i) % BLOCK;
		part = part < n - i ? part : n - i;
		r = spoolio_read_all(io, fd, (char *)p + i, part, at + i);
		if (r < 0 && r != -EIO)
			return r;
		if (r == -EIO) {
			memset((char *)p + i, 0, part);
			*ret_lost += part;
		}
	}
	return 0;
}

/* Drops the first n bytes of the vector. */
static void advance(struct iovec **v, int *count, size_t n)
{
	while (n && n >= (*v)->iov_len) {
		n -= (*v)->iov_len;
		(*v)++;
		(*count)--;
	}
	if (n) {
		(*v)->iov_base = (char *)(*v)->iov_base + n;
		(*v)->iov_len -= n;
	}
}

int spoolio_write_all(const struct spoolio *io, int fd, struct iovec *v, int n, uint64_t at,
		      uint64_t n_bytes)
{
	while (n_bytes) {
		ssize_t r = io->write(io->ctx, fd, v, n, at);

		if (r == -EINTR)
			continue;
		if (r <= 0)
			return r < 0 ? (int)r : -ENOSPC;
		at += (uint64_t)r;
		n_bytes -= (uint64_t)r;
		advance(&v, &n, (size_t)r);
	}
	return 0;
}

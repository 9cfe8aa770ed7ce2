#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int fd_close(int fd)
{
	if (fd >= 0)
		close(fd);
	return -1;
}

void fd_closep(int *fd)
{
	*fd = fd_close(*fd);
}

int fd_write_all(int fd, str data, struct why *why)
{
	while (data.n) {
		ssize_t n = write(fd, data.p, data.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return why_set(why, -errno, "write: %m");
		data = str_skip(data, (size_t)n);
	}
	return 0;
}

int fd_read_all(int fd, struct arena *a, size_t max, str *ret, struct why *why)
{
	struct stat st;
	size_t cap, used = 0;
	char *p;

	if (fstat(fd, &st) < 0)
		return why_set(why, -errno, "stat: %m");
	if (st.st_size < 0 || (uint64_t)st.st_size > max)
		return why_set(why, -EFBIG, "file of %lld bytes, at most %zu are read",
			       (long long)st.st_size, max);
	cap = (size_t)st.st_size;
	p = arena_alloc(a, cap + 1);
	while (used < cap) {
		ssize_t n = pread(fd, p + used, cap - used, (off_t)used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return why_set(why, -errno, "read: %m");
		if (n == 0)
			break;
		used += (size_t)n;
	}
	*ret = str_of(p, used);
	return 0;
}

int fd_read_path(const char *path, struct arena *a, size_t max, str *ret, struct why *why)
{
	cleanup(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return why_set(why, -errno, "%s: %m", path);
	r = fd_read_all(fd, a, max, ret, why);
	return r < 0 ? why_prefix(why, r, "%s", path) : 0;
}

int fd_memfd(const char *name, struct why *why)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	return fd < 0 ? why_set(why, -errno, "memfd: %m") : fd;
}

enum { SEALS = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW };

int fd_seal(int fd, struct why *why)
{
	if (fcntl(fd, F_ADD_SEALS, SEALS | F_SEAL_SEAL) < 0)
		return why_set(why, -errno, "seal: %m");
	return 0;
}

int fd_seal_size(int fd)
{
	return fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
}

bool fd_is_sealed(int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);

	return seals >= 0 && (seals & SEALS) == SEALS;
}

int fd_map(int fd, size_t max, str *ret, struct why *why)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) < 0)
		return why_set(why, -errno, "stat: %m");
	if (st.st_size < 0 || (uint64_t)st.st_size > max)
		return why_set(why, -EFBIG, "file of %lld bytes, at most %zu are mapped",
			       (long long)st.st_size, max);
	if (st.st_size == 0) {
		*ret = STR("");
		return 0;
	}
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (p == MAP_FAILED)
		return why_set(why, -errno, "mmap: %m");
	*ret = str_of(p, (size_t)st.st_size);
	return 0;
}

void fd_unmap(str *map)
{
	if (map->n)
		munmap((void *)(uintptr_t)map->p, map->n);
	*map = STR_NULL;
}

void fd_unmapp(str *map)
{
	fd_unmap(map);
}

static int read_small(int fd, size_t n, struct arena *a, str *ret, struct why *why)
{
	char *p = arena_alloc(a, n);
	size_t got = 0;

	while (got < n) {
		ssize_t r = pread(fd, p + got, n - got, (off_t)got);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return why_set(why, r < 0 ? -errno : -EIO, "read: %m");
		got += (size_t)r;
	}
	*ret = str_of(p, n);
	return 0;
}

int fd_view_open(int fd, struct arena *a, size_t max, struct fd_view *ret, struct why *why)
{
	struct fd_view v = { 0 };
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return why_set(why, -errno, "stat: %m");
	if (st.st_size > 0 && st.st_size <= FD_VIEW_COPY_MAX && (uint64_t)st.st_size <= max) {
		r = read_small(fd, (size_t)st.st_size, a, &v.bytes, why);
	} else {
		r = fd_map(fd, max, &v.bytes, why);
		v.mapped = true;
	}
	if (r == 0)
		*ret = v;
	return r;
}

void fd_view_closep(struct fd_view *v)
{
	if (v->mapped)
		fd_unmap(&v->bytes);
}

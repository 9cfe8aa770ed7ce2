#include "spool/spoolfile.h"

#include "base/fd.h"
#include "base/reader.h"
#include "spool/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

int spoolfile_dir(int dirfd, const char *name, struct why *why)
{
	int fd;

	if (mkdirat(dirfd, name, 0700) == 0) {
		if (fsync(dirfd) < 0)
			return why_set(why, -errno, "%s: fsync of its parent: %m", name);
	} else if (errno != EEXIST) {
		return why_set(why, -errno, "%s: mkdir: %m", name);
	}
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? why_set(why, -errno, "%s: %m", name) : fd;
}

int spoolfile_check_space(int fd, uint64_t bytes, struct why *why)
{
	struct statvfs v;
	uint64_t avail, reserve;

	if (fstatvfs(fd, &v) < 0)
		return why_set(why, -errno, "statvfs: %m");
	avail = (uint64_t)v.f_bavail * v.f_frsize;
	reserve = (uint64_t)v.f_blocks * v.f_frsize / 100 * SPOOLFILE_RESERVE_PERCENT;
	if (reserve > SPOOLFILE_RESERVE_BYTES)
		reserve = SPOOLFILE_RESERVE_BYTES;
	if (avail < reserve || avail - reserve < bytes)
		return why_set(why, -ENOSPC, "the disk is full (%llu bytes free, %llu kept free)",
			       (unsigned long long)avail, (unsigned long long)reserve);
	if (v.f_files && v.f_favail < SPOOLFILE_RESERVE_INODES)
		return why_set(why, -ENOSPC, "the disk is out of inodes");
	return 0;
}

bool spoolfile_head(struct arena *a, const char *magic, const struct spoolmeta *m, str *ret)
{
	struct strbuf payload = strbuf_make(a, FRAME_MAX);
	struct strbuf out = strbuf_make(a, FRAME_HEAD + FRAME_MAX);

	if (!spoolmeta_encode(m, &payload))
		return false;
	frame_put(&out, magic, strbuf_str(&payload));
	*ret = strbuf_str(&out);
	return !out.overflow;
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

int spoolfile_write(int fd, str head, const struct bodyparts *body, struct why *why)
{
	struct iovec all[1 + BODYPARTS_MAX_CUTS + 2], *v = all;
	int count = 1 + (int)body->n;
	size_t left = head.n + body->size;

	bug_if((size_t)count > ARRAY_LEN(all));
	all[0] = (struct iovec){ (void *)(uintptr_t)head.p, head.n };
	for (size_t i = 0; i < body->n; i++)
		all[i + 1] = body->v[i];
	while (left) {
		ssize_t n = writev(fd, v, count);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return why_set(why, n < 0 ? -errno : -ENOSPC, "write: %m");
		left -= (size_t)n;
		advance(&v, &count, (size_t)n);
	}
	return 0;
}

/* At most n bytes from offset at; fewer when the file ends. */
static int read_at(int fd, uint64_t at, char *p, size_t n, size_t *ret_n, struct why *why)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r = pread(fd, p + got, n - got, (off_t)(at + got));

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return why_set(why, -errno, "read: %m");
		if (r == 0)
			break;
		got += (size_t)r;
	}
	*ret_n = got;
	return 0;
}

int spoolfile_decode_head(str in, struct arena *a, const char *magic, struct spoolmeta *ret,
			  uint64_t *ret_end, struct why *why)
{
	struct spoolmeta m;
	str payload;
	size_t end;
	int r = frame_get(in, magic, &payload, &end);

	if (r != FRAME_OK)
		return why_set(why, SPOOLFILE_E_CORRUPT, "head: %s", frame_error(r));
	if (!spoolmeta_decode(a, payload, &m))
		return why_set(why, SPOOLFILE_E_CORRUPT, "head: a field is malformed");
	*ret = m;
	*ret_end = end;
	return SPOOLFILE_OK;
}

int spoolfile_read_head(int fd, uint64_t at, struct arena *a, const char *magic,
			struct spoolmeta *ret, uint64_t *ret_end, struct why *why)
{
	char start[FRAME_HEAD];
	struct reader rd;
	size_t n = 0;
	char *p;
	int r = read_at(fd, at, start, sizeof(start), &n, why);

	if (r < 0)
		return r;
	rd = reader_make(str_of(start, n));
	reader_skip(&rd, FRAME_MAGIC);
	n = reader_u32le(&rd);
	if (rd.bad || n > FRAME_MAX)
		return why_set(why, SPOOLFILE_E_CORRUPT, "head: cut short");
	p = arena_alloc(a, FRAME_HEAD + n);
	r = read_at(fd, at, p, FRAME_HEAD + n, &n, why);
	if (r < 0)
		return r;
	r = spoolfile_decode_head(str_of(p, n), a, magic, ret, ret_end, why);
	if (r == SPOOLFILE_OK)
		*ret_end += at;
	return r;
}

int spoolfile_check_size(int fd, uint64_t end, const struct spoolmeta *m, struct why *why)
{
	struct stat st;
	uint64_t size;

	if (fstat(fd, &st) < 0)
		return why_set(why, -errno, "stat: %m");
	if (!add_ok(end, m->body_size, &size) || (uint64_t)st.st_size != size)
		return why_set(why, SPOOLFILE_E_CORRUPT, "%lld bytes long, head says %llu + %llu",
			       (long long)st.st_size, (unsigned long long)end,
			       (unsigned long long)m->body_size);
	return SPOOLFILE_OK;
}

int spoolfile_check_body(int fd, uint64_t offset, const struct spoolmeta *m, struct why *why)
{
	cleanup(fd_unmapp) str map = STR_NULL;
	int r = spoolfile_check_size(fd, offset, m, why);

	if (r != SPOOLFILE_OK)
		return r;
	r = fd_map(fd, SIZE_MAX, &map, why);
	if (r < 0)
		return r;
	if (bodyparts_hash(str_skip(map, offset)) != m->body_hash)
		return why_set(why, SPOOLFILE_E_CORRUPT, "body: wrong checksum");
	return SPOOLFILE_OK;
}

#include "records/daybook.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/ident.h"
#include "base/num.h"
#include "base/strbuf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

enum {
	LEVEL = 3,
	DAY_S = 24 * 3600,
	FILES_MAX = 10000,
	BLOCK_MAX = DAYBOOK_RECORD + DAYBOOK_BLOCK
};

int daybook_open(struct daybook *d, int dirfd, const char *name, struct why *why)
{
	*d = (struct daybook){ .fd = -1 };
	pthread_mutex_init(&d->lock, NULL);
	pthread_mutex_init(&d->writer, NULL);
	if (mkdirat(dirfd, name, 0700) < 0 && errno != EEXIST)
		return why_set(why, -errno, "%s: %m", name);
	d->dir_fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	return d->dir_fd < 0 ? why_set(why, -errno, "%s: %m", name) : 0;
}

void daybook_close(struct daybook *d)
{
	d->pending = arena_free(d->pending);
	d->fd = fd_close(d->fd);
	d->dir_fd = fd_close(d->dir_fd);
	pthread_mutex_destroy(&d->lock);
	pthread_mutex_destroy(&d->writer);
}

/* --- what waits --- */

static void put(struct daybook *d, str record)
{
	char head[4];

	for (int i = 0; i < 4; i++)
		head[i] = (char)(record.n >> (8 * i));
	memcpy(d->bytes + d->n, head, sizeof(head));
	memcpy(d->bytes + d->n + sizeof(head), record.p, record.n);
	d->n += sizeof(head) + record.n;
}

static void make_room(struct daybook *d, size_t need)
{
	size_t cap = d->cap ? d->cap : DAYBOOK_BLOCK;
	char *bytes;

	if (!d->pending)
		d->pending = arena_new("daybook", 4ul * DAYBOOK_PENDING);
	while (cap < d->n + need)
		cap *= 2;
	if (cap == d->cap)
		return;
	bytes = arena_alloc(d->pending, cap);
	if (d->n)
		memcpy(bytes, d->bytes, d->n);
	d->bytes = bytes;
	d->cap = cap;
}

void daybook_add(struct daybook *d, str record)
{
	pthread_mutex_lock(&d->lock);
	if (record.n == 0 || record.n > DAYBOOK_RECORD || d->n + record.n + 4 > DAYBOOK_PENDING) {
		d->dropped++;
	} else {
		make_room(d, record.n + 4);
		put(d, record);
	}
	pthread_mutex_unlock(&d->lock);
}

/* --- writing --- */

static int begin_file(struct daybook *d, int64_t day, struct why *why)
{
	struct ident id = ident_make(clock_wall_ms());
	cleanup(arena_freep) struct arena *a = arena_new("daybook name", 4096);
	struct strbuf date = strbuf_make(a, 64);
	char name[DAYBOOK_NAME];
	str s;

	clock_put_rfc3339(&date, day * DAY_S);
	s = strbuf_str(&date);
	snprintf(name, sizeof(name), "%.4s%.2s%.2s-%.*s.zst", s.p, s.p + 5, s.p + 8,
		 STR_ARG(ident_str(&id)));
	d->fd = fd_close(d->fd);
	d->fd = openat(d->dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
	d->day = day;
	d->size = 0;
	return d->fd < 0 ? why_set(why, -errno, "%s: %m", name) : 0;
}

/* Whole records, about a block of them. */
static str next_block(str *rest)
{
	str all = *rest;
	size_t n = 0;

	while (n < DAYBOOK_BLOCK && n < all.n) {
		const unsigned char *p = (const unsigned char *)all.p + n;

		n += 4 + (p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24);
	}
	*rest = str_skip(all, n);
	return str_sub(all, 0, n);
}

static int write_block(struct daybook *d, struct arena *a, str block, struct why *why)
{
	size_t cap = ZSTD_compressBound(block.n);
	char *out = arena_alloc(a, cap);
	size_t n = ZSTD_compress(out, cap, block.p, block.n, LEVEL);
	int r;

	if (ZSTD_isError(n))
		return why_set(why, -EIO, "zstd: %s", ZSTD_getErrorName(n));
	r = fd_write_all(d->fd, str_of(out, n), why);
	d->size += n;
	/* What stands behind half a frame would never be read. */
	if (r < 0)
		d->fd = fd_close(d->fd);
	return r;
}

static int write_all(struct daybook *d, struct arena *a, str all, int64_t now, struct why *why)
{
	while (all.n) {
		str block = next_block(&all);
		int r = 0;

		if (d->fd < 0 || d->day != now / DAY_S || d->size >= DAYBOOK_FILE)
			r = begin_file(d, now / DAY_S, why);
		if (r == 0)
			r = write_block(d, a, block, why);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Swaps what waits for nothing; the caller owns it. */
static struct arena *take_pending(struct daybook *d, str *ret)
{
	struct arena *a = d->pending;

	*ret = str_of(d->bytes, d->n);
	d->pending = NULL;
	d->bytes = NULL;
	d->n = d->cap = 0;
	return a;
}

int daybook_write(struct daybook *d, int64_t now, bool all, uint64_t *ret_dropped, struct why *why)
{
	struct arena *a = NULL;
	str bytes = STR_NULL;
	int r = 0;

	pthread_mutex_lock(&d->writer);
	pthread_mutex_lock(&d->lock);
	if (all || d->n >= DAYBOOK_BLOCK || now - d->written >= DAYBOOK_WAIT_S)
		a = take_pending(d, &bytes);
	*ret_dropped = d->dropped;
	d->dropped = 0;
	pthread_mutex_unlock(&d->lock);
	if (a) {
		d->written = now;
		r = write_all(d, a, bytes, now, why);
	}
	pthread_mutex_unlock(&d->writer);
	arena_free(a);
	return r;
}

/* --- the files --- */

/* "20261122-ID.zst" */
static bool parse_name(const char *name, int64_t *ret_day)
{
	cleanup(arena_freep) struct arena *a = arena_new("daybook name", 4096);
	str s = str_c(name);
	int64_t at;

	if (s.n >= DAYBOOK_NAME || s.n < 14 || s.p[8] != '-' || !str_ends(s, STR(".zst")))
		return false;
	for (size_t i = 0; i + 4 < s.n; i++) {
		if (!str_is_alnum(s.p[i]) && s.p[i] != '-')
			return false;
	}
	if (!clock_parse_rfc3339(arena_fmt(a, "%.4s-%.2s-%.2sT00:00:00Z", s.p, s.p + 4, s.p + 6),
				 &at))
		return false;
	*ret_day = at / DAY_S;
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct daybook_file *)a)->name,
		      ((const struct daybook_file *)b)->name);
}

int daybook_list(struct daybook *d, struct arena *a, struct daybook_file **ret, size_t *ret_n,
		 struct why *why)
{
	int fd = openat(d->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	ARENA_VEC(struct daybook_file) files = { 0 };
	const struct dirent *e;

	if (!dir)
		return why_set(why, -errno, "replay: %m");
	while (files.n < FILES_MAX && (e = readdir(dir))) {
		struct daybook_file f = { 0 };
		struct stat st;

		if (!parse_name(e->d_name, &f.day) ||
		    fstatat(d->dir_fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		memcpy(f.name, e->d_name, strlen(e->d_name) + 1);
		f.size = (uint64_t)st.st_size;
		*arena_push(a, &files) = f;
	}
	closedir(dir);
	if (files.n)
		qsort(files.v, files.n, sizeof(*files.v), by_name);
	*ret = files.v;
	*ret_n = files.n;
	return 0;
}

int daybook_expire(struct daybook *d, int64_t before_day, uint64_t max, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("daybook files", 8 << 20);
	struct daybook_file *files;
	uint64_t total = 0;
	size_t n;
	int r = daybook_list(d, a, &files, &n, why);

	for (size_t i = 0; r == 0 && i < n; i++)
		total += files[i].size;
	for (size_t i = 0; r == 0 && i < n; i++) {
		if (files[i].day >= before_day && total <= max)
			break;
		if (unlinkat(d->dir_fd, files[i].name, 0) < 0)
			r = why_set(why, -errno, "%s: %m", files[i].name);
		total -= files[i].size;
	}
	return r;
}

/* --- reading --- */

/* False: what stands there is no whole frame of ours. */
static bool take_frame(struct strbuf *out, str *rest)
{
	unsigned long long size = ZSTD_getFrameContentSize(rest->p, rest->n);
	size_t frame = ZSTD_findFrameCompressedSize(rest->p, rest->n), n;

	if (ZSTD_isError(frame) || size > BLOCK_MAX)
		return false;
	strbuf_reserve(out, size);
	n = ZSTD_decompress(out->p + out->n, out->cap - out->n, rest->p, frame);
	if (ZSTD_isError(n))
		return false;
	out->n += n;
	*rest = str_skip(*rest, frame);
	return true;
}

int daybook_read(struct daybook *d, struct arena *a, str name, uint64_t offset, str *ret,
		 uint64_t *ret_next, struct why *why)
{
	struct strbuf out = strbuf_make(a, DAYBOOK_CHUNK + 2 * BLOCK_MAX);
	cleanup(fd_unmapp) str map = STR_NULL;
	cleanup(fd_closep) int fd = -1;
	char *path = arena_cz(a, name);
	int64_t day;
	int r;
	str rest;

	if (!path || !parse_name(path, &day))
		return why_set(why, -ENOENT, "no such file");
	fd = openat(d->dir_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return why_set(why, -errno, "%s: %m", path);
	r = fd_map(fd, SIZE_MAX, &map, why);
	if (r < 0)
		return r;
	strbuf_reserve(&out, DAYBOOK_CHUNK + BLOCK_MAX);
	rest = str_skip(map, offset < map.n ? offset : map.n);
	while (rest.n && out.n < DAYBOOK_CHUNK && take_frame(&out, &rest))
		;
	*ret_next = map.n - rest.n;
	*ret = strbuf_str(&out);
	return 0;
}

#include "rules/rules_cache.h"

#include "base/fd.h"
#include "base/reader.h"
#include "base/strbuf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

enum { FILE_MAX = 520 << 20, FILES_MAX = 1000, NAME_CAP = 256, CHECKSUM = 8 };

static const char suffix[] = ".patterns";

static void put_sized(struct strbuf *b, str s)
{
	strbuf_le(b, s.n, 8);
	strbuf_put(b, s);
}

/* Everything that what is compiled depends on. */
static str name_of(struct arena *a, const struct rules *r)
{
	struct strbuf all = strbuf_make(a, SIZE_MAX);
	XXH128_hash_t h;

	put_sized(&all, patterns_maker(a));
	for (size_t i = 0; i < r->patterns.n; i++) {
		const struct pattern *p = &r->patterns.v[i];

		strbuf_le(&all, p->id, 4);
		strbuf_le(&all, p->scope, 4);
		strbuf_le(&all, p->caseless, 4);
		put_sized(&all, p->scope == PATTERN_HEADER ? p->header : STR(""));
		put_sized(&all, p->regex);
	}
	h = XXH3_128bits(all.p, all.n);
	return arena_fmt(a, "%016llx%016llx%s", (unsigned long long)h.high64,
			 (unsigned long long)h.low64, suffix);
}

static bool is_ours(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && !(st.st_mode & 022) &&
	       (st.st_uid == 0 || st.st_uid == geteuid());
}

/* The file: checksum, blob. */
static bool read_file(struct arena *a, const char *path, str *ret_blob)
{
	cleanup(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct reader r;
	uint64_t sum;
	struct why why;
	str all;

	if (fd < 0 || !is_ours(fd) || fd_read_all(fd, a, FILE_MAX, &all, &why) < 0)
		return false;
	r = reader_make(all);
	sum = reader_u64le(&r);
	if (r.bad || XXH3_64bits(all.p + CHECKSUM, all.n - CHECKSUM) != sum)
		return false;
	*ret_blob = str_skip(all, CHECKSUM);
	return true;
}

static bool write_file(struct arena *a, const char *path, str blob)
{
	const char *part = arena_fmt(a, "%s.%d", path, (int)getpid()).p;
	cleanup(fd_closep) int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	struct strbuf sum = strbuf_make(a, CHECKSUM);
	struct why why;

	if (fd < 0)
		return false;
	strbuf_le(&sum, XXH3_64bits(blob.p, blob.n), CHECKSUM);
	if (fd_write_all(fd, strbuf_str(&sum), &why) == 0 && fd_write_all(fd, blob, &why) == 0 &&
	    rename(part, path) == 0)
		return true;
	unlink(part);
	return false;
}

/* One compiled file, or the rest of one that was never finished. */
struct kept {
	char name[NAME_CAP];
	struct timespec at;
};

static int by_age(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	if (x->at.tv_sec != y->at.tv_sec)
		return x->at.tv_sec < y->at.tv_sec ? 1 : -1;
	return (x->at.tv_nsec < y->at.tv_nsec) - (x->at.tv_nsec > y->at.tv_nsec);
}

static void drop_oldest(struct arena *a, const char *dir)
{
	struct kept *v = arena_array(a, struct kept, FILES_MAX);
	DIR *d = opendir(dir);
	size_t n = 0;

	for (struct dirent *e; d && n < FILES_MAX && (e = readdir(d));) {
		struct stat st;

		if (!strstr(e->d_name, suffix) || fstatat(dirfd(d), e->d_name, &st, 0) < 0)
			continue;
		snprintf(v[n].name, sizeof(v[n].name), "%s", e->d_name);
		v[n++].at = st.st_mtim;
	}
	qsort(v, n, sizeof(*v), by_age);
	for (size_t i = RULES_CACHE_KEPT; i < n; i++)
		(void)unlinkat(dirfd(d), v[i].name, 0);
	if (d)
		closedir(d);
}

int rules_cache_compile_in(struct arena *a, const char *dir, const struct rules *r, str *ret_blob,
			   bool *ret_found, struct why *why)
{
	const char *path = arena_fmt(a, "%s/%s", dir, name_of(a, r).p).p;
	int e;

	*ret_found = read_file(a, path, ret_blob);
	if (*ret_found) {
		*ret_blob = rules_with_words(a, r, *ret_blob);
		return 0;
	}
	e = rules_compile_bare(a, r, ret_blob, why);
	if (e < 0)
		return e;
	if (write_file(a, path, *ret_blob))
		drop_oldest(a, dir);
	*ret_blob = rules_with_words(a, r, *ret_blob);
	return 0;
}

int rules_cache_compile(struct arena *a, const struct conf *conf, const struct rules *r,
			str *ret_blob, struct why *why)
{
	bool found;

	return rules_cache_compile_in(a, arena_cz(a, conf_compiled_dir(conf, a)), r, ret_blob,
				      &found, why);
}

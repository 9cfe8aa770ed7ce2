#include "lists/listcompile.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINES_A_ROUND = 1000 };

static uint64_t count_lines(str text)
{
	uint64_t n = 1;

	for (const char *p = text.p; p && (p = memchr(p, '\n', text.n - (size_t)(p - text.p))); p++)
		n++;
	return n;
}

/* One entry; what it takes is given back by who resets the arena. */
static int add(struct arena *a, const char *file, struct listtext *t, struct listbuilder *b,
	       bool strict, struct listcompile_count *count, bool *ret_end, struct why *why)
{
	struct listtext_bad bad;
	struct listentry e;
	enum listset_added added;
	enum listtext_step step = listtext_next(t, a, &e, &bad);

	*ret_end = step == LISTTEXT_END;
	if (step == LISTTEXT_BAD && strict)
		return listtext_refuse(a, file, &bad, why);
	if (step == LISTTEXT_BAD && count->bad++ == 0)
		count->first_bad = bad.line;
	if (step != LISTTEXT_ENTRY)
		return 0;
	added = listset_add(b, &e);
	count->entries += added == LISTSET_ADDED;
	count->twice += added == LISTSET_TWICE;
	if (added == LISTSET_FULL)
		return why_set(why, -EFBIG, "%s:%u: too many entries or patterns", file, t->line);
	return 0;
}

static int add_all(const char *file, str text, struct listbuilder *b, bool strict,
		   struct listcompile_count *count, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("list", 1 << 30);
	struct listtext t = listtext_make(text);
	bool end = false;
	int r = 0;

	for (uint64_t i = 1; r == 0 && !end; i++) {
		r = add(a, file, &t, b, strict, count, &end, why);
		if (r == 0 && i % LINES_A_ROUND == 0)
			arena_reset(a);
	}
	return r;
}

/* The new file is as long as it may have to be, full of holes, and cut at the end. */
static int write_set(int fd, const char *from, str text, bool strict, int64_t now,
		     struct listcompile_count *count, struct why *why)
{
	uint64_t lines = count_lines(text), seed;
	size_t room = listset_room(lines, text.n), used;
	struct listbuilder b;
	char *block;
	int r;

	if (lines > LISTCOMPILE_MAX)
		return why_set(why, -EFBIG, "%s: more than %d lines", from, LISTCOMPILE_MAX);
	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		return why_set(why, -errno, "getrandom: %m");
	if (ftruncate(fd, (off_t)room) < 0)
		return why_set(why, -errno, "ftruncate: %m");
	block = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (block == MAP_FAILED)
		return why_set(why, -errno, "mmap: %m");
	b = listset_begin(block, room, lines, seed);
	r = add_all(from, text, &b, strict, count, why);
	used = listset_end(&b, now).n;
	munmap(block, room);
	if (r == 0 && (ftruncate(fd, (off_t)used) < 0 || fsync(fd) < 0))
		r = why_set(why, -errno, "%s: %m", from);
	return r;
}

static int write_file(const char *from, const char *to, str text, bool strict, int64_t now,
		      struct listcompile_count *count, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("path", 1 << 16);
	const char *fresh = arena_fmt(a, "%s.new", to).p;
	cleanup(fd_closep) int fd = open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	int r;

	if (fd < 0)
		return why_set(why, -errno, "%s: %m", fresh);
	r = write_set(fd, from, text, strict, now, count, why);
	if (r == 0 && rename(fresh, to) < 0)
		r = why_set(why, -errno, "%s: %m", to);
	if (r < 0)
		unlink(fresh);
	return r;
}

int listcompile_run(const char *from, const char *to, bool strict, int64_t now,
		    struct listcompile_count *ret, struct why *why)
{
	cleanup(fd_closep) int fd = open(from, O_RDONLY | O_CLOEXEC);
	struct listcompile_count count = { 0 };
	str text;
	int r;

	if (fd < 0)
		return why_set(why, -errno, "%s: %m", from);
	r = fd_map(fd, SIZE_MAX / 2, &text, why);
	if (r < 0)
		return why_prefix(why, r, "%s", from);
	r = write_file(from, to, text, strict, now, &count, why);
	fd_unmap(&text);
	*ret = count;
	return r;
}

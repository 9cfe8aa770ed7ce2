#include "lists/listcompile.h"

#include "base/fd.h"
#include "lists/listblock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINES_A_ROUND = 1000 };

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

static int write_set(int fd, const char *from, str text, bool strict, int64_t now,
		     struct listcompile_count *count, struct why *why)
{
	struct why ignored;
	struct listblock b;
	int r;

	if (listtext_lines(text) > LISTCOMPILE_MAX)
		return why_set(why, -EFBIG, "%s: more than %d lines", from, LISTCOMPILE_MAX);
	r = listblock_begin(&b, fd, text, why);
	if (r < 0)
		return r;
	r = add_all(from, text, &b.builder, strict, count, why);
	if (r < 0) {
		defs_ignore(listblock_end(&b, now, &ignored));
		return r;
	}
	r = listblock_end(&b, now, why);
	if (r == 0 && fsync(fd) < 0)
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

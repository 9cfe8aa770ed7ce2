#include "cli/listfiles.h"

#include "base/clock.h"
#include "base/fd.h"
#include "lists/lists.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

enum { TRAIL_MAX = 1 << 30 };

int listfiles_open(struct listfiles *f, struct arena *a, const struct conf *conf, struct why *why)
{
	return listfiles_open_dir(f, a, conf->paths.site_lists, "paths.site_lists", why);
}

int listfiles_open_dir(struct listfiles *f, struct arena *a, str dir, const char *key,
		       struct why *why)
{
	if (!dir.n)
		return why_set(why, -ENOENT, "%s is empty: there is no directory to write to", key);
	*f = (struct listfiles){ a, arena_cz(a, dir), -1 };
	f->lock = open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->lock < 0 || flock(f->lock, LOCK_EX) < 0)
		return why_set(why, -errno, "%s: %m", f->dir);
	return 0;
}

void listfiles_close(struct listfiles *f)
{
	fd_closep(&f->lock);
}

int listfiles_path(const struct listfiles *f, str list, const char **ret, struct why *why)
{
	if (str_ends(list, STR(".txt")))
		list.n -= 4;
	for (size_t i = 0; i < list.n; i++) {
		if (!str_is_alnum(list.p[i]) && list.p[i] != '-' && list.p[i] != '_')
			list.n = 0;
	}
	if (list.n == 0 || list.n > 100)
		return why_set(why, -EINVAL,
			       "a list has a name of letters, digits, \"-\" and \"_\"");
	*ret = arena_fmt(f->arena, "%s/%.*s.txt", f->dir, STR_ARG(list)).p;
	return 0;
}

int listfiles_read(const struct listfiles *f, const char *path, size_t max, str *ret,
		   struct why *why)
{
	int r = fd_read_path(path, f->arena, max, ret, why);

	if (r == -ENOENT)
		*ret = STR("");
	return r == -ENOENT ? 0 : r;
}

static int check(const char *path, str text, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("list", 1 << 30);
	struct lists lists = { 0 };

	return lists_load_text(&lists, a, path, text, why);
}

static int write_and_rename(const char *fresh, const char *path, str text, struct why *why)
{
	cleanup(fd_closep) int fd = -1;
	int r = 0;

	/* The lock is ours, so this is a rest of a crash, or a trap: whoever else may write here
	 * shall not choose which file root writes to. */
	(void)unlink(fresh);
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return why_set(why, -errno, "%s: %m", fresh);
	r = fd_write_all(fd, text, why);
	if (r == 0 && (fsync(fd) < 0 || rename(fresh, path) < 0))
		r = why_set(why, -errno, "%s: %m", path);
	if (r < 0)
		unlink(fresh);
	return r;
}

int listfiles_write(const struct listfiles *f, const char *path, str text, struct why *why)
{
	int r = text.n > LISTS_TEXT_MAX ? why_set(why, -EFBIG, "%s: too long for a text list", path)
					: check(path, text, why);

	return r < 0 ? r : listfiles_replace(f, path, text, why);
}

int listfiles_replace(const struct listfiles *f, const char *path, str text, struct why *why)
{
	return write_and_rename(arena_fmt(f->arena, "%s.new", path).p, path, text, why);
}

int listfiles_show_trail(const struct listfiles *f, struct why *why)
{
	const char *path = arena_fmt(f->arena, "%s/audit.jsonl", f->dir).p;
	size_t line;
	str trail;
	int r = listfiles_read(f, path, TRAIL_MAX, &trail, why);

	if (r < 0)
		return r;
	if (trail.n)
		fwrite(trail.p, 1, trail.n, stdout);
	return listaudit_check(f->arena, trail, &line)
		       ? 0
		       : why_set(why, 1, "%s: line %zu is not as it was written", path, line);
}

/* Behind sudo, who called it. */
static str who(struct arena *a)
{
	const char *name = geteuid() == 0 ? getenv("SUDO_USER") : NULL;
	const struct passwd *p = name ? NULL : getpwuid(getuid());

	if (name || p)
		return arena_str(a, str_c(name ? name : p->pw_name));
	return arena_fmt(a, "uid %u", (unsigned)getuid());
}

int listfiles_tell(const struct listfiles *f, struct listaudit_change *c, struct why *why)
{
	const char *path = arena_fmt(f->arena, "%s/audit.jsonl", f->dir).p;
	cleanup(fd_closep) int fd =
		open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0640);
	str trail;
	int r;

	if (fd < 0)
		return why_set(why, -errno, "%s: %m", path);
	r = listfiles_read(f, path, TRAIL_MAX, &trail, why);
	if (r < 0)
		return r;
	c->at = clock_wall();
	c->who = who(f->arena);
	r = fd_write_all(fd, listaudit_line(f->arena, trail, c), why);
	return r == 0 && fsync(fd) < 0 ? why_set(why, -errno, "%s: %m", path) : r;
}

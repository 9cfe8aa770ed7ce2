#include "audit/watchdir.h"

#include "base/fd.h"
#include "base/map.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

enum { PATH_MAX_BYTES = 4096 };

struct watchdir {
	struct arena *arena;
	const char *path;
	struct map seen; /* unique part of names: a reader moves files from new to cur */
};

static void closedirp(DIR **d)
{
	if (*d)
		closedir(*d);
}

static bool is_new(struct watchdir *w, const char *name)
{
	str unique = str_c(name);

	unique = str_sub(unique, 0, str_chr(unique, ':'));
	if (unique.n == 0 || unique.p[0] == '.' || w->seen.n == WATCHDIR_FILES ||
	    map_get(&w->seen, unique))
		return false;
	unique = arena_str(w->arena, unique);
	return !map_set(&w->seen, unique, w);
}

static int show(int folder, const char *name, watch_take_fn *take, void *ctx, struct why *why)
{
	cleanup(fd_unmapp) str map = STR_NULL;
	cleanup(fd_closep) int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int r;

	if (fd < 0)
		return errno == ENOENT ? 0 : why_set(why, -errno, "%s: %m", name);
	r = fd_map(fd, WATCH_MESSAGE_MAX, &map, why);
	if (r == 0)
		take(ctx, map);
	return r == -EFBIG ? 0 : r;
}

static int look_into(struct watchdir *w, const char *part, watch_take_fn *take, void *ctx,
		     struct why *why)
{
	char path[PATH_MAX_BYTES];
	cleanup(closedirp) DIR *d = NULL;
	const struct dirent *e;
	int r = 0;

	snprintf(path, sizeof(path), "%s/%s", w->path, part);
	d = opendir(path);
	if (!d) /* a Maildir that nothing was delivered to yet may not exist */
		return errno == ENOENT ? 0 : why_set(why, -errno, "%s: %m", path);
	while (r == 0 && (e = readdir(d))) {
		if (is_new(w, e->d_name))
			r = show(dirfd(d), e->d_name, take, ctx, why);
	}
	return r;
}

static int look(void *ctx, watch_take_fn *take, void *take_ctx, struct why *why)
{
	struct watchdir *w = ctx;
	int r = look_into(w, "new", take, take_ctx, why);

	return r ? r : look_into(w, "cur", take, take_ctx, why);
}

struct watch watchdir_new(struct arena *a, const char *path)
{
	struct watchdir *w = arena_make(a, struct watchdir);

	*w = (struct watchdir){ .arena = a, .path = path, .seen = map_make(a) };
	return (struct watch){ w, look };
}

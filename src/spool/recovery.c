#include "spool/recovery.h"

#include "base/fd.h"
#include "spool/spoolfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { ARENA_BUDGET = 8 << 20 };

/* A sidecar whose message is gone: delivery ended between the two unlinks. */
static void check_sidecar(struct spool *s, str name)
{
	str base = str_sub(name, 0, name.n - strlen(SPOOLFILE_STATE_SUFFIX));
	char sidecar[SPOOLFILE_NAME];
	struct spool_id id;

	if (!spoolid_parse(base, &id) || faccessat(s->queue_fd, id.text, F_OK, 0) == 0)
		return;
	snprintf(sidecar, sizeof(sidecar), "%s" SPOOLFILE_STATE_SUFFIX, id.text);
	(void)unlinkat(s->queue_fd, sidecar, 0); /* it is harmless if it stays */
}

static int check_message(struct spool *s, struct arena *a, const char *name,
			 const struct recovery_visitor *v, struct why *why)
{
	cleanup(fd_closep) int fd = openat(s->queue_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct spool_state state;
	struct spoolmeta m;
	struct spool_id id;
	uint64_t end;
	int r;

	if (fd < 0)
		return why_set(why, -errno, "open: %m");
	if (!spoolid_parse(str_c(name), &id))
		return why_set(why, SPOOLFILE_E_CORRUPT, "not the name of a message");
	r = spoolfile_read_head(fd, 0, a, SPOOLFILE_MESSAGE, &m, &end, why);
	if (r == SPOOLFILE_OK)
		r = spoolfile_check_size(fd, end, &m, why);
	if (r != SPOOLFILE_OK)
		return r;
	if (!spoolid_eq(id, m.id))
		return why_set(why, SPOOLFILE_E_CORRUPT, "head: the id is another one");
	state = spool_get_state(s, a, &m);
	v->message(v->ctx, &m, &state);
	return SPOOLFILE_OK;
}

static void check_entry(struct spool *s, struct arena *a, const char *name,
			const struct recovery_visitor *v)
{
	struct why why;
	int r;

	if (str_ends(str_c(name), STR(SPOOLFILE_STATE_SUFFIX))) {
		check_sidecar(s, str_c(name));
		return;
	}
	r = check_message(s, a, name, v, &why);
	if (r == SPOOLFILE_OK)
		return;
	if (r == SPOOLFILE_E_CORRUPT) {
		struct why moved;

		if (spool_set_apart(s, name, &moved) < 0)
			(void)why_prefix(&why, r, "%s", moved.text);
	}
	v->bad(v->ctx, name, why.text);
}

int recovery_run(struct spool *s, const struct recovery_visitor *v, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("spool recovery", ARENA_BUDGET);
	int fd = openat(s->queue_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	if (!d) {
		int r = why_set(why, -errno, "spool/queue: %m");

		fd_close(fd);
		return r;
	}
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		check_entry(s, a, e->d_name, v);
		arena_reset(a);
	}
	closedir(d);
	return 0;
}

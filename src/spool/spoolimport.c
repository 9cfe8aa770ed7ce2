#include "spool/spoolimport.h"

#include "base/fd.h"
#include "spool/recovery.h"
#include "spool/spoolfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { MESSAGE_BUDGET = 16 << 20 };

static int append_message(struct spool *s, struct arena *a, int fd, uint64_t offset,
			  const struct spoolmeta *m, struct why *why)
{
	cleanup(fd_unmapp) str file = STR_NULL;
	struct bodyparts body;
	uint64_t ticket;
	int r = fd_map(fd, SIZE_MAX, &file, why);

	if (r < 0)
		return r;
	bug_if(!bodyparts_make(a, STR(""), str_skip(file, offset), NULL, 0, &body));
	return spool_append(s, a, m, &body, &ticket, why);
}

static int append_state(struct spool *s, struct arena *a, int queue_fd, const struct spoolmeta *m,
			struct why *why)
{
	char name[SPOOLFILE_NAME];
	struct spool_state state;
	str file;
	int fd, r;

	snprintf(name, sizeof(name), "%s" SPOOLFILE_STATE_SUFFIX, m->id.text);
	fd = openat(queue_fd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	r = fd_read_all(fd, a, SPOOLFILE_STATE_MAX, &file, NULL);
	fd_close(fd);
	if (r < 0 || !spoolstate_decode(a, file, m->n_recipients, &state))
		return 0; /* a lost state only repeats attempts */
	return spool_put_state(s, a, m->id, &state, why);
}

static int import_message(struct spool *s, struct arena *a, int queue_fd, const char *name,
			  struct why *why)
{
	cleanup(fd_closep) int fd = openat(queue_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct spoolmeta m;
	struct spool_id id;
	uint64_t offset;
	int r;

	if (fd < 0)
		return why_set(why, -errno, "open: %m");
	if (!spoolid_parse(str_c(name), &id))
		return why_set(why, SPOOLFILE_E_CORRUPT, "not the name of a message");
	r = spoolfile_read_head(fd, 0, a, SPOOLFILE_MESSAGE, &m, &offset, why);
	if (r == SPOOLFILE_OK)
		r = spoolfile_check_body(fd, offset, &m, why);
	if (r != SPOOLFILE_OK)
		return r;
	if (!spoolid_eq(id, m.id))
		return why_set(why, SPOOLFILE_E_CORRUPT, "head: the id is another one");
	r = append_message(s, a, fd, offset, &m, why);
	return r < 0 || r == SPOOL_E_ALREADY ? (r < 0 ? r : 0)
					     : append_state(s, a, queue_fd, &m, why);
}

static int import_one(struct spool *s, int queue_fd, const char *name, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("spool import", MESSAGE_BUDGET);
	int r;

	if (str_ends(str_c(name), STR(SPOOLFILE_STATE_SUFFIX)))
		return 0;
	r = import_message(s, a, queue_fd, name, why);
	if (r == SPOOLFILE_E_CORRUPT) {
		recovery_report(s, name, why->text);
		if (renameat2(queue_fd, name, s->corrupt_fd, name, RENAME_NOREPLACE) < 0)
			r = why_set(why, -errno, "move to spool/corrupt: %m");
	}
	return r < 0 ? why_prefix(why, r, "spool/queue/%s", name) : 0;
}

/* Calls each for every name; NULL: removes them. */
static int for_each(struct spool *s, int dirfd,
		    int (*each)(struct spool *, int, const char *, struct why *), struct why *why)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	if (!d) {
		r = why_set(why, -errno, "spool/queue: %m");
		fd_close(fd);
		return r;
	}
	while (r == 0 && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		if (each)
			r = each(s, dirfd, e->d_name, why);
		else if (unlinkat(dirfd, e->d_name, 0) < 0)
			r = why_set(why, -errno, "spool/queue/%s: %m", e->d_name);
	}
	closedir(d);
	return r;
}

/* Everything in it, then the directory itself. */
static int remove_all(struct spool *s, int spool_fd, const char *name, struct why *why)
{
	cleanup(fd_closep) int fd =
		openat(spool_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r;

	if (fd < 0)
		return errno == ENOENT ? 0 : why_set(why, -errno, "spool/%s: %m", name);
	r = for_each(s, fd, NULL, why);
	if (r == 0 && unlinkat(spool_fd, name, AT_REMOVEDIR) < 0)
		r = why_set(why, -errno, "spool/%s: %m", name);
	return r;
}

int spoolimport_run(struct spool *s, int spool_fd, struct why *why)
{
	cleanup(fd_closep) int queue_fd =
		openat(spool_fd, "queue", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r;

	if (queue_fd < 0)
		return errno == ENOENT ? 0 : why_set(why, -errno, "spool/queue: %m");
	r = for_each(s, queue_fd, import_one, why);
	if (r == 0)
		r = groupsync_all(&s->log.sync, why);
	if (r == 0)
		r = remove_all(s, spool_fd, "queue", why);
	if (r == 0)
		r = remove_all(s, spool_fd, "new", why);
	if (r == 0 && fsync(spool_fd) < 0)
		r = why_set(why, -errno, "spool: fsync: %m");
	return r;
}

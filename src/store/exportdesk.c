#include "store/exportdesk.h"

#include "base/fd.h"
#include "base/log.h"
#include "conf/exportrow.h"
#include "spool/spoolfile.h"
#include "sys/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 64 << 10, LEFT_TO_MAIL = 256 << 20 };

void exportdesk_open(struct exportdesk *d, int dirfd)
{
	pthread_mutex_init(&d->lock, NULL);
	d->dir_fd = -1;
	if (mkdirat(dirfd, "exports", 0700) < 0 && errno != EEXIST)
		return; /* said when a line comes */
	d->dir_fd = openat(dirfd, "exports", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

static int append(int fd, str line, struct why *why)
{
	ssize_t n = write(fd, line.p, line.n);

	if (n == (ssize_t)line.n)
		return 0;
	return why_set(why, n < 0 ? -errno : -ENOSPC, "write: %m");
}

int exportdesk_write(struct exportdesk *d, str name, str line, size_t file_max, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("export", 1 << 20);
	const char *path = arena_fmt(a, "%.*s.jsonl", STR_ARG(name)).p;
	const char *before = arena_fmt(a, "%.*s.jsonl.1", STR_ARG(name)).p;
	cleanup(fd_closep) int fd = -1;
	struct stat st;
	int r = spoolfile_check_space(d->dir_fd, LEFT_TO_MAIL, why);

	if (r < 0)
		return r;
	pthread_mutex_lock(&d->lock);
	if (fstatat(d->dir_fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (size_t)st.st_size + line.n + 1 > file_max)
		(void)renameat(d->dir_fd, path, d->dir_fd, before); /* else it grows on */
	fd = openat(d->dir_fd, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	r = fd < 0 ? why_set(why, -errno, "%s: %m", path)
		   : append(fd, arena_fmt(a, "%.*s\n", STR_ARG(line)), why);
	pthread_mutex_unlock(&d->lock);
	return r;
}

static bool is_line(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < 0x20)
			return false;
	}
	return s.n > 0;
}

int exportdesk_take(struct store *s, struct arena *a, const struct msg_exported *m, int fd)
{
	cleanup(fd_view_closep) struct fd_view bytes = { 0 };
	cleanup(fd_closep) int owned = fd;
	const struct store_settings *c = s->settings;
	struct exportrow row;
	struct why why = { "" };
	int r = msg_mail(m->bytes, owned, a, LINE_MAX_BYTES, &bytes, &why);

	if (r < 0)
		return r;
	if (bytes.bytes.n != m->size || !is_line(bytes.bytes))
		return -EPROTO;
	/* A reload may have taken the row away since. */
	if (!exportrow_find(c->conf, m->target, &row) || row.pusher != EXPORTROW_QUEUE)
		return 0;
	r = s->exports.dir_fd < 0
		    ? why_set(&why, -ENOENT, "exports: the directory cannot be opened")
		    : exportdesk_write(&s->exports, row.name, bytes.bytes, EXPORTDESK_FILE_MAX,
				       &why);
	metrics_add(r < 0 ? METRIC_store_exports_failed : METRIC_store_exports_done, 1);
	if (r < 0)
		log_event("export.not_written", F_STR("target", row.name), F_C("why", why.text));
	return 0;
}

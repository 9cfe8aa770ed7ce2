#include "spool/spool.h"

#include "base/fd.h"
#include "spool/spoolfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_SAME_NAME = 100 }; /* files of one name in spool/corrupt */

static void step(struct spool *s, enum spool_step at)
{
	if (s->at_step)
		s->at_step(s->at_ctx, at);
}

/* Everything in spool/new was never committed: nobody was told 250 for it. */
static int empty_new(struct spool *s, struct why *why)
{
	int fd = openat(s->new_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	if (!d) {
		int r = why_set(why, -errno, "spool/new: %m");

		fd_close(fd);
		return r;
	}
	while ((e = readdir(d))) {
		if (e->d_name[0] != '.')
			(void)unlinkat(s->new_fd, e->d_name, 0); /* only space is lost */
	}
	closedir(d);
	return 0;
}

/* One process at a time: a second one would empty spool/new under the first. */
static int lock_spool(int spool_fd, struct why *why)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = openat(spool_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return why_set(why, -errno, "spool/lock: %m");
	if (fcntl(fd, F_OFD_SETLK, &l) < 0) {
		int r = why_set(why, -EWOULDBLOCK, "spool: another process has it open");

		fd_close(fd);
		return r;
	}
	return fd;
}

static int open_parts(struct spool *s, int dirfd, struct why *why)
{
	cleanup(fd_closep) int fd = spoolfile_dir(dirfd, "spool", why);

	if (fd < 0)
		return fd;
	s->lock_fd = lock_spool(fd, why);
	if (s->lock_fd < 0)
		return s->lock_fd;
	s->new_fd = spoolfile_dir(fd, "new", why);
	if (s->new_fd < 0)
		return s->new_fd;
	s->queue_fd = spoolfile_dir(fd, "queue", why);
	if (s->queue_fd < 0)
		return s->queue_fd;
	s->corrupt_fd = spoolfile_dir(fd, "corrupt", why);
	if (s->corrupt_fd < 0)
		return s->corrupt_fd;
	return empty_new(s, why);
}

int spool_open(struct spool *s, int dirfd, struct why *why)
{
	int r;

	*s = (struct spool){ .lock_fd = -1, .new_fd = -1, .queue_fd = -1, .corrupt_fd = -1 };
	r = open_parts(s, dirfd, why);
	groupsync_init(&s->sync, s->queue_fd);
	if (r < 0)
		spool_close(s);
	return r;
}

void spool_close(struct spool *s)
{
	groupsync_end(&s->sync);
	fd_closep(&s->corrupt_fd);
	fd_closep(&s->queue_fd);
	fd_closep(&s->new_fd);
	fd_closep(&s->lock_fd);
}

/* spool/new/ID, written and on disk. */
static int write_new(struct spool *s, const char *name, str head, const struct bodyparts *body,
		     struct why *why)
{
	cleanup(fd_closep) int fd =
		openat(s->new_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int r;

	if (fd < 0)
		return why_set(why, -errno, "spool/new/%s: %m", name);
	step(s, SPOOL_AT_CREATED);
	r = spoolfile_write(fd, head, body, why);
	if (r == 0)
		step(s, SPOOL_AT_WRITTEN);
	if (r == 0 && fdatasync(fd) < 0)
		r = why_set(why, -errno, "fdatasync: %m");
	if (r < 0) {
		(void)unlinkat(s->new_fd, name, 0); /* spool_open would remove it, too */
		return why_prefix(why, r, "spool/new/%s", name);
	}
	step(s, SPOOL_AT_SYNCED);
	return 0;
}

/* queue/ID is there already: SPOOL_E_ALREADY when it is the same message. */
static int same_as_queued(struct spool *s, struct arena *a, const struct spoolmeta *m,
			  struct why *why)
{
	cleanup(fd_closep) int fd = openat(s->queue_fd, m->id.text, O_RDONLY | O_CLOEXEC);
	struct spoolmeta there;
	uint64_t offset;
	int r;

	(void)unlinkat(s->new_fd, m->id.text, 0); /* spool_open would remove it, too */
	if (fd < 0)
		return why_set(why, -errno, "spool/queue/%s: %m", m->id.text);
	r = spoolfile_read_head(fd, 0, a, SPOOLFILE_MESSAGE, &there, &offset, why);
	if (r == SPOOLFILE_OK && there.body_hash == m->body_hash && there.body_size == m->body_size)
		return SPOOL_E_ALREADY;
	return why_set(why, -EEXIST, "spool/queue/%s: another message has this id", m->id.text);
}

/* A sidecar of an earlier message of this name (one that is held and released again) would
 * say that this one is delivered. */
static int drop_old_state(struct spool *s, const char *name, struct why *why)
{
	char state[SPOOLFILE_NAME];

	if (faccessat(s->queue_fd, name, F_OK, 0) == 0)
		return 0; /* its message is there */
	snprintf(state, sizeof(state), "%s" SPOOLFILE_STATE_SUFFIX, name);
	if (unlinkat(s->queue_fd, state, 0) < 0 && errno != ENOENT)
		return why_set(why, -errno, "spool/queue/%s: %m", state);
	return 0;
}

static int put_in_queue(struct spool *s, struct arena *a, const struct spoolmeta *m,
			struct why *why)
{
	const char *name = m->id.text;
	int outcome = SPOOL_OK, r = drop_old_state(s, name, why);

	if (r < 0) {
		(void)unlinkat(s->new_fd, name, 0); /* spool_open would remove it, too */
		return r;
	}
	if (renameat2(s->new_fd, name, s->queue_fd, name, RENAME_NOREPLACE) < 0) {
		if (errno != EEXIST) {
			r = why_set(why, -errno, "spool/queue/%s: %m", name);
			(void)unlinkat(s->new_fd, name, 0); /* spool_open would remove it, too */
			return r;
		}
		outcome = same_as_queued(s, a, m, why);
		if (outcome < 0)
			return outcome;
	}
	step(s, SPOOL_AT_RENAMED);
	r = groupsync_wait(&s->sync, why);
	if (r < 0) {
		if (outcome == SPOOL_OK)
			(void)unlinkat(s->queue_fd, name, 0); /* not promised: best not kept */
		return why_prefix(why, r, "spool/queue");
	}
	step(s, SPOOL_AT_COMMITTED);
	return outcome;
}

int spool_commit(struct spool *s, struct arena *a, const struct spoolmeta *m,
		 const struct bodyparts *body, struct why *why)
{
	struct spoolmeta meta = *m;
	str head;
	int r;

	meta.body_size = body->size;
	meta.body_hash = body->hash;
	if (!spoolfile_head(a, SPOOLFILE_MESSAGE, &meta, &head))
		return why_set(why, -EINVAL, "spool: a field of %s is above its limit", m->id.text);
	r = spoolfile_check_space(s->queue_fd, head.n + body->size, why);
	if (r < 0)
		return r;
	r = write_new(s, meta.id.text, head, body, why);
	if (r < 0)
		return r;
	return put_in_queue(s, a, &meta, why);
}

int spool_set_apart(struct spool *s, const char *name, struct why *why)
{
	char as[SPOOLFILE_NAME + 32];

	for (int i = 0; i < MAX_SAME_NAME; i++) {
		snprintf(as, sizeof(as), i ? "%.*s.%d" : "%.*s", SPOOLFILE_NAME, name, i);
		if (renameat2(s->queue_fd, name, s->corrupt_fd, as, RENAME_NOREPLACE) == 0)
			break;
		if (errno != EEXIST || i + 1 == MAX_SAME_NAME)
			return why_set(why, -errno, "spool/corrupt/%s: %m", as);
	}
	snprintf(as, sizeof(as), "%.*s" SPOOLFILE_STATE_SUFFIX, SPOOLFILE_NAME, name);
	/* Most have none; a lost sidecar only repeats attempts. */
	(void)renameat(s->queue_fd, as, s->corrupt_fd, as);
	return 0;
}

struct spool_state spool_get_state(struct spool *s, struct arena *a, const struct spoolmeta *m)
{
	cleanup(fd_closep) int fd = -1;
	struct spool_state state;
	char name[SPOOLFILE_NAME];
	str file;

	snprintf(name, sizeof(name), "%s" SPOOLFILE_STATE_SUFFIX, m->id.text);
	fd = openat(s->queue_fd, name, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && fd_read_all(fd, a, SPOOLFILE_STATE_MAX, &file, NULL) == 0 &&
	    spoolstate_decode(a, file, m->n_recipients, &state))
		return state;
	return spoolstate_fresh(a, m->n_recipients);
}

/* A descriptor of queue/ID. */
static int open_queued(struct spool *s, struct spool_id id, struct why *why)
{
	int fd = openat(s->queue_fd, id.text, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? why_set(why, -errno, "spool/queue/%s: %m", id.text) : fd;
}

int spool_peek(struct spool *s, struct arena *a, struct spool_id id, struct spoolmeta *ret,
	       struct spool_state *ret_state, struct why *why)
{
	cleanup(fd_closep) int fd = open_queued(s, id, why);
	struct spoolmeta m;
	uint64_t end;
	int r;

	if (fd < 0)
		return fd == -ENOENT ? SPOOL_E_ABSENT : fd;
	r = spoolfile_read_head(fd, 0, a, SPOOLFILE_MESSAGE, &m, &end, why);
	if (r != SPOOLFILE_OK)
		return why_prefix(why, r < 0 ? r : SPOOL_E_CORRUPT, "spool/queue/%s", id.text);
	*ret = m;
	*ret_state = spool_get_state(s, a, &m);
	return SPOOL_OK;
}

int spool_read(struct spool *s, struct arena *a, struct spool_id id, struct spool_message *ret,
	       struct why *why)
{
	cleanup(fd_closep) int fd = open_queued(s, id, why);
	struct spool_message m;
	int r;

	if (fd < 0)
		return fd == -ENOENT ? SPOOL_E_ABSENT : fd;
	r = spoolfile_read_head(fd, 0, a, SPOOLFILE_MESSAGE, &m.meta, &m.offset, why);
	if (r == SPOOLFILE_OK)
		r = spoolfile_check_body(fd, m.offset, &m.meta, why);
	if (r < 0)
		return why_prefix(why, r, "spool/queue/%s", id.text);
	if (r == SPOOLFILE_E_CORRUPT) {
		r = spool_set_apart(s, id.text, NULL);
		return why_prefix(why, r < 0 ? r : SPOOL_E_CORRUPT, "spool/queue/%s", id.text);
	}
	m.state = spool_get_state(s, a, &m.meta);
	m.fd = take_fd(fd);
	*ret = m;
	return SPOOL_OK;
}

int spool_put_state(struct spool *s, struct arena *a, struct spool_id id,
		    const struct spool_state *state, struct why *why)
{
	cleanup(fd_closep) int fd = -1;
	struct strbuf b = strbuf_make(a, SPOOLFILE_STATE_MAX);
	char name[SPOOLFILE_NAME];
	int r;

	spoolstate_encode(state, &b);
	snprintf(name, sizeof(name), "%s" SPOOLFILE_STATE_SUFFIX, id.text);
	fd = openat(s->new_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return why_set(why, -errno, "spool/new/%s: %m", name);
	r = fd_write_all(fd, strbuf_str(&b), why);
	if (r < 0)
		return why_prefix(why, r, "spool/new/%s", name);
	if (fdatasync(fd) < 0)
		return why_set(why, -errno, "spool/new/%s: fdatasync: %m", name);
	step(s, SPOOL_AT_STATE_WRITTEN);
	if (renameat(s->new_fd, name, s->queue_fd, name) < 0)
		return why_set(why, -errno, "spool/queue/%s: %m", name);
	step(s, SPOOL_AT_STATE_RENAMED);
	return 0;
}

int spool_done(struct spool *s, struct spool_id id, struct why *why)
{
	char name[SPOOLFILE_NAME];

	if (unlinkat(s->queue_fd, id.text, 0) < 0)
		return why_set(why, -errno, "spool/queue/%s: %m", id.text);
	step(s, SPOOL_AT_UNLINKED);
	snprintf(name, sizeof(name), "%s" SPOOLFILE_STATE_SUFFIX, id.text);
	if (unlinkat(s->queue_fd, name, 0) < 0 && errno != ENOENT)
		return why_set(why, -errno, "spool/queue/%s: %m", name);
	return 0;
}

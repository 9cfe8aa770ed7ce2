#include "quarantine/quarantine.h"

#include "base/fd.h"
#include "base/map.h"
#include "quarantine/zstdfile.h"
#include "spool/frame.h"
#include "spool/spoolfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define SUFFIX ".zst"

enum {
	SHARDS = 256,
	SCRATCH_BUDGET = 32 << 20,
	RECONCILE_BUDGET = 1 << 30, /* the names of some million messages */
};

static void step(struct quarantine *q, enum quarantine_step at)
{
	if (q->at_step)
		q->at_step(q->at_ctx, at);
}

static int no_index(struct why *why)
{
	return why_set(why, -EIO, "quarantine: the index cannot be used");
}

/* The folder of an id, made when it is not there. */
static int open_shard(const struct quarantine *q, struct spool_id id, struct why *why)
{
	char name[3];
	int fd;

	snprintf(name, sizeof(name), "%02x", (unsigned)(bodyparts_hash(str_c(id.text)) % SHARDS));
	fd = spoolfile_dir(q->dir_fd, name, why);
	return fd < 0 ? why_prefix(why, fd, "quarantine") : fd;
}

static void file_name(struct spool_id id, char ret[SPOOLFILE_NAME])
{
	snprintf(ret, SPOOLFILE_NAME, "%s" SUFFIX, id.text);
}

static int empty_new(const struct quarantine *q, struct why *why)
{
	int fd = openat(q->new_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	if (!d) {
		int r = why_set(why, -errno, "quarantine/new: %m");

		fd_close(fd);
		return r;
	}
	while ((e = readdir(d))) {
		if (e->d_name[0] != '.')
			(void)unlinkat(q->new_fd, e->d_name, 0); /* only space is lost */
	}
	closedir(d);
	return 0;
}

int quarantine_open(struct quarantine *q, int dirfd, struct quarantineindex *index, struct why *why)
{
	int r;

	*q = (struct quarantine){ .new_fd = -1, .index = index };
	q->dir_fd = spoolfile_dir(dirfd, "quarantine", why);
	if (q->dir_fd < 0)
		return q->dir_fd;
	q->new_fd = spoolfile_dir(q->dir_fd, "new", why);
	r = q->new_fd < 0 ? q->new_fd : empty_new(q, why);
	if (r < 0)
		quarantine_close(q);
	return r;
}

void quarantine_close(struct quarantine *q)
{
	fd_closep(&q->new_fd);
	fd_closep(&q->dir_fd);
}

static int write_new(struct quarantine *q, struct arena *a, const struct spoolmeta *m,
		     const struct bodyparts *body, struct why *why)
{
	cleanup(fd_closep) int fd = -1;
	char skip[ZSTDFILE_SKIP_HEAD];
	str head;
	int r;

	if (!spoolfile_head(a, SPOOLFILE_HELD, m, &head))
		return why_set(why, -EINVAL, "a field is above its limit");
	r = spoolfile_check_space(q->dir_fd, head.n + body->size, why);
	if (r < 0)
		return r;
	fd = openat(q->new_fd, m->id.text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return why_set(why, -errno, "create: %m");
	zstdfile_skip_head((uint32_t)head.n, skip);
	r = fd_write_all(fd, str_of(skip, sizeof(skip)), why);
	if (r == 0)
		r = fd_write_all(fd, head, why);
	if (r == 0)
		r = zstdfile_write(fd, a, body, why);
	if (r == 0 && fdatasync(fd) < 0)
		r = why_set(why, -errno, "fdatasync: %m");
	if (r < 0)
		(void)unlinkat(q->new_fd, m->id.text, 0); /* quarantine_open would remove it, too */
	return r;
}

static int put_file(struct quarantine *q, int shard, const struct spoolmeta *m, struct why *why)
{
	char name[SPOOLFILE_NAME];

	file_name(m->id, name);
	if (renameat(q->new_fd, m->id.text, shard, name) < 0) {
		int r = why_set(why, -errno, "rename: %m");

		(void)unlinkat(q->new_fd, m->id.text, 0); /* else it bars every later attempt */
		return r;
	}
	step(q, QUARANTINE_AT_RENAMED);
	if (fsync(shard) < 0)
		return why_set(why, -errno, "fsync of the directory: %m");
	return 0;
}

static int put_row(struct quarantine *q, struct arena *a, const struct spoolmeta *m,
		   struct why *why)
{
	const struct quarantineindex_row row = {
		.id = str_c(m->id.text),
		.held_class = m->held_class,
		.reason = m->held_reason,
		.received_at = m->received_at,
		.held_at = m->queued_at,
		.client_ip = m->client_ip,
		.reverse_path = m->reverse_path,
		.recipients = m->recipients,
		.n_recipients = m->n_recipients,
		.from = m->from,
		.subject = m->subject,
		.size = m->body_size,
		.record = m->record,
	};

	return quarantineindex_put(q->index, a, &row, why);
}

int quarantine_put(struct quarantine *q, struct arena *a, const struct spoolmeta *m,
		   const struct bodyparts *body, struct why *why)
{
	cleanup(fd_closep) int shard = -1;
	struct spoolmeta meta = *m;
	char name[SPOOLFILE_NAME];
	int r;

	meta.body_size = body->size;
	meta.body_hash = body->hash;
	if (!q->index)
		return no_index(why);
	shard = open_shard(q, m->id, why);
	if (shard < 0)
		return shard;
	r = write_new(q, a, &meta, body, why);
	if (r == 0) {
		step(q, QUARANTINE_AT_WRITTEN);
		r = put_file(q, shard, &meta, why);
	}
	if (r == 0) {
		step(q, QUARANTINE_AT_KEPT);
		r = put_row(q, a, &meta, why);
		if (r < 0) {
			/* Nobody could find it, and the sender will come again. */
			file_name(m->id, name);
			(void)unlinkat(shard, name, 0);
		}
	}
	return r < 0 ? why_prefix(why, r, "quarantine %s", m->id.text) : 0;
}

static int open_file(struct quarantine *q, struct spool_id id, struct why *why)
{
	cleanup(fd_closep) int shard = open_shard(q, id, why);
	char name[SPOOLFILE_NAME];
	int fd;

	if (shard < 0)
		return shard;
	file_name(id, name);
	fd = openat(shard, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? why_set(why, -errno, "quarantine %s: %m", id.text) : fd;
}

/* The head of a file and the offset of its zstd frame. */
static int read_head(int fd, struct arena *a, struct spoolmeta *ret, uint64_t *ret_end,
		     struct why *why)
{
	int r = spoolfile_read_head(fd, ZSTDFILE_SKIP_HEAD, a, SPOOLFILE_HELD, ret, ret_end, why);

	return r == SPOOLFILE_E_CORRUPT ? QUARANTINE_E_CORRUPT : r;
}

static int read_body(int fd, struct arena *a, const struct spoolmeta *m, uint64_t at, int memfd,
		     struct why *why)
{
	cleanup(fd_unmapp) str file = STR_NULL, body = STR_NULL;
	int r = fd_map(fd, SIZE_MAX, &file, why);

	if (r < 0)
		return r;
	r = zstdfile_read(str_skip(file, at), a, m->body_size, memfd, why);
	if (r == ZSTDFILE_E_CORRUPT)
		return QUARANTINE_E_CORRUPT;
	if (r == 0)
		r = fd_map(memfd, SIZE_MAX, &body, why);
	if (r == 0 && bodyparts_hash(body) != m->body_hash)
		return why_set(why, QUARANTINE_E_CORRUPT, "body: wrong checksum");
	return r;
}

int quarantine_read(struct quarantine *q, struct arena *a, struct spool_id id,
		    struct spoolmeta *ret, int *ret_fd, struct why *why)
{
	cleanup(fd_closep) int fd = open_file(q, id, why);
	cleanup(fd_closep) int memfd = -1;
	struct spoolmeta m;
	uint64_t at;
	int r;

	if (fd == -ENOENT)
		return QUARANTINE_E_ABSENT;
	if (fd < 0)
		return fd;
	memfd = fd_memfd("held", why);
	if (memfd < 0)
		return memfd;
	r = read_head(fd, a, &m, &at, why);
	if (r == 0)
		r = read_body(fd, a, &m, at, memfd, why);
	if (r == 0)
		r = fd_seal(memfd, why);
	if (r != 0)
		return why_prefix(why, r, "quarantine %s", id.text);
	*ret = m;
	*ret_fd = take_fd(memfd);
	return QUARANTINE_OK;
}

int quarantine_mark_released(struct quarantine *q, struct spool_id id, struct why *why)
{
	int r;

	if (!q->index)
		return no_index(why);
	r = quarantineindex_set_state(q->index, str_c(id.text), STR("released"), why);
	return r == QUARANTINEINDEX_E_ABSENT ? QUARANTINE_E_ABSENT : r;
}

int quarantine_drop(struct quarantine *q, struct spool_id id, struct why *why)
{
	cleanup(fd_closep) int shard = -1;
	char name[SPOOLFILE_NAME];
	bool had_file;
	int r;

	if (!q->index)
		return no_index(why);
	shard = open_shard(q, id, why);
	if (shard < 0)
		return shard;
	file_name(id, name);
	/* The file first: a row alone is marked as missing, a file alone would come back. */
	had_file = unlinkat(shard, name, 0) == 0;
	if (!had_file && errno != ENOENT)
		return why_set(why, -errno, "quarantine %s: %m", id.text);
	r = quarantineindex_drop(q->index, str_c(id.text), why);
	if (r == QUARANTINEINDEX_E_ABSENT)
		return had_file ? QUARANTINE_OK : QUARANTINE_E_ABSENT;
	return r;
}

int quarantine_expire(struct quarantine *q, int64_t before, size_t n, size_t *ret_n,
		      struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("quarantine", SCRATCH_BUDGET);
	str *ids = arena_array(a, str, n);
	size_t found, dropped = 0;
	int r, worst = 0;

	if (!q->index)
		return no_index(why);
	r = quarantineindex_expired(q->index, a, before, n, ids, &found, why);
	if (r < 0)
		return r;
	for (size_t i = 0; i < found; i++) {
		struct spool_id id;

		bug_if(!spoolid_parse(ids[i], &id)); /* only parsed ids were put there */
		/* One that cannot be dropped must not keep the rest for ever. */
		r = quarantine_drop(q, id, why);
		if (r < 0)
			worst = r;
		else
			dropped++;
	}
	*ret_n = dropped;
	return worst;
}

/* The rows while files are compared with them. */
struct comparison {
	struct quarantine *q;
	struct arena *a;
	struct map rows; /* from id to the address of one of the marks */
	const struct quarantine_visitor *v;
	char unseen, seen;
};

static void remember_row(void *ctx, str id)
{
	struct comparison *c = ctx;

	map_set(&c->rows, arena_str(c->a, id), &c->unseen);
}

static int add_row_of_file(struct comparison *c, int shard, const char *name, struct spool_id id,
			   struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("quarantine", SCRATCH_BUDGET);
	cleanup(fd_closep) int fd = openat(shard, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct spoolmeta m;
	uint64_t end;
	int r;

	if (fd < 0)
		return why_set(why, -errno, "open: %m");
	r = read_head(fd, a, &m, &end, why);
	if (r != 0)
		return r;
	if (!spoolid_eq(m.id, id))
		return why_set(why, QUARANTINE_E_CORRUPT, "head: the id is another one");
	return put_row(c->q, a, &m, why);
}

static void compare_file(struct comparison *c, int shard, const char *name)
{
	str base = str_c(name);
	struct spool_id id;
	struct why why;
	int r;

	if (!str_ends(base, STR(SUFFIX)) ||
	    !spoolid_parse(str_sub(base, 0, base.n - strlen(SUFFIX)), &id)) {
		c->v->bad(c->v->ctx, name, "not the name of a held message");
		return;
	}
	if (map_get(&c->rows, str_c(id.text))) {
		map_set(&c->rows, str_c(id.text), &c->seen);
		return;
	}
	r = add_row_of_file(c, shard, name, id, &why);
	if (r == 0)
		c->v->found(c->v->ctx, id.text);
	else
		c->v->bad(c->v->ctx, name, why.text);
}

static int compare_shard(struct comparison *c, unsigned number, struct why *why)
{
	struct dirent *e;
	char name[3];
	DIR *d;
	int fd;

	snprintf(name, sizeof(name), "%02x", number);
	fd = openat(c->q->dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0;
	d = fd >= 0 ? fdopendir(fd) : NULL;
	if (!d) {
		int r = why_set(why, -errno, "quarantine/%s: %m", name);

		fd_close(fd);
		return r;
	}
	while ((e = readdir(d))) {
		if (e->d_name[0] != '.')
			compare_file(c, fd, e->d_name);
	}
	closedir(d);
	return 0;
}

static int mark_missing(struct comparison *c, struct why *why)
{
	const struct map_slot *s;
	size_t at = 0;

	while ((s = map_next(&c->rows, &at))) {
		int r;

		if (s->value == &c->seen)
			continue;
		r = quarantineindex_set_state(c->q->index, s->key, STR("missing"), why);
		if (r < 0)
			return r;
		c->v->missing(c->v->ctx, arena_cz(c->a, s->key));
	}
	return 0;
}

int quarantine_reconcile(struct quarantine *q, const struct quarantine_visitor *v, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("quarantine", RECONCILE_BUDGET);
	struct comparison c = { .q = q, .a = a, .rows = map_make(a), .v = v };
	int r;

	if (!q->index)
		return no_index(why);
	r = quarantineindex_ids(q->index, remember_row, &c, why);
	for (unsigned i = 0; i < SHARDS && r == 0; i++)
		r = compare_shard(&c, i, why);
	return r == 0 ? mark_missing(&c, why) : r;
}

#include "spool/segments.h"

#include "base/fd.h"
#include "spool/spoolfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/statvfs.h>

void segments_step(const struct segments *g, enum spool_step step)
{
	if (g->at_step)
		g->at_step(g->at_ctx, step);
}

void segments_name(uint64_t number, char ret[SEGMENTS_NAME])
{
	snprintf(ret, SEGMENTS_NAME, "%016llx", (unsigned long long)number);
}

/* The segments before the active one were synced when it was begun. */
static int sync_active(void *segments)
{
	struct segments *g = segments;
	struct segment *active;
	int r;

	pthread_mutex_lock(&g->lock);
	active = g->active;
	active->users++;
	pthread_mutex_unlock(&g->lock);
	r = active->spoiled ? -EIO : g->io->sync(g->io->ctx, active->fd);
	if (r < 0)
		active->spoiled = true;
	pthread_mutex_lock(&g->lock);
	active->users--;
	pthread_mutex_unlock(&g->lock);
	return r;
}

uint64_t segments_usual(int fd)
{
	struct statvfs v;
	uint64_t share;

	if (fstatvfs(fd, &v) < 0)
		return SEGMENTS_LEAST_BYTES;
	share = (uint64_t)v.f_blocks * v.f_frsize / SEGMENTS_SHARE;
	if (share < SEGMENTS_LEAST_BYTES)
		return SEGMENTS_LEAST_BYTES;
	return share < SEGMENTS_MOST_BYTES ? share : SEGMENTS_MOST_BYTES;
}

void segments_init(struct segments *g, const struct spoolio *io, int dirfd, uint64_t usual)
{
	*g = (struct segments){
		.io = io, .dirfd = dirfd, .usual = usual, .spare = -1, .next_number = 1
	};
	list_init(&g->all);
	bug_if(pthread_mutex_init(&g->append, NULL));
	bug_if(pthread_mutex_init(&g->lock, NULL));
	groupsync_init(&g->sync, sync_active, g);
}

void segments_end(struct segments *g)
{
	/* Zeros reserved and never written would only have to be read at the next start. */
	if (g->active)
		defs_ignore(g->io->cut(g->io->ctx, g->active->fd, g->active->used));
	list_each (&g->all, link) {
		struct segment *e = list_entry(link, struct segment, link);

		fd_closep(&e->fd);
		free(e);
	}
	groupsync_end(&g->sync);
	pthread_mutex_destroy(&g->lock);
	pthread_mutex_destroy(&g->append);
	fd_closep(&g->spare);
	fd_closep(&g->dirfd);
}

struct segment *segments_add(struct segments *g, uint64_t number, uint64_t mark, uint64_t size,
			     int fd)
{
	struct segment *e = calloc(1, sizeof(*e));

	bug_if(!e);
	*e = (struct segment){ .number = number, .mark = mark, .size = size, .fd = fd };
	list_init(&e->messages);
	pthread_mutex_lock(&g->lock);
	list_append(&g->all, &e->link);
	g->bytes += size;
	if (number >= g->next_number)
		g->next_number = number + 1;
	pthread_mutex_unlock(&g->lock);
	return e;
}

/* A new file with its room reserved, or -ENOSPC while a reserve is still free. */
static int make_file(struct segments *g, const char *name, uint64_t size, struct why *why)
{
	int r = spoolfile_check_space(g->dirfd, size, why);

	if (r < 0)
		return r;
	r = g->io->make(g->io->ctx, g->dirfd, name, size);
	if (r < 0)
		return why_set(why, r, "spool/segments/%s: %m", name);
	segments_step(g, SPOOL_AT_MADE);
	return r;
}

static int need_spare(struct segments *g, struct why *why)
{
	int r = g->spare < 0 ? make_file(g, "spare", g->usual, why) : 0;

	if (r < 0)
		return r;
	if (g->spare < 0)
		g->spare = r;
	return 0;
}

static int write_header(struct segments *g, int fd, uint64_t *ret_mark, struct why *why)
{
	char header[RECORD_SECOND + RECORD_SEGMENT_HEADER] = { 0 };
	struct iovec v = { header, sizeof(header) };
	uint64_t mark = 0;
	int r;

	/* Zero is what was never written. */
	while (mark == 0) {
		if (getrandom(&mark, sizeof(mark), 0) < 0 && errno != EINTR)
			return why_set(why, -errno, "getrandom: %m");
	}
	spoolrecord_put_segment(header, mark);
	spoolrecord_put_segment(header + RECORD_SECOND, mark);
	r = spoolio_write_all(g->io, fd, &v, 1, 0, sizeof(header));
	if (r == 0)
		r = g->io->sync(g->io->ctx, fd);
	if (r < 0)
		return why_set(why, r, "spool/segments: header: %m");
	segments_step(g, SPOOL_AT_MARKED);
	*ret_mark = mark;
	return 0;
}

/* Gives the file its header and its name, both durable. On error the file is removed. */
static int begin(struct segments *g, const char *from, int fd, uint64_t size, struct why *why)
{
	uint64_t number = g->next_number++, mark;
	char name[SEGMENTS_NAME];
	struct segment *e;
	int r = write_header(g, fd, &mark, why);

	segments_name(number, name);
	if (r == 0) {
		r = g->io->rename(g->io->ctx, g->dirfd, from, name);
		if (r == 0) {
			from = name;
			segments_step(g, SPOOL_AT_NAMED);
			r = g->io->sync_names(g->io->ctx, g->dirfd);
		}
		if (r < 0)
			(void)why_set(why, r, "spool/segments/%s: %m", name);
	}
	if (r < 0) {
		(void)g->io->remove(g->io->ctx, g->dirfd, from); /* it has no records */
		fd_close(fd);
		return r;
	}
	segments_step(g, SPOOL_AT_READY);
	e = segments_add(g, number, mark, size, fd);
	e->used = RECORD_FIRST;
	pthread_mutex_lock(&g->lock);
	g->active = e;
	pthread_mutex_unlock(&g->lock);
	return 0;
}

/* Nothing is added to it any more: what was written is synced, what was reserved given back. */
static void seal(struct segments *g, struct segment *e)
{
	/* A failure is told to those who wait for their tickets. */
	defs_ignore(groupsync_all(&g->sync, NULL));
	if (g->io->cut(g->io->ctx, e->fd, e->used) < 0)
		return; /* space only */
	pthread_mutex_lock(&g->lock);
	g->bytes -= e->size - e->used;
	e->size = e->used;
	pthread_mutex_unlock(&g->lock);
}

static int make_room(struct segments *g, uint64_t n, struct why *why)
{
	uint64_t size = RECORD_FIRST + n;
	int fd, r;

	if (g->active && !g->active->spoiled && g->active->size - g->active->used >= n)
		return 0;
	if (size > g->usual) {
		r = fd = make_file(g, "large", size, why);
	} else {
		r = need_spare(g, why);
		fd = r < 0 ? r : take_fd(g->spare);
		size = g->usual;
	}
	if (r < 0)
		return r;
	if (g->active)
		seal(g, g->active);
	return begin(g, size > g->usual ? "large" : "spare", fd, size, why);
}

static int write_record(struct segments *g, enum spoolrecord_type type, str head,
			const struct bodyparts *body, struct why *why)
{
	struct iovec v[2 + BODYPARTS_MAX_CUTS + 2];
	struct segment *e = g->active;
	char header[RECORD_HEADER];
	uint64_t size = body ? body->size : 0;
	int r, n = 2;

	bug_if(body && body->n + 2 > ARRAY_LEN(v));
	spoolrecord_put(header, type, head, size, e->mark, e->used);
	v[0] = (struct iovec){ header, sizeof(header) };
	v[1] = (struct iovec){ (void *)(uintptr_t)head.p, head.n };
	for (size_t i = 0; body && i < body->n; i++)
		v[n++] = body->v[i];
	r = spoolio_write_all(g->io, e->fd, v, n, e->used, sizeof(header) + head.n + size);
	return r < 0 ? why_set(why, r, "spool/segments/%016llx: write: %m",
			       (unsigned long long)e->number)
		     : 0;
}

int segments_append(struct segments *g, enum spoolrecord_type type, str head,
		    const struct bodyparts *body, struct place *ret, uint64_t *ret_ticket,
		    struct why *why)
{
	uint64_t n = spoolrecord_bytes((uint32_t)head.n, body ? body->size : 0);
	int r = make_room(g, n, why);

	if (r == 0 && type == RECORD_MESSAGE)
		r = need_spare(g, why);
	if (r == 0)
		r = write_record(g, type, head, body, why);
	if (r < 0)
		return r;
	*ret = (struct place){ g->active, g->active->used, body ? body->size : 0,
			       (uint32_t)head.n };
	g->active->used += n;
	*ret_ticket = groupsync_ticket(&g->sync);
	return 0;
}

bool segments_remove_oldest(struct segments *g, struct why *why)
{
	struct segment *e = NULL;
	char name[SEGMENTS_NAME];
	int r;

	why_set(why, 0, "%s", "");
	pthread_mutex_lock(&g->append);
	pthread_mutex_lock(&g->lock);
	if (!list_empty(&g->all))
		e = list_entry(g->all.next, struct segment, link);
	if (e && (e == g->active || e->users || !list_empty(&e->messages)))
		e = NULL;
	pthread_mutex_unlock(&g->lock);
	if (e) {
		segments_name(e->number, name);
		r = g->io->remove(g->io->ctx, g->dirfd, name);
		if (r == -ENOENT) /* the last try could not sync the directory */
			r = 0;
		if (r == 0)
			segments_step(g, SPOOL_AT_REMOVED);
		/* The next one may say of a message of this one that it has left. */
		if (r == 0)
			r = g->io->sync_names(g->io->ctx, g->dirfd);
		if (r < 0) {
			(void)why_set(why, r, "spool/segments/%s: %m", name);
			e = NULL;
		}
	}
	if (e) {
		pthread_mutex_lock(&g->lock);
		list_remove(&e->link);
		g->bytes -= e->size;
		pthread_mutex_unlock(&g->lock);
		fd_closep(&e->fd);
		free(e);
	}
	pthread_mutex_unlock(&g->append);
	return e != NULL;
}

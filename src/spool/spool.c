#include "spool/spool.h"

#include "base/fd.h"
#include "spool/frame.h"
#include "spool/recovery.h"
#include "spool/spoolfile.h"
#include "spool/spoolimport.h"
#include "spool/spoolread.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { DAMAGES_BUDGET = 8 << 20 };

/* One process at a time: a second one would append to the same places. */
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

static int open_parts(struct spool *s, int dirfd, const struct spoolio *io, uint64_t segment_bytes,
		      struct why *why)
{
	cleanup(fd_closep) int fd = spoolfile_dir(dirfd, "spool", why);
	int r;

	if (fd < 0)
		return fd;
	s->lock_fd = lock_spool(fd, why);
	if (s->lock_fd < 0)
		return s->lock_fd;
	s->corrupt_fd = spoolfile_dir(fd, "corrupt", why);
	if (s->corrupt_fd < 0)
		return s->corrupt_fd;
	s->log.dirfd = spoolfile_dir(fd, "segments", why);
	if (s->log.dirfd < 0)
		return s->log.dirfd;
	s->log.io = io;
	s->log.usual = segment_bytes ? segment_bytes : segments_usual(s->log.dirfd);
	r = recovery_scan(s, why);
	return r < 0 ? r : spoolimport_run(s, fd, why);
}

int spool_open_on(struct spool *s, int dirfd, const struct spoolio *io, uint64_t segment_bytes,
		  struct why *why)
{
	int r;

	*s = (struct spool){ .lock_fd = -1, .corrupt_fd = -1 };
	s->arena = arena_new("spool damages", DAMAGES_BUDGET);
	spoolindex_init(&s->index);
	segments_init(&s->log, io, -1, segment_bytes);
	r = open_parts(s, dirfd, io, segment_bytes, why);
	if (r < 0)
		spool_close(s);
	return r;
}

int spool_open(struct spool *s, int dirfd, struct why *why)
{
	return spool_open_on(s, dirfd, &spoolio_disk, 0, why);
}

void spool_close(struct spool *s)
{
	/* What a failure loses here only repeats attempts. */
	defs_ignore(groupsync_all(&s->log.sync, NULL));
	segments_end(&s->log);
	spoolindex_end(&s->index);
	s->arena = arena_free(s->arena);
	fd_closep(&s->corrupt_fd);
	fd_closep(&s->lock_fd);
}

size_t spool_count(struct spool *s)
{
	size_t n;

	pthread_mutex_lock(&s->log.lock);
	n = s->index.n;
	pthread_mutex_unlock(&s->log.lock);
	return n;
}

/* With append held. */
static struct spoolindex_entry *find(struct spool *s, struct spool_id id)
{
	struct spoolindex_entry *e;

	pthread_mutex_lock(&s->log.lock);
	e = spoolindex_find(&s->index, id);
	pthread_mutex_unlock(&s->log.lock);
	return e;
}

/* With append held: a message whose id is not there yet. */
static int append_new(struct spool *s, const struct spoolmeta *m, str head,
		      const struct bodyparts *body, uint64_t *ret_ticket, struct why *why)
{
	struct spoolindex_entry *e;
	struct place place;
	int r;

	if (spool_count(s) == SPOOLINDEX_MAX)
		return why_set(why, -ENOSPC, "spool: %d messages are the most it can hold",
			       SPOOLINDEX_MAX);
	r = segments_append(&s->log, RECORD_MESSAGE, head, body, &place, ret_ticket, why);
	if (r < 0)
		return r;
	pthread_mutex_lock(&s->log.lock);
	e = spoolindex_add(&s->index, m->id, &place);
	bug_if(!e);
	e->body_hash = body->hash;
	e->ticket = *ret_ticket;
	pthread_mutex_unlock(&s->log.lock);
	return SPOOL_OK;
}

int spool_append(struct spool *s, struct arena *a, const struct spoolmeta *m,
		 const struct bodyparts *body, uint64_t *ret_ticket, struct why *why)
{
	struct strbuf head = strbuf_make(a, FRAME_MAX);
	const struct spoolindex_entry *e;
	struct spoolmeta meta = *m;
	int r;

	meta.body_size = body->size;
	meta.body_hash = body->hash;
	if (!spoolmeta_encode(&meta, &head))
		return why_set(why, -EINVAL, "spool: a field of %s is above its limit", m->id.text);
	pthread_mutex_lock(&s->log.append);
	e = find(s, m->id);
	if (!e) {
		r = append_new(s, m, strbuf_str(&head), body, ret_ticket, why);
	} else if (e->message.body == body->size && e->body_hash == body->hash) {
		*ret_ticket = e->ticket;
		r = SPOOL_E_ALREADY;
	} else {
		r = why_set(why, -EEXIST, "spool: another message has the id %s", m->id.text);
	}
	pthread_mutex_unlock(&s->log.append);
	return r;
}

/* Writes the tombstone and forgets the message; only: if its record is still this one. */
static int forget(struct spool *s, struct spool_id id, const struct place *only, struct why *why)
{
	char buffer[SPOOLREAD_ID_HEAD];
	str head = spoolread_id_head(id, buffer);
	struct spoolindex_entry *e;
	struct place place;
	uint64_t ticket;
	int r;

	pthread_mutex_lock(&s->log.append);
	e = find(s, id);
	if (!e || (only && !segments_same_place(&e->message, only)))
		r = why_set(why, -ENOENT, "spool: %s: no such message", id.text);
	else
		r = segments_append(&s->log, RECORD_DONE, head, NULL, &place, &ticket, why);
	if (r == 0) {
		pthread_mutex_lock(&s->log.lock);
		spoolindex_remove(&s->index, e);
		pthread_mutex_unlock(&s->log.lock);
		segments_step(&s->log, SPOOL_AT_DONE_APPENDED);
	}
	pthread_mutex_unlock(&s->log.append);
	return r;
}

/* It was not promised, so it is best not kept. Without a tombstone it may come again after a
 * restart, which is a repeat, as SMTP allows. */
static void withdraw(struct spool *s, struct spool_id id)
{
	struct spoolindex_entry *e;

	if (forget(s, id, NULL, NULL) == 0)
		return;
	pthread_mutex_lock(&s->log.append);
	pthread_mutex_lock(&s->log.lock);
	e = spoolindex_find(&s->index, id);
	if (e)
		spoolindex_remove(&s->index, e);
	pthread_mutex_unlock(&s->log.lock);
	pthread_mutex_unlock(&s->log.append);
}

int spool_commit(struct spool *s, struct arena *a, const struct spoolmeta *m,
		 const struct bodyparts *body, struct why *why)
{
	uint64_t ticket;
	int outcome = spool_append(s, a, m, body, &ticket, why), r;

	if (outcome < 0)
		return outcome;
	segments_step(&s->log, SPOOL_AT_APPENDED);
	r = groupsync_wait(&s->log.sync, ticket, why);
	if (r < 0) {
		if (outcome == SPOOL_OK)
			withdraw(s, m->id);
		return r;
	}
	segments_step(&s->log, SPOOL_AT_COMMITTED);
	return outcome;
}

/* Where a message is; its segments stay open until give_back. False: absent. */
static bool borrow(struct spool *s, struct spool_id id, struct place *ret, struct place *ret_state)
{
	const struct spoolindex_entry *e;

	pthread_mutex_lock(&s->log.lock);
	e = spoolindex_find(&s->index, id);
	if (e) {
		*ret = e->message;
		*ret_state = e->state;
		ret->segment->users++;
		if (ret_state->segment)
			ret_state->segment->users++;
	}
	pthread_mutex_unlock(&s->log.lock);
	return e != NULL;
}

static void give_back(struct spool *s, const struct place *message, const struct place *state)
{
	pthread_mutex_lock(&s->log.lock);
	message->segment->users--;
	if (state->segment)
		state->segment->users--;
	pthread_mutex_unlock(&s->log.lock);
}

int spool_peek(struct spool *s, struct arena *a, struct spool_id id, struct spoolmeta *ret,
	       struct spool_state *ret_state, struct why *why)
{
	struct place place, state;
	struct spoolmeta m;
	str body;
	int r;

	if (!borrow(s, id, &place, &state))
		return SPOOL_E_ABSENT;
	r = spoolread_head(s->log.io, &place, a, &m, &body, why);
	if (r == SPOOLREAD_OK) {
		*ret_state = spoolread_state(s->log.io, &state, a, &m);
		*ret = m;
	}
	give_back(s, &place, &state);
	if (r == SPOOLREAD_OK)
		return SPOOL_OK;
	return why_prefix(why, r < 0 ? r : SPOOL_E_CORRUPT, "%s", id.text);
}

/* The bytes of the record in spool/corrupt, then the message forgotten. */
static int set_apart(struct spool *s, struct spool_id id, const struct place *p)
{
	int r = spoolread_copy(s->log.io, p->segment->fd, p->at, segments_bytes(p), s->corrupt_fd,
			       id.text, NULL);

	return r < 0 ? r : forget(s, id, p, NULL);
}

int spool_read(struct spool *s, struct arena *a, struct spool_id id, struct spool_message *ret,
	       struct why *why)
{
	struct spool_message m = { .offset = 0 };
	struct place place, state;
	str body;
	int r;

	if (!borrow(s, id, &place, &state))
		return SPOOL_E_ABSENT;
	r = spoolread_head(s->log.io, &place, a, &m.meta, &body, why);
	if (r == SPOOLREAD_OK)
		r = spoolread_body(s->log.io, &place, a, &m.meta, body, &m.fd, why);
	if (r == SPOOLREAD_OK)
		m.state = spoolread_state(s->log.io, &state, a, &m.meta);
	if (r == SPOOLREAD_E_CORRUPT)
		r = set_apart(s, id, &place) < 0 ? -EIO : SPOOL_E_CORRUPT;
	give_back(s, &place, &state);
	if (r != SPOOLREAD_OK)
		return why_prefix(why, r, "%s", id.text);
	*ret = m;
	return SPOOL_OK;
}

int spool_put_state(struct spool *s, struct arena *a, struct spool_id id,
		    const struct spool_state *state, struct why *why)
{
	struct spoolindex_entry *e;
	struct place place;
	uint64_t ticket;
	str head;
	int r;

	if (!spoolread_state_head(a, id, state, &head))
		return why_set(why, -EINVAL, "spool: the state of %s is too long", id.text);
	pthread_mutex_lock(&s->log.append);
	e = find(s, id);
	if (!e)
		r = why_set(why, -ENOENT, "spool: %s: no such message", id.text);
	else
		r = segments_append(&s->log, RECORD_STATE, head, NULL, &place, &ticket, why);
	if (r == 0) {
		pthread_mutex_lock(&s->log.lock);
		spoolindex_move(&s->index, e, &e->message, &place);
		pthread_mutex_unlock(&s->log.lock);
	}
	pthread_mutex_unlock(&s->log.append);
	if (r < 0)
		return r;
	segments_step(&s->log, SPOOL_AT_STATE_APPENDED);
	return groupsync_wait(&s->log.sync, ticket, why);
}

int spool_done(struct spool *s, struct spool_id id, struct why *why)
{
	return forget(s, id, NULL, why);
}

uint64_t spool_bytes(struct spool *s)
{
	uint64_t n;

	pthread_mutex_lock(&s->log.lock);
	n = s->log.bytes;
	pthread_mutex_unlock(&s->log.lock);
	return n;
}

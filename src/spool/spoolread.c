#include "spool/spoolread.h"

#include "base/fd.h"
#include "base/reader.h"
#include "spool/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define XXH_STATIC_LINKING_ONLY /* the state is on the stack */
#include <xxhash.h>

enum {
	AT_ONCE = 32 << 10, /* of a message that is read whole with its head */
	CHUNK = 256 << 10,
	MAX_SAME_NAME = 100, /* files of one name in spool/corrupt */
	NAME = 128,
};

static int corrupt(struct why *why, const char *what)
{
	return why_set(why, SPOOLREAD_E_CORRUPT, "%s", what);
}

/* n bytes from the start of the record. */
static int read_record(const struct spoolio *io, const struct place *p, struct arena *a, size_t n,
		       str *ret_head, str *ret_rest, struct why *why)
{
	struct segment *e = p->segment;
	char *bytes = arena_alloc(a, n);
	struct spoolrecord record;
	int r = spoolio_read_all(io, e->fd, bytes, n, p->at);

	if (r < 0)
		return why_set(why, r, "spool/segments/%016llx: read: %m",
			       (unsigned long long)e->number);
	if (!spoolrecord_get(str_of(bytes, n), e->mark, p->at, &record) || record.head != p->head ||
	    record.body != p->body)
		return corrupt(why, "record: not what was written");
	*ret_head = str_of(bytes + RECORD_HEADER, p->head);
	*ret_rest = str_of(bytes + RECORD_HEADER + p->head, n - RECORD_HEADER - p->head);
	if (!spoolrecord_head_ok(&record, *ret_head, e->mark))
		return corrupt(why, "head: wrong checksum");
	return SPOOLREAD_OK;
}

int spoolread_head(const struct spoolio *io, const struct place *p, struct arena *a,
		   struct spoolmeta *ret, str *ret_body, struct why *why)
{
	size_t n = RECORD_HEADER + p->head;
	str head;
	int r;

	if (p->body < AT_ONCE)
		n += p->body;
	r = read_record(io, p, a, n, &head, ret_body, why);
	if (r != SPOOLREAD_OK)
		return r;
	if (!spoolmeta_decode(a, head, ret) || ret->body_size != p->body)
		return corrupt(why, "head: a field is malformed");
	return SPOOLREAD_OK;
}

/* The body piece by piece: into the checksum and, unless fd is -1, to fd. */
static int walk_body(const struct spoolio *io, const struct place *p, struct arena *a, int fd,
		     uint64_t *ret_hash, struct why *why)
{
	size_t size = p->body < CHUNK ? (size_t)p->body : CHUNK;
	char *chunk = arena_alloc(a, size);
	uint64_t at = p->at + RECORD_HEADER + p->head;
	XXH64_state_t hash;
	int r;

	XXH64_reset(&hash, 0);
	for (uint64_t i = 0; i < p->body; i += size) {
		size_t n = p->body - i < size ? (size_t)(p->body - i) : size;

		r = spoolio_read_all(io, p->segment->fd, chunk, n, at + i);
		if (r < 0)
			return why_set(why, r, "spool/segments/%016llx: read: %m",
				       (unsigned long long)p->segment->number);
		XXH64_update(&hash, chunk, n);
		if (fd >= 0)
			r = fd_write_all(fd, str_of(chunk, n), why);
		if (r < 0)
			return r;
	}
	*ret_hash = XXH64_digest(&hash);
	return 0;
}

int spoolread_body(const struct spoolio *io, const struct place *p, struct arena *a,
		   const struct spoolmeta *m, str got, int *ret_fd, struct why *why)
{
	cleanup(fd_closep) int fd = fd_memfd("spooled message", why);
	uint64_t hash;
	int r = fd < 0 ? fd : 0;

	if (r == 0 && got.n == p->body) {
		hash = bodyparts_hash(got);
		r = fd_write_all(fd, got, why);
	} else if (r == 0) {
		r = walk_body(io, p, a, fd, &hash, why);
	}
	if (r < 0)
		return r;
	if (hash != m->body_hash)
		return corrupt(why, "body: wrong checksum");
	r = fd_seal(fd, why);
	if (r < 0)
		return r;
	*ret_fd = take_fd(fd);
	return SPOOLREAD_OK;
}

int spoolread_check_body(const struct spoolio *io, const struct place *p, struct arena *a,
			 const struct spoolmeta *m, struct why *why)
{
	uint64_t hash;
	int r = walk_body(io, p, a, -1, &hash, why);

	if (r < 0)
		return r;
	return hash == m->body_hash ? SPOOLREAD_OK : corrupt(why, "body: wrong checksum");
}

bool spoolread_id(str head, struct spool_id *ret)
{
	struct reader r = reader_make(head);
	str id = reader_lstr(&r, SPOOLID_MAX);

	return !r.bad && spoolid_parse(id, ret);
}

str spoolread_id_head(struct spool_id id, char buffer[SPOOLREAD_ID_HEAD])
{
	size_t n = strlen(id.text);

	memcpy(buffer, (char[4]){ (char)n }, 4); /* u32le, below 256 */
	memcpy(buffer + 4, id.text, n);
	return str_of(buffer, 4 + n);
}

bool spoolread_state_head(struct arena *a, struct spool_id id, const struct spool_state *state,
			  str *ret)
{
	struct strbuf b = strbuf_make(a, FRAME_MAX);

	frame_put_lstr(&b, str_c(id.text));
	spoolstate_encode(state, &b);
	*ret = strbuf_str(&b);
	return !b.overflow;
}

struct spool_state spoolread_state(const struct spoolio *io, const struct place *p, struct arena *a,
				   const struct spoolmeta *m)
{
	struct spool_state state;
	str head, rest;

	if (p->segment &&
	    read_record(io, p, a, RECORD_HEADER + p->head, &head, &rest, NULL) == SPOOLREAD_OK &&
	    spoolstate_decode(a, str_skip(head, 4 + strlen(m->id.text)), m->n_recipients, &state))
		return state;
	return spoolstate_fresh(a, m->n_recipients);
}

static int copy_to(const struct spoolio *io, int from, uint64_t at, uint64_t n, int to,
		   struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("damaged", 2 * CHUNK);
	char *chunk = arena_alloc(a, CHUNK);
	uint64_t lost = 0;

	for (uint64_t i = 0; i < n; i += CHUNK) {
		size_t part = n - i < CHUNK ? (size_t)(n - i) : CHUNK;
		int r = spoolio_read_around(io, from, chunk, part, at + i, &lost);

		if (r < 0)
			return why_set(why, r, "read: %m");
		r = fd_write_all(to, str_of(chunk, part), why);
		if (r < 0)
			return r;
	}
	return fsync(to) < 0 ? why_set(why, -errno, "fsync: %m") : 0;
}

int spoolread_copy(const struct spoolio *io, int fd, uint64_t at, uint64_t n, int dirfd,
		   const char *name, struct why *why)
{
	cleanup(fd_closep) int to = -1;
	char as[NAME];
	int r;

	for (int i = 0; i < MAX_SAME_NAME && to < 0; i++) {
		snprintf(as, sizeof(as), i ? "%s.%d" : "%s", name, i);
		to = openat(dirfd, as, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (to < 0 && errno != EEXIST)
			break;
	}
	if (to < 0)
		return why_set(why, -errno, "spool/corrupt/%s: %m", as);
	r = copy_to(io, fd, at, n, to, why);
	if (r == 0 && fsync(dirfd) < 0)
		r = why_set(why, -errno, "fsync: %m");
	if (r < 0) {
		(void)unlinkat(dirfd, as, 0); /* half of it helps nobody */
		return why_prefix(why, r, "spool/corrupt/%s", as);
	}
	return 0;
}

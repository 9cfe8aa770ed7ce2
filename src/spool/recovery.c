#include "spool/recovery.h"

#include "base/fd.h"
#include "spool/segmentscan.h"
#include "spool/spoolread.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	MAX_SAME_NAME = 100, /* files of one name in spool/corrupt */
	SCAN_BUDGET = 8 << 20,
	RECORD_BUDGET = 16 << 20,
	NAMES_BUDGET = 64 << 20
};

/* The copy of a message that is still at its old place, until its state has followed: the old
 * segment must not go before both are known to be whole. */
struct copy {
	struct spool_id id;
	struct place place; /* nowhere: none */
};

/* One segment while it is walked through. */
struct walk {
	struct spool *s;
	struct copy *copy;
	struct arena *a; /* of one record */
	struct segment *segment;
	bool newest;
	bool keep;    /* something in it could not be set apart: it must stay as it is */
	bool changed; /* written to */
	uint64_t gap; /* where damage begins that no whole record has followed yet; 0: nowhere */
};

void recovery_report(struct spool *s, const char *name, const char *reason)
{
	struct spool_damage *d;

	if (s->damages.n == SPOOL_MAX_DAMAGES)
		return;
	d = arena_push(s->arena, &s->damages);
	snprintf(d->name, sizeof(d->name), "%s", name);
	snprintf(d->reason, sizeof(d->reason), "%s", reason);
}

/* Copies a stretch of the segment to spool/corrupt and reports it. */
static void set_apart(struct walk *w, const struct segmentscan_item *i, const char *reason)
{
	char name[48], text[200];
	struct why why = { "" };

	if (w->gap == 0)
		w->gap = i->at;
	snprintf(name, sizeof(name), "%016llx-%llx", (unsigned long long)w->segment->number,
		 (unsigned long long)i->at);
	if (spoolread_copy(w->s->log.io, w->segment->fd, i->at, i->end - i->at, w->s->corrupt_fd,
			   name, &why) < 0)
		w->keep = true;
	snprintf(text, sizeof(text), "%llu bytes: %s%s%.90s", (unsigned long long)(i->end - i->at),
		 reason, why.text[0] ? "; not copied: " : "", why.text);
	recovery_report(w->s, name, text);
}

/* False: it was set apart. */
static bool on_message(struct walk *w, const struct segmentscan_item *i)
{
	struct spoolindex *x = &w->s->index;
	const struct place place = { w->segment, i->at, i->record.body, i->record.head };
	struct spoolindex_entry *e;
	struct place state = { 0 };
	struct spoolmeta m;
	struct why why = { "" };

	if (!spoolmeta_decode(w->a, i->head, &m) || m.body_size != place.body) {
		set_apart(w, i, "a field of the envelope is malformed");
		return false;
	}
	e = spoolindex_find(x, m.id);
	if (i->record.type == RECORD_MOVED && e) {
		/* Not synced perhaps; then the old one is still whole. */
		if (spoolread_check_body(w->s->log.io, &place, w->a, &m, NULL) != SPOOLREAD_OK)
			return true;
		if (e->state.segment)
			*w->copy = (struct copy){ m.id, place };
		else
			spoolindex_move(x, e, &place, &state);
		return true;
	}
	if (w->newest &&
	    spoolread_check_body(w->s->log.io, &place, w->a, &m, &why) == SPOOLREAD_E_CORRUPT) {
		set_apart(w, i, "a body that is torn or altered, at the end of what was written");
		return false;
	}
	if (e)
		spoolindex_move(x, e, &place, &state);
	else
		e = spoolindex_add(x, m.id, &place);
	if (e)
		e->body_hash = m.body_hash;
	else
		w->keep = true; /* above SPOOLINDEX_MAX: the next start has room for it */
	return true;
}

/* False: it was set apart. */
static bool on_record(struct walk *w, const struct segmentscan_item *i)
{
	const struct place place = { w->segment, i->at, 0, i->record.head };
	const struct copy copy = *w->copy;
	struct spoolindex_entry *e;
	struct spool_id id;

	*w->copy = (struct copy){ 0 }; /* its state is the next record or was lost */
	if (i->record.type == RECORD_GAP)
		return true;
	if (i->record.type == RECORD_MESSAGE || i->record.type == RECORD_MOVED)
		return on_message(w, i);
	if (!spoolread_id(i->head, &id)) {
		set_apart(w, i, "an id is malformed");
		return false;
	}
	e = spoolindex_find(&w->s->index, id);
	if (e && i->record.type == RECORD_STATE)
		spoolindex_move(&w->s->index, e,
				copy.place.segment && spoolid_eq(copy.id, id) ? &copy.place
									      : &e->message,
				&place);
	else if (e)
		spoolindex_remove(&w->s->index, e);
	return true;
}

/* Damage that has been copied away becomes a record of its own, lest it be found again at
 * each start, by then perhaps as a message. */
static int close_gap(struct walk *w, uint64_t end, struct why *why)
{
	const struct spoolio *io = w->s->log.io;
	uint64_t n = end - w->gap;
	char header[RECORD_HEADER + 1] = { 0 };
	str head = str_of(header + RECORD_HEADER, 1);
	struct iovec v = { header, sizeof(header) };
	int r = 0;

	if (!w->keep && n >= sizeof(header)) {
		spoolrecord_put(header, RECORD_GAP, head, n - sizeof(header), w->segment->mark,
				w->gap);
		r = spoolio_write_all(io, w->segment->fd, &v, 1, w->gap, sizeof(header));
		w->changed = true;
	}
	w->gap = 0;
	return r < 0 ? why_set(why, r, "write: %m") : 0;
}

static int walk_records(struct walk *w, struct segmentscan *scan, struct why *why)
{
	struct segmentscan_item i;

	for (;;) {
		int r = segmentscan_next(scan, &i);
		bool whole = false;

		if (r < 0)
			return why_set(why, r, "read: %m");
		if (r == SEGMENTSCAN_END)
			break;
		if (r == SEGMENTSCAN_RECORD)
			whole = on_record(w, &i);
		else if (r == SEGMENTSCAN_DAMAGE)
			set_apart(w, &i, w->newest ? "torn or altered" : "altered");
		else
			set_apart(w, &i, "zeros between records");
		arena_reset(w->a);
		r = whole && w->gap ? close_gap(w, i.at, why) : 0;
		if (r < 0)
			return r;
	}
	w->segment->used = w->gap ? w->gap : i.at;
	if (scan->lost) {
		w->keep = true;
		recovery_report(w->s, "spool/segments", "blocks that the disk cannot read");
	}
	return 0;
}

/* What is behind the last record goes; what is there may have been written but not synced by
 * the process that was killed, and is told to be durable from here on. */
static int settle(struct walk *w, struct why *why)
{
	const struct segments *g = &w->s->log;
	struct segment *e = w->segment;
	int r = 0;

	if (w->keep) {
		e->users++; /* for as long as this process lives */
		return 0;
	}
	if (e->used < e->size)
		r = g->io->cut(g->io->ctx, e->fd, e->used);
	if (r == 0 && (w->newest || w->changed))
		r = g->io->sync(g->io->ctx, e->fd);
	if (r < 0)
		return why_set(why, r, "cut or sync: %m");
	w->s->log.bytes -= e->size - e->used;
	e->size = e->used;
	return 0;
}

/* Not a segment at all: the whole file goes to spool/corrupt. */
static int move_away(struct spool *s, const char *name, struct why *why)
{
	char as[SEGMENTS_NAME + 8];
	int r = -1;

	for (int i = 0; r < 0 && i < MAX_SAME_NAME; i++) {
		snprintf(as, sizeof(as), i ? "%s.%d" : "%s", name, i);
		r = renameat2(s->log.dirfd, name, s->corrupt_fd, as, RENAME_NOREPLACE);
		if (r < 0 && errno != EEXIST)
			break;
	}
	if (r < 0)
		return why_set(why, -errno, "move to spool/corrupt: %m");
	recovery_report(s, name, "both headers of the segment are damaged");
	return 0;
}

static int scan_segment(struct walk *w, struct arena *a, const char *name, uint64_t number,
			struct why *why)
{
	cleanup(fd_closep) int fd = openat(w->s->log.dirfd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	struct segmentscan scan;
	struct stat st;
	bool known;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return why_set(why, -errno, "open: %m");
	r = segmentscan_open(&scan, w->s->log.io, fd, (uint64_t)st.st_size, a, &known);
	if (r < 0)
		return why_set(why, r, "read: %m");
	if (!known && scan.lost) {
		recovery_report(w->s, name, "the disk cannot read its headers: left where it is");
		return 0;
	}
	if (!known)
		return move_away(w->s, name, why);
	w->segment = segments_add(&w->s->log, number, scan.mark, scan.size, take_fd(fd));
	r = walk_records(w, &scan, why);
	return r < 0 ? r : settle(w, why);
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The numbers of all segments in order; those that never became one are removed. */
static int list_segments(struct spool *s, struct arena *a, uint64_t **ret, size_t *ret_n,
			 struct why *why)
{
	ARENA_VEC(uint64_t) numbers = { 0 };
	int fd = openat(s->log.dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	if (!d) {
		int r = why_set(why, -errno, "spool/segments: %m");

		fd_close(fd);
		return r;
	}
	while ((e = readdir(d))) {
		char name[SEGMENTS_NAME];
		uint64_t number = strtoull(e->d_name, NULL, 16);

		segments_name(number, name);
		if (strcmp(name, e->d_name) == 0)
			*arena_push(a, &numbers) = number;
		else if (strcmp(e->d_name, "spare") == 0 || strcmp(e->d_name, "large") == 0)
			(void)s->log.io->remove(s->log.io->ctx, s->log.dirfd,
						e->d_name); /* it is made anew */
	}
	closedir(d);
	if (numbers.n)
		qsort(numbers.v, numbers.n, sizeof(*numbers.v), compare);
	*ret = numbers.v;
	*ret_n = numbers.n;
	return 0;
}

int recovery_scan(struct spool *s, struct why *why)
{
	cleanup(arena_freep) struct arena *names = arena_new("segments", NAMES_BUDGET);
	cleanup(arena_freep) struct arena *record = arena_new("spool record", RECORD_BUDGET);
	struct copy copy = { 0 };
	uint64_t *numbers;
	size_t n;
	int r = list_segments(s, names, &numbers, &n, why);

	for (size_t i = 0; r == 0 && i < n; i++) {
		cleanup(arena_freep) struct arena *a = arena_new("segment scan", SCAN_BUDGET);
		struct walk w = { .s = s, .copy = &copy, .a = record, .newest = i + 1 == n };
		char name[SEGMENTS_NAME];

		segments_name(numbers[i], name);
		s->log.next_number = numbers[i] + 1;
		r = scan_segment(&w, a, name, numbers[i], why);
		if (r < 0)
			return why_prefix(why, r, "spool/segments/%s", name);
	}
	while (r == 0 && segments_remove_oldest(&s->log, NULL))
		;
	return r;
}

static void show(struct spool *s, struct arena *a, struct spool_id id,
		 const struct recovery_visitor *v)
{
	struct spool_state state;
	struct spoolmeta m;
	struct why why;
	int r = spool_peek(s, a, id, &m, &state, &why);

	if (r == SPOOL_OK)
		v->message(v->ctx, &m, &state);
	else
		v->bad(v->ctx, id.text, why.text);
}

int recovery_run(struct spool *s, const struct recovery_visitor *v, struct why *why unused_arg)
{
	cleanup(arena_freep) struct arena *a = arena_new("spool recovery", RECORD_BUDGET);

	for (size_t i = 0; i < s->damages.n; i++)
		v->bad(v->ctx, s->damages.v[i].name, s->damages.v[i].reason);
	list_each (&s->log.all, link) {
		struct segment *e = list_entry(link, struct segment, link);

		list_each (&e->messages, at) {
			show(s, a, list_entry(at, struct spoolindex_entry, link)->id, v);
			arena_reset(a);
		}
	}
	return 0;
}

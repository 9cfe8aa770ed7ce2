#include "learn/fuzzystore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static const char table_name[] = "fuzzy";

/* What makes a digest another one stands in one piece, kind first. */
struct identity {
	uint16_t kind, v[FUZZY_VALUES];
};

static struct identity identity_of(unsigned kind, const uint16_t v[FUZZY_VALUES])
{
	struct identity i = { .kind = (uint16_t)kind };

	memcpy(i.v, v, sizeof(i.v));
	return i;
}

static void keep(struct fuzzystore *s, const struct fuzzytable_entry *e)
{
	struct fuzzytable_entry *mine = arena_make(s->arena, struct fuzzytable_entry);
	struct identity i = identity_of(e->kind, e->v);

	*mine = *e;
	*arena_push(s->arena, &s->v) = mine;
	map_set(&s->known, arena_str(s->arena, str_of(&i, sizeof(i))), mine);
}

static struct fuzzytable_entry *find(const struct fuzzystore *s, unsigned kind,
				     const uint16_t v[FUZZY_VALUES])
{
	struct identity i = identity_of(kind, v);

	return map_get(&s->known, str_of(&i, sizeof(i)));
}

static int read_table(struct fuzzystore *s, struct why *why)
{
	cleanup(fd_closep) int fd = openat(s->dirfd, table_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	cleanup(fd_unmapp) str file = STR_NULL;
	struct fuzzytable t = { 0 };
	int r;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return why_set(why, -errno, "%s: %m", table_name);
	r = fd_map(fd, FUZZYTABLE_MAX_BYTES, &file, why);
	if (r < 0)
		return r;
	if (!fuzzytable_decode(file, &t)) {
		why_set(&s->trouble, 0, "%s is damaged and was put aside", table_name);
		if (renameat(s->dirfd, table_name, s->dirfd, "fuzzy.broken") < 0)
			return why_set(why, -errno, "%s: %m", table_name);
	}
	for (uint32_t i = 0; i < t.n; i++)
		keep(s, &t.entries[i]);
	return 0;
}

int fuzzystore_open(struct fuzzystore *s, struct arena *a, const char *dir, struct why *why)
{
	int r;

	*s = (struct fuzzystore){ .arena = a, .dirfd = -1, .lockfd = -1, .known = map_make(a) };
	s->dirfd = statedir_open(dir, why);
	if (s->dirfd < 0)
		return s->dirfd;
	s->lockfd = statedir_lock(s->dirfd, "fuzzy.lock", why);
	r = s->lockfd < 0 ? s->lockfd : read_table(s, why);
	return r < 0 ? why_prefix(why, r, "%s", dir) : 0;
}

static uint32_t clock_of(int64_t now)
{
	return now < 0 ? 0 : now > UINT32_MAX ? UINT32_MAX : (uint32_t)now;
}

void fuzzystore_learn(struct fuzzystore *s, const struct fuzzy_digest *d, enum fuzzy_flag flag,
		      bool fresh, int64_t now)
{
	struct fuzzytable_entry *e = find(s, d->kind, d->v);
	struct fuzzytable_entry first = {
		.at = clock_of(now), .kind = (uint8_t)d->kind, .flag = (uint8_t)flag, .weight = 1
	};

	s->changed = true;
	memcpy(first.v, d->v, sizeof(first.v));
	if (!e) {
		keep(s, &first);
	} else if (e->flag != flag || !e->weight) {
		*e = first;
	} else {
		if (fresh && e->weight < FUZZYTABLE_WEIGHT_MAX)
			e->weight++;
		e->at = first.at;
	}
}

void fuzzystore_hear(struct fuzzystore *s, const struct fuzzy_digest *d, int64_t now)
{
	const struct fuzzytable_entry *e = find(s, d->kind, d->v);

	if (!e || !e->weight || e->flag == FUZZY_PROB)
		fuzzystore_learn(s, d, FUZZY_PROB, false, now);
}

/* An entry without weight is not written. */
void fuzzystore_forget(struct fuzzystore *s, const struct fuzzy_digest *d)
{
	struct fuzzytable_entry *e = find(s, d->kind, d->v);

	if (!e || !e->weight)
		return;
	e->weight--;
	s->changed = true;
}

int fuzzystore_merge(struct fuzzystore *s, str table, int64_t now, struct why *why)
{
	struct fuzzytable t;

	if (!fuzzytable_decode(table, &t))
		return why_set(why, STATEDIR_E_BROKEN,
			       "this is no file of learned digests, or it is damaged");
	for (uint32_t i = 0; i < t.n; i++) {
		struct fuzzytable_entry e = t.entries[i];

		if (find(s, e.kind, e.v))
			continue;
		if (e.flag == FUZZY_DENIED)
			e.flag = FUZZY_PROB;
		if (e.at > clock_of(now))
			e.at = clock_of(now);
		keep(s, &e);
		s->changed = true;
	}
	return STATEDIR_OK;
}

static int by_time(const void *a, const void *b)
{
	const struct fuzzytable_entry *x = *(const struct fuzzytable_entry *const *)a;
	const struct fuzzytable_entry *y = *(const struct fuzzytable_entry *const *)b;

	return x->at != y->at ? (x->at < y->at ? -1 : 1) : memcmp(x->v, y->v, sizeof(x->v));
}

static void drop_old(struct fuzzystore *s, uint32_t not_before)
{
	size_t n = 0;

	for (size_t i = 0; i < s->v.n; i++) {
		if (s->v.v[i]->weight && s->v.v[i]->at >= not_before)
			s->v.v[n++] = s->v.v[i];
	}
	s->v.n = n;
	if (n)
		qsort(s->v.v, n, sizeof(*s->v.v), by_time);
	if (n > FUZZYTABLE_MAX) {
		memmove(s->v.v, s->v.v + (n - FUZZYTABLE_MAX), FUZZYTABLE_MAX * sizeof(*s->v.v));
		s->v.n = FUZZYTABLE_MAX;
	}
}

/* A whole file under its name or none. */
int fuzzystore_commit(struct fuzzystore *s, uint32_t not_before, size_t *ret_n, struct why *why)
{
	const struct fuzzytable_entry *const *entries;
	int r = 0;

	if (s->changed) {
		drop_old(s, not_before);
		entries = (const struct fuzzytable_entry *const *)s->v.v;
		r = statedir_replace(s->dirfd, table_name,
				     fuzzytable_encode(s->arena, entries, (uint32_t)s->v.n), NULL,
				     why);
	}
	s->changed = s->changed && r < 0;
	*ret_n = s->v.n;
	return r;
}

void fuzzystore_close(struct fuzzystore *s)
{
	s->lockfd = fd_close(s->lockfd);
	s->dirfd = fd_close(s->dirfd);
}

int fuzzystore_load(const char *dir, str *ret_map, struct fuzzytable *ret, struct why *why)
{
	int r = statedir_map(dir, table_name, FUZZYTABLE_MAX_BYTES, ret_map, why);

	if (r != STATEDIR_OK || fuzzytable_decode(*ret_map, ret))
		return r;
	fd_unmap(ret_map);
	return why_set(why, STATEDIR_E_BROKEN, "%s/%s is damaged: learn once more to make it anew",
		       dir, table_name);
}

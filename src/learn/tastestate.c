#include "learn/tastestate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

static const char table_name[] = "tastes";

static struct tastestate_person *person_new(struct tastestate *s, const uint64_t who[2])
{
	struct tastestate_person *p = arena_make(s->arena, struct tastestate_person);

	memcpy(p->who, who, sizeof(p->who));
	*arena_push(s->arena, &s->people) = p;
	map_set(&s->known, str_of(p->who, sizeof(p->who)), p);
	return p;
}

static void take_over(struct tastestate *s, const struct tastetable *t)
{
	memcpy(s->secret, t->secret, sizeof(s->secret));
	for (uint32_t i = 0; i < t->n_people; i++) {
		const struct tastetable_person *from = &t->people[i];
		struct tastestate_person *p = person_new(s, from->who);

		p->speaks = from->speaks;
		for (uint32_t k = 0; k < from->n; k++)
			*arena_push(s->arena, &p->lessons) = t->lessons[from->first + k];
	}
}

/* An empty one, with a secret of its own. */
static int begin(struct tastestate *s, struct why *why)
{
	if (getrandom(s->secret, sizeof(s->secret), 0) != sizeof(s->secret))
		return why_set(why, -errno, "no random key: %m");
	return 0;
}

static int put_aside(struct tastestate *s, const char *what, struct why *why)
{
	why_set(&s->trouble, 0, "%s %s and was put aside", table_name, what);
	if (renameat(s->dirfd, table_name, s->dirfd, "tastes.broken") < 0)
		return why_set(why, -errno, "%s: %m", table_name);
	return begin(s, why);
}

static int read_table(struct tastestate *s, struct why *why)
{
	cleanup(fd_closep) int fd = openat(s->dirfd, table_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	cleanup(fd_unmapp) str file = STR_NULL;
	struct tastetable t;
	int r;

	if (fd < 0 && errno == ENOENT)
		return begin(s, why);
	if (fd < 0)
		return why_set(why, -errno, "%s: %m", table_name);
	r = fd_map(fd, TASTETABLE_MAX_BYTES, &file, why);
	if (r < 0)
		return r;
	if (!tastetable_decode(file, &t))
		return put_aside(s, "is damaged", why);
	if (t.key != s->key)
		return put_aside(s, "is of another classifier", why);
	take_over(s, &t);
	return 0;
}

int tastestate_open(struct tastestate *s, struct arena *a, const char *dir, uint64_t key,
		    struct why *why)
{
	int r;

	*s = (struct tastestate){
		.arena = a, .dirfd = -1, .lockfd = -1, .key = key, .known = map_make(a)
	};
	s->dirfd = statedir_open(dir, why);
	if (s->dirfd < 0)
		return s->dirfd;
	s->lockfd = statedir_lock(s->dirfd, "tastes.lock", why);
	r = s->lockfd < 0 ? s->lockfd : read_table(s, why);
	return r < 0 ? why_prefix(why, r, "%s", dir) : 0;
}

static struct tastestate_person *person_of(struct tastestate *s, str address, bool make)
{
	struct tastestate_person *p;
	uint64_t who[2];

	tastetable_who(s->secret, address, who);
	p = map_get(&s->known, str_of(who, sizeof(who)));
	return p || !make ? p : person_new(s, who);
}

static void take_out(struct tastestate_person *p, size_t i)
{
	p->lessons.n--;
	memmove(&p->lessons.v[i], &p->lessons.v[i + 1], (p->lessons.n - i) * sizeof(*p->lessons.v));
	p->changed = true;
}

static size_t lesson_of(const struct tastestate_person *p, uint64_t digest)
{
	size_t i = 0;

	while (i < p->lessons.n && p->lessons.v[i].digest != digest)
		i++;
	return i;
}

static size_t oldest(const struct tastestate_person *p)
{
	size_t i = 0;

	for (size_t k = 1; k < p->lessons.n; k++) {
		if (p->lessons.v[k].at < p->lessons.v[i].at)
			i = k;
	}
	return i;
}

static uint32_t clock_of(int64_t at)
{
	return at < 0 ? 0 : at > UINT32_MAX ? UINT32_MAX : (uint32_t)at;
}

enum examples_news tastestate_add(struct tastestate *s, str address, const struct features *f,
				  enum example_kind kind, double logit, int64_t at)
{
	struct tastestate_person *p = person_of(s, address, kind != EXAMPLE_FORGOTTEN);
	struct taste_lesson x = { .at = clock_of(at), .logit = (float)logit };
	bool known;
	size_t i;

	if (!p)
		return EXAMPLES_KNOWN;
	taste_sample(f, &x.codes);
	x.digest = XXH3_64bits(&x.codes, sizeof(x.codes));
	x.bad = kind == EXAMPLE_BAD;
	i = lesson_of(p, x.digest);
	known = i < p->lessons.n;
	if (known ? kind != EXAMPLE_FORGOTTEN && p->lessons.v[i].bad == x.bad
		  : kind == EXAMPLE_FORGOTTEN)
		return EXAMPLES_KNOWN;
	if (known)
		take_out(p, i);
	else if (p->lessons.n == TASTE_LESSONS)
		take_out(p, oldest(p));
	if (kind != EXAMPLE_FORGOTTEN)
		*arena_push(s->arena, &p->lessons) = x;
	p->changed = true;
	return known ? EXAMPLES_CHANGED : EXAMPLES_NEW;
}

size_t tastestate_forget(struct tastestate *s, str address)
{
	struct tastestate_person *p = person_of(s, address, false);
	size_t n = p ? p->lessons.n : 0;

	if (p)
		p->lessons.n = 0;
	return n;
}

static uint32_t newest(const struct tastestate_person *p)
{
	uint32_t at = 0;

	for (size_t i = 0; i < p->lessons.n; i++)
		at = p->lessons.v[i].at > at ? p->lessons.v[i].at : at;
	return at;
}

static int newest_first(const void *a, const void *b)
{
	uint32_t x = newest(*(const struct tastestate_person *const *)a);
	uint32_t y = newest(*(const struct tastestate_person *const *)b);

	return x > y ? -1 : x < y;
}

static int by_who(const void *a, const void *b)
{
	const struct tastestate_person *x = *(const struct tastestate_person *const *)a;
	const struct tastestate_person *y = *(const struct tastestate_person *const *)b;

	if (x->who[0] != y->who[0])
		return x->who[0] < y->who[0] ? -1 : 1;
	return x->who[1] < y->who[1] ? -1 : x->who[1] > y->who[1];
}

/* Those with lessons, as many as the table holds; the number of their lessons. */
static uint32_t trim(struct tastestate *s)
{
	size_t n = 0, lessons = 0;

	if (s->people.n)
		qsort(s->people.v, s->people.n, sizeof(*s->people.v), newest_first);
	for (size_t i = 0; i < s->people.n && n < TASTETABLE_PEOPLE; i++) {
		size_t more = s->people.v[i]->lessons.n;

		if (lessons + more > TASTETABLE_LESSONS)
			break;
		if (more)
			s->people.v[n++] = s->people.v[i];
		lessons += more;
	}
	s->people.n = n;
	if (n)
		qsort(s->people.v, n, sizeof(*s->people.v), by_who);
	return (uint32_t)lessons;
}

static struct tastetable table_of(struct tastestate *s)
{
	uint32_t n_lessons = trim(s), n_people = (uint32_t)s->people.n, at = 0;
	struct tastetable_person *people =
		arena_array(s->arena, struct tastetable_person, n_people + 1);
	struct taste_lesson *lessons = arena_array(s->arena, struct taste_lesson, n_lessons + 1);
	struct tastetable t = { .key = s->key, .people = people, .lessons = lessons };

	memcpy(t.secret, s->secret, sizeof(t.secret));
	for (uint32_t i = 0; i < n_people; i++) {
		struct tastestate_person *p = s->people.v[i];

		if (p->changed)
			p->speaks = taste_fit(p->lessons.v, p->lessons.n);
		p->changed = false;
		people[i].first = at;
		people[i].n = (uint16_t)p->lessons.n;
		people[i].speaks = p->speaks;
		memcpy(people[i].who, p->who, sizeof(p->who));
		memcpy(&lessons[at], p->lessons.v, p->lessons.n * sizeof(*lessons));
		at += (uint32_t)p->lessons.n;
	}
	t.n_people = n_people;
	t.n_lessons = n_lessons;
	return t;
}

/* A whole file under its name or none. */
struct tastestate_counts tastestate_count(const struct tastetable *t)
{
	struct tastestate_counts c = { .people = t->n_people, .lessons = t->n_lessons };

	for (uint32_t i = 0; i < t->n_people; i++)
		c.speak += t->people[i].speaks;
	return c;
}

int tastestate_commit(struct tastestate *s, struct tastestate_counts *ret, struct why *why)
{
	struct tastetable t = table_of(s);

	*ret = tastestate_count(&t);
	return statedir_replace(s->dirfd, table_name, tastetable_encode(s->arena, &t), NULL, why);
}

void tastestate_close(struct tastestate *s)
{
	s->lockfd = fd_close(s->lockfd);
	s->dirfd = fd_close(s->dirfd);
}

int tastestate_load(const char *dir, str *ret_map, struct tastetable *ret, struct why *why)
{
	int r = statedir_map(dir, table_name, TASTETABLE_MAX_BYTES, ret_map, why);

	if (r != STATEDIR_OK || tastetable_decode(*ret_map, ret))
		return r;
	fd_unmap(ret_map);
	return why_set(why, STATEDIR_E_BROKEN,
		       "%s/%s is damaged: it is made anew by the next lesson of a recipient", dir,
		       table_name);
}

#include "learn/tastetable.h"

#include <math.h>
#include <openssl/evp.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct head {
	char magic[8];
	uint64_t key;
	uint8_t secret[TASTETABLE_SECRET];
	uint32_t people, lessons;
	uint64_t checksum; /* of the head with 0 here, and of what follows */
};

static const char magic[8] = "POTTAST1";

_Static_assert(sizeof(struct head) % 8 == 0 && sizeof(struct tastetable_person) % 8 == 0 &&
		       sizeof(struct taste_lesson) % 8 == 0,
	       "all lie aligned in the file");
_Static_assert(sizeof(struct head) + TASTETABLE_PEOPLE * sizeof(struct tastetable_person) +
			       TASTETABLE_LESSONS * sizeof(struct taste_lesson) <=
		       TASTETABLE_MAX_BYTES,
	       "the largest fits");

void tastetable_who(const uint8_t secret[TASTETABLE_SECRET], str address, uint64_t ret[2])
{
	uint8_t text[TASTETABLE_ADDRESS], out[EVP_MAX_MD_SIZE];
	size_t n = 0, got = 0;

	for (; n < address.n && n < sizeof(text); n++)
		text[n] = (uint8_t)str_lower_char(address.p[n]);
	bug_if(!EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, secret, TASTETABLE_SECRET, text, n,
			  out, sizeof(out), &got));
	memcpy(ret, out, 2 * sizeof(*ret));
}

static int compare(const uint64_t a[2], const uint64_t b[2])
{
	if (a[0] != b[0])
		return a[0] < b[0] ? -1 : 1;
	return a[1] < b[1] ? -1 : a[1] > b[1];
}

const struct tastetable_person *tastetable_find(const struct tastetable *t, str address)
{
	uint32_t low = 0, high = t->n_people;
	uint64_t who[2];

	tastetable_who(t->secret, address, who);
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int c = compare(t->people[middle].who, who);

		if (c == 0)
			return &t->people[middle];
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

double tastetable_weigh(const struct tastetable *t, const struct tastetable_person *p,
			const struct taste_codes *codes)
{
	return p->speaks ? taste_weigh(t->lessons + p->first, p->n, codes) : 0;
}

static uint64_t checksum_of(const struct head *h, str rest)
{
	struct head blank = *h;
	XXH3_state_t state;

	blank.checksum = 0;
	XXH3_INITSTATE(&state);
	XXH3_64bits_reset(&state);
	XXH3_64bits_update(&state, &blank, sizeof(blank));
	if (rest.n)
		XXH3_64bits_update(&state, rest.p, rest.n);
	return XXH3_64bits_digest(&state);
}

str tastetable_encode(struct arena *a, const struct tastetable *t)
{
	size_t people = t->n_people * sizeof(*t->people);
	size_t lessons = t->n_lessons * sizeof(*t->lessons);
	struct head h = { .key = t->key, .people = t->n_people, .lessons = t->n_lessons };
	char *out = arena_alloc(a, sizeof(h) + people + lessons);

	memcpy(h.magic, magic, sizeof(magic));
	memcpy(h.secret, t->secret, sizeof(h.secret));
	if (people)
		memcpy(out + sizeof(h), t->people, people);
	if (lessons)
		memcpy(out + sizeof(h) + people, t->lessons, lessons);
	h.checksum = checksum_of(&h, str_of(out + sizeof(h), people + lessons));
	memcpy(out, &h, sizeof(h));
	return str_of(out, sizeof(h) + people + lessons);
}

static bool codes_valid(const struct taste_codes *c)
{
	if (c->n > TASTE_CODES)
		return false;
	for (unsigned i = 1; i < c->n; i++) {
		if (c->v[i] <= c->v[i - 1])
			return false;
	}
	return true;
}

static bool lesson_valid(const struct taste_lesson *l)
{
	return l->bad <= 1 && !l->spare && isfinite(l->logit) && isfinite(l->weight) &&
	       codes_valid(&l->codes);
}

/* Everybody's lessons follow those of the one before, none is left over. */
static bool table_valid(const struct tastetable *t)
{
	uint32_t next = 0;

	for (uint32_t i = 0; i < t->n_people; i++) {
		const struct tastetable_person *p = &t->people[i];

		if (p->first != next || p->n == 0 || p->n > TASTE_LESSONS || p->speaks > 1 ||
		    p->spare || (i && compare(p[-1].who, p->who) >= 0))
			return false;
		next += p->n;
	}
	for (uint32_t i = 0; i < t->n_lessons; i++) {
		if (!lesson_valid(&t->lessons[i]))
			return false;
	}
	return next == t->n_lessons;
}

bool tastetable_decode(str bytes, struct tastetable *ret)
{
	struct tastetable t;
	struct head h;

	if (bytes.n < sizeof(h) || (uintptr_t)bytes.p % sizeof(uint64_t))
		return false;
	memcpy(&h, bytes.p, sizeof(h));
	if (memcmp(h.magic, magic, sizeof(magic)) != 0 || h.people > TASTETABLE_PEOPLE ||
	    h.lessons > TASTETABLE_LESSONS ||
	    bytes.n != sizeof(h) + h.people * sizeof(*t.people) + h.lessons * sizeof(*t.lessons) ||
	    h.checksum != checksum_of(&h, str_skip(bytes, sizeof(h))))
		return false;
	t = (struct tastetable){ .key = h.key, .n_people = h.people, .n_lessons = h.lessons };
	memcpy(t.secret, h.secret, sizeof(t.secret));
	t.people = (const struct tastetable_person *)(const void *)(bytes.p + sizeof(h));
	t.lessons = (const struct taste_lesson *)(const void *)(t.people + h.people);
	if (!table_valid(&t))
		return false;
	*ret = t;
	return true;
}

#include "scan/fuzzyshare.h"

#include <xxhash.h>

/* The keys of one message, and whose they are. */
struct asked {
	struct memory_name names[MEMORY_MAX_NAMES];
	size_t digest[MEMORY_MAX_NAMES]; /* index in the facts */
	size_t n;
};

static str name_of(struct arena *a, uint64_t key)
{
	return arena_fmt(a, "%016llx", (unsigned long long)key);
}

/* Which digest it is, never 0. */
static uint32_t id_of(enum fuzzy_kind kind, const uint16_t v[FUZZY_VALUES])
{
	return (uint32_t)XXH3_64bits_withSeed(v, FUZZY_VALUES * sizeof(*v), kind) | 1;
}

/* How many keys must name the same digest. Of a text: eight of its values are equal then, which is
 * more than honest mail had in common with spam. */
static unsigned least_keys(enum fuzzy_kind kind)
{
	static const uint8_t least[FUZZY_KINDS] = {
		[FUZZY_TEXT] = 4, [FUZZY_DOCUMENT] = 9, [FUZZY_FILE] = 1, [FUZZY_IMAGE] = 6
	};

	return least[kind];
}

static unsigned equal_keys(enum fuzzy_kind kind)
{
	static const uint8_t equal[FUZZY_KINDS] = {
		[FUZZY_TEXT] = 12, [FUZZY_DOCUMENT] = 14, [FUZZY_FILE] = 1, [FUZZY_IMAGE] = 10
	};

	return equal[kind];
}

static void ask_for(struct arena *a, const struct facts *facts, struct asked *q)
{
	for (size_t i = 0; i < facts->fuzzy.n; i++) {
		uint64_t keys[FUZZY_KEYS_MAX];
		size_t n = fuzzy_keys(facts->fuzzy.v[i].kind, facts->fuzzy.v[i].v, keys);

		if (q->n + n > MEMORY_MAX_NAMES)
			continue;
		for (size_t k = 0; k < n; k++) {
			q->names[q->n] = (struct memory_name){ MEMORY_FUZZY, name_of(a, keys[k]) };
			q->digest[q->n++] = i;
		}
	}
}

/* The most keys of that digest that name the same one. A file has one key, and must be named. */
static unsigned agreeing(const struct asked *q, const struct memory_fact *told, size_t digest,
			 const struct fuzzy_digest *d)
{
	unsigned most = 0;

	for (size_t i = 0; i < q->n; i++) {
		unsigned same = 0;

		if (q->digest[i] != digest || !told[i].value ||
		    (d->kind == FUZZY_FILE && told[i].value != id_of(d->kind, d->v)))
			continue;
		for (size_t k = 0; k < q->n; k++)
			same += q->digest[k] == digest && told[k].value == told[i].value;
		most = same > most ? same : most;
	}
	return most;
}

void fuzzyshare_collect(const struct memory *m, struct arena *a, const struct facts *facts,
			int64_t now, struct evidence *e)
{
	struct memory_fact told[MEMORY_MAX_NAMES];
	struct asked q = { .n = 0 };
	str said = STR(""), text = STR("");
	struct why why;

	ask_for(a, facts, &q);
	if (!q.n || memory_recall(m, a, q.names, q.n, now, deadline_in(MEMORY_MS), told, &why) < 0)
		return;
	for (size_t i = 0; i < facts->fuzzy.n; i++) {
		const struct fuzzy_digest *d = &facts->fuzzy.v[i];
		unsigned n = agreeing(&q, told, i, d);

		if (n < least_keys(d->kind) || str_eq(said, STR("FUZZY_DENIED")))
			continue;
		said = n >= equal_keys(d->kind) ? STR("FUZZY_DENIED") : STR("FUZZY_PROB");
		text = arena_fmt(a, "%s: %u keys", fuzzy_kind_name(d->kind), n);
	}
	if (said.n)
		evidence_add(a, e, said, text);
}

/* --- what was learned here */

static bool tell(const struct memory *m, struct arena *a, const struct fuzzytable_entry *e,
		 bool forget, int64_t now)
{
	struct memory_change changes[FUZZY_KEYS_MAX];
	uint64_t keys[FUZZY_KEYS_MAX];
	enum fuzzy_kind kind = (enum fuzzy_kind)e->kind;
	size_t n = fuzzy_keys(kind, e->v, keys);
	struct why why;

	for (size_t i = 0; i < n; i++)
		changes[i] = (struct memory_change){ .name = { MEMORY_FUZZY, name_of(a, keys[i]) },
						     .bad = 1,
						     .value = id_of(kind, e->v),
						     .forget = forget };
	return memory_note(m, changes, n, now, &why) == 0; /* else told again at the next reload */
}

static bool has(const struct fuzzytable *t, const struct fuzzytable_entry *e)
{
	struct fuzzy_digest d = { .kind = (enum fuzzy_kind)e->kind };
	struct fuzzytable_found found = { 0 };

	memcpy(d.v, e->v, sizeof(d.v));
	if (t)
		fuzzytable_find(t, &d, 0, &found);
	return found.spam && found.spam_likeness == FUZZY_ALIKE;
}

/* Entries stand in the order of time. What others learned is not told as one's own. */
static const struct fuzzytable_entry *latest(const struct fuzzytable *t, uint32_t back, int64_t now)
{
	const struct fuzzytable_entry *e;

	if (!t || back >= t->n || back >= FUZZYSHARE_MAX)
		return NULL;
	e = &t->entries[t->n - 1 - back];
	return e->at + FUZZYSHARE_AGE_S >= now ? e : NULL;
}

void fuzzyshare_publish(const struct memory *m, struct arena *a, const struct fuzzytable *before,
			const struct fuzzytable *after, int64_t now)
{
	const struct fuzzytable_entry *e;
	bool heard = true;

	/* Who cannot be told is not waited for a thousand times: a reload waits for this. */
	for (uint32_t i = 0; heard && (e = latest(before, i, now)); i++) {
		if (e->flag == FUZZY_DENIED && !has(after, e))
			heard = tell(m, a, e, true, now);
	}
	for (uint32_t i = 0; heard && (e = latest(after, i, now)); i++) {
		if (e->flag == FUZZY_DENIED)
			heard = tell(m, a, e, false, now);
	}
}

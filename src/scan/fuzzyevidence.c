#include "scan/fuzzyevidence.h"

/* From the least to the most that can be said. */
enum level { NOTHING, NEAR, PROBABLE, DENIED };

struct opinion {
	enum level level;
	str text;
	str white;   /* empty, or what is nearly equal to something wanted */
	bool shared; /* learned elsewhere */
	bool known;
};

uint32_t fuzzyevidence_not_before(int64_t keep_ms, int64_t now)
{
	int64_t from = now - keep_ms / 1000;

	return from < 0 ? 0 : from > UINT32_MAX ? UINT32_MAX : (uint32_t)from;
}

static str describe(struct arena *a, const struct fuzzy_digest *d, unsigned likeness,
		    unsigned weight)
{
	return arena_fmt(a, "%s: %u of %d pieces as learned from %u messages",
			 fuzzy_kind_name(d->kind), likeness, FUZZY_ALIKE, weight);
}

static enum level level_of(enum fuzzy_kind kind, const struct fuzzytable_found *f)
{
	static const uint8_t probable[FUZZY_KINDS] = {
		[FUZZY_TEXT] = FUZZY_ALIKE / 2,
		[FUZZY_DOCUMENT] = 26,
		[FUZZY_FILE] = FUZZY_ALIKE,
		[FUZZY_IMAGE] = FUZZY_ALIKE - 2,
	};

	if (!f->spam)
		return NOTHING;
	if (f->spam_likeness < probable[kind])
		return NEAR;
	if (f->spam_likeness < fuzzytable_equal(kind) ||
	    f->spam->weight < FUZZYEVIDENCE_SURE_WEIGHT)
		return PROBABLE;
	return DENIED;
}

/* What is as much like something wanted is nothing that only spam has. */
static void judge(struct arena *a, const struct fuzzy_digest *d, const struct fuzzytable_found *f,
		  struct opinion *o)
{
	enum level level = level_of(d->kind, f);

	o->known |= f->spam || f->white;
	if (f->white && f->white_likeness >= f->spam_likeness) {
		if (d->kind == FUZZY_TEXT && f->white_likeness >= fuzzytable_equal(d->kind))
			o->white = describe(a, d, f->white_likeness, f->white->weight);
		return;
	}
	if (level <= o->level)
		return;
	o->level = level;
	o->text = describe(a, d, f->spam_likeness, f->spam->weight);
	o->shared = f->spam->flag == FUZZY_PROB;
}

static void tell(struct arena *a, const struct opinion *o, struct evidence *e)
{
	static const str names[][2] = {
		[NEAR] = { STR("LOCAL_FUZZY_NEAR"), STR("LOCAL_FUZZY_NEAR") },
		[PROBABLE] = { STR("LOCAL_FUZZY_PROB"), STR("FUZZY_PROB") },
		[DENIED] = { STR("LOCAL_FUZZY_DENIED"), STR("FUZZY_DENIED") },
	};

	if (o->level != NOTHING)
		evidence_add(a, e, names[o->level][o->shared], o->text);
	if (o->white.n)
		evidence_add(a, e, STR("LOCAL_FUZZY_WHITE"), o->white);
}

bool fuzzyevidence_collect(const struct fuzzytable *table, struct arena *a,
			   const struct facts *facts, int64_t keep_ms, int64_t now,
			   struct evidence *e)
{
	uint32_t not_before = fuzzyevidence_not_before(keep_ms, now);
	struct opinion o = { 0 };

	for (size_t i = 0; table && i < facts->fuzzy.n; i++) {
		struct fuzzytable_found found;

		fuzzytable_find(table, &facts->fuzzy.v[i], not_before, &found);
		judge(a, &facts->fuzzy.v[i], &found, &o);
	}
	tell(a, &o, e);
	return o.known;
}

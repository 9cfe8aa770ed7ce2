/* From how much is alike, and how often it was learned, to what is said. */
#include "scan/fuzzyevidence.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { BUDGET = 16 << 20, NOW = 10000000, DAY_MS = 24 * 3600 * 1000 };

static const struct {
	uint8_t kind, flag, weight, changed; /* values that are others than in the message */
	const char *evidence;		     /* NULL: none */
} cases[] = {
	{ FUZZY_TEXT, FUZZY_DENIED, 1, 0, "LOCAL_FUZZY_PROB" },
	{ FUZZY_TEXT, FUZZY_DENIED, 2, 0, "LOCAL_FUZZY_DENIED" },
	{ FUZZY_TEXT, FUZZY_DENIED, 9, 8, "LOCAL_FUZZY_DENIED" },
	{ FUZZY_TEXT, FUZZY_DENIED, 9, 9, "LOCAL_FUZZY_PROB" },
	{ FUZZY_TEXT, FUZZY_DENIED, 9, 16, "LOCAL_FUZZY_PROB" },
	{ FUZZY_TEXT, FUZZY_DENIED, 9, 17, "LOCAL_FUZZY_NEAR" },
	{ FUZZY_TEXT, FUZZY_DENIED, 9, 21, "LOCAL_FUZZY_NEAR" },
	{ FUZZY_TEXT, FUZZY_DENIED, 9, 22, NULL },
	{ FUZZY_TEXT, FUZZY_PROB, 1, 0, "FUZZY_PROB" },
	{ FUZZY_TEXT, FUZZY_PROB, 2, 0, "FUZZY_DENIED" },
	{ FUZZY_TEXT, FUZZY_WHITE, 1, 8, "LOCAL_FUZZY_WHITE" },
	{ FUZZY_TEXT, FUZZY_WHITE, 9, 9, NULL },
	{ FUZZY_DOCUMENT, FUZZY_DENIED, 2, 4, "LOCAL_FUZZY_DENIED" },
	{ FUZZY_DOCUMENT, FUZZY_DENIED, 2, 6, "LOCAL_FUZZY_PROB" },
	{ FUZZY_DOCUMENT, FUZZY_DENIED, 2, 10, "LOCAL_FUZZY_NEAR" },
	{ FUZZY_DOCUMENT, FUZZY_DENIED, 2, 11, NULL },
	{ FUZZY_DOCUMENT, FUZZY_WHITE, 2, 0, NULL },
	{ FUZZY_FILE, FUZZY_DENIED, 1, 0, "LOCAL_FUZZY_PROB" },
	{ FUZZY_FILE, FUZZY_DENIED, 2, 0, "LOCAL_FUZZY_DENIED" },
	{ FUZZY_FILE, FUZZY_DENIED, 2, 1, NULL },
};

static void fill(uint16_t v[FUZZY_VALUES], size_t changed)
{
	for (size_t i = 0; i < FUZZY_VALUES; i++)
		v[i] = (uint16_t)(i < changed ? 40000 + i : i);
}

static struct fuzzytable_entry entry(unsigned kind, unsigned flag, unsigned weight, size_t changed)
{
	struct fuzzytable_entry e = {
		.at = NOW, .kind = (uint8_t)kind, .flag = (uint8_t)flag, .weight = (uint8_t)weight
	};

	fill(e.v, changed);
	return e;
}

static struct evidence say(struct arena *a, const struct fuzzytable_entry *const *entries,
			   uint32_t n, unsigned kind, int64_t now)
{
	struct facts facts = { 0 };
	struct fuzzytable t;
	struct evidence e = { 0 };
	struct fuzzy_digest *d = arena_push(a, &facts.fuzzy);

	d->kind = (enum fuzzy_kind)kind;
	fill(d->v, 0);
	assert_true(fuzzytable_decode(fuzzytable_encode(a, entries, n), &t));
	fuzzyevidence_collect(&t, a, &facts, DAY_MS, now, &e);
	return e;
}

static void likeness_and_weight_decide(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", BUDGET);
		struct fuzzytable_entry x =
			entry(cases[i].kind, cases[i].flag, cases[i].weight, cases[i].changed);
		const struct fuzzytable_entry *all[] = { &x };
		struct evidence e = say(a, all, 1, cases[i].kind, NOW);

		assert_int_equal(e.symbols.n, cases[i].evidence != NULL);
		if (cases[i].evidence)
			assert_true(str_eq(e.symbols.v[0].name, str_c(cases[i].evidence)));
		e = say(a, all, 1, cases[i].kind, NOW + DAY_MS / 1000 + 1);
		assert_int_equal(e.symbols.n, 0);
	}
}

static void what_is_as_much_like_wanted_mail_is_no_spam(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", BUDGET);
	struct fuzzytable_entry spam = entry(FUZZY_TEXT, FUZZY_DENIED, 9, 12);
	struct fuzzytable_entry white = entry(FUZZY_TEXT, FUZZY_WHITE, 1, 12);
	struct fuzzytable_entry far = entry(FUZZY_TEXT, FUZZY_WHITE, 1, 13);
	const struct fuzzytable_entry *both[] = { &spam, &white }, *other[] = { &spam, &far };

	(void)state;
	assert_int_equal(say(a, both, 2, FUZZY_TEXT, NOW).symbols.n, 0);
	assert_int_equal(say(a, other, 2, FUZZY_TEXT, NOW).symbols.n, 1);
}

static void without_a_table_nothing_is_said(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", BUDGET);
	struct facts facts = { 0 };
	struct evidence e = { 0 };

	(void)state;
	(void)arena_push(a, &facts.fuzzy);
	fuzzyevidence_collect(NULL, a, &facts, DAY_MS, NOW, &e);
	assert_int_equal(e.symbols.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(likeness_and_weight_decide),
		cmocka_unit_test(what_is_as_much_like_wanted_mail_is_no_spam),
		cmocka_unit_test(without_a_table_nothing_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

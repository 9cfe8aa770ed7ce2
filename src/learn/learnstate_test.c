/* Learning from both kinds tells them apart, is silent where it knows nothing, and survives
 * damage, repetition and second thoughts. */
#include "learn/learnstate.h"

#include "base/testdir.h"

enum { BUDGET = 1 << 30, ENOUGH = 2 * MODEL_FEW };

struct site {
	char dir[TESTDIR_MAX];
	struct arena *a;
	struct learnstate s;
	struct model model;
};

/* Ten pieces of a vocabulary of one kind, the same for everybody, and one of its own. */
static struct features features_of(struct arena *a, uint64_t key, char vocabulary, int number)
{
	cleanup(arena_freep) struct arena *sets = arena_new("sets", BUDGET);
	struct features f;

	for (int v = 0; v < FEATURES_VIEWS; v++) {
		struct features_set *set = features_new(sets, key, (enum features_view)v);

		for (int i = 0; i < 10; i++) {
			int piece = (number * 7 + i * i) % 40;

			features_token(set, vocabulary, str_of(&piece, sizeof(piece)), STR(""));
		}
		features_token(set, 'n', str_of(&number, sizeof(number)), STR(""));
		f.view[v] = features_encode(a, set);
	}
	return f;
}

static void open_site(struct site *t)
{
	struct why why;

	assert_int_equal(learnstate_open(&t->s, t->a, t->dir, &why), 0);
}

static void commit_since(struct site *t, int64_t not_before)
{
	struct why why;

	assert_int_equal(learnstate_commit(&t->s, not_before, &t->model, &why), 0);
	learnstate_close(&t->s);
}

static void commit(struct site *t)
{
	commit_since(t, 0);
}

static enum examples_news teach(struct site *t, char vocabulary, int number, enum example_kind kind)
{
	struct features f = features_of(t->a, t->s.examples.key, vocabulary, number);

	return learnstate_add(&t->s, &f, kind, number);
}

static void teach_many(struct site *t, int good, int bad)
{
	open_site(t);
	for (int i = 0; i < good; i++)
		teach(t, 'g', i, EXAMPLE_GOOD);
	for (int i = 0; i < bad; i++)
		teach(t, 'b', 1000 + i, EXAMPLE_BAD);
	commit(t);
}

static struct model_opinion judge(struct site *t, char vocabulary, int number)
{
	struct features f = features_of(t->a, t->model.key, vocabulary, number);
	struct model_opinion o;

	model_judge(&t->model, &f, &o);
	return o;
}

static int begin(void **state)
{
	struct site *t = calloc(1, sizeof(*t));

	testdir_make(t->dir);
	t->a = arena_new("test", BUDGET);
	*state = t;
	return 0;
}

static int end(void **state)
{
	struct site *t = *state;

	testdir_remove(t->dir);
	arena_free(t->a);
	free(t);
	return 0;
}

static void both_kinds_are_told_apart(void **state)
{
	struct site *t = *state;
	struct model_opinion good, bad;

	teach_many(t, ENOUGH, ENOUGH);
	good = judge(t, 'g', 5000);
	bad = judge(t, 'b', 5001);
	assert_int_equal(good.silence, MODEL_SPEAKS);
	assert_int_equal(bad.silence, MODEL_SPEAKS);
	assert_true(good.probability < 0.05 && good.logit < -3);
	assert_true(bad.probability > 0.95 && bad.logit > 3);
}

static void it_is_silent_until_it_knows_enough_of_both(void **state)
{
	struct site *t = *state;

	teach_many(t, ENOUGH, MODEL_FEW - 1);
	assert_int_equal(judge(t, 'b', 5000).silence, MODEL_HAS_FEW);
	teach_many(t, 0, MODEL_FEW);
	assert_int_equal(judge(t, 'b', 5000).silence, MODEL_SPEAKS);
}

/* They were learned at their numbers. What is older is as if it had never been learned, in the file
 * as in the model, and may be learned again. */
static void what_is_too_old_is_forgotten(void **state)
{
	struct site *t = *state;

	teach_many(t, ENOUGH, ENOUGH);
	open_site(t);
	assert_int_equal(examples_expired(&t->s.examples, 10), 10);
	commit_since(t, 10);
	assert_int_equal(t->model.good, ENOUGH - 10);
	assert_int_equal(t->model.bad, ENOUGH);
	open_site(t);
	assert_int_equal(examples_count(&t->s.examples, EXAMPLE_GOOD), ENOUGH - 10);
	assert_int_equal(examples_expired(&t->s.examples, 10), 0);
	assert_int_equal(teach(t, 'g', 3, EXAMPLE_GOOD), EXAMPLES_NEW);
	commit_since(t, 1000 + ENOUGH);
	assert_int_equal(t->model.good + t->model.bad, 0);
	assert_int_equal(judge(t, 'b', 5000).silence, MODEL_HAS_FEW);
}

static void it_is_silent_about_what_is_unlike_all_it_learned(void **state)
{
	struct site *t = *state;

	teach_many(t, ENOUGH, ENOUGH);
	assert_int_equal(judge(t, 'x', 5000).silence, MODEL_STRANGER);
}

/* Hundreds of pieces of its kind, so that soon nothing is clearer, and one of its own. */
static struct features clear_features(struct arena *a, uint64_t key, int number)
{
	cleanup(arena_freep) struct arena *sets = arena_new("sets", BUDGET);
	struct features_set *set = features_new(sets, key, FEATURES_TEXT);
	struct features f = { 0 };

	for (int i = 0; i < 500; i++)
		features_token(set, number % 2 ? 'g' : 'b', str_of(&i, sizeof(i)), STR(""));
	features_token(set, 'n', str_of(&number, sizeof(number)), STR(""));
	f.view[FEATURES_TEXT] = features_encode(a, set);
	return f;
}

static double unknown_of(const struct site *t, int number)
{
	struct features f = clear_features(t->a, t->model.key, number);
	struct model_opinion o;

	model_judge(&t->model, &f, &o);
	return o.unknown[FEATURES_TEXT];
}

/* Also what was so clear when it came that it moved no weight. */
static void nothing_that_was_learned_is_unknown(void **state)
{
	struct site *t = *state;

	open_site(t);
	for (int i = 0; i < 2 * ENOUGH; i++) {
		struct features f = clear_features(t->a, t->s.examples.key, i);

		learnstate_add(&t->s, &f, i % 2 ? EXAMPLE_GOOD : EXAMPLE_BAD, i);
	}
	commit(t);
	for (int i = 0; i < 2 * ENOUGH; i++)
		assert_true(unknown_of(t, i) == 0);
	assert_true(unknown_of(t, 5000) > 0);
}

static void it_is_silent_when_the_newest_surprise_it(void **state)
{
	struct site *t = *state;

	open_site(t);
	for (int i = 0; i < 2 * ENOUGH; i++)
		teach(t, 'g', i, i / 40 % 2 ? EXAMPLE_GOOD : EXAMPLE_BAD);
	commit(t);
	assert_int_equal(judge(t, 'g', 5000).silence, MODEL_DRIFTED);
}

static void the_order_of_lessons_makes_no_difference(void **state)
{
	struct site *t = *state;
	struct model_opinion once, twice;

	teach_many(t, ENOUGH, ENOUGH);
	once = judge(t, 'b', 5000);
	open_site(t); /* once more, backwards */
	for (int i = ENOUGH - 1; i >= 0; i--) {
		assert_int_equal(teach(t, 'b', 1000 + i, EXAMPLE_BAD), EXAMPLES_KNOWN);
		assert_int_equal(teach(t, 'g', i, EXAMPLE_GOOD), EXAMPLES_KNOWN);
	}
	commit(t);
	twice = judge(t, 'b', 5000);
	assert_true(once.logit == twice.logit);
	assert_int_equal(t->model.good, ENOUGH);
}

/* Down to its last bit. */
static void the_model_is_of_the_set_of_lessons(void **state)
{
	struct site *t = *state;
	struct example **v;
	size_t n;
	str forwards;

	teach_many(t, ENOUGH, ENOUGH);
	open_site(t);
	trainer_run(t->a, &t->s.examples, &t->model);
	forwards = model_encode(t->a, &t->model);
	v = t->s.examples.v.v;
	n = t->s.examples.v.n;
	assert_int_equal(n, 2 * ENOUGH);
	for (size_t i = 0; i < n / 2; i++) {
		struct example *x = v[i];

		v[i] = v[n - 1 - i];
		v[n - 1 - i] = x;
	}
	trainer_run(t->a, &t->s.examples, &t->model);
	assert_true(str_eq(model_encode(t->a, &t->model), forwards));
	learnstate_close(&t->s);
}

/* As large as features become. */
static void large_ones_push_out_the_oldest_of_their_kind_only(void **state)
{
	enum { LARGE = FEATURES_MAX * FEATURES_VIEWS, FIT = EXAMPLES_KEEP_BYTES / LARGE };
	struct site *t = *state;
	char *bytes = arena_alloc(t->a, FEATURES_MAX);
	struct features f;

	memset(bytes, 2, FEATURES_MAX);
	for (int v = 0; v < FEATURES_VIEWS; v++)
		f.view[v] = str_of(bytes, FEATURES_MAX);
	assert_true(features_valid(f.view[0]));
	open_site(t);
	teach(t, 'g', 1, EXAMPLE_GOOD);
	for (int i = 0; i < FIT; i++) {
		memcpy(bytes, (char[]){ (char)(i / 64), (char)(i % 64) }, 2);
		assert_int_equal(learnstate_add(&t->s, &f, EXAMPLE_BAD, i), EXAMPLES_NEW);
	}
	assert_false(examples_trim(&t->s.examples, 0));
	teach(t, 'b', 2, EXAMPLE_BAD);
	teach(t, 'b', 3, EXAMPLE_BAD);
	memset(bytes, 3, FEATURES_MAX);
	assert_int_equal(learnstate_add(&t->s, &f, EXAMPLE_BAD, FIT), EXAMPLES_NEW);
	assert_true(examples_trim(&t->s.examples, 0));
	assert_in_range(examples_count(&t->s.examples, EXAMPLE_BAD), FIT, FIT + 2);
	assert_int_equal(examples_count(&t->s.examples, EXAMPLE_GOOD), 1);
	assert_int_equal(t->s.examples.v.v[1]->kind, EXAMPLE_FORGOTTEN);
	learnstate_close(&t->s);
}

static void what_is_forgotten_leaves_nothing_behind(void **state)
{
	struct site *t = *state;
	double before;

	teach_many(t, ENOUGH, ENOUGH);
	before = judge(t, 'b', 5000).logit;
	open_site(t);
	for (int i = 0; i < 20; i++)
		assert_int_equal(teach(t, 'b', 2000 + i, EXAMPLE_GOOD), EXAMPLES_NEW);
	commit(t);
	assert_true(judge(t, 'b', 5000).logit != before);
	open_site(t);
	for (int i = 0; i < 20; i++)
		assert_int_equal(teach(t, 'b', 2000 + i, EXAMPLE_FORGOTTEN), EXAMPLES_CHANGED);
	assert_int_equal(teach(t, 'b', 9999, EXAMPLE_FORGOTTEN), EXAMPLES_KNOWN);
	commit(t);
	assert_true(judge(t, 'b', 5000).logit == before);
}

static void the_last_word_on_a_message_counts(void **state)
{
	struct site *t = *state;

	teach_many(t, ENOUGH, ENOUGH);
	open_site(t);
	assert_int_equal(teach(t, 'b', 1000, EXAMPLE_GOOD), EXAMPLES_CHANGED);
	commit(t);
	assert_int_equal(t->model.good, ENOUGH + 1);
	assert_int_equal(t->model.bad, ENOUGH - 1);
}

static int load(const struct site *t, struct model *ret)
{
	struct why why;
	str map;
	int r = learnstate_load(t->dir, &map, ret, &why);

	fd_unmap(&map);
	return r;
}

static void a_damaged_model_is_none(void **state)
{
	struct site *t = *state;
	struct model m;

	assert_int_equal(load(t, &m), STATEDIR_E_ABSENT);
	teach_many(t, ENOUGH, ENOUGH);
	assert_int_equal(load(t, &m), STATEDIR_OK);
	assert_true(m.key == t->model.key && m.good == ENOUGH && m.offset == t->model.offset);
	testdir_damage(t->dir, "model", 500000);
	assert_int_equal(load(t, &m), STATEDIR_E_BROKEN);
	teach_many(t, 0, 0); /* it is made anew */
	assert_int_equal(load(t, &m), STATEDIR_OK);
}

static void damaged_examples_cost_only_what_is_behind(void **state)
{
	struct site *t = *state;
	size_t size;

	teach_many(t, ENOUGH, ENOUGH);
	open_site(t);
	size = t->s.file.n;
	learnstate_close(&t->s);
	testdir_damage(t->dir, "examples", (off_t)size - 100);
	open_site(t);
	assert_true(t->s.trouble.text[0] != '\0');
	assert_int_equal(examples_count(&t->s.examples, EXAMPLE_GOOD), ENOUGH);
	assert_true(examples_count(&t->s.examples, EXAMPLE_BAD) >= ENOUGH - 2);
	commit(t);
	testdir_damage(t->dir, "examples", 0);
	open_site(t);
	assert_int_equal(t->s.examples.v.n, 0);
	commit(t);
	assert_int_equal(judge(t, 'b', 5000).silence, MODEL_HAS_FEW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(both_kinds_are_told_apart, begin, end),
		cmocka_unit_test_setup_teardown(it_is_silent_until_it_knows_enough_of_both, begin,
						end),
		cmocka_unit_test_setup_teardown(what_is_too_old_is_forgotten, begin, end),
		cmocka_unit_test_setup_teardown(it_is_silent_about_what_is_unlike_all_it_learned,
						begin, end),
		cmocka_unit_test_setup_teardown(nothing_that_was_learned_is_unknown, begin, end),
		cmocka_unit_test_setup_teardown(it_is_silent_when_the_newest_surprise_it, begin,
						end),
		cmocka_unit_test_setup_teardown(the_order_of_lessons_makes_no_difference, begin,
						end),
		cmocka_unit_test_setup_teardown(the_model_is_of_the_set_of_lessons, begin, end),
		cmocka_unit_test_setup_teardown(large_ones_push_out_the_oldest_of_their_kind_only,
						begin, end),
		cmocka_unit_test_setup_teardown(what_is_forgotten_leaves_nothing_behind, begin,
						end),
		cmocka_unit_test_setup_teardown(the_last_word_on_a_message_counts, begin, end),
		cmocka_unit_test_setup_teardown(a_damaged_model_is_none, begin, end),
		cmocka_unit_test_setup_teardown(damaged_examples_cost_only_what_is_behind, begin,
						end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

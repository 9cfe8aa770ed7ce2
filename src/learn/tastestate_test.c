/* What a recipient taught is found again under his address only, can be forgotten without a trace,
 * and survives neither damage nor another classifier. */
#include "learn/tastestate.h"

#include "base/testdir.h"

enum { BUDGET = 1 << 30, KEY = 42, PIECES = 30 };
static const str paul = { "Paul@Hopital.example", 20 };

struct site {
	char dir[TESTDIR_MAX];
	struct arena *a;
	struct tastestate s;
	struct tastestate_counts counts;
	str map;
	struct tastetable table;
};

static struct features features_of(struct arena *a, int sort, int number)
{
	struct features f;

	for (int v = 0; v < FEATURES_VIEWS; v++) {
		struct features_set *set = features_new(a, KEY, (enum features_view)v);

		for (int i = 0; i < PIECES; i++) {
			int piece[] = { sort, i ? 0 : number, i };

			features_token(set, 'x', str_of(piece, sizeof(piece)), STR(""));
		}
		f.view[v] = features_encode(a, set);
	}
	return f;
}

static void open_site(struct site *t)
{
	struct why why;

	assert_int_equal(tastestate_open(&t->s, t->a, t->dir, KEY, &why), 0);
}

static enum examples_news teach(struct site *t, str who, int sort, int number,
				enum example_kind kind)
{
	struct features f = features_of(t->a, sort, number);

	return tastestate_add(&t->s, who, &f, kind, 0, number);
}

static void commit(struct site *t)
{
	struct why why;

	assert_int_equal(tastestate_commit(&t->s, &t->counts, &why), 0);
	tastestate_close(&t->s);
	fd_unmap(&t->map);
	assert_int_equal(tastestate_load(t->dir, &t->map, &t->table, &why), STATEDIR_OK);
}

static void teach_many(struct site *t, str who, int from, int n, enum example_kind kind)
{
	open_site(t);
	for (int i = 0; i < n; i++)
		assert_int_equal(teach(t, who, 1, from + i, kind), EXAMPLES_NEW);
	commit(t);
}

static double weigh(struct site *t, str who)
{
	const struct tastetable_person *p = tastetable_find(&t->table, who);
	struct features f = features_of(t->a, 1, 5000);
	struct taste_codes c;

	taste_sample(&f, &c);
	return p ? tastetable_weigh(&t->table, p, &c) : 0;
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

	fd_unmap(&t->map);
	testdir_remove(t->dir);
	arena_free(t->a);
	free(t);
	return 0;
}

static void lessons_are_found_by_the_address_in_any_case(void **state)
{
	struct site *t = *state;

	teach_many(t, paul, 0, 6, EXAMPLE_BAD);
	assert_int_equal(t->counts.people, 1);
	assert_int_equal(t->counts.lessons, 6);
	assert_int_equal(t->counts.speak, 1);
	assert_true(weigh(t, STR("paul@HOPITAL.example")) > 1);
	assert_true(weigh(t, STR("anna@hopital.example")) == 0);
	assert_int_equal(str_casefind(t->map, STR("hopital")), STR_NONE);
}

static void a_lesson_counts_once_and_the_last_word_counts(void **state)
{
	struct site *t = *state;

	teach_many(t, paul, 0, 6, EXAMPLE_BAD);
	open_site(t);
	assert_int_equal(teach(t, paul, 1, 0, EXAMPLE_BAD), EXAMPLES_KNOWN);
	for (int i = 0; i < 6; i++)
		assert_int_equal(teach(t, paul, 1, i, EXAMPLE_GOOD), EXAMPLES_CHANGED);
	commit(t);
	assert_int_equal(t->counts.lessons, 6);
	assert_true(weigh(t, paul) < -1);
}

static void what_is_forgotten_leaves_nothing_behind(void **state)
{
	struct site *t = *state;
	struct taste_lesson before[6];

	teach_many(t, paul, 0, 6, EXAMPLE_BAD);
	memcpy(before, t->table.lessons, sizeof(before));
	teach_many(t, paul, 100, 7, EXAMPLE_GOOD);
	open_site(t);
	assert_int_equal(teach(t, STR("anna@hopital.example"), 1, 0, EXAMPLE_FORGOTTEN),
			 EXAMPLES_KNOWN);
	for (int i = 100; i < 107; i++)
		assert_int_equal(teach(t, paul, 1, i, EXAMPLE_FORGOTTEN), EXAMPLES_CHANGED);
	commit(t);
	assert_int_equal(t->counts.lessons, 6);
	assert_memory_equal(t->table.lessons, before, sizeof(before));
	open_site(t);
	assert_int_equal(tastestate_forget(&t->s, paul), 6);
	commit(t);
	assert_int_equal(t->counts.people, 0);
	assert_null(tastetable_find(&t->table, paul));
}

static void the_oldest_lesson_goes(void **state)
{
	struct site *t = *state;

	teach_many(t, paul, 0, TASTE_LESSONS, EXAMPLE_BAD);
	teach_many(t, paul, 500, 3, EXAMPLE_BAD);
	assert_int_equal(t->counts.lessons, TASTE_LESSONS);
	assert_int_equal(t->table.lessons[0].at, 3);
}

static void many_recipients_are_kept_and_found(void **state)
{
	enum { MANY = 3000 };
	struct site *t = *state;
	struct features f = features_of(t->a, 1, 7);

	open_site(t);
	for (int i = 0; i < MANY; i++) {
		str who = arena_fmt(t->a, "u%d@hopital.example", i);

		assert_int_equal(tastestate_add(&t->s, who, &f, EXAMPLE_BAD, 0, i), EXAMPLES_NEW);
	}
	commit(t);
	assert_int_equal(t->counts.people, MANY);
	assert_int_equal(t->counts.speak, 0);
	for (int i = 0; i < MANY; i++) {
		const struct tastetable_person *p =
			tastetable_find(&t->table, arena_fmt(t->a, "u%d@hopital.example", i));

		assert_non_null(p);
		assert_int_equal(t->table.lessons[p->first].at, i);
	}
}

static void a_damaged_file_is_put_aside_and_said(void **state)
{
	struct site *t = *state;
	char path[TESTDIR_PATH_MAX];
	struct why why;

	teach_many(t, paul, 0, 6, EXAMPLE_BAD);
	testdir_damage(t->dir, "tastes", 300);
	fd_unmap(&t->map);
	assert_int_equal(tastestate_load(t->dir, &t->map, &t->table, &why), STATEDIR_E_BROKEN);
	open_site(t);
	assert_true(t->s.trouble.text[0] != '\0');
	commit(t);
	assert_int_equal(t->counts.people, 0);
	testdir_path(t->dir, "tastes", path);
	assert_int_equal(access(path, F_OK), 0);
}

static void lessons_of_another_classifier_are_put_aside(void **state)
{
	struct site *t = *state;
	struct why why;

	teach_many(t, paul, 0, 6, EXAMPLE_BAD);
	assert_int_equal(tastestate_open(&t->s, t->a, t->dir, KEY + 1, &why), 0);
	assert_true(t->s.trouble.text[0] != '\0');
	assert_int_equal(t->s.people.n, 0);
	tastestate_close(&t->s);
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(lessons_are_found_by_the_address_in_any_case),
		T(a_lesson_counts_once_and_the_last_word_counts),
		T(what_is_forgotten_leaves_nothing_behind),
		T(the_oldest_lesson_goes),
		T(many_recipients_are_kept_and_found),
		T(a_damaged_file_is_put_aside_and_said),
		T(lessons_of_another_classifier_are_put_aside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

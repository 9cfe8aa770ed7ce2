/* What was learned is found by what is like it, holds its time, survives damage and second
 * thoughts, and travels to another gateway. */
#include "learn/fuzzystore.h"

#include "base/testdir.h"

enum { BUDGET = 1 << 30, MANY = 5000 };

struct site {
	char dir[TESTDIR_MAX];
	struct arena *a;
	struct fuzzystore s;
	struct fuzzytable t;
	str map;
	size_t n;
};

static void begin(struct site *t)
{
	*t = (struct site){ .a = arena_new("test", BUDGET) };
	testdir_make(t->dir);
}

static void end(struct site *t)
{
	testdir_remove(t->dir);
	fd_unmap(&t->map);
	t->a = arena_free(t->a);
}

static void open_site(struct site *t)
{
	struct why why;

	assert_int_equal(fuzzystore_open(&t->s, t->a, t->dir, &why), 0);
}

static void commit(struct site *t, uint32_t not_before)
{
	struct why why;

	assert_int_equal(fuzzystore_commit(&t->s, not_before, &t->n, &why), 0);
	fuzzystore_close(&t->s);
	fd_unmap(&t->map);
	assert_int_equal(fuzzystore_load(t->dir, &t->map, &t->t, &why), STATEDIR_OK);
}

/* Values of their own for each number; the last changed ones are of nobody. */
static struct fuzzy_digest digest(enum fuzzy_kind kind, uint64_t number, size_t changed)
{
	struct fuzzy_digest d = { .kind = kind };
	uint64_t x = number * 0x9e3779b97f4a7c15 + 1;

	for (size_t i = 0; i < FUZZY_VALUES; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		d.v[i] = (uint16_t)((x >> 40) ^ (i + changed >= FUZZY_VALUES));
	}
	return d;
}

static void learn(struct site *t, enum fuzzy_kind kind, uint64_t number, enum fuzzy_flag flag,
		  bool fresh, int64_t now)
{
	struct fuzzy_digest d = digest(kind, number, 0);

	fuzzystore_learn(&t->s, &d, flag, fresh, now);
}

static struct fuzzytable_found find(const struct site *t, enum fuzzy_kind kind, uint64_t number,
				    size_t changed, uint32_t not_before)
{
	struct fuzzy_digest d = digest(kind, number, changed);
	struct fuzzytable_found f;

	fuzzytable_find(&t->t, &d, not_before, &f);
	return f;
}

static void what_is_like_it_is_found_among_many(void **state)
{
	struct site t;

	(void)state;
	begin(&t);
	open_site(&t);
	for (uint64_t i = 0; i < MANY; i++)
		learn(&t, (enum fuzzy_kind)(i % FUZZY_IMAGE), i, FUZZY_DENIED, true, 1000);
	commit(&t, 0);
	assert_int_equal(t.n, MANY);
	for (uint64_t i = 0; i < MANY; i++) {
		enum fuzzy_kind kind = (enum fuzzy_kind)(i % FUZZY_IMAGE);
		unsigned near = fuzzytable_near(kind);

		assert_int_equal(find(&t, kind, i, 0, 0).spam_likeness, FUZZY_ALIKE);
		assert_null(find(&t, kind, i, 0, 1001).spam);
		assert_null(find(&t, kind, i + MANY, 0, 0).spam);
		assert_null(find(&t, kind, i, FUZZY_ALIKE - near + 1, 0).spam);
		assert_int_equal(find(&t, kind, i, FUZZY_ALIKE - near, 0).spam_likeness, near);
	}
	end(&t);
}

static void a_message_weighs_once_and_the_last_word_counts(void **state)
{
	struct site t;

	(void)state;
	begin(&t);
	open_site(&t);
	learn(&t, FUZZY_TEXT, 1, FUZZY_DENIED, true, 1000);
	learn(&t, FUZZY_TEXT, 1, FUZZY_DENIED, false, 2000);
	commit(&t, 0);
	assert_int_equal(find(&t, FUZZY_TEXT, 1, 0, 0).spam->weight, 1);
	assert_int_equal(find(&t, FUZZY_TEXT, 1, 0, 0).spam->at, 2000);
	open_site(&t);
	learn(&t, FUZZY_TEXT, 1, FUZZY_DENIED, true, 3000);
	commit(&t, 0);
	assert_int_equal(find(&t, FUZZY_TEXT, 1, 0, 0).spam->weight, 2);
	open_site(&t);
	learn(&t, FUZZY_TEXT, 1, FUZZY_WHITE, true, 4000);
	commit(&t, 0);
	assert_null(find(&t, FUZZY_TEXT, 1, 0, 0).spam);
	assert_int_equal(find(&t, FUZZY_TEXT, 1, 0, 0).white->weight, 1);
	end(&t);
}

static void what_was_forgotten_or_is_old_is_gone(void **state)
{
	struct site t;
	struct fuzzy_digest d = digest(FUZZY_TEXT, 1, 0);

	(void)state;
	begin(&t);
	open_site(&t);
	learn(&t, FUZZY_TEXT, 1, FUZZY_DENIED, true, 1000);
	learn(&t, FUZZY_TEXT, 1, FUZZY_DENIED, true, 1000);
	learn(&t, FUZZY_TEXT, 2, FUZZY_DENIED, true, 500);
	fuzzystore_forget(&t.s, &d);
	commit(&t, 600);
	assert_int_equal(t.n, 1);
	assert_int_equal(find(&t, FUZZY_TEXT, 1, 0, 0).spam->weight, 1);
	open_site(&t);
	fuzzystore_forget(&t.s, &d);
	commit(&t, 0);
	assert_int_equal(t.n, 0);
	assert_null(find(&t, FUZZY_TEXT, 1, 0, 0).spam);
	end(&t);
}

/* Each byte of the file matters; with a wrong one nothing is believed. */
static void a_damaged_file_is_put_aside(void **state)
{
	struct site t;
	struct why why;
	char path[TESTDIR_PATH_MAX];
	str bytes;

	(void)state;
	begin(&t);
	open_site(&t);
	learn(&t, FUZZY_TEXT, 1, FUZZY_DENIED, true, 1000);
	commit(&t, 0);
	testdir_path(t.dir, "fuzzy", path);
	assert_int_equal(fd_read_path(path, t.a, 1 << 20, &bytes, &why), 0);
	for (size_t i = 0; i < bytes.n; i++) {
		struct fuzzytable u;
		str bad = arena_str(t.a, bytes);

		((char *)(uintptr_t)bad.p)[i] ^= 1;
		assert_false(fuzzytable_decode(bad, &u));
		assert_false(fuzzytable_decode(str_sub(bytes, 0, i), &u));
	}
	assert_int_equal(truncate(path, (off_t)bytes.n - 1), 0);
	fd_unmap(&t.map);
	assert_int_equal(fuzzystore_load(t.dir, &t.map, &t.t, &why), STATEDIR_E_BROKEN);
	open_site(&t);
	assert_string_equal(t.s.trouble.text, "fuzzy is damaged and was put aside");
	learn(&t, FUZZY_TEXT, 2, FUZZY_DENIED, true, 1000);
	commit(&t, 0);
	assert_int_equal(t.n, 1);
	end(&t);
}

static void what_another_gateway_learned_is_taken_as_probable(void **state)
{
	struct site one, two;
	struct why why;
	char path[TESTDIR_PATH_MAX];
	str bytes;

	(void)state;
	begin(&one);
	begin(&two);
	open_site(&one);
	learn(&one, FUZZY_TEXT, 1, FUZZY_DENIED, true, 1000);
	learn(&one, FUZZY_TEXT, 2, FUZZY_DENIED, true, 5000);
	commit(&one, 0);
	testdir_path(one.dir, "fuzzy", path);
	assert_int_equal(fd_read_path(path, two.a, 1 << 20, &bytes, &why), 0);
	open_site(&two);
	learn(&two, FUZZY_TEXT, 1, FUZZY_WHITE, true, 900);
	assert_int_equal(fuzzystore_merge(&two.s, bytes, 2000, &why), STATEDIR_OK);
	assert_int_equal(fuzzystore_merge(&two.s, STR("x"), 2000, &why), STATEDIR_E_BROKEN);
	commit(&two, 0);
	assert_null(find(&two, FUZZY_TEXT, 1, 0, 0).spam);
	assert_int_equal(find(&two, FUZZY_TEXT, 2, 0, 0).spam->flag, FUZZY_PROB);
	assert_int_equal(find(&two, FUZZY_TEXT, 2, 0, 0).spam->at, 2000);
	end(&one);
	end(&two);
}

static void hear(struct site *t, uint64_t number, int64_t now)
{
	struct fuzzy_digest d = digest(FUZZY_TEXT, number, 0);

	fuzzystore_hear(&t->s, &d, now);
}

static void what_is_only_heard_stays_probable_and_overrules_nothing(void **state)
{
	struct site t;

	(void)state;
	begin(&t);
	open_site(&t);
	learn(&t, FUZZY_TEXT, 1, FUZZY_WHITE, true, 1000);
	learn(&t, FUZZY_TEXT, 2, FUZZY_DENIED, true, 1000);
	for (int i = 0; i < 5; i++) {
		for (uint64_t number = 1; number <= 3; number++)
			hear(&t, number, 2000 + i);
	}
	commit(&t, 0);
	assert_null(find(&t, FUZZY_TEXT, 1, 0, 0).spam);
	assert_non_null(find(&t, FUZZY_TEXT, 1, 0, 0).white);
	assert_int_equal(find(&t, FUZZY_TEXT, 2, 0, 0).spam->flag, FUZZY_DENIED);
	assert_int_equal(find(&t, FUZZY_TEXT, 2, 0, 0).spam->weight, 1);
	assert_int_equal(find(&t, FUZZY_TEXT, 3, 0, 0).spam->flag, FUZZY_PROB);
	assert_int_equal(find(&t, FUZZY_TEXT, 3, 0, 0).spam->weight, 1);
	assert_int_equal(find(&t, FUZZY_TEXT, 3, 0, 0).spam->at, 2004);
	end(&t);
}

static void an_absent_file_is_no_trouble(void **state)
{
	struct site t;
	struct why why;

	(void)state;
	begin(&t);
	assert_int_equal(fuzzystore_load(t.dir, &t.map, &t.t, &why), STATEDIR_E_ABSENT);
	end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_like_it_is_found_among_many),
		cmocka_unit_test(a_message_weighs_once_and_the_last_word_counts),
		cmocka_unit_test(what_was_forgotten_or_is_old_is_gone),
		cmocka_unit_test(a_damaged_file_is_put_aside),
		cmocka_unit_test(what_another_gateway_learned_is_taken_as_probable),
		cmocka_unit_test(what_is_only_heard_stays_probable_and_overrules_nothing),
		cmocka_unit_test(an_absent_file_is_no_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

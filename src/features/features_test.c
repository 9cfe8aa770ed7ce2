/* Sets of buckets: what goes in comes out, in one form only, and depends on the key. */
#include "features/features.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { BUDGET = 64 << 20 };

static str grams(struct arena *a, uint64_t key, str text)
{
	struct features_set *s = features_new(a, key, FEATURES_TEXT);

	features_grams(s, 4, text);
	return features_encode(a, s);
}

static size_t count(str encoded)
{
	struct features_cursor c = features_begin(encoded);
	uint32_t bucket, last = 0;
	size_t n = 0;

	while (features_next(&c, &bucket)) {
		assert_true(bucket < FEATURES_BUCKETS && (n == 0 || bucket > last));
		last = bucket;
		n++;
	}
	assert_int_equal(features_count(encoded), n);
	return n;
}

static void each_piece_counts_once(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", BUDGET);

	(void)state;
	assert_int_equal(count(grams(a, 1, STR("abc"))), 0);
	assert_int_equal(count(grams(a, 1, STR("abcd"))), 1);
	assert_int_equal(count(grams(a, 1, STR("abcdefgh"))), 5);
	assert_int_equal(count(grams(a, 1, STR("aaaaaaaaaaaa"))), 1);
	assert_true(str_eq(grams(a, 1, STR("one\r\ntwo")), grams(a, 1, STR("one\ntwo"))));
}

static void the_key_decides_the_buckets(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", BUDGET);
	str text = STR("the same words for everybody");

	(void)state;
	assert_true(str_eq(grams(a, 7, text), grams(a, 7, text)));
	assert_false(str_eq(grams(a, 7, text), grams(a, 8, text)));
}

static void pieces_of_another_kind_are_others(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", BUDGET);
	struct features_set *s = features_new(a, 3, FEATURES_STRUCTURE);

	(void)state;
	features_token(s, 'a', STR("b"), STR("c"));
	features_token(s, 'a', STR("b"), STR("c"));
	assert_int_equal(count(features_encode(a, s)), 1);
	features_token(s, 'a', STR("bc"), STR(""));
	features_token(s, 'x', STR("b"), STR("c"));
	assert_int_equal(count(features_encode(a, s)), 3);
}

static void a_flood_is_cut(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", BUDGET);
	struct features_set *s = features_new(a, 3, FEATURES_STRUCTURE);
	str encoded;

	(void)state;
	for (uint32_t i = 0; i < 10 * FEATURES_MAX; i++)
		features_token(s, 'a', str_of(&i, sizeof(i)), STR(""));
	encoded = features_encode(a, s);
	assert_int_equal(count(encoded), FEATURES_MAX);
	assert_true(encoded.n <= FEATURES_MAX_BYTES);
	assert_true(features_valid(encoded));
}

static void only_what_is_written_is_valid(void **state)
{
	(void)state;
	assert_true(features_valid(STR("")));
	assert_true(features_valid(STR("\x00\x00\x7f")));
	assert_true(features_valid(STR("\xff\xff\x3f")));      /* the last bucket */
	assert_false(features_valid(STR("\xff\xff\x3f\x00"))); /* one behind it */
	assert_false(features_valid(STR("\x80\x80\x40")));     /* one above it */
	assert_false(features_valid(STR("\x80")));	       /* cut */
	assert_false(features_valid(STR("\x80\x00")));	       /* longer than needed */
	assert_false(features_valid(STR("\x80\x80\x80\x01"))); /* too long */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_piece_counts_once),
		cmocka_unit_test(the_key_decides_the_buckets),
		cmocka_unit_test(pieces_of_another_kind_are_others),
		cmocka_unit_test(a_flood_is_cut),
		cmocka_unit_test(only_what_is_written_is_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

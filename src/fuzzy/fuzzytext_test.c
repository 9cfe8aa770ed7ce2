/* Texts that are nearly the same are found; others are not. Texts are made of random words. */
#include "base/exact.h"
#include "base/strbuf.h"
#include "fuzzy/fuzzytext.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { BUDGET = 64 << 20, VOCABULARY = 4000, TEXTS = 200, WORDS = 120 };

static uint64_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

static void put_word(struct strbuf *b, uint64_t number)
{
	for (int i = 0; i < 4; i++, number /= 12)
		strbuf_char(b, (char)('a' + number % 12 * 2));
	strbuf_char(b, ' ');
}

/* Of n words, of which one in of is another than in the text of that seed. */
static str text(struct arena *a, uint64_t seed, size_t n, unsigned changed, unsigned of)
{
	struct strbuf b = strbuf_make(a, 1 << 20);
	uint64_t other = seed + 1000000 + changed;

	for (size_t i = 0; i < n; i++) {
		uint64_t word = next(&seed) % VOCABULARY;
		bool change = next(&other) % of < changed;

		put_word(&b, change ? VOCABULARY + next(&other) % VOCABULARY : word);
	}
	return strbuf_str(&b);
}

static struct fuzzy_digest digest(struct arena *a, str s)
{
	struct fuzzytext *t = fuzzytext_new(a);
	cleanup(exact_freep) str exact = exact_copy(s);
	struct fuzzy_digest d;

	fuzzytext_add(t, exact);
	assert_true(fuzzytext_digest(t, FUZZY_TEXT, 0, &d));
	return d;
}

static unsigned likeness(struct arena *a, str x, str y)
{
	struct fuzzy_digest d = digest(a, x), e = digest(a, y);

	return fuzzy_likeness(FUZZY_TEXT, d.v, e.v);
}

static bool share_a_key(const struct fuzzy_digest *d, const struct fuzzy_digest *e)
{
	uint64_t x[FUZZY_KEYS_MAX], y[FUZZY_KEYS_MAX];
	size_t n = fuzzy_keys(d->kind, d->v, x);

	assert_int_equal(fuzzy_keys(e->kind, e->v, y), n);
	for (size_t i = 0; i < n; i++) {
		if (x[i] == y[i])
			return true;
	}
	return false;
}

static void a_text_with_a_tenth_of_its_words_changed_is_found(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", BUDGET);
	unsigned found = 0;

	(void)state;
	for (uint64_t i = 0; i < TEXTS; i++) {
		struct fuzzy_digest d = digest(a, text(a, i, WORDS, 0, 10));
		struct fuzzy_digest e = digest(a, text(a, i, WORDS, 1, 10));

		found += share_a_key(&d, &e) && fuzzy_likeness(FUZZY_TEXT, d.v, e.v) >= 11;
	}
	assert_true(found >= TEXTS * 97 / 100);
}

static void texts_that_have_nothing_in_common_are_not_alike(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", BUDGET);

	(void)state;
	for (uint64_t i = 0; i < TEXTS; i++)
		assert_true(likeness(a, text(a, i, WORDS, 0, 10), text(a, i + 5000, WORDS, 0, 10)) <
			    4);
}

static void what_differs_between_copies_counts_little(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", BUDGET);
	const char *const one =
		"dear jean your parcel no 12345 of 13/02/2026 waits since monday in our "
		"depot please pay the duty of 1,99 eur here: "
		"https://post.example/pay?id=77 within three days or it goes back to "
		"the sender this was sent to jean@town.example who is our client";
	const char *const two =
		"dear jean your parcel no 99 of 1/12/2025 waits since monday in our "
		"depot please pay the duty of 20,05 eur here: "
		"https://post.example/x/y#z within three days or it goes back to "
		"the sender this was sent to marie@school.example who is our client";

	(void)state;
	assert_int_equal(likeness(a, str_c(one), str_c(two)), FUZZY_ALIKE);
}

static void a_short_text_has_no_digest(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", BUDGET);
	struct fuzzy_digest d;
	struct fuzzytext *t = fuzzytext_new(a);

	(void)state;
	fuzzytext_add(t, STR(""));
	fuzzytext_add(t, STR("please find attached the minutes of our meeting of yesterday"));
	for (int i = 0; i < 100; i++)
		fuzzytext_add(t, STR("the same words over and over again"));
	assert_false(fuzzytext_digest(t, FUZZY_TEXT, 0, &d));
}

static void what_is_behind_the_limit_makes_no_difference(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", BUDGET);
	str all = text(a, 1, 3 * FUZZYTEXT_WORDS_MAX, 0, 10);

	(void)state;
	assert_int_equal(likeness(a, all, str_sub(all, 0, 5 * FUZZYTEXT_WORDS_MAX + 500)),
			 FUZZY_ALIKE);
}

/* Gateways share digests: another release must find what this one learned. */
static void digests_stay_what_they_are(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", BUDGET);
	struct fuzzy_digest d = digest(a, text(a, 7, WORDS, 0, 10));

	(void)state;
	assert_int_equal(d.v[0], 0x118);
	assert_int_equal(d.v[31], 0xb2b0);
}

static void pictures_a_few_bits_apart_share_a_key(void **state)
{
	uint64_t seed = 3;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint64_t bits = next(&seed) << 32 | next(&seed), other = bits;
		struct fuzzy_digest d = fuzzy_of_image(0, bits), e;

		for (int k = 0; k < 4; k++)
			other ^= 1ull << next(&seed) % 64;
		e = fuzzy_of_image(0, other);
		assert_true(share_a_key(&d, &e));
		assert_true(fuzzy_likeness(FUZZY_IMAGE, d.v, e.v) >= FUZZY_ALIKE - 4);
		e = fuzzy_of_image(0, ~bits);
		assert_int_equal(fuzzy_likeness(FUZZY_IMAGE, d.v, e.v), 0);
	}
}

static void a_file_is_alike_only_to_itself(void **state)
{
	uint8_t hash[32] = { 1, 2, 3 };
	struct fuzzy_digest d = fuzzy_of_file(0, hash), e;

	(void)state;
	assert_int_equal(fuzzy_likeness(FUZZY_FILE, d.v, d.v), FUZZY_ALIKE);
	hash[31] = 1;
	e = fuzzy_of_file(0, hash);
	assert_int_equal(fuzzy_likeness(FUZZY_FILE, d.v, e.v), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_with_a_tenth_of_its_words_changed_is_found),
		cmocka_unit_test(texts_that_have_nothing_in_common_are_not_alike),
		cmocka_unit_test(what_differs_between_copies_counts_little),
		cmocka_unit_test(a_short_text_has_no_digest),
		cmocka_unit_test(what_is_behind_the_limit_makes_no_difference),
		cmocka_unit_test(digests_stay_what_they_are),
		cmocka_unit_test(pictures_a_few_bits_apart_share_a_key),
		cmocka_unit_test(a_file_is_alike_only_to_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "rules/sitechanges.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static str set(struct arena *a, str text, const char *symbol, const char *property, str value)
{
	struct why why = { "" };
	str out = STR("");

	if (sitechanges_set(a, text, str_c(symbol), property ? str_c(property) : STR_NULL, value,
			    &out, &why) < 0)
		fail_msg("%s", why.text);
	return out;
}

/* What stands behind the head that every file has. */
static void assert_symbols(str text, const char *want)
{
	size_t at = str_find(text, STR("symbols:\n"));

	assert_true(at != STR_NONE);
	assert_true(str_eq(str_skip(text, at + 9), str_c(want)));
}

static void test_changes_are_kept_beside_each_other(void **state)
{
	struct arena *a = arena_new("test", 64 << 20);
	str text = set(a, STR(""), "A", "score", STR("3.5"));

	(void)state;
	text = set(a, text, "B", "disabled", STR("true"));
	text = set(a, text, "A", "observe", STR("true"));
	assert_symbols(text, "  A: {score: 3.5, observe: true}\n  B: {disabled: true}\n");
	text = set(a, text, "A", "score", STR("-4"));
	assert_symbols(text, "  A: {score: -4, observe: true}\n  B: {disabled: true}\n");
	text = set(a, text, "A", "score", STR_NULL);
	text = set(a, text, "B", NULL, STR_NULL);
	assert_symbols(text, "  A: {observe: true}\n");
	assert_symbols(set(a, text, "A", NULL, STR_NULL), "  {}\n");
	arena_free(a);
}

static void test_what_a_person_wrote_is_never_lost(void **state)
{
	static const char *const texts[] = {
		"thresholds: {tag: 3}\n",
		"symbols: {A: {score: 1}}\nthresholds: {tag: 3}\n",
		"symbols: {A: {score: 1, group: x}}\n",
		"symbols: {A: [1]}\n",
		"symbols: {A: {score: [1]}}\n",
		"symbols: {A: {score: '1} #'}}\n",
		"[1]\n",
	};
	struct arena *a = arena_new("test", 64 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct why why = { "" };
		str out;

		assert_int_equal(sitechanges_set(a, str_c(texts[i]), STR("B"), STR("score"),
						 STR("1"), &out, &why),
				 -EINVAL);
	}
	arena_free(a);
}

static void test_a_value_cannot_bring_other_text_in(void **state)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct why why = { "" };
	str out;

	(void)state;
	assert_int_equal(sitechanges_set(a, STR(""), STR("B"), STR("score"),
					 STR("1}\n  C: {score: 2"), &out, &why),
			 -EINVAL);
	assert_int_equal(
		sitechanges_set(a, STR(""), STR("B: {"), STR("score"), STR("1"), &out, &why),
		-EINVAL);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changes_are_kept_beside_each_other),
		cmocka_unit_test(test_what_a_person_wrote_is_never_lost),
		cmocka_unit_test(test_a_value_cannot_bring_other_text_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

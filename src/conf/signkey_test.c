#include "conf/signkey.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct conf *conf_with(struct arena *a, const char *keys, const char *seal)
{
	struct conf *c = conf_new_default(a);
	struct why why;

	assert_int_equal(conf_set(c, STR("dkim.keys"), str_c(keys), &why), 0);
	assert_int_equal(conf_set(c, STR("arc.seal"), str_c(seal), &why), 0);
	return c;
}

static void rows_that_sign_are_found_by_domain_in_any_case(void **state)
{
	struct arena *a = arena_new("test", 8 << 20);
	const struct conf *c =
		conf_with(a,
			  "a.example s1 /k/1,b.example s1 /k/2,a.example s2 /k/3 published,"
			  "a.example ed /k/4",
			  "");
	struct signkey k;
	struct why why;
	size_t at = 0;

	(void)state;
	assert_int_equal(signkey_check(c, &why), 0);
	assert_true(signkey_next(c, STR("A.Example"), &at, &k));
	assert_true(str_eq(k.selector, STR("s1")) && str_eq(k.file, STR("/k/1")));
	assert_true(signkey_next(c, STR("A.Example"), &at, &k));
	assert_true(str_eq(k.selector, STR("ed")));
	assert_false(signkey_next(c, STR("A.Example"), &at, &k));
	assert_true(signkey_has(c, STR("b.example")));
	assert_false(signkey_has(c, STR("sub.b.example")));
	assert_false(signkey_has(c, STR("")));
	arena_free(a);
}

static void wrong_rows_are_refused_by_name(void **state)
{
	static const struct {
		const char *keys, *seal, *says;
	} cases[] = {
		{ "a.example s1", "", "expected DOMAIN SELECTOR FILE" },
		{ "a.example s1 k.pem", "", "expected DOMAIN SELECTOR FILE" },
		{ "a..example s1 /k", "", "expected DOMAIN SELECTOR FILE" },
		{ "a.example s1 /k retired", "", "expected DOMAIN SELECTOR FILE" },
		{ "a.example s1 /k published x", "", "expected DOMAIN SELECTOR FILE" },
		{ "a.example s1 /k,A.example S1 /j", "", "a.example s1 has two rows" },
		{ "a.example s1 /k", "a.example", "expected DOMAIN SELECTOR" },
		{ "a.example s1 /k", "a.example s2", "a row of dkim.keys that signs" },
		{ "a.example s1 /k published", "a.example s1", "a row of dkim.keys that signs" },
		{ "", "a.example s1", "a row of dkim.keys that signs" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new("test", 8 << 20);
		struct why why = { "" };

		assert_true(signkey_check(conf_with(a, cases[i].keys, cases[i].seal), &why) < 0);
		if (str_casefind(str_c(why.text), str_c(cases[i].says)) == STR_NONE)
			fail_msg("%s: %s", cases[i].keys, why.text);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_that_sign_are_found_by_domain_in_any_case),
		cmocka_unit_test(wrong_rows_are_refused_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

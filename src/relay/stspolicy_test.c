#include "relay/stspolicy.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void a_record_tells_its_id(void **state)
{
	static const char *const bad[] = { "",
					   "v=STSv1",
					   "v=STSv1;",
					   "v=STSv1; id=;",
					   "v=STSv2; id=1",
					   "id=1; v=STSv1",
					   "v=STSv1; id=a b",
					   "v=STSv1; id=123456789012345678901234567890123",
					   "v=spf1 -all" };
	str id;

	(void)state;
	assert_true(stspolicy_record_id(STR("v=STSv1; id=20160831085700Z;"), &id));
	assert_true(str_eq(id, STR("20160831085700Z")));
	assert_true(stspolicy_record_id(STR("v=STSv1;x=y;id=2 "), &id));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (stspolicy_record_id(str_c(bad[i]), &id))
			fail_msg("%s", bad[i]);
	}
}

static void a_policy_is_read_whatever_its_line_ends(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct stspolicy p;
	struct why why;

	(void)state;
	assert_int_equal(stspolicy_parse(a,
					 STR("version: STSv1\r\nmode:enforce\r\nother: x\n"
					     "mx: mail.example.com\nmx: *.example.net\r\n\n"
					     "max_age: 99999999999\nmode: none"),
					 &p, &why),
			 0);
	assert_int_equal(p.mode, STSPOLICY_ENFORCE);
	assert_int_equal(p.max_age, STSPOLICY_AGE_MAX);
	assert_int_equal(p.n_mx, 2);
	assert_int_equal(
		stspolicy_parse(a, STR("version: STSv1\nmode: none\nmax_age: 1\n"), &p, &why), 0);
}

static void what_is_no_policy_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"<html>",
		"mode: enforce\nmx: a\nmax_age: 1\n",
		"version: STSv1\nmx: a\nmax_age: 1\n",
		"version: STSv1\nmode: enforce\nmx: a\n",
		"version: STSv1\nmode: enforce\nmax_age: 1\n",
		"version: STSv1\nmode: enforced\nmx: a\nmax_age: 1\n",
		"version: STSv1\nmode: enforce\nmx: a b\nmax_age: 1\n",
		"version: STSv1\nmode: enforce\nmx: a\nmax_age: -1\n",
		"version: STSv2\nmode: enforce\nmx: a\nmax_age: 1\n",
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct stspolicy p;
	struct why why;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (stspolicy_parse(a, str_c(bad[i]), &p, &why) == 0)
			fail_msg("%s", bad[i]);
	}
}

static void a_star_stands_for_one_label(void **state)
{
	struct stspolicy p = { .mx = { STR("mail.example.com"), STR("*.Example.net") }, .n_mx = 2 };

	(void)state;
	assert_true(stspolicy_matches(&p, STR("MAIL.example.com")));
	assert_true(stspolicy_matches(&p, STR("a.example.net")));
	assert_false(stspolicy_matches(&p, STR("a.b.example.net")));
	assert_false(stspolicy_matches(&p, STR("example.net")));
	assert_false(stspolicy_matches(&p, STR(".example.net")));
	assert_false(stspolicy_matches(&p, STR("example.com")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_tells_its_id),
		cmocka_unit_test(a_policy_is_read_whatever_its_line_ends),
		cmocka_unit_test(what_is_no_policy_is_refused),
		cmocka_unit_test(a_star_stands_for_one_label),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

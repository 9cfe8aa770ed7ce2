#include "conf/spfexception.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void only_the_pair_of_client_and_domain_is_an_exception(void **state)
{
	static const struct {
		const char *ip, *domain;
		bool is;
	} rows[] = {
		{ "192.0.2.7", "partner.example", true },
		{ "192.0.2.7", "PARTNER.example", true },
		{ "192.0.2.8", "partner.example", false },
		{ "192.0.2.7", "other.example", false },
		{ "192.0.2.7", "sub.partner.example", false },
		{ "198.51.100.9", "other.example", true },
		{ "2001:db8::9", "other.example", true },
		{ "198.51.101.9", "other.example", false },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
	struct conf *c = conf_new_default(a);
	struct why why = { "" };

	(void)state;
	assert_int_equal(conf_set(c, STR("spf.exceptions"),
				  STR("192.0.2.7 partner.example,198.51.100.0/24 other.example,"
				      "2001:db8::/32 other.example"),
				  &why),
			 0);
	assert_int_equal(spfexception_check(c, &why), 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct ip ip;

		assert_true(ip_parse(str_c(rows[i].ip), &ip));
		assert_int_equal(spfexception_has(c, ip, str_c(rows[i].domain)), rows[i].is);
	}
}

static void bad_rows_are_named(void **state)
{
	static const char *const rows[] = { "192.0.2.7", "partner.example 192.0.2.7",
					    "192.0.2.7/8 partner.example", "192.0.2.7 a b",
					    "192.0.2.7 a@b.example" };
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct conf *c = conf_new_default(a);
		struct why why = { "" };

		assert_int_equal(conf_set(c, STR("spf.exceptions"), str_c(rows[i]), &why), 0);
		assert_true(conf_check(c, &why) < 0);
		assert_true(str_find(str_c(why.text), str_c(rows[i])) != STR_NONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_pair_of_client_and_domain_is_an_exception),
		cmocka_unit_test(bad_rows_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

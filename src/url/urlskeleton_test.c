#include "url/urlskeleton.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void names_that_look_alike_have_one_skeleton(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "microsoft.com", "rnicrosoft.com", true },
		{ "microsoft.com", "MICROSOFT.COM", true },
		{ "paypal.com", "paypa1.com", true },
		{ "doctolib.fr", "d0ct0lib.fr", true },
		{ "paypal.com", "p\xd0\xb0ypal.com", true },
		{ "paypal.com", "xn--pypal-4ve.com", true },
		{ "mail.paypal.com", "paypal.com", true },
		{ "paypal.com", "paypal.fr", false },
		{ "paypal.com", "paypals.com", false },
		{ "hopital.example", "h\xc3\xb4pital.example", true },
		{ "lyon.example", "ly\xc3\xb3n.example", true },
		{ "hopital.example", "h\xc3\xb8pital.example", true },
		{ "hopital.example", "h\xc3\xb4pitaux.example", false },
		{ "a.impots.gouv.fr", "irnpots.gouv.fr", true },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str x = urlskeleton_domain(a, str_c(cases[i].a));
		str y = urlskeleton_domain(a, str_c(cases[i].b));

		if (!x.n || !y.n || str_eq(x, y) != cases[i].same)
			fail_msg("%s %s: %.*s %.*s", cases[i].a, cases[i].b, STR_ARG(x),
				 STR_ARG(y));
	}
}

static void what_is_no_domain_has_none(void **state)
{
	static const char *const cases[] = { "", "192.0.2.1", "[::1]", "a b.example", "a..%00" };
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
	str text = arena_fmt(a, "%0300d.example", 1);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(urlskeleton_domain(a, str_c(cases[i])).n, 0);
	assert_int_equal(urlskeleton_domain(a, text).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_look_alike_have_one_skeleton),
		cmocka_unit_test(what_is_no_domain_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "sys/keybundle.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void entries_come_back_as_they_were_put(void **state)
{
	static const struct keybundle_entry put[] = {
		{ { "a.example", 9 },
		  { "s1", 2 },
		  { "/etc/a b", 8 },
		  { "key\nof 3 lines\n\n", 16 } },
		{ { "b", 1 }, { "s", 1 }, { "/f", 2 }, { "", 0 } },
		{ { "c", 1 }, { "s", 1 }, { "/f", 2 }, { "c s 3 /f\nabc\0", 13 } },
	};
	struct arena *a = arena_new("test", 1 << 16);
	struct strbuf b = strbuf_make(a, 1 << 12);
	struct keybundle_entry e;
	str rest;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(put); i++)
		keybundle_put(&b, &put[i]);
	rest = strbuf_str(&b);
	for (size_t i = 0; i < ARRAY_LEN(put); i++) {
		assert_true(keybundle_next(&rest, &e));
		assert_true(str_eq(e.domain, put[i].domain) && str_eq(e.file, put[i].file));
		assert_true(str_eq(e.selector, put[i].selector) && str_eq(e.key, put[i].key));
	}
	assert_int_equal(rest.n, 0);
	assert_false(keybundle_next(&rest, &e));
	arena_free(a);
}

static void what_is_cut_short_is_refused_and_left(void **state)
{
	static const char *const broken[] = {
		"d", "d s", "d s 3", "d s 3 /f", "d s 3 /f\nab", "d s -1 /f\n", "d s 16385 /f\n"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		str rest = str_c(broken[i]);
		struct keybundle_entry e;

		assert_false(keybundle_next(&rest, &e));
		assert_int_equal(rest.n, strlen(broken[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_come_back_as_they_were_put),
		cmocka_unit_test(what_is_cut_short_is_refused_and_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

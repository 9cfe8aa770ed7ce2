#include "sys/pembundle.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void entries_come_back_as_they_were_put(void **state)
{
	static const struct pembundle_entry put[] = {
		{ { "/etc/a file.pem", 15 }, { "chain\nof lines 3 4\n", 19 }, { "key", 3 } },
		{ { "", 0 }, { "", 0 }, { "", 0 } },
		{ { "/ca", 3 }, { "\0\n", 2 }, { "", 0 } },
	};
	struct arena *a = arena_new("test", 1 << 16);
	struct strbuf b = strbuf_make(a, 1 << 12);
	struct pembundle_entry e;
	str rest;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(put); i++)
		pembundle_put(&b, &put[i]);
	rest = strbuf_str(&b);
	for (size_t i = 0; i < ARRAY_LEN(put); i++) {
		assert_true(pembundle_next(&rest, &e));
		assert_true(str_eq(e.file, put[i].file));
		assert_true(str_eq(e.chain, put[i].chain));
		assert_true(str_eq(e.key, put[i].key));
	}
	assert_int_equal(rest.n, 0);
	assert_false(pembundle_next(&rest, &e));
	arena_free(a);
}

static void what_is_cut_short_is_refused_and_left(void **state)
{
	static const char *const broken[] = { "/a",
					      "/a\n",
					      "/a\n3",
					      "/a\n3 3",
					      "/a\n3 3\nabcde",
					      "/a\n-1 0\n",
					      "/a\n99999999999999999999 0\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		str rest = str_c(broken[i]);
		struct pembundle_entry e;

		assert_false(pembundle_next(&rest, &e));
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

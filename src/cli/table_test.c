#include "cli/table.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct table_column columns[] = { { "ID", "id", 4 },
					       { "TO", "to", 12 },
					       { "N", "n", 9 } };

static void columns_are_as_wide_as_needed_and_cut_at_their_limit(void **state)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct strbuf out = strbuf_make(a, 10000);

	(void)state;
	assert_true(table_put(&out,
			      STR("{\"id\":\"abcdef\",\"to\":[\"a@x\",\"b@y\"],\"n\":7}\n"
				  "{\"id\":\"\xc3\xa9\",\"to\":[],\"n\":1.5}\n{\"id\":null}\n"),
			      columns, ARRAY_LEN(columns)));
	assert_true(str_eq(strbuf_str(&out), STR("ID    TO        N\n"
						 "abcd  a@x, b@y  7\n"
						 "\xc3\xa9               1.50\n"
						 "                \n")));
	arena_free(a);
}

static void control_bytes_never_reach_the_terminal(void **state)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct strbuf out = strbuf_make(a, 10000);

	(void)state;
	assert_true(table_put_object(&out, STR("{\"id\":\"\\u001b[2J\\n\",\"to\":[\"\\u0007\"]}"),
				     columns, ARRAY_LEN(columns)));
	for (size_t i = 0; i < out.n; i++)
		assert_true(out.p[i] == '\n' || (unsigned char)out.p[i] >= ' ');
	arena_free(a);
}

static void what_is_no_json_is_refused(void **state)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct strbuf out = strbuf_make(a, 10000);

	(void)state;
	assert_false(table_put(&out, STR("hello\n"), columns, ARRAY_LEN(columns)));
	assert_false(table_put(&out, STR("[1]\n"), columns, ARRAY_LEN(columns)));
	assert_false(table_put_object(&out, STR("{"), columns, ARRAY_LEN(columns)));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_as_wide_as_needed_and_cut_at_their_limit),
		cmocka_unit_test(control_bytes_never_reach_the_terminal),
		cmocka_unit_test(what_is_no_json_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "base/exact.h"
#include "mime/uucode.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void files_are_decoded_as_far_as_their_lines_go(void **state)
{
	static const struct {
		str in, out;
		size_t left;
	} cases[] = {
		{ STR("begin 644 a.dat\r\n#0V%T\r\n`\r\nend\r\n"), STR("Cat"), 8 },
		{ STR("#0V%T\n"), STR("Cat"), 0 },
		{ STR("#0V%T"), STR("Cat"), 0 },
		{ STR("%0V%T0V$\n"), STR("CatCa"), 0 },
		/* blanks at the end of a line were lost */
		{ STR("#0V\n"), STR("C`\0"), 0 },
		{ STR("begin 644 x\nno line of it\n"), STR(""), 14 },
		{ STR(""), STR(""), 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct strbuf b = strbuf_make(a, 100);

		assert_int_equal(uucode_decode(&b, in), in.n - cases[i].left);
		assert_true(str_eq(strbuf_str(&b), cases[i].out));
	}
}

static void a_sentence_is_no_file(void **state)
{
	str name;

	(void)state;
	assert_true(uucode_begins(STR("begin 644 my file.exe\r\n#0V%T\r\n"), &name));
	assert_true(str_eq(name, STR("my file.exe")));
	assert_true(uucode_begins(STR("begin 0755 x\n#0V%T\n"), &name));
	assert_false(uucode_begins(STR("begin 644 of these\nand then end\n"), &name));
	assert_true(uucode_begins(STR("begin 6 x\n#0V%T\n"), &name));
	assert_true(uucode_begins(STR("begin  644 x\n#0V%T\n"), &name));
	assert_true(uucode_begins(STR("begin  x.exe\n#0V%T\n"), &name));
	assert_true(str_eq(name, STR("x.exe")));
	assert_false(uucode_begins(STR("begin  here,\nand then end\n"), &name));
	assert_false(uucode_begins(STR("beginning\n#0V%T\n"), &name));
	assert_false(uucode_begins(STR("begin 644 x\n"), &name));
	assert_false(uucode_begins(STR("begin again\n#0V%T\n"), &name));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_decoded_as_far_as_their_lines_go),
		cmocka_unit_test(a_sentence_is_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

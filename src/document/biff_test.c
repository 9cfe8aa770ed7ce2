/* Workbooks of the old and of the new binary form, and the formulas that both hold. */
#include "document/biff.h"

#include "base/exact.h"
#include "document/xlsb.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define BOF_MACRO "\x09\x08\x08\0\0\6\x40\0\0\0\0\0"
#define BOF_BOOK "\x09\x08\x08\0\0\6\5\0\0\0\0\0"
#define CELL "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" /* before the formula's length */

static void a_macro_sheet_gives_its_words(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	/* "calc" EXEC, that is a text and function 110 with one argument. */
	cleanup(exact_freep) str in =
		exact_copy(STR(BOF_MACRO "\6\0\x21\0" CELL "\x0b\0\x17\4\0calc\x42\1\x6e\0"));
	struct biff b;

	(void)state;
	biff_read(a, in, &b);
	assert_true(b.macro_sheet);
	assert_false(b.broken);
	assert_true(str_eq(b.formulas, STR("\"calc\" EXEC \n")));
}

static void hidden_sheets_and_automatic_names_are_told(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct biff b;

	(void)state;
	biff_read(a,
		  STR(BOF_BOOK "\x85\0\x0a\0\0\0\0\0\2\1\2\0m1"
			       "\x18\0\x10\0\x20\0\0\1\0\0\0\0\1\0\0\0\0\0\0\1"),
		  &b);
	assert_true(b.macro_sheet && b.hidden && b.auto_open);
}

static void dde_sources_and_passwords_are_told(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct biff b;

	(void)state;
	biff_read(a, STR(BOF_BOOK "\xae\1\x0d\0\1\0\x08\0\0cmd\3/c x"), &b);
	assert_int_equal(b.dde.n, 1);
	assert_true(str_eq(b.dde.v[0], STR("cmd|/c x")));
	biff_read(a, STR(BOF_BOOK "\x2f\0\2\0\1\0"), &b);
	assert_true(b.encrypted);
	biff_read(a, STR(BOF_BOOK "\x2f\0\xff\xff\1\0"), &b);
	assert_true(b.broken);
}

static void young_functions_are_known_by_their_names(void **state)
{
#define LONG_NAME "\0\0\0\x10\0\0\0\0\0\0\0\0\0\0"
	static const str books[] = {
		STR(BOF_BOOK "\x18\0\x1f\0" LONG_NAME "\0_xlfn.WEBSERVICE"),
		STR(BOF_BOOK "\x18\0\x2f\0" LONG_NAME "\1_\0x\0l\0f\0n\0.\0"
			     "W\0E\0B\0S\0E\0R\0V\0I\0C\0E\0"),
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct biff b;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(books); i++) {
		cleanup(exact_freep) str in = exact_copy(books[i]);

		biff_read(a, in, &b);
		assert_true(str_eq(b.web, STR("WEBSERVICE")));
		assert_false(b.broken);
	}
}

static void the_new_binary_form_gives_the_same(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	cleanup(exact_freep) str link =
		exact_copy(STR("\xe8\2\x14\1\0\3\0\0\0c\0m\0d\0\2\0\0\0/\0c\0"));
	struct xlsb x;

	(void)state;
	assert_true(xlsb_is_part(link));
	xlsb_read(a, link, &x);
	assert_int_equal(x.dde.n, 1);
	assert_true(str_eq(x.dde.v[0], STR("cmd|/c")));
	xlsb_read(a,
		  STR("\x81\1\0\x0a\x1a\0\0\0\0\0\0\0\0\1\0\0\x0b\0\0\0"
		      "\x17\2\0h\0i\0\x42\1\x6e\0\0"),
		  &x);
	assert_true(str_eq(x.formulas, STR("\"hi\" EXEC \n")));
	assert_int_equal(x.web.n, 0);
	xlsb_read(a,
		  STR("\x27\x2d\0\0\0\0\0\xff\xff\xff\xff\x10\0\0\0_\0x\0l\0f\0n\0.\0"
		      "W\0E\0B\0S\0E\0R\0V\0I\0C\0E\0"),
		  &x);
	assert_true(str_eq(x.web, STR("WEBSERVICE")));
	assert_false(xlsb_is_part(STR("PNG")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_macro_sheet_gives_its_words),
		cmocka_unit_test(hidden_sheets_and_automatic_names_are_told),
		cmocka_unit_test(dde_sources_and_passwords_are_told),
		cmocka_unit_test(young_functions_are_known_by_their_names),
		cmocka_unit_test(the_new_binary_form_gives_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

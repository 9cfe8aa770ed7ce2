/* Objects, packages, and the other small containers of files in documents. */
#include "document/ole1.h"

#include "base/exact.h"
#include "document/lzfu.h"
#include "document/onenote.h"
#include "document/unzlib.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void objects_and_packages_give_their_files(void **state)
{
	cleanup(exact_freep) str object =
		exact_copy(STR("\1\5\0\0\2\0\0\0\x08\0\0\0Package\0\0\0\0\0\0\0\0\0\3\0\0\0abc"));
	cleanup(exact_freep) str package =
		exact_copy(STR("\2\0a.exe\0C:\\a.exe\0\0\0\3\0\5\0\0\0C:\\x\0\2\0\0\0MZ"));
	cleanup(exact_freep) str link = exact_copy(STR("\2\0calc\0C:\\calc.exe\0\0\0\1\0"));
	struct ole1 o;
	struct ole1_package p;

	(void)state;
	assert_true(ole1_read(object, &o));
	assert_true(str_eq(o.class_name, STR("Package")) && str_eq(o.data, STR("abc")));
	assert_true(ole1_package_read(package, &p) && !p.linked);
	assert_true(str_eq(p.path, STR("C:\\a.exe")) && str_eq(p.data, STR("MZ")));
	assert_true(ole1_package_read(link, &p) && p.linked);
	assert_true(str_eq(p.path, STR("C:\\calc.exe")));
	for (size_t n = 0; n < object.n - 4; n++) {
		cleanup(exact_freep) str cut = exact_copy(str_sub(object, 0, n));

		if (ole1_read(cut, &o))
			assert_true(o.data.n < 3);
	}
}

static void classes_are_known_by_number_and_name(void **state)
{
	static const str equation = { "\2\xce\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46", 16 };

	(void)state;
	assert_int_equal(ole1_kind_of_class(equation), OLE1_EQUATION);
	assert_int_equal(ole1_kind_of_class(str_sub(equation, 0, 15)), OLE1_OTHER);
	assert_int_equal(ole1_kind_of_name(STR("equation.3")), OLE1_EQUATION);
	assert_int_equal(ole1_kind_of_name(STR("Excel.Sheet.12")), OLE1_OTHER);
}

static void files_in_a_notebook_are_found_one_after_the_other(void **state)
{
	static const char mark[] =
		"\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac";
	char in[2 * 40] = { 0 };
	size_t at = 0;
	str file;

	(void)state;
	for (int i = 0; i < 2; i++) {
		memcpy(in + 40 * i, mark, 16);
		in[40 * i + 16] = 2;
		memcpy(in + 40 * i + 36, i ? "MZ" : "hi", 2);
	}
	assert_true(onenote_next(str_of(in, sizeof(in)), &at, &file));
	assert_true(str_eq(file, STR("hi")));
	assert_true(onenote_next(str_of(in, sizeof(in)), &at, &file));
	assert_true(str_eq(file, STR("MZ")));
	assert_false(onenote_next(str_of(in, sizeof(in)), &at, &file));
}

static void packed_bodies_unpack_to_their_limit(void **state)
{
	/* The example of MS-OXRTFCP 3.1.1. */
	static const str packed = { "\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\x0a\0rcpg125"
				    "\x42\x32\x0a\xf3 hel\x09\0 bw\x05\xb0ld}\x0a\x80\x0f\xa0",
				    49 };
	static const str zlib = { "\x78\x9c\xcb\xc8\x04\0\1\x3b\0\xd2", 10 };
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	bool whole;

	(void)state;
	assert_true(str_eq(lzfu_unpack(a, packed, 1000),
			   STR("{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n")));
	assert_int_equal(lzfu_unpack(a, packed, 5).n, 5);
	assert_int_equal(lzfu_unpack(a, STR("none"), 5).n, 0);
	assert_true(str_eq(unzlib_all(a, zlib, 1000, &whole), STR("hi")) && whole);
	assert_true(unzlib_all(a, str_sub(zlib, 0, 6), 1000, &whole).n <= 2 && !whole);
	assert_true(unzlib_all(a, STR("not packed"), 1000, &whole).n == 0 && !whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_and_packages_give_their_files),
		cmocka_unit_test(classes_are_known_by_number_and_name),
		cmocka_unit_test(files_in_a_notebook_are_found_one_after_the_other),
		cmocka_unit_test(packed_bodies_unpack_to_their_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

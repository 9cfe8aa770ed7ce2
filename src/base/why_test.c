#include "base/why.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <errno.h>

static void the_text_names_the_error_and_the_number_is_forwarded(void **state)
{
	struct why why;

	(void)state;
	assert_int_equal(why_set(&why, -ENOENT, "open %s: %m", "/x"), -ENOENT);
	assert_string_equal(why.text, "open /x: No such file or directory");
	assert_int_equal(why_prefix(&why, -ENOENT, "spool %d", 7), -ENOENT);
	assert_string_equal(why.text, "spool 7: open /x: No such file or directory");
	assert_int_equal(why_set(NULL, -EIO, "x"), -EIO);
	assert_int_equal(why_prefix(NULL, -EIO, "x"), -EIO);
}

static void long_texts_are_cut(void **state)
{
	struct why why;

	(void)state;
	assert_int_equal(why_set(&why, 1, "%*d", 2 * WHY_MAX, 1), 1);
	assert_int_equal(strlen(why.text), WHY_MAX - 1);
	assert_int_equal(why_prefix(&why, 1, "a"), 1);
	assert_int_equal(strlen(why.text), WHY_MAX - 1);
	assert_int_equal(why.text[0], 'a');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_names_the_error_and_the_number_is_forwarded),
		cmocka_unit_test(long_texts_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

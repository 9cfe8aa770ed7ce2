#include "base/exact.h"
#include "document/lnk.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* A header with these flags, and what follows it. */
static str shortcut(struct arena *a, unsigned flags, str rest)
{
	char *bytes = arena_alloc(a, 0x4c + rest.n);

	bytes[0] = 0x4c;
	bytes[20] = (char)flags;
	memcpy(bytes + 0x4c, rest.p, rest.n);
	return str_of(bytes, 0x4c + rest.n);
}

static void target_and_arguments_are_read(void **state)
{
	static const str tail = STR("\x07\0..\\a.ex" /* relative path */
				    "\x03\0/c "	     /* arguments */
				    "\x02\0i1"	     /* icon */
				    "\0\0\0\0appended");
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	str file = shortcut(a, 0x68, tail);
	struct lnk l;

	(void)state;
	assert_true(lnk_read(a, file, &l));
	assert_true(str_eq(l.target, STR("..\\a.ex")));
	assert_true(str_eq(l.arguments, STR("/c ")));
	assert_true(str_eq(l.icon, STR("i1")));
	assert_true(str_eq(str_skip(file, l.end), STR("appended")));
}

static void wide_texts_become_utf8(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct lnk l;

	(void)state;
	assert_true(lnk_read(a, shortcut(a, 0xa0, STR("\x02\0\xe9\0x\0\0\0\0\0")), &l));
	assert_true(str_eq(l.arguments, STR("\xc3\xa9x")));
	assert_int_equal(l.end, 0x4c + 10);
}

static void the_network_is_a_target_too(void **state)
{
	static const str info =
		STR("\x2e\0\0\0\x1c\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\x1c\0\0\0\x2c\0\0\0"
		    "\x10\0\0\0\0\0\0\0\x0c\0\0\0\\\\h\0"
		    "f\0"
		    "\0\0\0\0");
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct lnk l;

	(void)state;
	assert_true(lnk_read(a, shortcut(a, 0x02, info), &l));
	assert_true(str_eq(l.target, STR("\\\\h\\f")));
}

static void what_is_cut_is_read_as_far_as_it_goes(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 16 << 20);
	str file = shortcut(a, 0x7f,
			    STR("\x02\0ab\x30\0\0\0\x1c\0\0\0\x03\0\0\0\x08\0\0\0\x1c\0\0\0"));
	struct lnk l;

	(void)state;
	for (size_t n = 0; n <= file.n; n++) {
		cleanup(exact_freep) str in = exact_copy(str_sub(file, 0, n));

		assert_int_equal(lnk_read(a, in, &l), n >= 4);
		assert_true(l.end <= n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(target_and_arguments_are_read),
		cmocka_unit_test(wide_texts_become_utf8),
		cmocka_unit_test(the_network_is_a_target_too),
		cmocka_unit_test(what_is_cut_is_read_as_far_as_it_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "base/exact.h"
#include "mime/yenc.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void files_are_decoded_to_their_end(void **state)
{
	static const struct {
		str in, out;
		size_t left;
	} cases[] = {
		{ STR("=ybegin line=128 size=3 name=a b.exe\r\n\x6d\x8b\r\n\x9e\r\n=yend "
		      "size=3\r\nx"),
		  STR("Cat"), 1 },
		{ STR("=ypart begin=1 end=3\n\x6d=\xcb\x9e"), STR("Cat"), 0 },
		{ STR("="), STR("\x13"), 0 },
		{ STR(""), STR(""), 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct strbuf b = strbuf_make(a, 100);

		assert_int_equal(yenc_decode(&b, in), in.n - cases[i].left);
		assert_true(str_eq(strbuf_str(&b), cases[i].out));
	}
}

static void the_name_is_what_follows_to_the_end_of_the_line(void **state)
{
	str name;

	(void)state;
	assert_true(yenc_begins(STR("=ybegin line=128 name=a b.exe \r\n"), &name));
	assert_true(str_eq(name, STR("a b.exe")));
	assert_false(yenc_begins(STR("=ybegin line=128\nname=x"), &name));
	assert_false(yenc_begins(STR("say =ybegin name=x"), &name));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_decoded_to_their_end),
		cmocka_unit_test(the_name_is_what_follows_to_the_end_of_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

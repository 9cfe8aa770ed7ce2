#include "base/exact.h"
#include "mime/multipart.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void bodies_are_cut_at_boundary_lines(void **state)
{
	static const struct {
		str body, boundary;
		str parts[4]; /* up to one with p == NULL */
		bool started, closed;
	} cases[] = {
		{ STR("--b\r\none\r\n--b\r\ntwo\r\n--b--\r\n"),
		  STR("b"),
		  { STR("one"), STR("two") },
		  true,
		  true },
		{ STR("pre\r\n--b\r\none\r\n--b--\r\npost\r\n--b\r\nno"),
		  STR("b"),
		  { STR("one") },
		  true,
		  true },
		{ STR("--b\none\n--b--"), STR("b"), { STR("one") }, true, true },
		{ STR("--b \t\r\none\r\n--b-- \r\n"), STR("b"), { STR("one") }, true, true },
		{ STR("--b\r\none"), STR("b"), { STR("one") }, true, false },
		{ STR("--b\r\n--b\r\n\r\n--b--"), STR("b"), { STR(""), STR("") }, true, true },
		{ STR("--b\r\nx--b\r\n--bb\r\n--b-\r\n--b--"),
		  STR("b"),
		  { STR("x--b\r\n--bb\r\n--b-") },
		  true,
		  true },
		{ STR("--b--\r\n"), STR("b"), { { NULL, 0 } }, true, true },
		{ STR("nothing"), STR("b"), { { NULL, 0 } }, false, false },
		{ STR("--b\r\n"), STR("b"), { { NULL, 0 } }, true, false },
		{ STR("--\r\none\r\n----\r\n"), STR(""), { STR("one") }, true, true },
		{ STR(""), STR("b"), { { NULL, 0 } }, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
		cleanup(exact_freep) str body = exact_copy(cases[i].body);
		struct multipart m = multipart_open(a, body, cases[i].boundary);
		size_t n = 0;
		str part;

		while (multipart_next(&m, &part)) {
			assert_true(n < 4 && cases[i].parts[n].p);
			assert_true(str_eq(part, cases[i].parts[n++]));
		}
		assert_true(n == 4 || !cases[i].parts[n].p);
		assert_int_equal(m.started, cases[i].started);
		assert_int_equal(m.closed, cases[i].closed);
	}
}

static void lines_that_are_nearly_boundaries_are_told(void **state)
{
	static const struct {
		str body, near;
	} cases[] = {
		{ STR("--b\r\n\r\nx\r\n--b--\r\n"), STR("") },
		{ STR("--b \t\r\nx --b\r\n--b--"), STR("") },
		{ STR("--bc\r\n"), STR("--bc") },
		{ STR("x\n \t--b\n"), STR("--b") },
		{ STR("--b-- x\n"), STR("--b-- x") },
		{ STR("--b--\n--b\n--b--"), STR("") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
		cleanup(exact_freep) str body = exact_copy(cases[i].body);
		struct multipart m = multipart_open(a, body, STR("b"));
		struct multipart_near near = { 0 };
		str line = STR("");

		assert_int_equal(multipart_next_near(&m, &near, &line), cases[i].near.n > 0);
		assert_true(str_eq(line, cases[i].near));
	}
}

static void parts_behind_the_end_are_found_when_asked_for(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
	struct multipart m =
		multipart_open(a, STR("--b\none\n--b--\n--b--\nx\n--b\ntwo\n--b--\n"), STR("b"));
	str part;

	(void)state;
	assert_false(multipart_reopen(&m));
	assert_true(multipart_next(&m, &part) && str_eq(part, STR("one")));
	assert_false(multipart_next(&m, &part));
	assert_true(multipart_reopen(&m));
	assert_true(multipart_next(&m, &part) && str_eq(part, STR("two")));
	assert_false(multipart_next(&m, &part));
	assert_true(m.closed);
	assert_false(multipart_reopen(&m));
}

static void boundaries_are_checked_and_guessed(void **state)
{
	static const char seventy_one[] =
		"12345678901234567890123456789012345678901234567890123456789012345678901";

	(void)state;
	assert_true(multipart_boundary_valid(STR("=_a'()+,-./:? b")));
	assert_true(multipart_boundary_valid(str_of(seventy_one, 70)));
	assert_false(multipart_boundary_valid(str_of(seventy_one, 71)));
	assert_false(multipart_boundary_valid(STR("")));
	assert_false(multipart_boundary_valid(STR("a ")));
	assert_false(multipart_boundary_valid(STR("a\0b")));
	assert_false(multipart_boundary_valid(STR("a;b")));
	assert_true(str_eq(multipart_guess_boundary(STR("x\r\n--abc\r\ny")), STR("abc")));
	assert_true(str_eq(multipart_guess_boundary(STR("--abc")), STR("abc")));
	assert_null(multipart_guess_boundary(STR("x--abc")).p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_are_cut_at_boundary_lines),
		cmocka_unit_test(lines_that_are_nearly_boundaries_are_told),
		cmocka_unit_test(parts_behind_the_end_are_found_when_asked_for),
		cmocka_unit_test(boundaries_are_checked_and_guessed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

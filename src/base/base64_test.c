#include "base/base64.h"
#include "base/exact.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void strict_decoding_accepts_canonical_text_only(void **state)
{
	static const struct {
		str in, out;
		bool ok;
	} cases[] = {
		{ STR(""), STR(""), true },
		{ STR("Zg=="), STR("f"), true },
		{ STR("Zm8="), STR("fo"), true },
		{ STR("Zm9v"), STR("foo"), true },
		{ STR("Zm9vYg=="), STR("foob"), true },
		{ STR("+/+/"), STR("\xfb\xff\xbf"), true },
		{ STR("Zg"), STR(""), false },
		{ STR("Zg="), STR(""), false },
		{ STR("Zh=="), STR(""), false }, /* bits that padding cuts off */
		{ STR("Zm9="), STR(""), false },
		{ STR("Zm9v\n"), STR(""), false },
		{ STR("Zg==Zg=="), STR(""), false },
		{ STR("===="), STR(""), false },
		{ STR("A==="), STR(""), false },
		{ STR("-_-_"), STR(""), false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct strbuf b = strbuf_make(a, 100), again = strbuf_make(a, 100);

		assert_int_equal(base64_decode(&b, in), cases[i].ok);
		assert_true(str_eq(strbuf_str(&b), cases[i].out));
		if (cases[i].ok) {
			base64_encode(&again, cases[i].out);
			assert_true(str_eq(strbuf_str(&again), in));
		}
	}
}

static void lenient_decoding_reads_on_as_mail_clients_do(void **state)
{
	static const struct {
		str in, out;
		struct base64_seen seen;
	} cases[] = {
		{ STR("Zm9v\r\nYmFy\r\n"), STR("foobar"), { 0, false, false } },
		{ STR("Zm!9*v"), STR("foo"), { 2, false, false } },
		{ STR("Zg==Zm9v"), STR("ffoo"), { 0, true, false } },
		{ STR("Zm9vYg"), STR("foob"), { 0, false, true } },
		{ STR("Zm9vY"), STR("foo"), { 0, false, true } },
		{ STR("===="), STR(""), { 0, false, false } },
		{ STR("Zg=\r\n=\r\n"), STR("f"), { 0, false, false } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct strbuf b = strbuf_make(a, 100);
		struct base64_seen seen;

		base64_decode_lenient(&b, in, &seen);
		assert_true(str_eq(strbuf_str(&b), cases[i].out));
		assert_int_equal(seen.foreign, cases[i].seen.foreign);
		assert_int_equal(seen.data_after_pad, cases[i].seen.data_after_pad);
		assert_int_equal(seen.truncated, cases[i].seen.truncated);
	}
}

static void each_way_of_reading_damage_gives_its_own_bytes(void **state)
{
	static const struct {
		struct base64_way way;
		str in, out;
	} cases[] = {
		{ { BASE64_PAD_PLACE, 0, false, false }, STR("Z=m9Yg=="), STR("fob") },
		{ { BASE64_PAD_PLACE, 0, false, false }, STR("Z=m=YWJj"), STR("fabc") },
		{ { BASE64_PAD_ZERO, 0, false, false }, STR("Zm=v"), STR("f`/") },
		{ { BASE64_PAD_SKIP, 0, false, false }, STR("Zm=9vYW=Jj"), STR("fooabc") },
		{ { BASE64_PAD_STOP, 0, false, false }, STR("Zg==YWJj"), STR("f") },
		{ { BASE64_PAD_STOP, BASE64_FOREIGN_STOP, false, false },
		  STR("Zm9v#YWJj"),
		  STR("foo") },
		{ { 0, BASE64_FOREIGN_LINE, false, false }, STR("Zm9#xx\nvYWJj"), STR("fooabc") },
		{ { 0, BASE64_FOREIGN_LINE, true, false },
		  STR("Zm9vXX\r\nYWJjX\r\n"),
		  STR("fooabc") },
		{ { 0, 0, false, true }, STR("-_-_"), STR("\xfb\xff\xbf") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct strbuf b = strbuf_make(a, 100);

		base64_decode_way(&b, in, cases[i].way);
		if (!str_eq(strbuf_str(&b), cases[i].out))
			fail_msg("case %zu: %.*s", i, STR_ARG(strbuf_str(&b)));
	}
}

static void the_maximum_of_the_buffer_holds(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
	struct strbuf b = strbuf_make(a, 5);
	struct base64_seen seen;

	(void)state;
	base64_decode_lenient(&b, STR("Zm9vYmFyYmF6"), &seen);
	assert_true(b.overflow);
	assert_true(b.n <= 5 && str_starts(STR("foobarbaz"), strbuf_str(&b)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strict_decoding_accepts_canonical_text_only),
		cmocka_unit_test(lenient_decoding_reads_on_as_mail_clients_do),
		cmocka_unit_test(each_way_of_reading_damage_gives_its_own_bytes),
		cmocka_unit_test(the_maximum_of_the_buffer_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "base/exact.h"
#include "base/qp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void bodies_are_decoded_leniently(void **state)
{
	static const struct {
		str in, out;
		size_t bad;
	} cases[] = {
		{ STR("caf=C3=A9"), STR("caf\xc3\xa9"), 0 },
		{ STR("caf=c3=a9"), STR("caf\xc3\xa9"), 0 },
		{ STR("a=\r\nb"), STR("ab"), 0 },
		{ STR("a=\nb"), STR("ab"), 0 },
		{ STR("a= \t\r\nb"), STR("ab"), 0 },
		{ STR("a="), STR("a"), 0 },
		{ STR("a=4"), STR("a=4"), 1 },
		{ STR("a=zz="), STR("a=zz"), 1 },
		{ STR("a_b"), STR("a_b"), 0 },
		{ STR("a\r\nb"), STR("a\r\nb"), 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct strbuf b = strbuf_make(a, 100);

		assert_int_equal(qp_decode(&b, in), cases[i].bad);
		assert_true(str_eq(strbuf_str(&b), cases[i].out));
	}
}

static void each_way_of_reading_damage_gives_its_own_bytes(void **state)
{
	static const struct {
		struct qp_way way;
		str in, out;
	} cases[] = {
		{ { 1, false, false }, STR("==41=X"), STR("AX") },
		{ { 2, false, false }, STR("=0=41"), STR("A") },
		{ { 3, false, false }, STR("=0X=41"), STR("A") },
		{ { 3, true, false }, STR("=0a=41="), STR("A") },
		{ { 0, false, true }, STR("a\r\nb=0D\r\nc\r"), STR("a\nb\r\nc\r") },
		{ { 3, false, false }, STR("=X"), STR("") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct strbuf b = strbuf_make(a, 100);

		(void)qp_decode_way(&b, in, cases[i].way);
		assert_true(str_eq(strbuf_str(&b), cases[i].out));
	}
}

static void words_have_no_soft_breaks_and_spaces_as_underscores(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
	struct strbuf b = strbuf_make(a, 100);

	(void)state;
	assert_int_equal(qp_decode_word(&b, STR("a_b=5F=C3=A9=x")), 1);
	assert_true(str_eq(strbuf_str(&b), STR("a b_\xc3\xa9=x")));
}

static void encoded_lines_are_short_and_safe(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct strbuf b = strbuf_make(a, 1 << 16), back = strbuf_make(a, 1 << 16);
	char text[1000];
	str rest, line;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7);
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = text[i] == '\n' ? ' ' : text[i];
	qp_encode(&b, str_of(text, sizeof(text)));
	rest = strbuf_str(&b);
	while (str_split(&rest, '\n', &line)) {
		assert_true(line.n <= 77); /* with its CR */
		assert_true(line.n < 2 || line.p[line.n - 2] != ' ');
	}
	assert_int_equal(qp_decode(&back, strbuf_str(&b)), 0);
	assert_true(str_eq(strbuf_str(&back), str_of(text, sizeof(text))));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_are_decoded_leniently),
		cmocka_unit_test(each_way_of_reading_damage_gives_its_own_bytes),
		cmocka_unit_test(words_have_no_soft_breaks_and_spaces_as_underscores),
		cmocka_unit_test(encoded_lines_are_short_and_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

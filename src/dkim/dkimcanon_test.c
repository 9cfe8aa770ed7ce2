#include "dkim/dkimcanon.h"

#include "base/exact.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void collect(void *ctx, str bytes)
{
	strbuf_put(ctx, bytes);
}

struct pair {
	str in, simple, relaxed;
};

static str body_form(struct arena *a, enum dkimcanon_kind kind, str body, uint64_t max,
		     uint64_t *ret_whole)
{
	struct strbuf b = strbuf_make(a, 1 << 20);
	struct dkimcanon_sink sink = { collect, &b };

	*ret_whole = dkimcanon_body(kind, body, max, &sink);
	return strbuf_str(&b);
}

/* RFC 6376 3.4.3 and 3.4.4; the form of a file with bare LF is the same. */
static void bodies_have_the_forms_of_the_rfc(void **state)
{
	static const struct pair cases[] = {
		{ STR(""), STR("\r\n"), STR("") },
		{ STR("\r\n\r\n"), STR("\r\n"), STR("") },
		{ STR(" \t"), STR(" \t\r\n"), STR("") },
		{ STR(" \r\n\t\r\n"), STR(" \r\n\t\r\n"), STR("") },
		{ STR("a"), STR("a\r\n"), STR("a\r\n") },
		{ STR("a\r\n"), STR("a\r\n"), STR("a\r\n") },
		{ STR("a\n\n\nb\n\n"), STR("a\r\n\r\n\r\nb\r\n"), STR("a\r\n\r\n\r\nb\r\n") },
		{ STR(" C \r\nD \t E\r\n\r\n\r\n"), STR(" C \r\nD \t E\r\n"),
		  STR(" C\r\nD E\r\n") },
		{ STR("a\r\r\nb\rc"), STR("a\r\r\nb\rc\r\n"), STR("a\r\r\nb\rc\r\n") },
		{ STR("a\r"), STR("a\r\r\n"), STR("a\r\r\n") },
		{ STR("\0 \0"), STR("\0 \0\r\n"), STR("\0 \0\r\n") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		uint64_t whole;

		assert_true(str_eq(body_form(a, DKIMCANON_SIMPLE, in, UINT64_MAX, &whole),
				   cases[i].simple));
		assert_int_equal(whole, cases[i].simple.n);
		assert_true(str_eq(body_form(a, DKIMCANON_RELAXED, in, UINT64_MAX, &whole),
				   cases[i].relaxed));
		assert_int_equal(whole, cases[i].relaxed.n);
	}
}

static void a_body_is_cut_where_it_is_asked_to_be(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
	str body = STR("one  line\r\nanother\r\n\r\n"), all = STR("one line\r\nanother\r\n");

	(void)state;
	for (size_t max = 0; max <= all.n + 2; max++) {
		uint64_t whole;
		str form = body_form(a, DKIMCANON_RELAXED, body, max, &whole);

		assert_true(str_eq(form, str_sub(all, 0, max)));
		assert_int_equal(whole, all.n);
	}
}

static void long_bodies_come_in_pieces(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 8 << 20);
	struct strbuf in = strbuf_make(a, 1 << 20);
	uint64_t whole;
	str form;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		strbuf_fmt(&in, "line %d", i);
		for (int k = 0; k < i % 1500; k++)
			strbuf_char(&in, k % 700 ? 'x' : ' ');
		strbuf_put(&in, STR("y\r\n"));
		if (in.n > 900000)
			break;
	}
	form = body_form(a, DKIMCANON_SIMPLE, strbuf_str(&in), UINT64_MAX, &whole);
	assert_true(str_eq(form, strbuf_str(&in)));
	form = body_form(a, DKIMCANON_RELAXED, strbuf_str(&in), UINT64_MAX, &whole);
	assert_true(str_eq(body_form(a, DKIMCANON_RELAXED, form, UINT64_MAX, &whole), form));
}

static str field_form(struct arena *a, enum dkimcanon_kind kind, str field, bool own)
{
	struct strbuf b = strbuf_make(a, 1 << 16);
	struct dkimcanon_sink sink = { collect, &b };

	if (own)
		dkimcanon_own_field(kind, field, true, &sink);
	else
		dkimcanon_field(kind, field, false, &sink);
	return strbuf_str(&b);
}

/* RFC 6376 3.4.1 and 3.4.2 */
static void fields_have_the_forms_of_the_rfc(void **state)
{
	static const struct pair cases[] = {
		{ STR("A: X\r\n"), STR("A: X\r\n"), STR("a:X\r\n") },
		{ STR("B : Y\t\r\n\tZ  \r\n"), STR("B : Y\t\r\n\tZ  \r\n"), STR("b:Y Z\r\n") },
		{ STR("B : Y\t\n\tZ  \n"), STR("B : Y\t\r\n\tZ  \r\n"), STR("b:Y Z\r\n") },
		{ STR("Sub-Ject:\r\n \r\n a:b"), STR("Sub-Ject:\r\n \r\n a:b\r\n"),
		  STR("sub-ject:a:b\r\n") },
		{ STR("E:"), STR("E:\r\n"), STR("e:\r\n") },
		{ STR("E:  \r\n"), STR("E:  \r\n"), STR("e:\r\n") },
		{ STR("E:a\rb\r\n"), STR("E:a\rb\r\n"), STR("e:a\rb\r\n") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);

		assert_true(str_eq(field_form(a, DKIMCANON_SIMPLE, in, false), cases[i].simple));
		assert_true(str_eq(field_form(a, DKIMCANON_RELAXED, in, false), cases[i].relaxed));
	}
}

static void only_the_value_of_b_is_taken_out(void **state)
{
	static const struct pair cases[] = {
		{ STR("D: v=1; b=abc; bh=def\r\n"), STR("D: v=1; b=; bh=def"),
		  STR("d:v=1; b=; bh=def") },
		{ STR("D: bh=def;\r\n b = ab\r\n\tcd \r\n"), STR("D: bh=def;\r\n b ="),
		  STR("d:bh=def; b =") },
		{ STR("D:b=abc"), STR("D:b="), STR("d:b=") },
		{ STR("b=x: y=b=z; bb=1\r\n"), STR("b=x: y=b=z; bb=1"), STR("b=x:y=b=z; bb=1") },
		{ STR("D: b=\r\n ab ; c=2\r\n"), STR("D: b=; c=2"), STR("d:b=; c=2") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);

		assert_true(str_eq(field_form(a, DKIMCANON_SIMPLE, in, true), cases[i].simple));
		assert_true(str_eq(field_form(a, DKIMCANON_RELAXED, in, true), cases[i].relaxed));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_have_the_forms_of_the_rfc),
		cmocka_unit_test(a_body_is_cut_where_it_is_asked_to_be),
		cmocka_unit_test(long_bodies_come_in_pieces),
		cmocka_unit_test(fields_have_the_forms_of_the_rfc),
		cmocka_unit_test(only_the_value_of_b_is_taken_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

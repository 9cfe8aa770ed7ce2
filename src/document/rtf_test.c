#include "document/rtf.h"

#include "base/exact.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static bool has_data(const struct rtf *r, str data)
{
	for (size_t i = 0; i < r->objects.n; i++) {
		if (str_eq(r->objects.v[i].data, data) || str_eq(r->objects.v[i].all, data))
			return true;
	}
	return false;
}

static void objects_are_found_however_they_are_written(void **state)
{
	static const struct {
		str in;
		bool obfuscated;
	} cases[] = {
		{ STR("{\\rtf1{\\object\\objemb{\\*\\objdata 4d5a9000}}}"), false },
		{ STR("{\\rtf1{\\object{\\objdata 4D\r\n5 A\t9000}}}"), false },
		{ STR("{\\rtf1{\\*\\objdata 4d5a{\\*\\unknown aabb}9000}}"), true },
		{ STR("{\\rtf1{\\*\\objdata 4d5a\\par 9000}}"), true },
		{ STR("{\\rtf1{\\*\\objdata 4\\unknown12 d5a\\'ff9000}}"), true },
		{ STR("{\\rtf1{\\*\\objdata 4d{5a}90{{00}}}}"), true },
		{ STR("{\\rtf1{\\*\\objdata \\bin4 MZ\x90\0}}"), true },
		{ STR("{\\rtf1{\\*\\objdata \\bin0 4d5a9000"), true },
		{ STR("junk{\\rt0{\\objdata 4d5a9000}}"), false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct rtf r;

		rtf_read(a, in, &r);
		if (!has_data(&r, STR("MZ\x90\0")) || r.obfuscated != cases[i].obfuscated)
			print_error("case %zu\n", i);
		assert_true(has_data(&r, STR("MZ\x90\0")));
		assert_int_equal(r.obfuscated, cases[i].obfuscated);
	}
}

static void fields_templates_and_text_are_told_apart(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct rtf r;

	(void)state;
	rtf_read(a,
		 STR("{\\rtf1{\\fonttbl Arial;}{\\*\\template http://e.example/t.dotm}Caf\\'e9 "
		     "\\u8364?{\\field{\\*\\fldinst{ HYPER}{LINK \"http://a.example\"}}"
		     "{\\fldrslt here}}\\par end}"),
		 &r);
	assert_false(r.bad_header);
	assert_int_equal(r.fields.n, 1);
	assert_true(str_eq(r.fields.v[0], STR(" HYPERLINK \"http://a.example\"")));
	assert_true(str_eq(r.template_name, STR("http://e.example/t.dotm")));
	assert_true(str_eq(r.text, STR("Caf\xe9 \xe2\x82\xachere\nend")));
}

static void only_a_version_behind_rtf_is_a_good_header(void **state)
{
	static const str bad[] = { STR("{\\rt0"), STR("{\\rtf{\\*\\x}}"), STR("xxx{\\rtf1 }"),
				   STR("{\\rtf") };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
		struct rtf r;

		rtf_read(a, bad[i], &r);
		assert_true(r.bad_header);
	}
}

static void deep_groups_end_somewhere(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	size_t n = 1 << 20;
	char *braces = arena_array(a, char, n);
	struct rtf r;

	(void)state;
	memset(braces, '{', n);
	rtf_read(a, str_of(braces, n), &r);
	assert_true(r.too_deep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_are_found_however_they_are_written),
		cmocka_unit_test(fields_templates_and_text_are_told_apart),
		cmocka_unit_test(only_a_version_behind_rtf_is_a_good_header),
		cmocka_unit_test(deep_groups_end_somewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "document/vba.h"

#include "base/exact.h"
#include "document/vba_make.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void the_examples_of_the_specification_unpack(void **state)
{
	/* MS-OVBA 3.2.2: text with repetitions; 3.2.3: one letter 73 times. */
	static const str normal = {
		"\x01\x2f\xb0\x00\x23\x61\x61\x61\x62\x63\x64\x65\x82\x66\x00\x70"
		"\x61\x67\x68\x69\x6a\x01\x38\x08\x61\x6b\x6c\x00\x30\x6d\x6e\x6f"
		"\x70\x06\x71\x02\x70\x04\x10\x72\x73\x74\x75\x76\x10\x77\x78\x79"
		"\x7a\x00\x3c",
		51
	};
	static const str most = { "\x01\x03\xb0\x02\x61\x45\x00", 7 };
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	str many = vba_decompress(a, most, 1000);

	(void)state;
	assert_true(str_eq(vba_decompress(a, normal, 1000),
			   STR("#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa")));
	assert_int_equal(many.n, 73);
	for (size_t i = 0; i < many.n; i++)
		assert_int_equal(many.p[i], 'a');
	assert_int_equal(vba_decompress(a, most, 10).n, 10);
}

static void a_project_lists_its_modules(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct vba_project p;
	str dir = vba_decompress(a, vba_make_dir(a, STR("Module1"), 77), 1 << 20);

	(void)state;
	assert_true(vba_project_read(a, dir, &p));
	assert_int_equal(p.modules.n, 1);
	assert_int_equal(p.codepage, 1252);
	assert_true(str_eq(p.modules.v[0].stream, STR("Module1")));
	assert_int_equal(p.modules.v[0].offset, 77);
	assert_false(vba_project_read(a, STR("no directory"), &p));
}

static void sources_are_found_behind_anything(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct strbuf b = strbuf_make(a, 1000);

	(void)state;
	strbuf_put(&b, STR("compiled \0Attribut and more"));
	strbuf_put(&b, vba_make_container(a, STR("Attribute VB_Name = \"x\"\r\n")));
	assert_int_equal(vba_source_find(strbuf_str(&b)), 27);
	assert_int_equal(vba_source_find(STR("Attribute VB_Name")), STR_NONE);
}

static void a_constant_that_the_source_lacks_is_named(void **state)
{
	static const str compiled = { "....\xb9\0\x08\0calc.exe....", 20 };

	(void)state;
	assert_true(str_eq(vba_stomped(compiled, STR("MsgBox \"hello\"")), STR("calc.exe")));
	assert_int_equal(vba_stomped(compiled, STR("Shell \"calc.exe\"")).n, 0);
	assert_int_equal(vba_stomped(STR("\xb9\0\xff\xff"), STR("")).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_of_the_specification_unpack),
		cmocka_unit_test(a_project_lists_its_modules),
		cmocka_unit_test(sources_are_found_behind_anything),
		cmocka_unit_test(a_constant_that_the_source_lacks_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "base/exact.h"
#include "mime/filename.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void the_extension_that_some_system_sees_is_among_the_readings(void **state)
{
	static const struct {
		str name, extension;
		uint32_t notes;
	} cases[] = {
		{ STR("a.e\xe2\x80\x8bxe"), STR("exe"), FILENAME_OBSCURE }, /* zero width */
		{ STR("a.\xef\xbd\x85\xef\xbd\x98\xef\xbd\x85"), STR("exe"), FILENAME_OBSCURE },
		{ STR("a.e\xcc\x81xe"), STR("exe"), FILENAME_OBSCURE },	    /* combining */
		{ STR("a.exe\xe2\x80\xa8"), STR("exe"), FILENAME_OBSCURE }, /* line separator */
		{ STR("a.exe\0.txt"), STR("exe"), 0 },
		{ STR("a.exe%00.txt"), STR("exe"), 0 },
		{ STR("a%2Eexe"), STR("exe"), 0 },
		{ STR("a.exe;.txt"), STR("exe"), 0 },
		{ STR("a.exe::$DATA"), STR("exe"), FILENAME_STREAM },
		{ STR("a.exe:x.txt:$DATA"), STR("exe"), FILENAME_STREAM },
		{ STR("a.exe\""), STR("exe"), 0 },
		{ STR("a.{00021401-0000-0000-C000-000000000046}"), STR(""), FILENAME_CLSID },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(exact_freep) str name = exact_copy(cases[i].name);
		struct filename_readings r;
		bool found = !cases[i].extension.n;

		filename_read(a, name, &r);
		for (size_t k = 0; k < r.n; k++)
			found |= str_eq(filename_extension(a, r.v[k]), cases[i].extension);
		if (!found || r.notes != cases[i].notes)
			fail_msg("%.*s: notes %u", STR_ARG(cases[i].name), r.notes);
	}
}

static void honest_names_have_one_reading(void **state)
{
	static const str names[] = {
		STR("R\xc3\xa9sultats \xc3\xa9t\xc3\xa9.pdf"),
		STR("Re\xcc\x81sultats.pdf"), /* as a Macintosh writes it */
		STR("note.txt"),
		STR("a.b.c"),
		STR("100%.pdf"),
		STR("compte rendu"),
		STR("\xe5\xa0\xb1\xe5\x91\x8a.docx"),
		STR(""),
		STR("."),
		STR("\xff\xfe"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		struct filename_readings r;

		filename_read(a, names[i], &r);
		if (r.n || r.notes)
			fail_msg("%.*s", STR_ARG(names[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_extension_that_some_system_sees_is_among_the_readings),
		cmocka_unit_test(honest_names_have_one_reading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

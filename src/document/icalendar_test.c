#include "base/exact.h"
#include "document/icalendar.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void lines_are_unfolded_and_cut(void **state)
{
	static const str card =
		STR("BEGIN:VCALENDAR\r\nitem1.URL;TYPE=\"a:b\";X=y:http://e\r\n x/\r\n"
		    "\tam\nnonsense\nATTACH;ENCODING=BASE64;X-FILENAME=\"a.b\":QUJD\n"
		    " RA==\nPHOTO:data:image/png;base64,QQ==\nLOGO;BASE64:Qg==\nEND:");
	static const struct {
		str name, value;
		bool binary;
	} lines[] = {
		{ STR("BEGIN"), STR("VCALENDAR"), false },
		{ STR("URL"), STR("http://ex/am"), false },
		{ STR("ATTACH"), STR("QUJDRA=="), true },
		{ STR("PHOTO"), STR("QQ=="), true },
		{ STR("LOGO"), STR("Qg=="), true },
		{ STR("END"), STR(""), false },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	cleanup(exact_freep) str in = exact_copy(card);
	struct icalendar_line l;
	str rest = in, data;
	size_t n = 0;

	(void)state;
	while (icalendar_next(a, &rest, &l)) {
		assert_true(n < ARRAY_LEN(lines));
		assert_true(str_eq(l.name, lines[n].name));
		assert_int_equal(icalendar_is_binary(&l, &data), lines[n].binary);
		assert_true(str_eq(data, lines[n].value));
		if (n == 1)
			assert_true(str_eq(icalendar_parameter(&l, STR("x")), STR("y")));
		if (n == 2)
			assert_true(str_eq(icalendar_parameter(&l, STR("X-FILENAME")), STR("a.b")));
		n++;
	}
	assert_int_equal(n, ARRAY_LEN(lines));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_unfolded_and_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

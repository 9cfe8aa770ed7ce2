#include "lists/listsite.h"

#include "lists/listaudit.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char before[] = "# ours\n"
			     "Example.org # first\n"
			     "\n"
			     "192.0.2.1 until=1970-01-02\n"
			     "last.example";

static void assert_text(str got, const char *want)
{
	if (!str_eq(got, str_c(want)))
		fail_msg("got:\n%.*s", STR_ARG(got));
}

static void an_entry_is_put_at_the_end_or_changed(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct why why;
	str text;

	(void)state;
	assert_int_equal(listsite_add(a, str_c(before), STR("new.example"), STR("2027-01-01"),
				      STR("why"), &text, &why),
			 0);
	assert_text(text,
		    "# ours\nExample.org # first\n\n192.0.2.1 until=1970-01-02\nlast.example\n"
		    "new.example until=2027-01-01 # why\n");
	assert_int_equal(
		listsite_add(a, str_c(before), STR("EXAMPLE.ORG."), STR(""), STR(""), &text, &why),
		0);
	assert_text(text, "# ours\n\n192.0.2.1 until=1970-01-02\nlast.example\nEXAMPLE.ORG.\n");
}

static void what_is_no_entry_changes_nothing(void **state)
{
	static const struct {
		const char *entry, *until, *note;
	} cases[] = {
		{ "", "", "" },
		{ "# comment", "", "" },
		{ "a.example # b", "", "" },
		{ "a.example", "soon", "" },
		{ "a.example\nb", "", "" },
		{ "a.example", "", "b\nc" },
		{ "192.0.2.1/8", "", "" },
		{ "a until=2027-01-01", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
		struct why why;
		str text;

		if (listsite_add(a, str_c(before), str_c(cases[i].entry), str_c(cases[i].until),
				 str_c(cases[i].note), &text, &why) != -EINVAL)
			fail_msg("%s was taken", cases[i].entry);
	}
}

static void an_entry_is_taken_off_however_it_is_written(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct why why;
	size_t n;
	str text;

	(void)state;
	assert_int_equal(listsite_remove(a, str_c(before), STR("example.ORG"), &text, &n, &why), 0);
	assert_int_equal(n, 1);
	assert_text(text, "# ours\n\n192.0.2.1 until=1970-01-02\nlast.example\n");
	assert_int_equal(listsite_remove(a, str_c(before), STR("org"), &text, &n, &why), 0);
	assert_int_equal(n, 0);
}

static void what_has_expired_is_taken_off(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct why why;
	size_t n;
	str text;

	(void)state;
	assert_int_equal(listsite_expire(a, str_c(before), 86399, &text, &n, &why), 0);
	assert_int_equal(n, 0);
	assert_int_equal(listsite_expire(a, str_c(before), 86400, &text, &n, &why), 0);
	assert_int_equal(n, 1);
	assert_text(text, "# ours\nExample.org # first\n\nlast.example\n");
}

static void a_trail_that_was_changed_shows_it(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct strbuf trail = strbuf_make(a, 1 << 20);
	size_t line;

	(void)state;
	for (int i = 0; i < 3; i++) {
		const struct listaudit_change c = {
			.at = i, .who = STR("me\"\n"), .action = STR("add"), .list = STR("l")
		};

		strbuf_put(&trail, listaudit_line(a, strbuf_str(&trail), &c));
	}
	assert_true(listaudit_check(a, strbuf_str(&trail), &line));
	for (size_t i = 0; i < trail.n; i++) {
		trail.p[i] ^= 1;
		assert_false(listaudit_check(a, strbuf_str(&trail), &line));
		trail.p[i] ^= 1;
	}
	/* The first line is gone. */
	assert_false(listaudit_check(
		a, str_skip(strbuf_str(&trail), str_chr(strbuf_str(&trail), '\n') + 1), &line));
	assert_int_equal(line, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_is_put_at_the_end_or_changed),
		cmocka_unit_test(what_is_no_entry_changes_nothing),
		cmocka_unit_test(an_entry_is_taken_off_however_it_is_written),
		cmocka_unit_test(what_has_expired_is_taken_off),
		cmocka_unit_test(a_trail_that_was_changed_shows_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

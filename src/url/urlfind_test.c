#include "url/urlfind.h"

#include "base/exact.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

/* The links of a text, each as url_parse gets it, with a blank between them. */
static str links_of(struct arena *a, str text)
{
	struct strbuf b = strbuf_make(a, 1 << 20);
	struct urlfind f = urlfind_make(a, text);
	struct urlfind_link link;

	while (urlfind_next(&f, &link)) {
		if (b.n)
			strbuf_char(&b, ' ');
		strbuf_put(&b, link.defanged ? STR("!") : STR(""));
		strbuf_put(&b, link.url);
	}
	return strbuf_str(&b);
}

static void links_are_found_as_mail_programs_do(void **state)
{
	static const struct {
		const char *text, *links;
	} cases[] = {
		{ "See http://a.example/b.", "http://a.example/b" },
		{ "(http://a.example/b)", "http://a.example/b" },
		{ "http://a.example/b_(c)", "http://a.example/b_(c)" },
		{ "<http://a.example/b>,HTTPS://B.example",
		  "http://a.example/b HTTPS://B.example" },
		{ "http://a.example,http://b.example", "http://a.example http://b.example" },
		{ "voir:http://a.example", "http://a.example" },
		{ "\xc2\xab\xc2\xa0http://a.example\xc2\xa0\xc2\xbb", "http://a.example" },
		{ "href=\"http://a.example\"", "http://a.example" },
		{ "http:\\\\a.example\\b", "http:\\\\a.example\\b" },
		{ "xhttp://a.example", "" },
		{ "www.a.example, www.b.example!", "http://www.a.example http://www.b.example" },
		{ "go to hospital.fr/rdv or partner.com.",
		  "http://hospital.fr/rdv http://partner.com" },
		{ "report.zip readme.md fin.La suite M.Dupont e.g. 1.2.3 v2.0", "" },
		{ "No1.\xe2\x84\xa2 No1.\xe2\x84\xa2/x", "" },
		{ "t.co/x", "http://t.co/x" },
		{ "\xe2\x80\x9chttp://a.example/\xe2\x80\x9d "
		  "\xe2\x80\xaehttp://b.example/\xe2\x80\xac",
		  "http://a.example/ http://b.example/" },
		{ "l\xe2\x80\x99"
		  "adresse http://a.example\xe2\x80\xa6",
		  "http://a.example" },
		{ "report.zip/x", "http://report.zip/x" },
		{ "a@b.com, <mailto:a@b.com>", "mailto:a@b.com" },
		{ "h\xc3\xb4pital.fr", "http://h\xc3\xb4pital.fr" },
		{ "evil\xe3\x80\x82"
		  "com/x",
		  "http://evil\xe3\x80\x82"
		  "com/x" },
		{ "ev\xe2\x80\x8bil.com", "http://ev\xe2\x80\x8bil.com" },
		{ "hxxp://bad.example/x", "!http://bad.example/x" },
		{ "hxxps[:]//bad[.]example", "!https://bad.example" },
		{ "bad[.]example and 1.2.3[.]4", "!http://bad.example !http://1.2.3.4" },
		{ "a [.] b", "" },
		{ "file://server/share", "file://server/share" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
		cleanup(exact_freep) str text = exact_copy(str_c(cases[i].text));
		str got = links_of(a, text);

		if (!str_eq(got, str_c(cases[i].links)))
			fail_msg("%s: %.*s", cases[i].text, STR_ARG(got));
	}
}

static void a_text_that_is_a_link_is_told_from_one_that_holds_it(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct urlfind_link link;

	(void)state;
	assert_true(urlfind_whole(a, STR(" www.a.example "), &link));
	assert_true(urlfind_whole(a, STR("(ab.com)"), &link));
	assert_false(urlfind_whole(a, STR("go to www.a.example"), &link));
	assert_false(urlfind_whole(a, STR("click here"), &link));
	assert_false(urlfind_whole(a, STR(""), &link));
}

static void what_takes_no_room_is_taken_out(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);

	(void)state;
	assert_true(str_eq(urlfind_visible(a, STR("a\xc2\xad"
						  "b\xe2\x80\x8d\xef\xbb\xbf"
						  "c")),
			   STR("abc")));
	assert_true(str_eq(urlfind_visible(a, STR("\xc3\xa9")), STR("\xc3\xa9")));
	assert_true(str_eq(urlfind_visible(a, STR("\xe2\x80\x8b")), STR("")));
}

static void turned_text_is_told_from_what_programs_insert(void **state)
{
	(void)state;
	assert_true(urlfind_turns(STR("a\xe2\x80\xae"
				      "b")));
	assert_true(urlfind_turns(STR("\xe2\x81\xa6")));
	assert_false(urlfind_turns(STR("\xe2\x81\xa8"
				       "a\xe2\x81\xa9\xe2\x80\x8e")));
	assert_false(urlfind_turns(STR("a\xe2\x80")));
}

static void a_hostile_megabyte_takes_linear_time(void **state)
{
	static const char *const pieces[] = { "http://a,", "http:",   "[.]",	   "www.",
					      ":",	   "a.",      ")",	   "(a).",
					      "hxxp[:]//", "a.com ",  "\xc3\xa9.", "a@b.c ",
					      "http://a ", "mailto:a" };
	enum { SIZE = 1 << 20, LIMIT_US = 2000000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 30);
		struct strbuf b = strbuf_make(a, 2 * SIZE);
		struct timespec before, after;
		struct urlfind_link link;
		struct urlfind f;

		while (b.n < SIZE)
			strbuf_put(&b, str_c(pieces[i]));
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
		f = urlfind_make(a, strbuf_str(&b));
		while (urlfind_next(&f, &link))
			;
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
		if ((after.tv_sec - before.tv_sec) * 1000000 +
			    (after.tv_nsec - before.tv_nsec) / 1000 >
		    LIMIT_US)
			fail_msg("%s", pieces[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_are_found_as_mail_programs_do),
		cmocka_unit_test(a_text_that_is_a_link_is_told_from_one_that_holds_it),
		cmocka_unit_test(what_takes_no_room_is_taken_out),
		cmocka_unit_test(turned_text_is_told_from_what_programs_insert),
		cmocka_unit_test(a_hostile_megabyte_takes_linear_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

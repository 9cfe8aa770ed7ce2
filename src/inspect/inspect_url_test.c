#include "inspect/inspect_url.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void start(struct arena *a, struct facts *f, struct walk *w)
{
	*f = (struct facts){ 0 };
	*w = (struct walk){ .arena = a, .facts = f, .limits = inspect_default_limits };
	assert_int_equal(walk_add_part(w, 0, '.', 1), 0);
}

/* The names of the findings without "URL_", and then the links, with a blank between. */
static str account(struct arena *a, const struct facts *f)
{
	struct strbuf b = strbuf_make(a, 1 << 20);

	for (size_t i = 0; i < f->findings.n; i++)
		strbuf_fmt(&b, "%.*s ", STR_ARG(str_skip(f->findings.v[i].name, 4)));
	for (size_t i = 0; i < f->urls.n; i++)
		strbuf_fmt(&b, "<%.*s>", STR_ARG(f->urls.v[i].url));
	return strbuf_str(&b);
}

static void each_link_is_judged_by_where_it_leads(void **state)
{
	static const struct {
		const char *url, *shown, *want;
	} cases[] = {
		{ "https://a.example/", "A page", "<https://a.example/>" },
		{ " https://a.example/\n", "", "<https://a.example/>" },
		{ "https://b.example/", "www.a.example", "TEXT_MISMATCH <https://b.example/>" },
		{ "https://b.example/", "Go to https://a.example/x now",
		  "TEXT_MISMATCH <https://b.example/>" },
		{ "https://b.a.example/", "www.a.example", "<https://b.a.example/>" },
		{ "https://b.example/", "Booking at a.com is easy", "<https://b.example/>" },
		{ "https://b.example/", "ab.com", "TEXT_MISMATCH <https://b.example/>" },
		{ "https://b.example/", "x@ab.com", "<https://b.example/>" },
		{ "http://203.0.113.7/", "www.a.example",
		  "IP TEXT_MISMATCH <http://203.0.113.7/>" },
		{ "https://u1.ct.sendgrid.net/ls/click?x", "www.a.example",
		  "TEXT_COUNTED <https://u1.ct.sendgrid.net/ls/click?x>" },
		{ "https://www.google.com/url?q=https%3A%2F%2Fa.example%2F", "www.a.example",
		  "<https://www.google.com/url?q=https%3A%2F%2Fa.example%2F><https://a.example/>" },
		{ "https://www.google.com/url?q=https%3A%2F%2Fb.example%2F", "www.a.example",
		  "TEXT_MISMATCH "
		  "<https://www.google.com/url?q=https%3A%2F%2Fb.example%2F><https://b.example/>" },
		/* What the link merely carries is no excuse. */
		{ "https://b.example/?x=https://a.example/", "www.a.example",
		  "CARRIES_URL TEXT_MISMATCH "
		  "<https://b.example/?x=https://a.example/><https://a.example/>" },
		{ "https://b.example/?x=https://c.b.example/", "",
		  "<https://b.example/?x=https://c.b.example/><https://c.b.example/>" },
		{ "http://www.bank.example@b.example/", "",
		  "FALSE_HOST USERINFO <http://www.bank.example@b.example/>" },
		{ "http://%62.example/", "", "HIDDEN_HOST <http://b.example/>" },
		{ "http://0313.0.0161.7/", "", "IP HIDDEN_HOST <http://203.0.113.7/>" },
		{ "http://b\xef\xbc\x8e"
		  "example/",
		  "", "HIDDEN_HOST <http://b.example/>" },
		{ "http://ev\xe2\x80\x8bil.example/", "", "HIDDEN_HOST <http://evil.example/>" },
		{ "http://ev\xe2\x80\x8dil.example/", "", "HIDDEN_HOST <http://evil.example/>" },
		{ "http:\\\\b.example", "", "MALFORMED <http://b.example/>" },
		{ "ht\ntp://b.example", "", "MALFORMED <http://b.example/>" },
		{ "http://b.example/a\nb", "", "<http://b.example/ab>" },
		{ "http:///b.example", "", "MALFORMED <http://b.example/>" },
		{ "hxxp://b.example/", "", "DEFUSED <http://b.example/>" },
		{ "http://b.example:8081/", "", "PORT <http://b.example:8081/>" },
		{ "https://h\xd0\xbepital.example/", "www.hopital.example",
		  "HOMOGRAPH MIXED_SCRIPT TEXT_MISMATCH <https://xn--hpital-wqf.example/>" },
		{ "http://b.example/",
		  "\xe2\x80\xae"
		  "elpmaxe.a",
		  "TURNED <http://b.example/>" },
		{ "javascript:alert(1)", "", "SCRIPT <javascript:alert(1)>" },
		{ "javascript:void(0)", "", "<javascript:void(0)>" },
		{ "data:text/html,<b>", "", "DATA <data:text/html,<b>>" },
		{ "data:image/png;base64,AAAA", "", "" },
		{ "cid:part1", "", "" },
		{ "#top", "", "" },
		{ "page.html", "", "" },
		{ "\\\\server\\share", "", "FILE_SHARE <file://server/share>" },
		{ "file:///C:/x.txt", "", "<file:///C:/x.txt>" },
		{ "\\\\server@SSL@443\\share", "", "HIDDEN_HOST FILE_SHARE <file://server/share>" },
		{ "file://server@80/x", "", "HIDDEN_HOST FILE_SHARE <file://server/x>" },
		{ "smb://server/x", "", "FILE_SHARE <smb://server/x>" },
		{ "file://///server/share", "", "FILE_SHARE <file://///server/share>" },
		{ "//b.example/x", "", "<https://b.example/x>" },
		{ "mailto:a@b.example", "a@b.example", "<mailto:a@b.example>" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
		struct facts f;
		struct walk w;
		str got;

		start(a, &f, &w);
		inspect_url_found(&w, 0, FACTS_URL_HTML, str_c(cases[i].url),
				  str_c(cases[i].shown));
		got = account(a, &f);
		inspect_url_close(&w);
		if (!str_eq(got, str_c(cases[i].want)))
			fail_msg("%s: %.*s", cases[i].url, STR_ARG(got));
	}
}

static void a_link_is_judged_once(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
	struct facts f;
	struct walk w;

	(void)state;
	start(a, &f, &w);
	for (int i = 0; i < 3; i++)
		inspect_url_search(&w, 0, FACTS_URL_TEXT,
				   STR("http://203.0.113.7/ hxxp://b.example"));
	assert_true(str_eq(account(a, &f), STR("IP <http://203.0.113.7/><http://b.example/>")));
	inspect_url_close(&w);
}

static void relative_links_follow_their_base(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
	struct facts f;
	struct walk w;

	(void)state;
	start(a, &f, &w);
	inspect_url_relative(&w, 0, FACTS_URL_HTML, STR("http://b.example/x/"), STR("../y"),
			     STR("www.a.example"));
	assert_true(str_eq(account(a, &f), STR("TEXT_MISMATCH <http://b.example/y>")));
	assert_true(str_eq(f.urls.v[0].host, STR("b.example")));
	assert_true(str_eq(f.urls.v[0].domain, STR("b.example")));
	assert_true(str_eq(f.urls.v[0].shown, STR("www.a.example")));
	inspect_url_close(&w);
}

static void folded_lines_of_calendars_are_joined(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
	struct facts f;
	struct walk w;

	(void)state;
	start(a, &f, &w);
	inspect_url_search_folded(
		&w, 0,
		STR("DESCRIPTION:Join\\nhttps://b.exam\r\n ple/a\\,b\r\nURL:http://c"
		    ".example\r\n"));
	assert_true(str_eq(account(a, &f), STR("<https://b.example/a,b><http://c.example/>")));
	assert_int_equal(f.urls.v[0].where, FACTS_URL_CALENDAR);
	inspect_url_close(&w);
}

static void a_flood_hides_no_link_in_silence(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 26);
	struct facts f;
	struct walk w;

	(void)state;
	start(a, &f, &w);
	for (int i = 0; i < INSPECT_URL_MAX; i++)
		inspect_url_found(&w, 0, FACTS_URL_TEXT, arena_fmt(a, "http://a.example/%d", i),
				  STR(""));
	assert_int_equal(f.urls.n, FACTS_MAX_URLS);
	assert_int_equal(f.limits_hit.n, 1);
	assert_int_equal(f.findings.n, 0);
	inspect_url_found(&w, 0, FACTS_URL_TEXT, STR("http://203.0.113.7/"), STR(""));
	assert_true(facts_has_finding(&f, STR("URL_TOO_MANY")));
	inspect_url_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_link_is_judged_by_where_it_leads),
		cmocka_unit_test(a_link_is_judged_once),
		cmocka_unit_test(relative_links_follow_their_base),
		cmocka_unit_test(folded_lines_of_calendars_are_joined),
		cmocka_unit_test(a_flood_hides_no_link_in_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

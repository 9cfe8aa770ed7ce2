/* What pages carry and do, in bodies and attached; what may not lie in the repository as it is
 * (test marks) is built here. */
#include "base/base64.h"
#include "base/exact.h"
#include "inspect/inspect.h"
#include "inspect/testmarks.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define BODY "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
#define ATTACHED                                                                                   \
	"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; "                                     \
	"boundary=b\r\n\r\n--b\r\n\r\nHello\r\n"                                                   \
	"--b\r\nContent-Type: text/html; name=a.html\r\n\r\n"

#define IN(charset) "MIME-Version: 1.0\r\nContent-Type: text/html; charset=" charset "\r\n\r\n"
#define XML                                                                                        \
	"MIME-Version: 1.0\r\nContent-Type: application/xml; name=a.xml\r\n\r\n<?xml "             \
	"version='1.0'?>"
#define XHTML "http://www.w3.org/1999/xhtml"

static void inspect(struct arena *a, str message, struct facts *ret)
{
	cleanup(exact_freep) str exact = exact_copy(message);

	inspect_message(a, exact, NULL, &inspect_default_limits, ret);
	ret->headers.n = 0; /* they point into the message */
}

static void the_test_virus_is_found_in_what_pages_carry(void **state)
{
	static const struct {
		const char *before, *after;
		bool base64;
	} cases[] = {
		{ BODY "<html><body><p>", "</p></body></html>", false },
		{ ATTACHED "<html><p>", "</p></html>\r\n--b--\r\n", false },
		{ ATTACHED "<html><script>x=atob('", "')</script>\r\n--b--\r\n", true },
		{ BODY "<script>y(\"", "\")</script>", true },
		{ BODY "<a href='data:text/plain;base64,", "'>x</a>", true },
		{ BODY "<iframe srcdoc='&lt;a href=\"data:;base64,", "\">'></iframe>", true },
		{ BODY "<svg><script>z='", "'</script></svg>", true },
		{ BODY "<p onclick='z(\"", "\")'>", true },
	};
	char mark[TESTMARKS_EICAR_LENGTH];

	(void)state;
	testmarks_put_eicar(mark);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
		struct strbuf b = strbuf_make(a, 2000);
		struct facts f = { 0 };

		strbuf_put(&b, str_c(cases[i].before));
		if (cases[i].base64)
			base64_encode(&b, str_of(mark, sizeof(mark)));
		else
			strbuf_put(&b, str_of(mark, sizeof(mark)));
		strbuf_put(&b, str_c(cases[i].after));
		inspect(a, strbuf_str(&b), &f);
		if (!facts_has_finding(&f, STR("EICAR_TEST_FILE")))
			print_error("case %zu\n", i);
		assert_true(facts_has_finding(&f, STR("EICAR_TEST_FILE")));
	}
}

static void the_test_spam_is_read_across_tags_and_where_it_is_hidden(void **state)
{
	static const struct {
		const char *before, *between, *after;
	} cases[] = {
		{ BODY "<p>", "<b></b>", "</p>" },
		{ BODY "<p>", "&shy;<!-- x -->&#8203;", "</p>" },
		{ BODY "<p style='display:none'>", "", "</p>" },
		{ BODY "<!--[if mso]><p>", "", "</p><![endif]-->" },
		{ ATTACHED "<p>", "<i></i>", "\r\n--b--\r\n" },
	};
	char mark[TESTMARKS_GTUBE_LENGTH];

	(void)state;
	testmarks_put_gtube(mark);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
		struct strbuf b = strbuf_make(a, 2000);
		struct facts f = { 0 };

		strbuf_put(&b, str_c(cases[i].before));
		strbuf_put(&b, str_of(mark, 20));
		strbuf_put(&b, str_c(cases[i].between));
		strbuf_put(&b, str_of(mark + 20, sizeof(mark) - 20));
		strbuf_put(&b, str_c(cases[i].after));
		inspect(a, strbuf_str(&b), &f);
		if (!facts_has_finding(&f, STR("GTUBE")))
			print_error("case %zu\n", i);
		assert_true(facts_has_finding(&f, STR("GTUBE")));
	}
}

static void pages_are_judged_by_where_they_stand(void **state)
{
	static const struct {
		const char *message;
		str finding;
		bool found;
	} cases[] = {
		{ BODY "<script>f()</script>", STR("HTML_SCRIPT"), true },
		{ BODY "<script>f()</script>", STR("HTML_ATTACHMENT_SCRIPT"), false },
		{ ATTACHED "<HTML LANG=fr><SCRIPT>f()</SCRIPT>\r\n--b--",
		  STR("HTML_ATTACHMENT_SCRIPT"), true },
		{ ATTACHED "<div onclick=f()>\r\n--b--", STR("HTML_ATTACHMENT_SCRIPT"), true },
		{ ATTACHED "<html><style>p{}</style></html>\r\n--b--",
		  STR("HTML_ATTACHMENT_SCRIPT"), false },
		{ ATTACHED "<form><input type=password>\r\n--b--", STR("HTML_ATTACHMENT_FORM"),
		  true },
		{ ATTACHED "<meta http-equiv=refresh content='0;http://x'>\r\n--b--",
		  STR("HTML_ATTACHMENT_REDIRECT"), true },
		{ ATTACHED "<p>x</p><iframe src=http://x/>\r\n--b--",
		  STR("HTML_ATTACHMENT_REDIRECT"), true },
		{ ATTACHED "<p>x</p><iframe src=about:blank>\r\n--b--",
		  STR("HTML_ATTACHMENT_REDIRECT"), false },
		{ BODY "<p>x</p><iframe src=http://x/>", STR("HTML_ATTACHMENT_REDIRECT"), false },
		/* a charset that makes nothing of the page, where it is known */
		{ IN("ibm037") "<form><input type=password>", STR("HTML_PASSWORD_FIELD"), true },
		{ IN("utf-16") "<form><input type=password>", STR("HTML_PASSWORD_FIELD"), true },
		{ IN("utf-8") "\033$B<form><input type=password>", STR("HTML_PASSWORD_FIELD"),
		  true },
		{ IN("ibm037") "<form><input type=password>", STR("TEXT_DISGUISED"), true },
		{ IN("iso-8859-1") "<p>R\xe9union</p><form><input type=password>",
		  STR("TEXT_DISGUISED"), false },
		{ ATTACHED "<meta charset=ibm037><body onload=f()>\r\n--b--",
		  STR("HTML_ATTACHMENT_SCRIPT"), true },
		{ BODY "<a href='data:application/zip;base64,UEsDBBQAAAAIAA=='>x</a>",
		  STR("HTML_SMUGGLING"), true },
		{ BODY "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>",
		  STR("HTML_SMUGGLING"), false },
		{ BODY "<script>u=URL.createObjectURL(new Blob([x]))</script>",
		  STR("HTML_SMUGGLING"), true },
		{ BODY "<script type='application/ld+json'>{\"a\":\"http://x\"}</script>",
		  STR("HTML_SCRIPT"), false },
		{ XML "<d><h:script xmlns:h='" XHTML "'>f()</h:script></d>", STR("XML_SCRIPT"),
		  true },
		{ XML "<d><script>f()</script></d>", STR("XML_SCRIPT"), false },
		{ XML "<d xmlns='" XHTML "'><p>x</p></d>", STR("XML_SCRIPT"), false },
		{ BODY "<img src=http://x/a.png>", STR("HTML_IMAGE_ONLY"), true },
		{ BODY "<img src=http://x/a.png><p>Our opening hours change in May.</p>",
		  STR("HTML_IMAGE_ONLY"), false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
		struct facts f = { 0 };

		inspect(a, str_c(cases[i].message), &f);
		if (facts_has_finding(&f, cases[i].finding) != cases[i].found)
			print_error("case %zu\n", i);
		assert_int_equal(facts_has_finding(&f, cases[i].finding), cases[i].found);
	}
}

/* A page in a page in a page: the limits end it, and say so. */
static void pages_in_pages_end_at_the_limit(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
	str page = STR("<p>end of the pages</p>");
	struct facts f = { 0 };

	(void)state;
	for (uint32_t i = 0; i < inspect_default_limits.max_depth + 2; i++) {
		struct strbuf b = strbuf_make(a, 4 << 20);

		strbuf_put(&b, STR("<html><iframe src='data:text/html;base64,"));
		base64_encode(&b, page);
		strbuf_put(&b, STR("'>"));
		page = strbuf_str(&b);
	}
	inspect(a, arena_fmt(a, "%s%.*s", BODY, STR_ARG(page)), &f);
	assert_true(facts_has_finding(&f, STR("HTML_LIMIT")));
	assert_true(f.limits_hit.n > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_test_virus_is_found_in_what_pages_carry),
		cmocka_unit_test(the_test_spam_is_read_across_tags_and_where_it_is_hidden),
		cmocka_unit_test(pages_are_judged_by_where_they_stand),
		cmocka_unit_test(pages_in_pages_end_at_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

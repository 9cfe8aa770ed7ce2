#include "url/url.h"

#include "base/exact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

static void a_url_reads_as_a_browser_reads_it(void **state)
{
	static const struct {
		const char *in, *base, *href; /* NULL: failure */
	} cases[] = {
		{ "http://a.example", NULL, "http://a.example/" },
		{ " \x01HTTP://A.Example:80/x/../b?q=\"'#f` \n", NULL,
		  "http://a.example/b?q=%22%27#f%60" },
		{ "ht\ntp:\\\\a.example\\b\\.\\c", NULL, "http://a.example/b/c" },
		{ "https:a.example", NULL, "https://a.example/" },
		{ "http:////a.example", NULL, "http://a.example/" },
		{ "http://good.example\\@evil.example/", NULL,
		  "http://good.example/@evil.example/" },
		{ "http://good.example@evil.example/", NULL, "http://good.example@evil.example/" },
		{ "http://a:b@c@d.example:8080/", NULL, "http://a:b%40c@d.example:8080/" },
		{ "http://%65vil%2Eexample/", NULL, "http://evil.example/" },
		{ "http://a%00b/", NULL, NULL },
		{ "http://a b/", NULL, NULL },
		{ "http:///", NULL, NULL },
		{ "http://a:65536/", NULL, NULL },
		{ "http://a:x/", NULL, NULL },
		{ "http://3405803783/", NULL, "http://203.0.113.7/" },
		{ "http://0313.0.0161.7", NULL, "http://203.0.113.7/" },
		{ "http://0xCB.0x0.0x71.0x7", NULL, "http://203.0.113.7/" },
		{ "http://203.28935", NULL, "http://203.0.113.7/" },
		{ "http://1.2.3.4.5", NULL, NULL },
		{ "http://1.2.3.4.evil.example", NULL, "http://1.2.3.4.evil.example/" },
		{ "http://256.1.1.1", NULL, NULL },
		{ "http://[2001:DB8:0::7]/", NULL, "http://[2001:db8::7]/" },
		{ "http://[::ffff:1.2.3.4]", NULL, "http://[::ffff:102:304]/" },
		{ "http://[::1%eth0]", NULL, NULL },
		{ "http://evil\xe3\x80\x82"
		  "example",
		  NULL, "http://evil.example/" },
		{ "http://\xef\xbd\x85vil.example", NULL, "http://evil.example/" },
		{ "http://ev\xe2\x80\x8bil.example", NULL, "http://evil.example/" },
		{ "http://h\xc3\xb4pital.example", NULL, "http://xn--hpital-ixa.example/" },
		{ "http://xn--a.example", NULL, NULL },
		{ "mailto:a@b.example?subject=x y", NULL, "mailto:a@b.example?subject=x%20y" },
		{ "javascript:alert(\"1\")", NULL, "javascript:alert(\"1\")" },
		{ "data:text/html,<b>", NULL, "data:text/html,<b>" },
		{ "file:///C|/x", NULL, "file:///C:/x" },
		{ "file:\\\\server\\share", NULL, "file://server/share" },
		{ "x", NULL, NULL },
		{ "", "http://a.example/b?c#d", "http://a.example/b?c" },
		{ "../e", "http://a.example/b/c/d", "http://a.example/b/e" },
		{ "//evil.example", "https://a.example/b", "https://evil.example/" },
		{ "/\\evil.example", "https://a.example/b", "https://evil.example/" },
		{ "?q", "http://a.example/b/c", "http://a.example/b/c?q" },
		{ "#f", "mailto:x", "mailto:x#f" },
		{ "f", "mailto:x", NULL },
		{ "http:x", "http://a.example/b/c", "http://a.example/b/x" },
		{ "a:/.//b", NULL, "a:/.//b" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(exact_freep) str in = exact_copy(str_c(cases[i].in));
		struct url base, u;
		bool ok;

		if (cases[i].base)
			assert_true(url_parse(a, str_c(cases[i].base), NULL, &base));
		ok = url_parse(a, in, cases[i].base ? &base : NULL, &u);
		if (ok != (cases[i].href != NULL) || (ok && !str_eq(u.href, str_c(cases[i].href))))
			fail_msg("%s: %.*s", cases[i].in, ok ? (int)u.href.n : 7,
				 ok ? u.href.p : "failure");
	}
}

static void what_was_repaired_is_said(void **state)
{
	static const struct {
		const char *in;
		uint32_t odd;
	} cases[] = {
		{ "http://a.example/b\\c?d\\e", URL_ODD_BACKSLASH },
		{ "http://a.example/?d\\e", 0 },
		{ "http://a.example/?d=1.2", 0 },
		{ "http:\\\\a.example/", URL_ODD_BACKSLASH },
		{ "http:/a.example/", URL_ODD_SLASHES },
		{ "http:///a.example/", URL_ODD_SLASHES },
		{ "http://a.\nexample/", URL_ODD_BLANKS },
		{ " http://a.example/\n", 0 },
		{ "http://a.example/b\nc", 0 },
		{ "http://a.example?b\nc/d", 0 },
		{ "http://b@a.example/", URL_ODD_USERINFO },
		{ "http://a.example/@b", 0 },
		{ "http://%61.example/", URL_ODD_PERCENT },
		{ "http://a.example/%61", 0 },
		{ "http://a\xc2\xad.example/", URL_ODD_MAPPED },
		{ "http://a\xef\xbc\x8e"
		  "example/",
		  URL_ODD_MAPPED },
		{ "http://\xc3\x89t\xc3\xa9.example/", 0 },
		{ "http://1.2.3.4/", 0 },
		{ "http://0x1.2.3.4/", URL_ODD_NUMBER },
		{ "mailto:a@b.example", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		struct url u;

		assert_true(url_parse(a, str_c(cases[i].in), NULL, &u));
		if (u.odd != cases[i].odd)
			fail_msg("%s: %x", cases[i].in, u.odd);
	}
}

static int64_t microseconds(str in)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 30);
	struct timespec before, after;
	struct url u;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
	(void)!url_parse(a, in, NULL, &u);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
	return (after.tv_sec - before.tv_sec) * 1000000 + (after.tv_nsec - before.tv_nsec) / 1000;
}

static void a_hostile_megabyte_takes_linear_time(void **state)
{
	static const char *const starts[] = { "http://", "http://a/", "http://[",  "a:",
					      "a://",	 "file:",     "http://a?", "http://a@" };
	static const char *const pieces[] = { "a/../",	      "@",  ":",      "[",  "%41",
					      "../",	      "\\", "xn--a.", "1.", "\xc3\xa9.",
					      "\xe2\x80\x8b", "%",  "\xff",   "?",  "." };
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 30);
	enum { SIZE = 1 << 20, LIMIT_US = 2000000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		for (size_t k = 0; k < ARRAY_LEN(pieces); k++) {
			struct strbuf b = strbuf_make(a, 2 * SIZE);

			strbuf_put(&b, str_c(starts[i]));
			while (b.n < SIZE)
				strbuf_put(&b, str_c(pieces[k]));
			if (microseconds(strbuf_str(&b)) > LIMIT_US)
				fail_msg("%s then %s", starts[i], pieces[k]);
			arena_reset(a);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_url_reads_as_a_browser_reads_it),
		cmocka_unit_test(what_was_repaired_is_said),
		cmocka_unit_test(a_hostile_megabyte_takes_linear_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "url/urlunwrap.h"

#include "base/exact.h"
#include "url/urlservices.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void the_target_is_found_where_the_service_keeps_it(void **state)
{
	static const struct {
		const char *in, *target; /* NULL: nothing inside */
		enum urlunwrap_kind kind;
	} cases[] = {
		{ "https://eur01.safelinks.protection.outlook.com/"
		  "?url=https%3A%2F%2Fa.example%2Fx%3Fy&data=1",
		  "https://a.example/x?y", URLUNWRAP_SERVICE },
		{ "https://www.google.fr/url?sa=t&q=http://a.example/&usg=1", "http://a.example/",
		  URLUNWRAP_SERVICE },
		{ "https://google.co.uk/url?url=a.example%2Fx", "https://a.example/x",
		  URLUNWRAP_SERVICE },
		{ "https://www.google.com/amp/s/a.example/b?c", "https://a.example/b?c",
		  URLUNWRAP_SERVICE },
		{ "https://urldefense.proofpoint.com/v2/url?u=https-3A__a.example_b-3Fc&d=D",
		  "https://a.example/b?c", URLUNWRAP_SERVICE },
		{ "https://urldefense.com/v3/__https://a.example/b*c__;Iw!!x!y$",
		  "https://a.example/b#c", URLUNWRAP_SERVICE },
		{ "https://urldefense.com/v3/__https://a.example/b__;!!x!y$", "https://a.example/b",
		  URLUNWRAP_SERVICE },
		{ "https://protect.checkpoint.com/v2/___https://a.example/b___.YXB",
		  "https://a.example/b", URLUNWRAP_SERVICE },
		{ "https://www.bing.com/ck/a?!&p=1&u=a1aHR0cHM6Ly9hLmV4YW1wbGUv&ntb=1",
		  "https://a.example/", URLUNWRAP_SERVICE },
		{ "https://eu.protection.sophos.com/?d=a.example&u=aHR0cHM6Ly9hLmV4YW1wbGUv",
		  "https://a.example/", URLUNWRAP_SERVICE },
		{ "https://l.facebook.com/l.php?u=https%3A%2F%2Fa.example%2F&h=A",
		  "https://a.example/", URLUNWRAP_SERVICE },
		{ "https://www.youtube.com/redirect?event=v&q=https%3A%2F%2Fa.example",
		  "https://a.example/", URLUNWRAP_SERVICE },
		{ "https://secure-web.cisco.com/1abc/https%3A%2F%2Fa.example%2Fb",
		  "https://a.example/b", URLUNWRAP_SERVICE },
		{ "https://click.pstmrk.it/3s/a.example%2Fb/token/x", "https://a.example/b",
		  URLUNWRAP_SERVICE },
		{ "https://web.archive.org/web/2020/https://a.example/b", "https://a.example/b",
		  URLUNWRAP_SERVICE },
		{ "https://a-b--c-example.translate.goog/d", "https://a.b-c.example/d",
		  URLUNWRAP_SERVICE },
		{ "https://b.example/go?to=https%3A%2F%2Fa.example%2F", "https://a.example/",
		  URLUNWRAP_CARRIED },
		{ "https://b.example/go?to=https%253A%252F%252Fa.example%252F",
		  "https://a.example/", URLUNWRAP_CARRIED },
		{ "https://b.example/go?to=//a.example/", "https://a.example/", URLUNWRAP_CARRIED },
		{ "https://b.example/r/https://a.example/", "https://a.example/",
		  URLUNWRAP_CARRIED },
		{ "https://b.example/?https://a.example/", "https://a.example/",
		  URLUNWRAP_CARRIED },
		{ "https://b.example/http", NULL, URLUNWRAP_NOTHING },
		{ "https://b.example/?q=what+is+http:", NULL, URLUNWRAP_NOTHING },
		{ "https://google.evil.example.com/url?q=x.example", NULL, URLUNWRAP_NOTHING },
		{ "https://www.google.com/url?q=", NULL, URLUNWRAP_NOTHING },
		{ "https://www.google.com/url?q=javascript:x", NULL, URLUNWRAP_NOTHING },
		{ "https://urldefense.com/v3/__", NULL, URLUNWRAP_NOTHING },
		{ "mailto:a@b.example?body=http://a.example", NULL, URLUNWRAP_NOTHING },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		enum urlunwrap_kind kind;
		struct url u, target;

		assert_true(url_parse(a, str_c(cases[i].in), NULL, &u));
		kind = urlunwrap(a, &u, &target);
		if (kind != cases[i].kind ||
		    (kind != URLUNWRAP_NOTHING && !str_eq(target.href, str_c(cases[i].target))))
			fail_msg("%s: %d %.*s", cases[i].in, (int)kind,
				 kind ? (int)target.href.n : 0, target.href.p);
	}
}

static void services_that_count_clicks_are_known_with_all_below_them(void **state)
{
	(void)state;
	assert_true(urlservices_counts_clicks(STR("u1.ct.sendgrid.net")));
	assert_true(urlservices_counts_clicks(STR("mjt.lu")));
	assert_false(urlservices_counts_clicks(STR("evilmjt.lu")));
	assert_false(urlservices_counts_clicks(STR("mjt.lu.evil.example")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_target_is_found_where_the_service_keeps_it),
		cmocka_unit_test(services_that_count_clicks_are_known_with_all_below_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

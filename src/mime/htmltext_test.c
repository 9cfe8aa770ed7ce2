#include "base/exact.h"
#include "mime/htmlref.h"
#include "mime/htmltext.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void pages_become_the_text_that_is_read(void **state)
{
	static const struct {
		str in, out;
	} cases[] = {
		{ STR("plain"), STR("plain") },
		{ STR("<p>a</p><p>b</p>"), STR("a\nb") },
		{ STR("a<br>b<BR/>c"), STR("a\nb\nc") },
		{ STR("<b>bo</b>ld"), STR("bold") },
		{ STR("  a \r\n\t b  "), STR("a b") },
		{ STR("a&nbsp;b\xc2\xa0"
		      "c"),
		  STR("a b c") },
		{ STR("caf&eacute; &#233; &#xE9; &#x80;"),
		  STR("caf\xc3\xa9 \xc3\xa9 \xc3\xa9 \xe2\x82\xac") },
		{ STR("&lt;b&gt; &amp;lt; &bogus; &"), STR("<b> &lt; &bogus; &") },
		{ STR("&eacute&#233x"), STR("\xc3\xa9\xc3\xa9x") },
		{ STR("a<script>b<c</script >d"), STR("ad") },
		{ STR("<style>x{}</style><title>t</title>y"), STR("y") },
		{ STR("a<!-- b > c -->d<!-->e"), STR("ade") },
		{ STR("a<!-- open"), STR("a") },
		{ STR("<a href=\"x>y\" title='>'>link</a>"), STR("link") },
		{ STR("1 < 2 and <3"), STR("1 < 2 and <3") },
		{ STR("v&#105;agr&#97;"), STR("viagra") },
		{ STR("vi<!-- x -->ag<b></b>ra"), STR("viagra") },
		{ STR("vi&shy;ag&#8203;ra"), STR("viagra") },
		{ STR("<!DOCTYPE html><html><body>x</body></html>"), STR("x") },
		{ STR("a<unclosed"), STR("a<unclosed") },
		{ STR("&#x110000;&#xD800;"), STR("\xef\xbf\xbd\xef\xbf\xbd") },
		{ STR(""), STR("") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		str got = htmltext_extract(a, in);

		if (!str_eq(got, cases[i].out))
			print_error("case %zu: \"%.*s\"\n", i, STR_ARG(got));
		assert_true(str_eq(got, cases[i].out));
	}
}

static void references_need_a_name_that_is_known(void **state)
{
	uint32_t cp = 0;

	(void)state;
	assert_int_equal(htmlref_parse(STR("&AElig;"), &cp), 7);
	assert_int_equal(cp, 0xc6);
	assert_int_equal(htmlref_parse(STR("&zwnj"), &cp), 5);
	assert_int_equal(cp, 0x200c);
	assert_int_equal(htmlref_parse(STR("&EACUTE;"), &cp), 0);
	assert_int_equal(htmlref_parse(STR("&#;"), &cp), 0);
	assert_int_equal(htmlref_parse(STR("&#x;"), &cp), 0);
	assert_int_equal(htmlref_parse(STR("&"), &cp), 0);
	assert_int_equal(htmlref_parse(STR("&#99999999999999999999;"), &cp), HTMLREF_MAX);
	assert_int_equal(cp, 0xfffd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_become_the_text_that_is_read),
		cmocka_unit_test(references_need_a_name_that_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

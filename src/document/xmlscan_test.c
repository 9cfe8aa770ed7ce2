#include "base/exact.h"
#include "base/strbuf.h"
#include "document/xmlscan.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void entities_from_elsewhere_are_named(void **state)
{
	static const struct {
		str in, external;
		bool bomb;
	} cases[] = {
		{ STR("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>"),
		  STR("file:///etc/passwd"), false },
		{ STR("<!doctype a [<!ENTITY % x SYSTEM 'http://e/'> %x;]>"), STR("http://e/"),
		  false },
		{ STR("<!DOCTYPE a [<!ENTITY x PUBLIC \"p\" \"http://e/\">]>"), STR("http://e/"),
		  false },
		{ STR("\xff\xfe<\0!\0D\0O\0C\0T\0Y\0P\0E\0 \0a\0[\0<\0!\0E\0N\0T\0I\0T\0Y\0 \0x\0 "
		      "\0"
		      "S\0Y\0S\0T\0E\0M\0\"\0f\0\"\0>\0"),
		  STR("f"), false },
		{ STR("<!DOCTYPE a PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/\"><a/>"),
		  STR(""), false },
		{ STR("<!DOCTYPE a [<!ENTITY x \"SYSTEM\"><!ELEMENT a (b)>]>"), STR(""), false },
		{ STR("<!ENTITY x SYSTEM \"y\"> without a document type"), STR(""), false },
		{ STR("<!DOCTYPE a [<!ENTITY x \"&y;\"><!ENTITY y \"&x;\">]>"), STR(""), true },
		{ STR("<?xml?><!-- <a> --><!DOCTYPE a [<!ENTITY x SYSTEM 'y'>]>"), STR("y"),
		  false },
		{ STR("<a><!DOCTYPE a [<!ENTITY x SYSTEM 'y'>]></a>"), STR(""), false },
		{ STR("<!DOCTYPE a [<!ENTITY x"), STR(""), false },
		{ STR("<!DOCTYPE"), STR(""), false },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct xmlscan x;

		xmlscan_read(a, in, &x);
		if (!str_eq(x.external, cases[i].external))
			print_error("case %zu: %.*s\n", i, STR_ARG(x.external));
		assert_true(str_eq(x.external, cases[i].external));
		assert_int_equal(x.bomb, cases[i].bomb);
	}
}

/* a = "aaaaaaaaaa", b = ten times a, c = ten times b... */
static void a_billion_laughs_are_counted_not_laughed(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct strbuf b = strbuf_make(a, 1 << 16);
	struct xmlscan x;

	(void)state;
	strbuf_put(&b, STR("<!DOCTYPE z [<!ENTITY a \"aaaaaaaaaa\">"));
	for (char c = 'b'; c <= 'c'; c++) {
		strbuf_fmt(&b, "<!ENTITY %c \"", c);
		for (int i = 0; i < 10; i++)
			strbuf_fmt(&b, "&%c;", c - 1);
		strbuf_put(&b, STR("\">"));
	}
	xmlscan_read(a, strbuf_str(&b), &x);
	assert_false(x.bomb);
	strbuf_put(&b, STR("<!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">]>"));
	xmlscan_read(a, strbuf_str(&b), &x);
	assert_true(x.bomb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entities_from_elsewhere_are_named),
		cmocka_unit_test(a_billion_laughs_are_counted_not_laughed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

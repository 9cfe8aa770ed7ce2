#include "url/urltricks.h"

#include "url/urlorg.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void tricks_are_told_from_honest_links(void **state)
{
	static const struct {
		const char *in;
		uint32_t set;
	} cases[] = {
		{ "https://www.hospital.example/a%20b", 0 },
		{ "http://203.0.113.7/", URLTRICK_IP },
		{ "http://[2001:db8::7]/", URLTRICK_IP },
		{ "http://192.168.1.10/", 0 },
		{ "http://10.0.0.1/", 0 },
		{ "http://127.0.0.1/", 0 },
		{ "http://[fe80::1]/", 0 },
		{ "http://1.2.3.4.evil.example/", URLTRICK_LABELS },
		{ "http://a.example:8081/", URLTRICK_PORT },
		{ "http://a.example:80/", 0 },
		{ "ftp://a.example:2121/", URLTRICK_PORT },
		{ "http://www.bank.example@a.example/", URLTRICK_FALSE_HOST },
		{ "http://bank%2Eexample@a.example/", URLTRICK_FALSE_HOST },
		{ "http://user:secret@a.example/", 0 },
		{ "ftp://first.last@a.example/", 0 },
		{ "http://a.b.c.d.example/", URLTRICK_LABELS },
		{ "http://www.a.b.hospital.example/", 0 },
		{ "https://h\xd0\xbepital.example/", URLTRICK_HOMOGRAPH | URLTRICK_MIXED },
		{ "https://xn--hpital-wqf.example/", URLTRICK_HOMOGRAPH | URLTRICK_MIXED },
		{ "https://\xd0\xb0\xd1\x80\xd1\x80\xd3\x8f\xd0\xb5.example/", URLTRICK_HOMOGRAPH },
		{ "https://h\xc3\xb4pital-caf\xc3\xa9.example/", 0 },
		{ "https://\xd0\xbf\xd0\xbe\xd1\x87\xd1\x82\xd0\xb0.\xd1\x80\xd1\x84/", 0 },
		{ "https://\xe6\x97\xa5\xe6\x9c\xac.example/", 0 },
		{ "https://a.example/p\xd0\xb0ypal", URLTRICK_MIXED },
		{ "https://a.example/\xd0\xbf\xd0\xb0-abc", 0 },
		{ "https://a.example/%6c%6f%67in", URLTRICK_ESCAPES },
		{ "https://a.example/%256c%256f%2567in", URLTRICK_ESCAPES },
		{ "https://a.example/%2F%253A%25", 0 },
		{ "mailto:a@b.example", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		struct url u;

		assert_true(url_parse(a, str_c(cases[i].in), NULL, &u));
		if (urltricks(a, &u) != cases[i].set)
			fail_msg("%s: %x", cases[i].in, urltricks(a, &u));
	}
}

static void organisations_end_where_the_public_suffix_begins(void **state)
{
	static const struct {
		const char *name, *domain;
	} cases[] = {
		{ "www.a.example", "a.example" },
		{ "a.b.gouv.fr", "b.gouv.fr" },
		{ "x.wixsite.com", "x.wixsite.com" },
		{ "a.example.", "a.example" },
		{ "com", "" },
		{ "", "" },
		{ ".", "" },
		{ "a..example", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str got = urlorg_domain(str_c(cases[i].name));

		if (!str_eq(got, str_c(cases[i].domain)))
			fail_msg("%s: %.*s", cases[i].name, STR_ARG(got));
	}
	assert_true(urlorg_same(STR("a.b.example"), STR("b.example")));
	assert_false(urlorg_same(STR("a.example"), STR("b.example")));
	assert_false(urlorg_same(STR("a.github.io"), STR("b.github.io")));
	assert_true(urlorg_known_tld(STR("a.fr")));
	assert_false(urlorg_known_tld(STR("a.example")));
	assert_false(urlorg_known_tld(STR("fr")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tricks_are_told_from_honest_links),
		cmocka_unit_test(organisations_end_where_the_public_suffix_begins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

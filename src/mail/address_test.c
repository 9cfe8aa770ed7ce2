#include "base/exact.h"
#include "mail/address.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void paths_of_smtp_commands_are_read_strictly(void **state)
{
	static const struct {
		str in;
		bool utf8;
		int want;
		str local, domain, rest;
	} cases[] = {
		{ STR("<a@b.example>"), false, ADDRESS_OK, STR("a"), STR("b.example"), STR("") },
		{ STR("<a@b> SIZE=1"), false, ADDRESS_OK, STR("a"), STR("b"), STR(" SIZE=1") },
		{ STR("<>"), false, ADDRESS_OK, STR(""), STR(""), STR("") },
		{ STR("<Postmaster>"), false, ADDRESS_OK, STR("Postmaster"), STR(""), STR("") },
		{ STR("<@r.example,@s:a@b>"), false, ADDRESS_OK, STR("a"), STR("b"), STR("") },
		{ STR("<\"a b\"@c>"), false, ADDRESS_OK, STR("a b"), STR("c"), STR("") },
		{ STR("<\"a\\\"\\>\"@c>"), false, ADDRESS_OK, STR("a\">"), STR("c"), STR("") },
		{ STR("<a.b+c=d@e-f.g>"), false, ADDRESS_OK, STR("a.b+c=d"), STR("e-f.g"),
		  STR("") },
		{ STR("<a@[192.0.2.1]>"), false, ADDRESS_OK, STR("a"), STR("[192.0.2.1]"),
		  STR("") },
		{ STR("<a@[IPv6:2001:db8::1]>"), false, ADDRESS_OK, STR("a"),
		  STR("[IPv6:2001:db8::1]"), STR("") },
		{ STR("<\xc3\xa9@\xc3\xa8.fr>"), true, ADDRESS_OK, STR("\xc3\xa9"),
		  STR("\xc3\xa8.fr"), STR("") },
		{ STR("<\xc3\xa9@b>"), false, ADDRESS_E_UTF8, STR(""), STR(""), STR("") },
		{ STR("<\xc3@b>"), true, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
		{ STR("a@b"), false, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
		{ STR(" <a@b>"), false, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
		{ STR("<a@b"), false, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
		{ STR("<a>"), false, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
		{ STR("<a@>"), false, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
		{ STR("<@b>"), false, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
		{ STR("<@r:>"), false, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
		{ STR("<a b@c>"), false, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
		{ STR("<a..b@c>"), false, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
		{ STR("<.a@c>"), false, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
		{ STR("<a.@c>"), false, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
		{ STR("<\"\"@c>"), false, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
		{ STR("<\"a\r\nb\"@c>"), false, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
		{ STR("<\"a\0\"@c>"), false, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
		{ STR("<a@b@c>"), false, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
		{ STR("<a@-b>"), false, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
		{ STR("<a@b_c>"), false, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
		{ STR("<a@b.>"), false, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
		{ STR("<a@[300.1.1.1]>"), false, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
		{ STR(""), false, ADDRESS_E_SYNTAX, STR(""), STR(""), STR("") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct address got = { STR(""), STR("") };
		str rest = STR("");

		assert_int_equal(address_parse_path(a, in, cases[i].utf8, &got, &rest),
				 cases[i].want);
		assert_true(str_eq(got.local, cases[i].local));
		assert_true(str_eq(got.domain, cases[i].domain));
		assert_true(str_eq(rest, cases[i].rest));
	}
}

static void nothing_may_stand_behind_a_whole_path(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
	struct address got;

	(void)state;
	assert_int_equal(address_parse_path(a, STR("<a@b>"), false, &got, NULL), ADDRESS_OK);
	assert_int_equal(address_parse_path(a, STR("<a@b> "), false, &got, NULL), ADDRESS_E_SYNTAX);
	assert_int_equal(address_parse_mailbox(a, STR("a@b"), false, &got), ADDRESS_OK);
	assert_int_equal(address_parse_mailbox(a, STR("<a@b>"), false, &got), ADDRESS_E_SYNTAX);
	assert_int_equal(address_parse_mailbox(a, STR(""), false, &got), ADDRESS_E_SYNTAX);
}

static void each_length_has_its_limit(void **state)
{
	(void)state;
	for (size_t over = 0; over < 2; over++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
		struct strbuf b = strbuf_make(a, 1000);
		struct address got;

		for (size_t i = 0; i < ADDRESS_LOCAL_MAX + over; i++)
			strbuf_char(&b, 'l');
		strbuf_put(&b, STR("@d.example"));
		assert_int_equal(address_parse_mailbox(a, strbuf_str(&b), false, &got),
				 over ? ADDRESS_E_LENGTH : ADDRESS_OK);
		strbuf_clear(&b);
		for (size_t i = 0; i < ADDRESS_LABEL_MAX + over; i++)
			strbuf_char(&b, 'x');
		assert_int_equal(address_domain_valid(strbuf_str(&b), false), !over);
		strbuf_clear(&b);
		for (size_t i = 0; i < ADDRESS_DOMAIN_MAX + over; i++)
			strbuf_char(&b, i % 60 == 59 ? '.' : 'x');
		assert_int_equal(address_domain_valid(strbuf_str(&b), false), !over);
	}
}

static void addresses_are_written_with_the_quotes_they_need(void **state)
{
	static const struct {
		struct address in;
		str out;
	} cases[] = {
		{ { STR("a.b"), STR("c") }, STR("a.b@c") },
		{ { STR("a b"), STR("c") }, STR("\"a b\"@c") },
		{ { STR("a\"\\"), STR("c") }, STR("\"a\\\"\\\\\"@c") },
		{ { STR(".a"), STR("c") }, STR("\".a\"@c") },
		{ { STR("a\r\nRCPT"), STR("c") }, STR("\"aRCPT\"@c") },
		{ { STR("postmaster"), STR("") }, STR("postmaster") },
		{ { STR(""), STR("") }, STR("") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
		struct strbuf b = strbuf_make(a, 100);

		address_put(&b, cases[i].in);
		assert_true(str_eq(strbuf_str(&b), cases[i].out));
	}
}

static void literals_are_addresses_in_brackets(void **state)
{
	static const struct {
		str in;
		bool valid;
	} cases[] = {
		{ STR("[192.0.2.1]"), true },
		{ STR("[IPv6:2001:db8::1]"), true },
		{ STR("[ipv6:::1]"), true },
		{ STR("[IPv6:::ffff:192.0.2.1]"), true },
		{ STR("[2001:db8::1]"), false },
		{ STR("[IPv6:192.0.2.1]"), false },
		{ STR("[192.0.2]"), false },
		{ STR("[]"), false },
		{ STR("192.0.2.1"), false },
		{ STR("[192.0.2.1"), false },
		{ STR("["), false },
		{ STR(""), false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str in = exact_copy(cases[i].in);

		assert_int_equal(address_literal_valid(in), cases[i].valid);
	}
}

static void addresses_compare_as_mail_does(void **state)
{
	struct address a = { STR("Jean"), STR("Example.ORG") };

	(void)state;
	assert_true(address_eq(a, (struct address){ STR("Jean"), STR("example.org") }));
	assert_false(address_eq(a, (struct address){ STR("jean"), STR("example.org") }));
	assert_true(address_is_null((struct address){ STR(""), STR("") }));
	assert_false(address_is_null(a));
}

static void domains_of_one_owner_are_related(void **state)
{
	static const struct {
		str a, b;
		bool related;
	} cases[] = {
		{ STR("x.example"), STR("X.example"), true },
		{ STR("mail.x.example"), STR("x.example"), true },
		{ STR("mail.x.example"), STR("news.x.example"), true },
		{ STR("xx.example"), STR("x.example"), false },
		{ STR("a.co.uk"), STR("b.co.uk"), false },
		{ STR("m.a.co.uk"), STR("n.a.co.uk"), true },
		{ STR("a.example"), STR("b.example"), false },
		{ STR("localhost"), STR("x.example"), false },
		{ STR(""), STR("x.example"), false },
		{ STR("."), STR(".."), true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(address_domains_related(cases[i].a, cases[i].b), cases[i].related);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(domains_of_one_owner_are_related),
		cmocka_unit_test(paths_of_smtp_commands_are_read_strictly),
		cmocka_unit_test(nothing_may_stand_behind_a_whole_path),
		cmocka_unit_test(each_length_has_its_limit),
		cmocka_unit_test(addresses_are_written_with_the_quotes_they_need),
		cmocka_unit_test(literals_are_addresses_in_brackets),
		cmocka_unit_test(addresses_compare_as_mail_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

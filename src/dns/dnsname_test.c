#include "dns/dnsname.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define L9 "abcdefghi"
#define L63 L9 L9 L9 L9 L9 L9 L9

static void names_are_checked_and_made_lower_case(void **state)
{
	static const struct {
		str in;
		const char *out; /* NULL: refused */
	} cases[] = {
		{ STR("Example.ORG"), "example.org" },
		{ STR("example.org."), "example.org" },
		{ STR("_dmarc.example.org"), "_dmarc.example.org" },
		{ STR("a b.example.org"), "a b.example.org" },
		{ STR("\xc3\xa9.example"), "\xc3\xa9.example" },
		{ STR("."), "" },
		{ STR(""), "" },
		{ STR(L63 ".example"), L63 ".example" },
		{ STR(L63 "x.example"), NULL },
		{ STR("a..b"), NULL },
		{ STR(".a"), NULL },
		{ STR("a.."), NULL },
		{ STR("a\0b"), NULL },
		{ STR("a\nb"), NULL },
		{ STR("a\x7f"), NULL },
		{ STR(L63 "." L63 "." L63 "." L9 L9 L9 L9 L9 L9 "abcdefg"), /* 253 */
		  L63 "." L63 "." L63 "." L9 L9 L9 L9 L9 L9 "abcdefg" },
		{ STR(L63 "." L63 "." L63 "." L9 L9 L9 L9 L9 L9 "abcdefgh"), NULL },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str name = STR("untouched");

		assert_int_equal(dnsname_normalise(a, cases[i].in, &name), cases[i].out != NULL);
		assert_true(str_eq(name, str_c(cases[i].out ? cases[i].out : "untouched")));
	}
}

static void only_whole_labels_make_a_subdomain(void **state)
{
	(void)state;
	assert_true(dnsname_within(STR("mx.example.org"), STR("Example.org")));
	assert_true(dnsname_within(STR("example.org"), STR("example.org")));
	assert_true(dnsname_within(STR("example.org"), STR("")));
	assert_false(dnsname_within(STR("badexample.org"), STR("example.org")));
	assert_false(dnsname_within(STR("org"), STR("example.org")));
}

static void addresses_have_their_reverse_names(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
	struct ip ip;

	(void)state;
	assert_true(ip_parse(STR("192.0.2.10"), &ip));
	assert_true(str_eq(dnsname_reverse(a, ip), STR("10.2.0.192.in-addr.arpa")));
	assert_true(str_eq(dnsname_reverse_under(a, ip, STR("bl.example")),
			   STR("10.2.0.192.bl.example")));
	assert_true(ip_parse(STR("2001:db8::1"), &ip));
	assert_true(str_eq(dnsname_reverse(a, ip),
			   STR("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
			       "8.b.d.0.1.0.0.2.ip6.arpa")));
}

static void wire_names_that_cannot_be_written_with_dots_are_refused(void **state)
{
	static const struct {
		str wire;
		const char *out;
	} cases[] = {
		{ STR("\x02MX\x07"
		      "example\x00"),
		  "mx.example" },
		{ STR("\x00"), "" },
		{ STR("\x03"
		      "a.b\x00"),
		  NULL },
		{ STR("\x02"
		      "a\x01\x00"),
		  NULL },
		{ STR("\x02"
		      "ab"),
		  NULL },
		{ STR("\x05"
		      "ab\x00"),
		  NULL },
		{ STR("\x02"
		      "ab\x00x"),
		  NULL },
		{ STR("\xc0\x0c"), NULL },
		{ STR(""), NULL },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str name = STR_NULL;

		assert_int_equal(dnsname_from_wire(a, cases[i].wire, &name), cases[i].out != NULL);
		if (cases[i].out)
			assert_true(str_eq(name, str_c(cases[i].out)));
	}
}

static void escaping_leaves_no_byte_that_a_master_file_would_read(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);

	(void)state;
	assert_string_equal(dnsname_escaped(a, STR("a-b_c.example")), "a-b_c.example.");
	assert_string_equal(dnsname_escaped(a, STR("a b\\@\"(\xff.x")),
			    "a\\032b\\092\\064\\034\\040\\255.x.");
	assert_string_equal(dnsname_escaped(a, STR("")), ".");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_checked_and_made_lower_case),
		cmocka_unit_test(only_whole_labels_make_a_subdomain),
		cmocka_unit_test(addresses_have_their_reverse_names),
		cmocka_unit_test(wire_names_that_cannot_be_written_with_dots_are_refused),
		cmocka_unit_test(escaping_leaves_no_byte_that_a_master_file_would_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

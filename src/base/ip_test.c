#include "base/ip.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void addresses_are_read_and_written_canonically(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "::ffff:192.0.2.1", "192.0.2.1" },
		{ "2001:DB8:0:0::1", "2001:db8::1" },
		{ "::", "::" },
		{ "", NULL },
		{ "192.0.2", NULL },
		{ "192.0.2.256", NULL },
		{ "192.0.2.01", NULL },
		{ "[::1]", NULL },
		{ "fe80::1%eth0", NULL },
		{ "1:2:3:4:5:6:7:8:9", NULL },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct strbuf b = strbuf_make(a, 64);
		struct ip ip;

		assert_int_equal(ip_parse(str_c(cases[i].in), &ip), cases[i].out != NULL);
		if (!cases[i].out)
			continue;
		ip_put(&b, ip);
		assert_true(str_eq(strbuf_str(&b), str_c(cases[i].out)));
	}
}

static void networks_hold_their_addresses(void **state)
{
	static const struct {
		const char *ip, *net;
		unsigned prefix;
		bool in;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.0", 24, true },
		{ "192.0.3.1", "192.0.2.0", 24, false },
		{ "192.0.3.1", "192.0.2.0", 23, true },
		{ "192.0.2.1", "192.0.2.1", 32, true },
		{ "192.0.2.0", "192.0.2.1", 32, false },
		{ "10.0.0.1", "192.0.2.1", 0, true },
		{ "2001:db8::1", "192.0.2.1", 0, false },
		{ "2001:db8::1", "2001:db8::", 127, true },
		{ "2001:db8::2", "2001:db8::", 127, false },
		{ "192.0.2.1", "192.0.2.1", 33, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ip ip, net;

		assert_true(ip_parse(str_c(cases[i].ip), &ip));
		assert_true(ip_parse(str_c(cases[i].net), &net));
		assert_int_equal(ip_in(ip, net, cases[i].prefix), cases[i].in);
	}
}

static void a_network_is_what_its_prefix_leaves(void **state)
{
	static const struct {
		str address;
		unsigned prefix;
		str network;
	} cases[] = {
		{ STR("192.0.255.255"), 19, STR("192.0.224.0") },
		{ STR("192.0.2.255"), 24, STR("192.0.2.0") },
		{ STR("192.0.2.255"), 32, STR("192.0.2.255") },
		{ STR("192.0.2.255"), 0, STR("0.0.0.0") },
		{ STR("2001:db8:1:2:3:4:5:6"), 64, STR("2001:db8:1:2::") },
		{ STR("2001:db8::ffff"), 128, STR("2001:db8::ffff") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ip ip, network;

		assert_true(ip_parse(cases[i].address, &ip) &&
			    ip_parse(cases[i].network, &network));
		assert_true(ip_eq(ip_network(ip, cases[i].prefix), network));
		assert_true(ip_in(ip, network, cases[i].prefix));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_read_and_written_canonically),
		cmocka_unit_test(networks_hold_their_addresses),
		cmocka_unit_test(a_network_is_what_its_prefix_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "net/publicip.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static bool is_public(const char *text)
{
	struct ip ip;

	assert_true(ip_parse(str_c(text), &ip));
	return publicip_is(ip);
}

static void addresses_of_the_internet_are_public(void **state)
{
	static const char *const yes[] = {
		"8.8.8.8",	    "172.32.0.1",	    "192.0.1.1",
		"223.255.255.255",  "2001:4860:4860::8888", "2a01::1",
		"64:ff9b::808:808", "2002:0808:0808::1",    "100.128.0.1"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		if (!is_public(yes[i]))
			fail_msg("%s", yes[i]);
	}
}

static void addresses_of_our_own_networks_are_not(void **state)
{
	static const char *const no[] = {
		"0.0.0.0",
		"10.1.2.3",
		"127.0.0.1",
		"127.255.0.1",
		"169.254.1.1",
		"172.16.0.1",
		"172.31.9.9",
		"192.168.0.1",
		"100.64.0.1",
		"224.0.0.1",
		"255.255.255.255",
		"240.0.0.1",
		"::",
		"::1",
		"fe80::1",
		"fc00::1",
		"fd12::1",
		"ff02::1",
		"2001:db8::1",
		"64:ff9b::a00:1",
		"2002:7f00:1::",
		"::ffff:10.0.0.1",
		"2001::1",
		"192.0.2.7",
	};
	struct ip none = { 0 };

	(void)state;
	assert_false(publicip_is(none));
	for (size_t i = 0; i < ARRAY_LEN(no); i++) {
		if (is_public(no[i]))
			fail_msg("%s", no[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_of_the_internet_are_public),
		cmocka_unit_test(addresses_of_our_own_networks_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

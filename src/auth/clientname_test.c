#include "auth/clientname.h"
#include "dns/zonefile.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char zone[] =
	"{\"mail.good.example\": {\"A\": [\"192.0.2.1\"]},"
	"\"1.2.0.192.in-addr.arpa\": {\"PTR\": [\"other.example\", \"mail.good.example\"]},"
	"\"2.2.0.192.in-addr.arpa\": {\"PTR\": [\"mail.good.example\"]},"
	"\"4.2.0.192.in-addr.arpa\": {\"PTR\": \"servfail\"},"
	"\"5.2.0.192.in-addr.arpa\": {\"PTR\": [\"slow.example\"]},"
	"\"6.2.0.192.in-addr.arpa\": {\"PTR\": [\"6-2-0-192.adsl.isp.example\"]},"
	"\"6-2-0-192.adsl.isp.example\": {\"A\": [\"192.0.2.6\"]},"
	"\"slow.example\": {\"A\": \"timeout\"},"
	"\"onlymx.example\": {\"MX\": [[1, \"mail.good.example\"]]},"
	"\"deadmx.example\": {\"MX\": [[1, \"nowhere.example\"]]},"
	"\"six.example\": {\"AAAA\": [\"2001:db8::1\"]},"
	"\"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa\":"
	" {\"PTR\": [\"six.example\"]}}";

static struct dns_resolver resolver(struct arena *a)
{
	struct zonefile *z;
	struct why why = { "" };

	if (zonefile_parse(a, str_c(zone), &z, &why) < 0)
		fail_msg("%s", why.text);
	return zonefile_resolver(z);
}

static void both_names_of_a_client_are_checked(void **state)
{
	static const struct {
		const char *ip, *helo;
		enum clientname_helo given;
		enum clientname_host own;
	} rows[] = {
		{ "192.0.2.1", "mail.good.example", CLIENTNAME_HELO_GOOD, CLIENTNAME_CONFIRMED },
		{ "2001:db8::1", "six.example", CLIENTNAME_HELO_GOOD, CLIENTNAME_CONFIRMED },
		{ "192.0.2.2", "mail.good.example", CLIENTNAME_HELO_OTHER, CLIENTNAME_UNKNOWN },
		{ "192.0.2.3", "1.2.3.4", CLIENTNAME_HELO_BAREIP, CLIENTNAME_UNKNOWN },
		{ "192.0.2.3", "[127.0.0.1]", CLIENTNAME_HELO_BADIP, CLIENTNAME_UNKNOWN },
		{ "192.0.2.3", "[IPv6:fe80::1]", CLIENTNAME_HELO_BADIP, CLIENTNAME_UNKNOWN },
		{ "192.0.2.3", "192.168.1.5", CLIENTNAME_HELO_BADIP, CLIENTNAME_UNKNOWN },
		{ "192.0.2.3", "localhost", CLIENTNAME_HELO_BADIP, CLIENTNAME_UNKNOWN },
		{ "192.0.2.3", "pc.localdomain", CLIENTNAME_HELO_BADIP, CLIENTNAME_UNKNOWN },
		{ "192.0.2.3", "pc12", CLIENTNAME_HELO_NOT_FQDN, CLIENTNAME_UNKNOWN },
		{ "192.0.2.3", "pc12.", CLIENTNAME_HELO_NOT_FQDN, CLIENTNAME_UNKNOWN },
		{ "192.0.2.3", "nx.invalid", CLIENTNAME_HELO_NOTHING, CLIENTNAME_UNKNOWN },
		{ "192.0.2.3", "deadmx.example", CLIENTNAME_HELO_NORESOLVE, CLIENTNAME_UNKNOWN },
		{ "192.0.2.3", "onlymx.example", CLIENTNAME_HELO_OPEN, CLIENTNAME_UNKNOWN },
		{ "192.0.2.3", "[192.0.2.4]", CLIENTNAME_HELO_OTHER, CLIENTNAME_UNKNOWN },
		{ "192.0.2.3", "[192.0.2.3]", CLIENTNAME_HELO_OPEN, CLIENTNAME_UNKNOWN },
		{ "192.0.2.3", "", CLIENTNAME_HELO_OPEN, CLIENTNAME_UNKNOWN },
		/* What was not answered is never the client's fault. */
		{ "192.0.2.4", "slow.example", CLIENTNAME_HELO_OPEN, CLIENTNAME_DNSFAIL },
		{ "192.0.2.5", "slow.example", CLIENTNAME_HELO_OPEN, CLIENTNAME_DNSFAIL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
		struct dns_resolver dns = resolver(a);
		struct clientname_result r;
		struct ip ip;

		assert_true(ip_parse(str_c(rows[i].ip), &ip));
		r = clientname_check(a, &dns, ip, str_c(rows[i].helo), 0);
		if (r.helo != rows[i].given || r.host != rows[i].own)
			fail_msg("%s %s: %d %d", rows[i].ip, rows[i].helo, r.helo, r.host);
	}
}

static void names_of_lines_are_graded_and_those_of_servers_are_not(void **state)
{
	static const struct {
		const char *name;
		int grade;
	} rows[] = {
		{ "dsl-1-2-3-4.dyn.isp.example", 5 },
		{ "pool-96-230-1-5.isp.example", 5 },
		{ "2-3-4.adsl.isp.example", 4 },
		{ "host86-2-3-4.isp.example", 3 },
		{ "dhcp5.isp.example", 3 },
		{ "001002003004.isp.example", 3 },
		{ "customer-1-2.isp.example", 2 },
		{ "static-1-2-3-4.isp.example", 1 },
		{ "mail.partner.example", 0 },
		{ "smtp-out-12-34.pool.esp.example", 0 },
		{ "mx3.dyn.example", 0 },
		{ "dynamic.example", 0 },
		{ "a.b.dsl.isp.example", 0 },
		{ "srv1.mairie.example", 0 },
		{ "localhost", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (clientname_grade(str_c(rows[i].name)) != rows[i].grade)
			fail_msg("%s: %d", rows[i].name, clientname_grade(str_c(rows[i].name)));
	}
}

static void the_worse_of_both_names_is_graded(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
	struct dns_resolver dns = resolver(a);
	struct clientname_result r;
	struct ip ip;

	(void)state;
	assert_true(ip_parse(STR("192.0.2.6"), &ip));
	r = clientname_check(a, &dns, ip, STR("mail.good.example"), 0);
	assert_int_equal(r.grade, 4);
	assert_false(r.grade_of_helo);
	r = clientname_check(a, &dns, ip, STR("dsl-1-2-3-4.dyn.isp.example"), 0);
	assert_int_equal(r.grade, 5);
	assert_true(r.grade_of_helo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_names_of_a_client_are_checked),
		cmocka_unit_test(names_of_lines_are_graded_and_those_of_servers_are_not),
		cmocka_unit_test(the_worse_of_both_names_is_graded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

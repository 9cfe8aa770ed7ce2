#include "dns/zonefile.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char zone_text[] =
	"{\"Example.org\": {\"A\": [\"192.0.2.1\", \"192.0.2.2\"], \"AAAA\": [\"2001:db8::1\"],"
	"  \"MX\": [[10, \"mx.example.org.\"], [20, \".\"]], \"TXT\": [\"one\", [\"two \", "
	"\"parts\"]],"
	"  \"TLSA\": [\"3 1 1 00ff\"], \"secure\": true},"
	" \"www.example.org\": {\"CNAME\": \"example.org\"},"
	" \"safe.example.org\": {\"CNAME\": \"example.org\", \"secure\": true},"
	" \"dangling.example.org\": {\"CNAME\": \"nowhere.example\"},"
	" \"loop.example\": {\"CNAME\": \"loop.example\"},"
	" \"slow.example\": {\"TXT\": \"timeout\", \"A\": [\"192.0.2.9\"]},"
	" \"broken.example\": {\"*\": \"servfail\"},"
	" \"gone.example\": {\"MX\": \"nxdomain\", \"A\": []},"
	" \"1.2.0.192.in-addr.arpa\": {\"PTR\": [\"MX.example.org\"]}}";

static void every_question_has_its_answer(void **state)
{
	static const struct {
		const char *name;
		enum dns_type type;
		enum dns_status status;
		size_t n;
		bool secure;
		const char *canonical;
	} cases[] = {
		{ "example.org", DNS_A, DNS_OK, 2, true, "example.org" },
		{ "EXAMPLE.org.", DNS_A, DNS_OK, 2, true, "example.org" },
		{ "example.org", DNS_PTR, DNS_NODATA, 0, true, "example.org" },
		{ "www.example.org", DNS_A, DNS_OK, 2, false, "example.org" },
		{ "safe.example.org", DNS_MX, DNS_OK, 2, true, "example.org" },
		{ "www.example.org", DNS_CNAME, DNS_OK, 1, false, "www.example.org" },
		{ "dangling.example.org", DNS_A, DNS_NXDOMAIN, 0, false, "nowhere.example" },
		{ "loop.example", DNS_A, DNS_SERVFAIL, 0, false, "loop.example" },
		{ "slow.example", DNS_TXT, DNS_TIMEOUT, 0, false, "slow.example" },
		{ "slow.example", DNS_A, DNS_OK, 1, false, "slow.example" },
		{ "broken.example", DNS_MX, DNS_SERVFAIL, 0, false, "broken.example" },
		{ "gone.example", DNS_MX, DNS_NXDOMAIN, 0, false, "gone.example" },
		{ "gone.example", DNS_A, DNS_NODATA, 0, false, "gone.example" },
		{ "absent.example", DNS_A, DNS_NXDOMAIN, 0, false, "absent.example" },
		{ "bad..name", DNS_A, DNS_NXDOMAIN, 0, false, "" },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct zonefile *z;
	struct dns_resolver r;
	struct why why;

	(void)state;
	assert_int_equal(zonefile_parse(a, str_c(zone_text), &z, &why), 0);
	r = zonefile_resolver(z);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct dns_answer w = dns_ask(&r, a, str_c(cases[i].name), cases[i].type, 0);

		assert_int_equal(w.status, cases[i].status);
		assert_int_equal(w.n, cases[i].n);
		assert_int_equal(w.secure, cases[i].secure);
		assert_true(str_eq(w.canonical, str_c(cases[i].canonical)));
	}
}

static void a_star_answers_for_all_other_names(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct zonefile *z;
	struct dns_resolver r;
	struct why why;

	(void)state;
	assert_int_equal(zonefile_parse(a,
					STR("{\"a.example\": {\"A\": [\"192.0.2.1\"]}, "
					    "\"*\": {\"*\": \"servfail\"}}"),
					&z, &why),
			 0);
	r = zonefile_resolver(z);
	assert_int_equal(dns_ask(&r, a, STR("a.example"), DNS_A, 0).status, DNS_OK);
	assert_int_equal(dns_ask(&r, a, STR("a.example"), DNS_TXT, 0).status, DNS_NODATA);
	assert_int_equal(dns_ask(&r, a, STR("b.example"), DNS_TXT, 0).status, DNS_SERVFAIL);
}

static void records_have_the_form_that_dns_h_promises(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct zonefile *z;
	struct dns_resolver r;
	struct dns_answer w;
	struct why why;

	(void)state;
	assert_int_equal(zonefile_parse(a, str_c(zone_text), &z, &why), 0);
	r = zonefile_resolver(z);
	w = dns_ask(&r, a, STR("example.org"), DNS_A, 0);
	assert_true(str_eq(w.records[1].value, STR("\xc0\0\2\2")));
	w = dns_ask(&r, a, STR("example.org"), DNS_AAAA, 0);
	assert_int_equal(w.records[0].value.n, 16);
	w = dns_ask(&r, a, STR("example.org"), DNS_MX, 0);
	assert_int_equal(w.records[0].pref, 10);
	assert_true(str_eq(w.records[0].value, STR("mx.example.org")));
	assert_true(str_eq(w.records[1].value, STR("")));
	w = dns_ask(&r, a, STR("example.org"), DNS_TXT, 0);
	assert_true(str_eq(w.records[1].value, STR("two parts")));
	w = dns_ask(&r, a, STR("example.org"), DNS_TLSA, 0);
	assert_true(str_eq(w.records[0].value, STR("\3\1\1\x00\xff")));
	w = dns_ask(&r, a, STR("1.2.0.192.in-addr.arpa"), DNS_PTR, 0);
	assert_true(str_eq(w.records[0].value, STR("mx.example.org")));
}

static void every_mistake_is_explained(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "{", "line 1" },
		{ "[]", "not a JSON object" },
		{ "{\"a\": {}, \"A\": {}}", "twice" },
		{ "{\"a..b\": {}}", "not a domain name" },
		{ "{\"a\": []}", "is not an object" },
		{ "{\"a\": {\"SRV\": []}}", "no such type" },
		{ "{\"a\": {\"A\": \"later\"}}", "neither a list nor" },
		{ "{\"a\": {\"A\": \"ok\"}}", "neither a list nor" },
		{ "{\"a\": {\"A\": [\"2001:db8::1\"]}}", "not a record" },
		{ "{\"a\": {\"AAAA\": [\"192.0.2.1\"]}}", "not a record" },
		{ "{\"a\": {\"MX\": [[70000, \"b\"]]}}", "not a record" },
		{ "{\"a\": {\"MX\": [\"b\"]}}", "not a record" },
		{ "{\"a\": {\"TXT\": [1]}}", "not a record" },
		{ "{\"a\": {\"TXT\": [[1]]}}", "not a record" },
		{ "{\"a\": {\"TLSA\": [\"3 1 1 0\"]}}", "not a record" },
		{ "{\"a\": {\"TLSA\": [\"3 1 1\"]}}", "not a record" },
		{ "{\"a\": {\"TLSA\": [\"3 1 256 00\"]}}", "not a record" },
		{ "{\"a\": {\"CNAME\": \"b..c\"}}", "not a name" },
		{ "{\"a\": {\"*\": []}}", "one of nodata" },
		{ "{\"a\": {\"secure\": 1}}", "true or false" },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct zonefile *z;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct why why = { "" };

		assert_true(zonefile_parse(a, str_c(cases[i].text), &z, &why) < 0);
		assert_non_null(strstr(why.text, cases[i].why));
	}
}

static void the_shipped_zones_are_readable(void **state)
{
	static const char *const files[] = { "sample.json", "spf.json", "dkim.json" };
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		char path[512];
		struct zonefile *z;
		struct why why = { "" };

		snprintf(path, sizeof(path), TEST_DIR "/zones/%s", files[i]);
		assert_int_equal(zonefile_load(a, path, &z, &why), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_question_has_its_answer),
		cmocka_unit_test(a_star_answers_for_all_other_names),
		cmocka_unit_test(records_have_the_form_that_dns_h_promises),
		cmocka_unit_test(every_mistake_is_explained),
		cmocka_unit_test(the_shipped_zones_are_readable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

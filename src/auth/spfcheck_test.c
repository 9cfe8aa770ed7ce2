#include "auth/spfcheck.h"

#include "dns/zonefile.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena *zone_arena;
static struct dns_resolver dns;

static int open_zone(void **state)
{
	struct zonefile *z;
	struct why why;

	(void)state;
	zone_arena = arena_new("zone", 1 << 22);
	if (zonefile_load(zone_arena, TEST_DIR "/zones/spf.json", &z, &why) < 0)
		return -1;
	dns = zonefile_resolver(z);
	return 0;
}

static int close_zone(void **state)
{
	(void)state;
	zone_arena = arena_free(zone_arena);
	return 0;
}

static struct spf_result check(struct arena *a, const char *ip, const char *helo, const char *from)
{
	struct spf_input in = { .helo = str_c(helo),
				.mail_from = str_c(from),
				.receiver = STR("mx.hopital.example"),
				.wall = 1800000000 };

	if (*ip)
		assert_true(ip_parse(str_c(ip), &in.ip));
	return spfcheck_run(a, &dns, &in, deadline_in(10000));
}

static void every_mechanism_and_limit_has_its_result(void **state)
{
	static const struct {
		const char *ip, *from;
		enum spfcheck_code want;
		const char *mechanism;
	} cases[] = {
		{ "192.0.2.1", "u@pass.example", SPFCHECK_PASS, "ip4:192.0.2.0/24" },
		{ "2001:db8::1", "u@pass.example", SPFCHECK_PASS, "ip6:2001:db8::/32" },
		{ "198.51.100.1", "u@pass.example", SPFCHECK_FAIL, "-all" },
		{ "::ffff:192.0.2.1", "u@pass.example", SPFCHECK_PASS, "ip4:192.0.2.0/24" },
		{ "192.0.2.1", "u@PASS.example.", SPFCHECK_PASS, "ip4:192.0.2.0/24" },
		{ "192.0.2.1", "u@a.example", SPFCHECK_PASS, "a" },
		{ "2001:db8::1", "u@a.example", SPFCHECK_PASS, "a" },
		{ "192.0.2.2", "u@a.example", SPFCHECK_FAIL, "-all" },
		{ "192.0.2.200", "u@a24.example", SPFCHECK_PASS, "a/24//64" },
		{ "2001:db8::2", "u@a24.example", SPFCHECK_PASS, "a/24//64" },
		{ "2001:db8:0:1::2", "u@a24.example", SPFCHECK_FAIL, "-all" },
		{ "192.0.2.2", "u@mx.example", SPFCHECK_PASS, "mx" },
		{ "2001:db8::2", "u@mx.example", SPFCHECK_PASS, "mx" },
		{ "192.0.2.3", "u@mx.example", SPFCHECK_SOFTFAIL, "~all" },
		{ "192.0.2.7", "u@ptr.example", SPFCHECK_PASS, "ptr" },
		{ "192.0.2.8", "u@ptr.example", SPFCHECK_NEUTRAL, "?all" },
		{ "192.0.2.1", "bob-x@exists.example", SPFCHECK_PASS,
		  "exists:%{ir}.%{l1r-}.list.example" },
		{ "192.0.2.1", "eve@exists.example", SPFCHECK_FAIL, "-all" },
		{ "192.0.2.1", "u@include.example", SPFCHECK_PASS, "include:pass.example" },
		{ "198.51.100.1", "u@include.example", SPFCHECK_SOFTFAIL, "~all" },
		{ "192.0.2.1", "u@includenone.example", SPFCHECK_PERMERROR,
		  "include:none.example" },
		{ "192.0.2.1", "u@includetemp.example", SPFCHECK_TEMPERROR,
		  "include:slow.example" },
		{ "192.0.2.1", "bob@redirect.example", SPFCHECK_PASS,
		  "exists:%{ir}.%{l1r-}.list.example" },
		{ "192.0.2.1", "u@redirectnone.example", SPFCHECK_PERMERROR, "" },
		{ "192.0.2.1", "u@none.example", SPFCHECK_NONE, "" },
		{ "192.0.2.1", "u@absent.example", SPFCHECK_NONE, "" },
		{ "192.0.2.1", "u@default.example", SPFCHECK_NEUTRAL, "default" },
		{ "192.0.2.1", "u@two.example", SPFCHECK_PERMERROR, "" },
		{ "192.0.2.1", "u@syntax.example", SPFCHECK_PERMERROR, "" },
		{ "192.0.2.1", "u@slow.example", SPFCHECK_TEMPERROR, "" },
		{ "192.0.2.1", "u@broken.example", SPFCHECK_TEMPERROR, "" },
		{ "192.0.2.1", "u@bogus.example", SPFCHECK_TEMPERROR, "" },
		{ "192.0.2.1", "u@aslow.example", SPFCHECK_TEMPERROR, "a:slow.example" },
		{ "192.0.2.1", "u@lateslow.example", SPFCHECK_PASS, "ip4:192.0.2.1" },
		{ "192.0.2.1", "u@loop.example", SPFCHECK_PERMERROR, "include:loop.example" },
		{ "192.0.2.1", "u@redirectloop.example", SPFCHECK_PERMERROR, "" },
		{ "198.51.100.10", "u@ten.example", SPFCHECK_PASS, "a:h10.example" },
		{ "198.51.100.10", "u@eleven.example", SPFCHECK_PASS, "a:h10.example" },
		{ "198.51.100.11", "u@eleven.example", SPFCHECK_PERMERROR, "a:h11.example" },
		{ "192.0.2.1", "u@voids.example", SPFCHECK_FAIL, "-all" },
		{ "192.0.2.1", "u@threevoids.example", SPFCHECK_PERMERROR, "a:v3.example" },
		{ "198.51.100.10", "u@manymx.example", SPFCHECK_PASS, "mx" },
		{ "198.51.100.11", "u@manymx.example", SPFCHECK_PERMERROR, "mx" },
		{ "198.51.100.11", "u@manyptr.example", SPFCHECK_FAIL, "-all" },
		{ "192.0.2.1", "u@nullmx.example", SPFCHECK_FAIL, "-all" },
		{ "192.0.2.1", "u@badname.example", SPFCHECK_FAIL, "-all" },
		{ "192.0.2.1", "u@single", SPFCHECK_NONE, "" },
		{ "192.0.2.1", "u@[192.0.2.1]", SPFCHECK_NONE, "" },
		{ "192.0.2.1", "u@a..example", SPFCHECK_NONE, "" },
		{ "", "u@pass.example", SPFCHECK_NONE, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
		struct spf_result r = check(a, cases[i].ip, "helo.example", cases[i].from);

		if (r.result != cases[i].want || !str_eq(r.mechanism, str_c(cases[i].mechanism)))
			fail_msg("%s: %s by \"%.*s\"", cases[i].from, spfcheck_name(r.result).p,
				 STR_ARG(r.mechanism));
		assert_true(r.n_trace > 0);
		assert_true(r.lookups <= SPFCHECK_MAX_LOOKUPS + 1);
		if (r.result == SPFCHECK_NONE || r.result >= SPFCHECK_TEMPERROR)
			assert_true(r.problem.n > 0);
		else
			assert_true(r.problem.n == 0);
	}
}

static void the_null_reverse_path_is_checked_by_its_helo(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct spf_result r = check(a, "192.0.2.1", "helo.example", "");

	(void)state;
	assert_int_equal(r.result, SPFCHECK_PASS);
	assert_true(str_eq(r.identity, STR("helo")));
	assert_true(str_eq(r.domain, STR("helo.example")));
	r = check(a, "192.0.2.1", "[192.0.2.1]", "");
	assert_int_equal(r.result, SPFCHECK_NONE);
}

static void the_sender_may_explain_a_failure(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct spf_result r = check(a, "192.0.2.1", "helo.example", "eve@exists.example");

	(void)state;
	assert_true(
		str_eq(r.explanation, STR("192.0.2.1 is not exists.example (eve@exists.example, "
					  "helo.example, 192.0.2.1, mx.hopital.example, in-addr, "
					  "1800000000)")));
	r = check(a, "192.0.2.1", "helo.example", "eve@redirect.example");
	assert_int_equal(r.result, SPFCHECK_FAIL);
	assert_true(r.explanation.n > 0); /* of the record redirected to */
	r = check(a, "192.0.2.1", "helo.example", "bob@exists.example");
	assert_true(r.explanation.n == 0);
}

static void the_trace_tells_the_story(void **state)
{
	static const char *const story[] = {
		"TXT mx.example: 2 records",   "record v=spf1 mx ~all",
		"MX mx.example: 2 records",    "A one.mx.example: 1 records",
		"A two.mx.example: 1 records", "matches mx",
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct spf_result r = check(a, "192.0.2.2", "helo.example", "u@mx.example");

	(void)state;
	assert_int_equal(r.n_trace, ARRAY_LEN(story));
	for (size_t i = 0; i < r.n_trace; i++)
		assert_true(str_eq(r.trace[i], str_c(story[i])));
	assert_int_equal(r.lookups, 1);
}

static void a_name_too_long_loses_labels_at_the_left(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	char from[128];
	struct spf_result r;

	(void)state;
	snprintf(from, sizeof(from), "%060d@long.example", 0); /* 5 * 60 is above 253 */
	r = check(a, "192.0.2.1", "helo.example", from);
	assert_int_equal(r.result, SPFCHECK_FAIL);
	assert_int_equal(r.voids, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mechanism_and_limit_has_its_result),
		cmocka_unit_test(the_null_reverse_path_is_checked_by_its_helo),
		cmocka_unit_test(the_sender_may_explain_a_failure),
		cmocka_unit_test(the_trace_tells_the_story),
		cmocka_unit_test(a_name_too_long_loses_labels_at_the_left),
	};

	return cmocka_run_group_tests(tests, open_zone, close_zone);
}

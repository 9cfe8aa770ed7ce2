#include "auth/dmarcrecord.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena *arena;

static struct dmarcrecord parsed(const char *txt)
{
	struct dmarcrecord r;

	assert_true(dmarcrecord_parse(arena, str_c(txt), &r));
	return r;
}

static void only_version_1_at_the_start_is_a_record(void **state)
{
	static const struct {
		const char *txt;
		bool is;
	} cases[] = {
		{ "v=DMARC1", true },
		{ "v=DMARC1;", true },
		{ "V = DMARC1 ; p=none", true },
		{ "v=DMARC1; p=none", true },
		{ "v=dmarc1; p=none", false },
		{ "v=DMARC12", false },
		{ "v=DMARC1 p=none", false },
		{ "p=none; v=DMARC1", false },
		{ " v=DMARC1", false },
		{ "", false },
		{ "v=", false },
		{ "vv=DMARC1", false },
	};
	struct dmarcrecord r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(dmarcrecord_is(str_c(cases[i].txt)), cases[i].is);
		assert_int_equal(dmarcrecord_parse(arena, str_c(cases[i].txt), &r), cases[i].is);
	}
}

static void each_tag_is_read(void **state)
{
	struct dmarcrecord r =
		parsed("v=DMARC1; rf=afrf; p=Reject; sp=quarantine;np=none ;psd=N;t=y;"
		       "adkim=s; aspf=S; fo=1:d; unknown=x; pct=50;");

	(void)state;
	assert_true(r.usable && r.has_sp && r.has_np && r.testing && r.strict_dkim && r.strict_spf);
	assert_int_equal(r.p, DMARC_POLICY_REJECT);
	assert_int_equal(r.sp, DMARC_POLICY_QUARANTINE);
	assert_int_equal(r.np, DMARC_POLICY_NONE);
	assert_int_equal(r.psd, 'n');
	assert_int_equal(r.pct, 50);
	assert_true(str_eq(r.fo, STR("1:d")));
	assert_int_equal(r.n_problems, 0);
}

static void a_mistake_in_one_tag_leaves_the_others_alone(void **state)
{
	struct dmarcrecord r =
		parsed("v=DMARC1; p=reject; adkim=x; aspf=ss; t=maybe; psd=; fo=0:1; "
		       "pct=101; bogus; =x; t=y");

	(void)state;
	assert_true(r.usable && !r.strict_dkim && !r.strict_spf && !r.testing);
	assert_int_equal(r.p, DMARC_POLICY_REJECT);
	assert_int_equal(r.psd, 'u');
	assert_int_equal(r.pct, 100);
	assert_true(str_eq(r.fo, STR("0")));
	assert_true(r.n_problems >= 8);
}

static void what_policy_a_record_means(void **state)
{
	static const struct {
		const char *txt;
		bool usable;
		enum dmarc_policy p;
	} cases[] = {
		{ "v=DMARC1; sp=none; p=reject", true, DMARC_POLICY_REJECT },
		{ "v=DMARC1", false, DMARC_POLICY_NONE },
		{ "v=DMARC1; p=bob", false, DMARC_POLICY_NONE },
		{ "v=DMARC1; p=none; p=reject", false, DMARC_POLICY_NONE },
		{ "v=DMARC1; p=reject; sp=bob", false, DMARC_POLICY_NONE },
		{ "v=DMARC1; p=reject; np=", false, DMARC_POLICY_NONE },
		{ "v=DMARC1; p=reject; sp=bob; rua=mailto:a@b.example", true, DMARC_POLICY_NONE },
		{ "v=DMARC1; rua=mailto:a@b.example", true, DMARC_POLICY_NONE },
		{ "v=DMARC1; rua=bogus", false, DMARC_POLICY_NONE },
		{ "v=DMARC1; psd=y", true, DMARC_POLICY_NONE },
		{ "v=DMARC1; psd=y; p=bob", false, DMARC_POLICY_NONE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct dmarcrecord r = parsed(cases[i].txt);

		assert_int_equal(r.usable, cases[i].usable);
		assert_int_equal(r.p, cases[i].p);
	}
}

static void subdomains_fall_back_to_the_next_wider_policy(void **state)
{
	struct dmarcrecord all = parsed("v=DMARC1; p=none; sp=quarantine; np=reject");
	struct dmarcrecord sp = parsed("v=DMARC1; p=none; sp=quarantine");
	struct dmarcrecord np = parsed("v=DMARC1; p=reject; np=none");

	(void)state;
	assert_int_equal(dmarcrecord_for_subdomain(&all, true), DMARC_POLICY_QUARANTINE);
	assert_int_equal(dmarcrecord_for_subdomain(&all, false), DMARC_POLICY_REJECT);
	assert_int_equal(dmarcrecord_for_subdomain(&sp, false), DMARC_POLICY_QUARANTINE);
	assert_int_equal(dmarcrecord_for_subdomain(&np, true), DMARC_POLICY_REJECT);
	assert_int_equal(dmarcrecord_for_subdomain(&np, false), DMARC_POLICY_NONE);
}

static void report_addresses_are_read_with_their_obsolete_limits(void **state)
{
	struct dmarcrecord r =
		parsed("v=DMARC1; p=none; rua=mailto:a%2Bb@x.example!10m , "
		       "https://y.example/r,mailto:c@z.example?subject=x, mailto:no, "
		       "mailto:d@w.example!, mailto:d@w.example!10p, "
		       "mailto:e@w.example!99999999999999999999");

	(void)state;
	assert_int_equal(r.n_rua, 3);
	assert_true(str_eq(r.rua[0].mailbox, STR("a+b@x.example")));
	assert_true(str_eq(r.rua[0].host, STR("x.example")));
	assert_true(str_eq(r.rua[0].uri, STR("mailto:a%2Bb@x.example")));
	assert_true(r.rua[0].limit == 10 << 20);
	assert_int_equal(r.rua[1].mailbox.n, 0);
	assert_true(str_eq(r.rua[2].mailbox, STR("c@z.example")));
	assert_true(r.rua[2].limit == 0);
	assert_int_equal(r.n_problems, 4);
}

static void pct_0_asks_for_the_test_mode(void **state)
{
	(void)state;
	assert_true(parsed("v=DMARC1; p=reject; pct=0").testing);
	assert_false(parsed("v=DMARC1; p=reject; pct=1").testing);
	assert_false(parsed("v=DMARC1; p=reject; pct=x").testing);
}

static int setup(void **state)
{
	(void)state;
	arena = arena_new("test", 64 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena = arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_version_1_at_the_start_is_a_record),
		cmocka_unit_test(each_tag_is_read),
		cmocka_unit_test(a_mistake_in_one_tag_leaves_the_others_alone),
		cmocka_unit_test(what_policy_a_record_means),
		cmocka_unit_test(subdomains_fall_back_to_the_next_wider_policy),
		cmocka_unit_test(report_addresses_are_read_with_their_obsolete_limits),
		cmocka_unit_test(pct_0_asks_for_the_test_mode),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

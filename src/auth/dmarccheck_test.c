#include "auth/dmarccheck.h"

#include "dns/zonefile.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena *zone_arena, *arena;
static struct dns_resolver dns;

static int open_zone(void **state)
{
	struct zonefile *z;
	struct why why;

	(void)state;
	zone_arena = arena_new("zone", 1 << 22);
	arena = arena_new("test", 64 << 20);
	if (zonefile_load(zone_arena, TEST_DIR "/zones/dmarc.json", &z, &why) < 0)
		return -1;
	dns = zonefile_resolver(z);
	return 0;
}

static int close_zone(void **state)
{
	(void)state;
	zone_arena = arena_free(zone_arena);
	arena = arena_free(arena);
	return 0;
}

struct given {
	const char *author;
	const char *spf; /* domain of SPF's pass, "?" before it: temperror, "-": fail */
	const char *dkim;
};

static enum auth_code code_of(const char **domain)
{
	if (**domain == '?' || **domain == '-')
		return *(*domain)++ == '?' ? AUTH_TEMPERROR : AUTH_FAIL;
	return AUTH_PASS;
}

static struct dmarc_result check(struct given g)
{
	str authors[] = { str_c(g.author) };
	struct dkim_result dkim = { 0 };
	struct spf_result spf = { 0 };
	struct dmarc_input in = { .authors = authors,
				  .n_authors = 1,
				  .n_from_fields = 1,
				  .spf = &spf,
				  .dkim = &dkim,
				  .n_dkim = g.dkim ? 1 : 0 };

	if (g.spf) {
		enum auth_code code = code_of(&g.spf);

		spf.result = code == AUTH_PASS	 ? SPFCHECK_PASS
			     : code == AUTH_FAIL ? SPFCHECK_FAIL
						 : SPFCHECK_TEMPERROR;
		spf.domain = str_c(g.spf);
	}
	if (g.dkim) {
		dkim.result = code_of(&g.dkim);
		dkim.domain = str_c(g.dkim);
	}
	return dmarccheck_run(arena, &dns, &in, deadline_in(10000));
}

static const struct {
	struct given given;
	enum auth_code want;
	enum dmarc_policy policy, disposition;
} policies[] = {
	{ { "reject.example", "reject.example", NULL }, AUTH_PASS, DMARC_POLICY_REJECT, 0 },
	{ { "reject.example", "a.reject.example", NULL }, AUTH_PASS, DMARC_POLICY_REJECT, 0 },
	{ { "reject.example", NULL, "a.b.reject.example" }, AUTH_PASS, DMARC_POLICY_REJECT, 0 },
	{ { "REJECT.example.", NULL, "reject.EXAMPLE" }, AUTH_PASS, DMARC_POLICY_REJECT, 0 },
	{ { "reject.example", NULL, "notreject.example" },
	  AUTH_FAIL,
	  DMARC_POLICY_REJECT,
	  DMARC_POLICY_REJECT },
	{ { "reject.example", "-reject.example", "-reject.example" },
	  AUTH_FAIL,
	  DMARC_POLICY_REJECT,
	  DMARC_POLICY_REJECT },
	{ { "reject.example", NULL, "example" },
	  AUTH_FAIL,
	  DMARC_POLICY_REJECT,
	  DMARC_POLICY_REJECT },
	{ { "strict.example", "a.strict.example", "a.strict.example" },
	  AUTH_FAIL,
	  DMARC_POLICY_QUARANTINE,
	  DMARC_POLICY_QUARANTINE },
	{ { "strict.example", "strict.example", NULL }, AUTH_PASS, DMARC_POLICY_QUARANTINE, 0 },
	{ { "none.example", NULL, NULL }, AUTH_FAIL, DMARC_POLICY_NONE, 0 },
	{ { "test.example", NULL, NULL }, AUTH_FAIL, DMARC_POLICY_REJECT, DMARC_POLICY_QUARANTINE },
	{ { "pct.example", NULL, NULL }, AUTH_FAIL, DMARC_POLICY_QUARANTINE, DMARC_POLICY_NONE },
	{ { "absent.example", "absent.example", NULL }, AUTH_NONE, 0, 0 },
	{ { "two.example", "two.example", NULL }, AUTH_NONE, 0, 0 },
	{ { "broken.example", "broken.example", NULL }, AUTH_NONE, 0, 0 },
	{ { "slow.example", "slow.example", NULL }, AUTH_TEMPERROR, 0, 0 },
	{ { "slow.example", NULL, NULL }, AUTH_TEMPERROR, 0, 0 },
	/* sp, np; what exists is asked */
	{ { "www.sub.example", NULL, NULL },
	  AUTH_FAIL,
	  DMARC_POLICY_QUARANTINE,
	  DMARC_POLICY_QUARANTINE },
	{ { "gone.sub.example", NULL, NULL }, AUTH_FAIL, DMARC_POLICY_REJECT, DMARC_POLICY_REJECT },
	{ { "slow.sub.example", NULL, NULL }, AUTH_TEMPERROR, DMARC_POLICY_NONE, 0 },
	{ { "slow.sub.example", NULL, "sub.example" }, AUTH_PASS, DMARC_POLICY_NONE, 0 },
	/* a temporary error of an identifier that would count, or not */
	{ { "reject.example", "?a.reject.example", NULL }, AUTH_TEMPERROR, DMARC_POLICY_REJECT, 0 },
	{ { "reject.example", NULL, "?other.example" },
	  AUTH_FAIL,
	  DMARC_POLICY_REJECT,
	  DMARC_POLICY_REJECT },
	{ { "reject.example", "?reject.example", "reject.example" },
	  AUTH_PASS,
	  DMARC_POLICY_REJECT,
	  0 },
	/* the walk above the author is open: only who does not need it is told */
	{ { "mail.open.example", NULL, "mail.open.example" }, AUTH_PASS, DMARC_POLICY_REJECT, 0 },
	{ { "mail.open.example", NULL, "open.example" }, AUTH_TEMPERROR, DMARC_POLICY_REJECT, 0 },
	{ { "mail.open.example", NULL, "evil.test" },
	  AUTH_FAIL,
	  DMARC_POLICY_REJECT,
	  DMARC_POLICY_REJECT },
};

static void results_and_policies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(policies); i++) {
		struct dmarc_result r = check(policies[i].given);

		if (r.result != policies[i].want || r.policy != policies[i].policy ||
		    r.disposition != policies[i].disposition)
			fail_msg("case %zu, %s: %.*s, %.*s, %.*s", i, policies[i].given.author,
				 STR_ARG(results_code_name(r.result)),
				 STR_ARG(results_policy_name(r.policy)),
				 STR_ARG(results_policy_name(r.disposition)));
	}
}

static void the_organizational_domain_is_found_by_the_tree_walk(void **state)
{
	static const struct {
		const char *author, *organizational, *policy_domain;
	} cases[] = {
		{ "reject.example", "reject.example", "reject.example" },
		{ "a.b.reject.example", "reject.example", "reject.example" },
		{ "a.unit.example", "unit.example", "unit.example" },
		{ "x.dept.unit.example", "dept.unit.example", "dept.unit.example" },
		{ "www.shop.registry.example", "shop.registry.example", "registry.example" },
		{ "registry.example", "registry.example", "registry.example" },
		{ "a.b.c.d.e.f.g.h.i.j.reject.example", "reject.example", "reject.example" },
		{ "absent.example", "absent.example", "" },
		{ "m\xc3\xa9l.reject.example", "reject.example", "reject.example" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct dmarc_result r = check((struct given){ cases[i].author, NULL, NULL });

		if (!str_eq(r.organizational, str_c(cases[i].organizational)) ||
		    !str_eq(r.policy_domain, str_c(cases[i].policy_domain)))
			fail_msg("%s: %.*s, policy of %.*s", cases[i].author,
				 STR_ARG(r.organizational), STR_ARG(r.policy_domain));
	}
}

static void a_subdomain_with_an_organization_of_its_own_is_not_aligned(void **state)
{
	(void)state;
	assert_int_equal(check((struct given){ "unit.example", NULL, "x.unit.example" }).result,
			 AUTH_PASS);
	assert_int_equal(
		check((struct given){ "unit.example", NULL, "x.dept.unit.example" }).result,
		AUTH_FAIL);
}

static void why_there_is_no_policy_is_told(void **state)
{
	struct dmarc_result two = check((struct given){ "two.example", NULL, NULL });
	struct dmarc_result broken = check((struct given){ "broken.example", NULL, NULL });
	struct dmarc_result absent = check((struct given){ "absent.example", NULL, NULL });

	(void)state;
	assert_true(two.bad_record && broken.bad_record && !absent.bad_record);
	assert_true(two.reason.n && broken.reason.n && absent.reason.n);
}

static void a_pass_beside_a_failure_is_marked(void **state)
{
	(void)state;
	assert_true(check((struct given){ "reject.example", "-reject.example", "reject.example" })
			    .with_failures);
	assert_false(check((struct given){ "reject.example", "-list.example", "reject.example" })
			     .with_failures);
}

static struct dmarc_result check_authors(const str *authors, size_t n, size_t n_fields)
{
	struct dkim_result dkim = { .result = AUTH_PASS, .domain = STR("reject.example") };
	struct spf_result spf = { 0 };
	struct dmarc_input in = { .authors = authors,
				  .n_authors = n,
				  .n_from_fields = n_fields,
				  .spf = &spf,
				  .dkim = &dkim,
				  .n_dkim = 1 };

	return dmarccheck_run(arena, &dns, &in, deadline_in(10000));
}

static void of_several_authors_the_worst_counts(void **state)
{
	const str authors[] = { STR("reject.example"), STR("strict.example"), STR("absent.example"),
				STR("none.example"), STR("not a name..") };

	(void)state;
	assert_int_equal(check_authors(authors, 1, 1).result, AUTH_PASS);
	assert_true(str_eq(check_authors(authors, 2, 1).domain, STR("strict.example")));
	assert_int_equal(check_authors(authors, 2, 1).disposition, DMARC_POLICY_QUARANTINE);
	assert_int_equal(check_authors(authors + 2, 1, 1).result, AUTH_NONE);
	/* More than are looked at, no author, another field, no name: never a pass. */
	assert_true(check_authors(authors, 4, 1).bad_from);
	assert_int_equal(check_authors(authors, 0, 0).result, AUTH_NONE);
	assert_true(check_authors(authors, 0, 1).bad_from);
	assert_int_equal(check_authors(authors, 1, 2).result, AUTH_NONE);
	assert_true(check_authors(authors + 4, 1, 1).bad_from);
	assert_true(check_authors(&STR("b\xe9.example"), 1, 1).bad_from);
	assert_true(check_authors(&STR("\xc3\xa9%2e.example"), 1, 1).bad_from);
	assert_int_equal(check_authors(authors + 1, 1, 2).disposition, DMARC_POLICY_QUARANTINE);
}

static void what_readers_see_a_domain_in_falls_under_its_policy(void **state)
{
	static const str odd[] = { STR("strict.example;"), STR("strict\\.example"),
				   STR("strict.example.."), STR("<strict.example"),
				   STR("strict..example") };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		struct dmarc_result r = check_authors(&odd[i], 1, 1);

		assert_true(r.bad_from);
		assert_int_equal(r.disposition, DMARC_POLICY_QUARANTINE);
	}
	assert_int_equal(check_authors(&STR("reject.example;"), 1, 1).result, AUTH_NONE);
	assert_int_equal(check_authors(&STR("reject.example."), 1, 1).result, AUTH_PASS);
	assert_true(check_authors(&STR("[192.0.2.1]"), 1, 1).bad_from);
}

static void what_is_asked_ahead_is_what_is_asked(void **state)
{
	const str authors[] = { STR("a.b.c.d.e.f.g.h.i.j.x.example"), STR("y.example") };
	struct dmarc_input in = { .authors = authors, .n_authors = 2, .n_from_fields = 1 };
	struct dns_question q[DMARCCHECK_MAX_QUESTIONS];

	(void)state;
	assert_int_equal(dmarccheck_questions(arena, &in, q), 9 + 3);
	assert_true(str_eq(q[0].name, STR("_dmarc.a.b.c.d.e.f.g.h.i.j.x.example")));
	assert_true(str_eq(q[1].name, STR("_dmarc.g.h.i.j.x.example")) ||
		    str_eq(q[1].name, STR("_dmarc.f.g.h.i.j.x.example")));
	assert_true(str_eq(q[7].name, STR("_dmarc.example")));
	assert_true(str_eq(q[10].name, STR("_dmarc.example")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(results_and_policies),
		cmocka_unit_test(the_organizational_domain_is_found_by_the_tree_walk),
		cmocka_unit_test(a_subdomain_with_an_organization_of_its_own_is_not_aligned),
		cmocka_unit_test(why_there_is_no_policy_is_told),
		cmocka_unit_test(a_pass_beside_a_failure_is_marked),
		cmocka_unit_test(of_several_authors_the_worst_counts),
		cmocka_unit_test(what_readers_see_a_domain_in_falls_under_its_policy),
		cmocka_unit_test(what_is_asked_ahead_is_what_is_asked),
	};

	return cmocka_run_group_tests(tests, open_zone, close_zone);
}

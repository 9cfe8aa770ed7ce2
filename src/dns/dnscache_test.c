#include "dns/dnscache.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct dns_record a4[] = { { 0, { "\xc0\x00\x02\x01", 4 } } };

static void answers_live_as_long_as_they_say(void **state)
{
	static const struct {
		struct dns_answer answer;
		int64_t lives_s;
	} cases[] = {
		{ { DNS_OK, a4, 1, 100, true, { "x", 1 } }, 100 },
		{ { DNS_OK, a4, 1, 10000000, true, { "x", 1 } }, DNSCACHE_MAX_TTL },
		{ { DNS_NXDOMAIN, NULL, 0, 100, false, { "x", 1 } }, 100 },
		{ { DNS_NODATA, NULL, 0, 100000, false, { "x", 1 } }, DNSCACHE_MAX_NEGATIVE_TTL },
		{ { DNS_SERVFAIL, NULL, 0, 100000, false, { "x", 1 } },
		  DNSCACHE_MAX_TEMPORARY_TTL },
		{ { DNS_TIMEOUT, NULL, 0, 0, false, { "x", 1 } }, DNSCACHE_MAX_TEMPORARY_TTL },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct dns_question q = { STR("x"), DNS_A };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct dnscache *c = dnscache_new(1 << 20);
		int64_t end = 1000 + cases[i].lives_s * 1000;
		struct dns_answer w;

		dnscache_put(c, &q, 1000, &cases[i].answer);
		assert_true(dnscache_get(c, a, &q, end - 1, &w));
		assert_int_equal(w.status, cases[i].answer.status);
		assert_int_equal(w.n, cases[i].answer.n);
		assert_int_equal(w.secure, cases[i].answer.secure);
		assert_int_equal(w.ttl, 1);
		assert_false(dnscache_get(c, a, &q, end, &w));
		dnscache_free(c);
	}
}

static void an_answer_without_time_to_live_is_not_kept(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct dnscache *c = dnscache_new(1 << 20);
	struct dns_question q = { STR("x"), DNS_A };
	struct dns_answer w = { DNS_OK, a4, 1, 0, false, STR("x") };

	(void)state;
	dnscache_put(c, &q, 0, &w);
	assert_false(dnscache_get(c, a, &q, 0, &w));
	dnscache_free(c);
}

static void types_of_one_name_are_kept_apart(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct dnscache *c = dnscache_new(1 << 20);
	struct dns_question q = { STR("x"), DNS_A }, other = { STR("x"), DNS_AAAA };
	struct dns_answer w = { DNS_OK, a4, 1, 10, false, STR("x") };

	(void)state;
	dnscache_put(c, &q, 0, &w);
	assert_true(dnscache_get(c, a, &q, 0, &w));
	assert_false(dnscache_get(c, a, &other, 0, &w));
	dnscache_free(c);
}

static void what_is_in_use_stays_while_the_rest_is_forgotten(void **state)
{
	enum { NAMES = 20000 };
	cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
	struct dnscache *c = dnscache_new(1 << 20);
	struct dns_question used = { STR("used.example"), DNS_A };
	struct dns_answer w = { DNS_OK, a4, 1, 1000, false, STR("x") }, got;
	size_t kept = 0;

	(void)state;
	dnscache_put(c, &used, 0, &w);
	for (int i = 0; i < NAMES; i++) {
		struct dns_question q = { arena_fmt(a, "n%d.example", i), DNS_A };

		dnscache_put(c, &q, 0, &w);
		assert_true(dnscache_get(c, a, &q, 0, &got));
		assert_true(dnscache_get(c, a, &used, 0, &got));
	}
	for (int i = 0; i < NAMES; i++) {
		struct dns_question q = { arena_fmt(a, "n%d.example", i), DNS_A };

		kept += dnscache_get(c, a, &q, 0, &got);
	}
	assert_true(kept > 100);
	assert_true(kept < NAMES / 2);
	dnscache_free(c);
}

struct below {
	size_t asked;
};

static void answer_all(void *ctx, struct arena *a unused_arg, const struct dns_question *q,
		       size_t n, deadline d unused_arg, struct dns_answer *ret)
{
	struct below *below = ctx;

	below->asked += n;
	for (size_t i = 0; i < n; i++)
		ret[i] = (struct dns_answer){ DNS_OK, a4, 1, 60, false, q[i].name };
}

static void only_what_is_missing_is_asked_below(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct below below = { 0 };
	struct dnscache_over over = { dnscache_new(1 << 20), { answer_all, &below } };
	struct dns_resolver r = dnscache_resolver(&over);
	struct dns_question q[] = { { STR("A.example"), DNS_A },
				    { STR("bad..name"), DNS_A },
				    { STR("b.example"), DNS_A } };
	struct dns_answer w[3];

	(void)state;
	assert_int_equal(dns_ask(&r, a, STR("b.EXAMPLE."), DNS_A, 0).status, DNS_OK);
	r.lookup(r.ctx, a, q, 3, 0, w);
	assert_int_equal(below.asked, 2);
	assert_int_equal(w[0].status, DNS_OK);
	assert_true(str_eq(w[0].canonical, STR("a.example")));
	assert_int_equal(w[1].status, DNS_NXDOMAIN);
	assert_true(str_eq(w[2].canonical, STR("b.example")));
	dnscache_free(over.cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_live_as_long_as_they_say),
		cmocka_unit_test(an_answer_without_time_to_live_is_not_kept),
		cmocka_unit_test(types_of_one_name_are_kept_apart),
		cmocka_unit_test(what_is_in_use_stays_while_the_rest_is_forgotten),
		cmocka_unit_test(only_what_is_missing_is_asked_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

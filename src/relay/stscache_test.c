#include "relay/stscache.h"

#include "dns/zonefile.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* A web server that is a function: what it answers, and how often it was asked. */
static struct {
	int outcome, asked;
	int64_t max_age;
} web;

static int fetch(const struct stsfetch *how unused_arg, struct arena *a, str domain,
		 deadline until unused_arg, struct stspolicy *ret, struct why *why)
{
	web.asked++;
	*ret = (struct stspolicy){ .mode = STSPOLICY_ENFORCE, .max_age = web.max_age, .n_mx = 1 };
	ret->mx[0] = arena_fmt(a, "mx.%.*s", STR_ARG(domain));
	return why_set(why, web.outcome, "as the test says");
}

struct world {
	struct arena *a;
	struct dns_resolver dns;
	struct stsfetch how;
	struct stscache *cache;
	struct stspolicy policy;
	int trouble;
};

/* The DNS of the test from now on. */
static void publish(struct world *w, const char *zone)
{
	struct zonefile *z;
	struct why why = { "" };

	if (zonefile_parse(w->a, str_c(zone), &z, &why) < 0)
		fail_msg("%s", why.text);
	w->dns = zonefile_resolver(z);
}

static int setup(void **state)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct world *w = arena_make(a, struct world);
	static struct stscache caches[5]; /* as long as the process, as in the relay */
	static size_t n;

	w->a = a;
	w->how.dns = &w->dns;
	w->cache = &caches[n++];
	stscache_init(w->cache, fetch);
	web.outcome = STSFETCH_OK;
	web.asked = 0;
	web.max_age = 1000;
	publish(w, "{\"_mta-sts.a.example\": {\"TXT\": [\"other\", \"v=STSv1; id=1;\"]},"
		   " \"_mta-sts.two.example\": {\"TXT\": [\"v=STSv1; id=1\", \"v=STSv1; id=2\"]}}");
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	arena_free(w->a);
	return 0;
}

static bool find(struct world *w, const char *domain)
{
	struct why why;

	return stscache_find(w->cache, &w->how, w->a, str_c(domain), deadline_in(1000), &w->policy,
			     &w->trouble, &why);
}

static void a_policy_is_fetched_once_for_each_id(void **state)
{
	struct world *w = *state;

	assert_true(find(w, "a.example") && find(w, "a.example"));
	assert_int_equal(web.asked, 1);
	assert_true(stspolicy_matches(&w->policy, STR("mx.a.example")));
	publish(w, "{\"_mta-sts.a.example\": {\"TXT\": [\"v=STSv1; id=2;\"]}}");
	assert_true(find(w, "a.example") && find(w, "a.example"));
	assert_int_equal(web.asked, 2);
}

/* RFC 8461 5.1: who takes the record away does not take the policy away. */
static void a_policy_outlives_its_record_and_a_broken_web_server(void **state)
{
	struct world *w = *state;

	assert_true(find(w, "a.example"));
	publish(w, "{\"_mta-sts.a.example\": {\"TXT\": \"servfail\"}}");
	assert_true(find(w, "a.example"));
	publish(w, "{\"_mta-sts.a.example\": {\"TXT\": [\"v=STSv1; id=3;\"]}}");
	web.outcome = STSFETCH_E_WEBPKI;
	assert_true(find(w, "a.example"));
	assert_int_equal(w->trouble, STSFETCH_E_WEBPKI);
	assert_true(find(w, "a.example"));
	assert_int_equal(w->trouble, STSFETCH_OK); /* it is not asked again at once */
	assert_int_equal(web.asked, 2);
}

static void without_a_record_or_a_policy_there_is_none(void **state)
{
	struct world *w = *state;

	assert_false(find(w, "b.example"));
	assert_false(find(w, "two.example"));
	assert_int_equal(web.asked, 0);
	web.outcome = STSFETCH_E_FETCH;
	assert_false(find(w, "a.example"));
	assert_int_equal(w->trouble, STSFETCH_E_FETCH);
	assert_false(find(w, "a.example"));
	assert_int_equal(web.asked, 1);
}

static void a_policy_expires(void **state)
{
	struct world *w = *state;

	web.max_age = 0;
	assert_false(find(w, "a.example"));
	assert_false(find(w, "a.example"));
	assert_int_equal(web.asked, 2);
}

static void the_longest_unused_domain_gives_way(void **state)
{
	struct world *w = *state;
	struct strbuf zone = strbuf_make(w->a, 1 << 20);

	strbuf_put(&zone, STR("{"));
	for (int i = 0; i < STSCACHE_MAX + 5; i++)
		strbuf_fmt(&zone, "%s\"_mta-sts.d%d.example\": {\"TXT\": [\"v=STSv1; id=1\"]}",
			   i ? "," : "", i);
	strbuf_fmt(&zone, "}%c", 0);
	publish(w, strbuf_str(&zone).p);
	for (int i = 0; i < STSCACHE_MAX + 5; i++)
		assert_true(find(w, arena_fmt(w->a, "d%d.example%c", i, 0).p));
	assert_int_equal(w->cache->n, STSCACHE_MAX);
	assert_true(find(w, "d1004.example"));
	assert_int_equal(web.asked, STSCACHE_MAX + 5);
	assert_true(find(w, "d0.example"));
	assert_int_equal(web.asked, STSCACHE_MAX + 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_policy_is_fetched_once_for_each_id, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			a_policy_outlives_its_record_and_a_broken_web_server, setup, teardown),
		cmocka_unit_test_setup_teardown(without_a_record_or_a_policy_there_is_none, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_policy_expires, setup, teardown),
		cmocka_unit_test_setup_teardown(the_longest_unused_domain_gives_way, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "fetch/visitcache.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct visit page = { .end = VISIT_PAGE,
				   .hops = { STR("https://b.example/") },
				   .n = 1,
				   .code = 200,
				   .type = STR("text/html") };

static enum visitcache_found take(struct visitcache *c, struct arena *a, const char *url, bool get,
				  struct visit *ret)
{
	return visitcache_take(c, a, &(struct visit_question){ str_c(url), get }, deadline_in(20),
			       ret);
}

static void put(struct visitcache *c, const char *url, int64_t now, const struct visit *v)
{
	visitcache_put(c, &(struct visit_question){ str_c(url), false }, now, v);
}

static void each_link_is_visited_once_until_what_was_found_expires(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct visitcache *c = visitcache_new(1 << 20);
	struct visit none = { .end = VISIT_UNANSWERED }, found;
	int64_t now = clock_now_ms();

	(void)state;
	assert_int_equal(take(c, a, "http://a.example/", false, &found), VISITCACHE_MINE);
	assert_int_equal(take(c, a, "http://a.example/", false, &found), VISITCACHE_BUSY);
	assert_int_equal(take(c, a, "http://a.example/", true, &found), VISITCACHE_MINE);
	put(c, "http://a.example/", now, &page);
	assert_int_equal(take(c, a, "http://a.example/", false, &found), VISITCACHE_HIT);
	assert_true(found.code == 200 && found.n == 1 &&
		    str_eq(found.hops[0], STR("https://b.example/")));
	/* What nobody answered is tried again sooner. */
	put(c, "http://b.example/", now - VISITCACHE_RETRY_MS, &none);
	assert_int_equal(take(c, a, "http://b.example/", false, &found), VISITCACHE_MINE);
	put(c, "http://c.example/", now - VISITCACHE_RETRY_MS, &page);
	assert_int_equal(take(c, a, "http://c.example/", false, &found), VISITCACHE_HIT);
	put(c, "http://c.example/", now - VISITCACHE_KEEP_MS, &page);
	assert_int_equal(take(c, a, "http://c.example/", false, &found), VISITCACHE_MINE);
	visitcache_free(c);
}

/* The arenas end the test when they hold more than they may. */
static void the_oldest_go_when_it_is_full(void **state)
{
	struct visitcache *c = visitcache_new(1 << 16);
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct visit found;
	char url[64];

	(void)state;
	for (int i = 0; i < 100000; i++) {
		snprintf(url, sizeof(url), "http://%d.example/", i);
		put(c, url, clock_now_ms(), &page);
	}
	assert_int_equal(take(c, a, url, false, &found), VISITCACHE_HIT);
	assert_int_equal(take(c, a, "http://0.example/", false, &found), VISITCACHE_MINE);
	visitcache_free(c);
}

static void *come_back(void *ctx)
{
	put(ctx, "http://a.example/", clock_now_ms(), &page);
	return NULL;
}

static void who_comes_second_waits_for_the_first(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct visitcache *c = visitcache_new(1 << 20);
	struct visit_question q = { STR("http://a.example/"), false };
	struct visit found;
	pthread_t first;

	(void)state;
	assert_int_equal(take(c, a, "http://a.example/", false, &found), VISITCACHE_MINE);
	assert_int_equal(pthread_create(&first, NULL, come_back, c), 0);
	assert_int_equal(visitcache_take(c, a, &q, deadline_in(10000), &found), VISITCACHE_HIT);
	pthread_join(first, NULL);
	visitcache_free(c);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_link_is_visited_once_until_what_was_found_expires),
		cmocka_unit_test(the_oldest_go_when_it_is_full),
		cmocka_unit_test(who_comes_second_waits_for_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

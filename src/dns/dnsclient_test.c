#include "dns/dnsclient.h"

#include "dns/dnscodec.h"
#include "dns/zonefile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

static const char zone_text[] =
	"{\"a.example\": {\"A\": [\"192.0.2.1\"]}, \"slow.example\": {\"*\": \"timeout\"}}";

static int answer(void *ctx, struct chan *c, struct msg *m, struct arena *a)
{
	return dnsclient_answer(ctx, c, m, a, NULL);
}

static int answer_nonsense(void *ctx, struct chan *c, struct msg *m, struct arena *a)
{
	struct msg told = { .type = MSG_dns_told, .dns_told.answers = STR("\1\0 nonsense") };

	(void)ctx, (void)m, (void)a;
	return chan_send(c, &told, NULL);
}

/* Lanes live as long as their process; here the leak checker finds them. */
static struct lanes *pools[3];
static size_t n_pools;

static struct lanes *new_pool(void)
{
	assert_true(n_pools < ARRAY_LEN(pools));
	return pools[n_pools++] = lanes_new(PROCESS_SCAN, PROCESS_DNS);
}

/* A lane whose other end answers by fn. */
static struct lanes *lane_to(lanes_answer_fn *fn, void *ctx)
{
	struct lanes *l = new_pool();
	struct why why;
	int fds[2];

	assert_int_equal(chan_pair(fds, &why), 0);
	lanes_add(l, fds[0], 0);
	assert_int_equal(lanes_serve(fds[1], PROCESS_DNS, PROCESS_SCAN, fn, ctx, &why), 0);
	return l;
}

static void answers_come_back_over_the_lane(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
	struct dns_question q[DNSCODEC_MAX_QUESTIONS + 2];
	struct dns_answer w[ARRAY_LEN(q)];
	struct dns_resolver zone, r;
	struct zonefile *z;
	struct why why;

	(void)state;
	assert_int_equal(zonefile_parse(a, str_c(zone_text), &z, &why), 0);
	zone = zonefile_resolver(z);
	r = dnsclient_resolver(lane_to(answer, &zone));
	for (size_t i = 0; i < ARRAY_LEN(q); i++)
		q[i] = (struct dns_question){ i % 3 == 0   ? STR("a.example")
					      : i % 3 == 1 ? STR("bad..name")
							   : STR("slow.example"),
					      DNS_A };
	r.lookup(r.ctx, a, q, ARRAY_LEN(q), deadline_in(5000), w);
	for (size_t i = 0; i < ARRAY_LEN(q); i++)
		assert_int_equal(w[i].status, i % 3 == 0   ? DNS_OK
					      : i % 3 == 1 ? DNS_NXDOMAIN
							   : DNS_TIMEOUT);
	assert_true(str_eq(w[0].records[0].value, STR("\xc0\0\2\1")));
}

static void a_resolver_that_talks_nonsense_is_a_temporary_failure(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
	struct dns_resolver r = dnsclient_resolver(lane_to(answer_nonsense, NULL));

	(void)state;
	assert_int_equal(dns_ask(&r, a, STR("a.example"), DNS_A, deadline_in(5000)).status,
			 DNS_SERVFAIL);
}

static void a_deadline_that_has_passed_asks_nobody(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
	struct dns_resolver r = dnsclient_resolver(new_pool());

	(void)state;
	assert_int_equal(dns_ask(&r, a, STR("a.example"), DNS_A, 0).status, DNS_TIMEOUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_come_back_over_the_lane),
		cmocka_unit_test(a_resolver_that_talks_nonsense_is_a_temporary_failure),
		cmocka_unit_test(a_deadline_that_has_passed_asks_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "sys/metrics.h"

#include "base/fd.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

struct shared {
	int write, read;
	const uint64_t *block;
};

static struct shared attach_new(void)
{
	struct shared s;
	struct why why;

	assert_int_equal(metrics_make_block(&s.write, &s.read, &why), 0);
	s.block = metrics_map(s.read);
	assert_non_null(s.block);
	metrics_attach(s.write);
	return s;
}

static void end(struct shared *s)
{
	fd_closep(&s->write);
	fd_closep(&s->read);
}

static void what_is_counted_is_read_by_another(void **state)
{
	struct shared s = attach_new();

	(void)state;
	metrics_add(METRIC_edge_connections_full, 2);
	metrics_add(METRIC_edge_connections_full, 1);
	metrics_add(METRIC_edge_sessions, 5);
	metrics_add(METRIC_edge_sessions, -2);
	metrics_set(METRIC_store_spool_bytes, 77);
	assert_int_equal(s.block[METRIC_edge_connections_full], 3);
	assert_int_equal(s.block[METRIC_edge_connections_accepted], 0);
	assert_int_equal(s.block[METRIC_edge_sessions], 3);
	assert_int_equal(s.block[METRIC_store_spool_bytes], 77);
	end(&s);
}

static void a_next_life_goes_on_counting_and_has_no_guests_yet(void **state)
{
	struct shared s = attach_new();

	(void)state;
	metrics_add(METRIC_edge_messages_2xx, 4);
	metrics_add(METRIC_edge_sessions, 3);
	metrics_set(METRIC_edge_certificate_not_after_seconds, 9);
	metrics_observe(METRIC_edge_reply, 10);
	metrics_attach(s.write);
	assert_int_equal(s.block[METRIC_edge_messages_2xx], 4);
	assert_int_equal(s.block[METRIC_edge_reply], 1);
	assert_int_equal(s.block[METRIC_edge_sessions], 0);
	assert_true((int64_t)s.block[METRIC_edge_certificate_not_after_seconds] == METRICS_UNSET);
	end(&s);
}

static void a_value_falls_into_the_first_bucket_that_holds_it(void **state)
{
	const uint64_t *bounds = metrics_bounds(METRICS_SECONDS);
	struct shared s = attach_new();
	uint64_t sum = 0;

	(void)state;
	for (unsigned i = 0; i < METRICS_BUCKETS - 1; i++) {
		assert_true(i == 0 || bounds[i] > bounds[i - 1]);
		metrics_observe(METRIC_dns_answer, bounds[i]);
		metrics_observe(METRIC_dns_answer, bounds[i] + 1);
		sum += 2 * bounds[i] + 1;
	}
	assert_int_equal(s.block[METRIC_dns_answer], 1);
	for (unsigned i = 1; i < METRICS_BUCKETS - 1; i++)
		assert_int_equal(s.block[METRIC_dns_answer + i], 2);
	assert_int_equal(s.block[METRIC_dns_answer + METRICS_BUCKETS - 1], 1);
	assert_int_equal(s.block[METRIC_dns_answer + METRICS_BUCKETS], sum);
	end(&s);
}

static void the_reader_cannot_write_and_nobody_can_shrink(void **state)
{
	struct shared s = attach_new();

	(void)state;
	assert_ptr_equal(
		mmap(NULL, METRICS_BLOCK_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, s.read, 0),
		MAP_FAILED);
	assert_int_equal(
		mprotect((void *)(uintptr_t)s.block, METRICS_BLOCK_BYTES, PROT_READ | PROT_WRITE),
		-1);
	assert_int_equal(write(s.read, "x", 1), -1);
	assert_int_equal(ftruncate(s.write, 0), -1);
	assert_int_equal(ftruncate(s.read, 0), -1);
	end(&s);
}

static void a_block_of_another_version_is_left_alone(void **state)
{
	struct shared s = attach_new();
	struct why why;
	int small = fd_memfd("small", &why);

	(void)state;
	assert_int_equal(ftruncate(small, METRICS_BLOCK_BYTES - 8), 0);
	assert_null(metrics_map(small));
	metrics_attach(small);
	metrics_add(METRIC_dns_questions, 1);
	assert_int_equal(s.block[METRIC_dns_questions], 1);
	fd_close(small);
	end(&s);
}

enum { THREADS = 8, TIMES = 20000 };

static void *count(void *ctx)
{
	for (int i = 0; i < TIMES; i++) {
		metrics_add(METRIC_dns_questions, 1);
		metrics_observe(METRIC_dns_answer, 70);
	}
	return ctx;
}

static void nothing_is_lost_between_threads(void **state)
{
	struct shared s = attach_new();
	pthread_t t[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, count, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	assert_int_equal(s.block[METRIC_dns_questions], THREADS * TIMES);
	assert_int_equal(s.block[METRIC_dns_answer + 1], THREADS * TIMES);
	assert_int_equal(s.block[METRIC_dns_answer + METRICS_BUCKETS], THREADS * TIMES * 70);
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_counted_is_read_by_another),
		cmocka_unit_test(a_next_life_goes_on_counting_and_has_no_guests_yet),
		cmocka_unit_test(a_value_falls_into_the_first_bucket_that_holds_it),
		cmocka_unit_test(the_reader_cannot_write_and_nobody_can_shrink),
		cmocka_unit_test(a_block_of_another_version_is_left_alone),
		cmocka_unit_test(nothing_is_lost_between_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

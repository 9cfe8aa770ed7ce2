#include "sys/metricstext.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { BUDGET = 16 << 20 };

static const struct metricstext_row *row_of(const char *name)
{
	size_t n;
	const struct metricstext_row *rows = metricstext_rows(&n);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	}
	fail_msg("no row %s", name);
	return NULL;
}

static bool has_line(str text, const char *line)
{
	str one;

	while (str_split(&text, '\n', &one)) {
		if (str_eq(one, str_c(line)))
			return true;
	}
	return false;
}

static str text_of(struct arena *a, const struct metricstext_values *v)
{
	struct strbuf b = strbuf_make(a, METRICSTEXT_MAX);

	metricstext_put(&b, v);
	assert_false(b.overflow);
	return strbuf_str(&b);
}

static void the_text_is_as_prometheus_reads_it(void **state)
{
	struct arena *a = arena_new("test", BUDGET);
	static uint64_t edge[METRIC_SLOTS];
	const struct metricstext_source source = { PROCESS_EDGE, edge };
	struct metricstext_values v;
	str text;

	(void)state;
	edge[METRIC_edge_connections_client_full] = 7;
	edge[METRIC_edge_reply] = 2;			      /* up to 50 us */
	edge[METRIC_edge_reply + 4] = 1;		      /* up to 1 ms */
	edge[METRIC_edge_reply + METRICS_BUCKETS - 1] = 1;    /* above all */
	edge[METRIC_edge_reply + METRICS_BUCKETS] = 61000930; /* in all */
	metricstext_collect(&source, 1, &v);
	text = text_of(a, &v);
	assert_true(has_line(text, "# TYPE poterne_edge_connections_total counter"));
	assert_true(has_line(text, "poterne_edge_connections_total{result=\"client_full\"} 7"));
	assert_true(has_line(text, "# TYPE poterne_edge_sessions gauge"));
	assert_true(has_line(text, "poterne_edge_sessions 0"));
	assert_true(has_line(text, "# TYPE poterne_edge_reply_seconds histogram"));
	assert_true(has_line(text, "poterne_edge_reply_seconds_bucket{le=\"0.00005\"} 2"));
	assert_true(has_line(text, "poterne_edge_reply_seconds_bucket{le=\"0.0005\"} 2"));
	assert_true(has_line(text, "poterne_edge_reply_seconds_bucket{le=\"0.001\"} 3"));
	assert_true(has_line(text, "poterne_edge_reply_seconds_bucket{le=\"60\"} 3"));
	assert_true(has_line(text, "poterne_edge_reply_seconds_bucket{le=\"+Inf\"} 4"));
	assert_true(has_line(text, "poterne_edge_reply_seconds_sum 61.00093"));
	assert_true(has_line(text, "poterne_edge_reply_seconds_count 4"));
	assert_true(text.p[text.n - 1] == '\n');
	arena_free(a);
}

static void processes_of_a_kind_are_added_up_and_others_are_not_believed(void **state)
{
	static uint64_t one[METRIC_SLOTS], two[METRIC_SLOTS], dns[METRIC_SLOTS];
	const struct metricstext_source sources[] = { { PROCESS_EDGE, one },
						      { PROCESS_EDGE, two },
						      { PROCESS_DNS, dns } };
	struct metricstext_values v;

	(void)state;
	one[METRIC_edge_messages_2xx] = 3;
	two[METRIC_edge_messages_2xx] = 4;
	dns[METRIC_edge_messages_2xx] = 1000; /* what is not its own */
	one[METRIC_edge_certificate_not_after_seconds] = 2000;
	two[METRIC_edge_certificate_not_after_seconds] = 1900;
	metricstext_collect(sources, ARRAY_LEN(sources), &v);
	assert_int_equal(v.v[METRIC_edge_messages_2xx], 7);
	assert_int_equal(v.v[METRIC_edge_certificate_not_after_seconds], 1900);
}

static void a_reading_that_nobody_has_set_is_not_shown(void **state)
{
	struct arena *a = arena_new("test", BUDGET);
	struct metricstext_values v;
	str text;

	(void)state;
	metricstext_collect(NULL, 0, &v);
	text = text_of(a, &v);
	assert_true(str_find(text, STR("store_queue")) == STR_NONE);
	v.v[METRIC_store_queue_held] = 5;
	text = text_of(a, &v);
	assert_true(has_line(text, "poterne_store_queue{state=\"held\"} 5"));
	assert_true(str_find(text, STR("state=\"waiting\"")) == STR_NONE);
	arena_free(a);
}

static void counts_of_a_hostile_block_stop_and_do_not_go_round(void **state)
{
	struct arena *a = arena_new("test", BUDGET);
	static uint64_t one[METRIC_SLOTS], two[METRIC_SLOTS];
	const struct metricstext_source sources[] = { { PROCESS_EDGE, one },
						      { PROCESS_EDGE, two } };
	struct metricstext_values v;
	int64_t before = 0;
	str text, line;

	(void)state;
	memset(one, 0xff, sizeof(one));
	memset(two, 0x7f, sizeof(two));
	metricstext_collect(sources, 2, &v);
	text = text_of(a, &v);
	assert_true(
		has_line(text, "poterne_edge_messages_total{reply=\"2xx\"} 9223372036854775807"));
	while (str_split(&text, '\n', &line)) {
		if (!str_starts(line, STR("poterne_edge_reply_seconds_bucket")))
			continue;
		assert_true(v.v[METRIC_edge_reply] > 0 && line.p[str_rchr(line, ' ') + 1] != '-');
	}
	for (unsigned i = 0; i < METRICS_BUCKETS; i++) {
		assert_true(v.v[METRIC_edge_reply + i] >= 0);
		before += v.v[METRIC_edge_reply + i] > 0;
	}
	assert_int_equal(before, METRICS_BUCKETS);
	assert_true(metricstext_count(row_of("edge_reply"), &v) == INT64_MAX);
	assert_true(metricstext_quantile(row_of("edge_reply"), &v, 0.99) <= 60e6);
	arena_free(a);
}

static void what_was_put_is_got_again(void **state)
{
	struct arena *a = arena_new("test", BUDGET);
	static uint64_t block[METRIC_SLOTS];
	struct metricstext_source sources[PROCESS_COUNT];
	struct metricstext_values v, again;

	(void)state;
	for (size_t i = 0; i < METRIC_SLOTS; i++)
		block[i] = i * i * 1001;
	for (size_t i = 0; i < PROCESS_COUNT; i++)
		sources[i] = (struct metricstext_source){ (enum process)i, block };
	metricstext_collect(sources, PROCESS_COUNT, &v);
	assert_true(metricstext_get(a, text_of(a, &v), &again));
	assert_memory_equal(&v, &again, sizeof(v));
	assert_false(metricstext_get(
		a, STR("<html>\npoterne_unknown 5\npoterne_dns_questions_total -1\n"), &again));
	arena_free(a);
}

static void quantiles_lie_within_their_bucket(void **state)
{
	const struct metricstext_row *row = row_of("dns_answer");
	struct metricstext_values v = { 0 };

	(void)state;
	assert_true(metricstext_quantile(row, &v, 0.5) == 0);
	v.v[METRIC_dns_answer + 4] = 100; /* above 500 us, up to 1 ms */
	assert_true(metricstext_quantile(row, &v, 0.5) == 750);
	assert_true(metricstext_quantile(row, &v, 1) == 1000);
	v.v[METRIC_dns_answer + METRICS_BUCKETS - 1] = 1000;
	assert_true(metricstext_quantile(row, &v, 0.99) == 60e6);
	assert_int_equal(metricstext_count(row, &v), 1100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_is_as_prometheus_reads_it),
		cmocka_unit_test(processes_of_a_kind_are_added_up_and_others_are_not_believed),
		cmocka_unit_test(a_reading_that_nobody_has_set_is_not_shown),
		cmocka_unit_test(counts_of_a_hostile_block_stop_and_do_not_go_round),
		cmocka_unit_test(what_was_put_is_got_again),
		cmocka_unit_test(quantiles_lie_within_their_bucket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

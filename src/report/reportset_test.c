#include "report/reportset.h"

#include "base/exact.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct aggregate *report_of(struct arena *a, size_t rows)
{
	static struct aggregate_reason reason = { AGGREGATE_MAILING_LIST, { "a list", 6 } };
	static struct aggregate_dkim dkim = {
		{ "town.example", 12 }, { "s1", 2 }, AGGREGATE_RESULT_PASS, { "", 0 }
	};
	static struct aggregate_spf spf = {
		{ "town.example", 12 }, { "mfrom", 5 }, AGGREGATE_RESULT_SOFTFAIL, { "", 0 }
	};
	struct aggregate *g = arena_make(a, struct aggregate);

	*g = (struct aggregate){ .org = STR("Receiver"),
				 .id = STR("r-1"),
				 .domain = STR("town.example"),
				 .begin = 1700000000,
				 .end = 1700086399,
				 .p = AGGREGATE_REJECT,
				 .pct = 50,
				 .testing = true };
	for (size_t i = 0; i < rows; i++)
		*arena_push(a, &g->rows) =
			(struct aggregate_row){ .source = ip_of("\xc0\0\2\1", IP_V4),
						.count = i + 1,
						.dkim = true,
						.header_from = STR("town.example"),
						.reasons = &reason,
						.n_reasons = 1,
						.dkim_results = &dkim,
						.n_dkim_results = 1,
						.spf_results = &spf,
						.n_spf_results = 1 };
	return g;
}

static struct tlsrpt *tls_of(struct arena *a)
{
	struct tlsrpt *t = arena_make(a, struct tlsrpt);
	struct tlsrpt_policy *p;

	*t = (struct tlsrpt){ .org = STR("Sender"), .id = STR("t-1"), .begin = 1, .end = 2 };
	p = arena_push(a, &t->policies);
	p->type = STR("sts");
	p->domain = STR("town.example");
	p->failed = 7;
	*arena_push(a, &p->failures) =
		(struct tlsrpt_failure){ .result = STR("certificate-expired"), .sessions = 7 };
	return t;
}

static struct reportset set_of(struct arena *a, size_t rows)
{
	struct reportset set = { .failures = 2, .unreadable = 1, .why = STR("cut") };

	arena_push(a, &set.reports)->aggregate = report_of(a, rows);
	arena_push(a, &set.reports)->tls = tls_of(a);
	return set;
}

static void what_is_encoded_comes_out_again(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct reportset set = set_of(a, 3), got;
	const struct aggregate *g;

	(void)state;
	assert_true(reportset_decode(a, reportset_encode(a, &set), &got));
	assert_int_equal(got.reports.n, 2);
	assert_int_equal(got.failures, 2);
	assert_true(str_eq(got.why, STR("cut")));
	g = got.reports.v[0].aggregate;
	assert_int_equal(g->rows.n, 3);
	assert_int_equal(g->rows.v[2].count, 3);
	assert_true(g->testing && g->pct == 50 && g->p == AGGREGATE_REJECT);
	assert_int_equal(g->rows.v[0].reasons[0].type, AGGREGATE_MAILING_LIST);
	assert_int_equal(g->rows.v[0].spf_results[0].result, AGGREGATE_RESULT_SOFTFAIL);
	assert_int_equal(got.reports.v[1].tls->policies.v[0].failures.v[0].sessions, 7);
}

static void no_cut_and_no_addition_is_believed(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
	struct reportset set = set_of(a, 2), got;
	str whole = reportset_encode(a, &set);

	(void)state;
	for (size_t n = 0; n < whole.n; n++) {
		cleanup(exact_freep) str cut = exact_copy(str_sub(whole, 0, n));

		assert_false(reportset_decode(a, cut, &got));
	}
	assert_false(reportset_decode(a, arena_fmt(a, "%.*s%c", STR_ARG(whole), 0), &got));
}

/* No byte can be changed into one that decodes to something that cannot be. */
static void changed_bytes_are_refused_or_in_range(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct reportset set = set_of(a, 1), got;
	str whole = reportset_encode(a, &set);

	(void)state;
	for (size_t i = 0; i < whole.n; i++) {
		cleanup(arena_freep) struct arena *scratch = arena_new("test", 64 << 20);
		cleanup(exact_freep) str bad = exact_copy(whole);

		((char *)(uintptr_t)bad.p)[i] = '\xff';
		if (!reportset_decode(scratch, bad, &got))
			continue;
		for (size_t k = 0; k < got.reports.n; k++) {
			const struct aggregate *g = got.reports.v[k].aggregate;

			assert_true(!g || (g->pct <= 100 && g->p <= AGGREGATE_REJECT &&
					   g->end >= g->begin && g->rows.n <= AGGREGATE_MAX_ROWS));
		}
	}
}

static void rows_that_do_not_fit_are_counted(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
	struct reportset set = { 0 }, got;
	struct aggregate *g = report_of(a, AGGREGATE_MAX_ROWS);
	static char wide[AGGREGATE_MAX_TEXT];
	str bytes;

	(void)state;
	memset(wide, 'x', sizeof(wide));
	for (size_t i = 0; i < g->rows.n; i++)
		g->rows.v[i].header_from = str_of(wide, sizeof(wide));
	arena_push(a, &set.reports)->aggregate = g;
	arena_push(a, &set.reports)->tls = tls_of(a);
	bytes = reportset_encode(a, &set);
	assert_true(bytes.n <= REPORTSET_MAX_BYTES);
	assert_true(reportset_decode(a, bytes, &got));
	g = got.reports.v[0].aggregate;
	assert_true(g->rows.n > 1000 && g->rows.n < AGGREGATE_MAX_ROWS);
	assert_int_equal(g->rows.n + g->rows_left_out, AGGREGATE_MAX_ROWS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_encoded_comes_out_again),
		cmocka_unit_test(no_cut_and_no_addition_is_believed),
		cmocka_unit_test(changed_bytes_are_refused_or_in_range),
		cmocka_unit_test(rows_that_do_not_fit_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* No view shouts the others down, and the sum is as sure as it is often right. */
#include "learn/fusion.h"

#include <math.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { ROWS = 400 };

/* The views agree and are wrong once in ten; one shouts. */
static void make(struct fusion_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double side = i % 2 ? 1 : -1;

		rows[i] = (struct fusion_row){ .bad = i % 2 };
		for (int v = 0; v < FEATURES_VIEWS; v++)
			rows[i].logits[v] = i % 20 < 18 ? side : -side;
		rows[i].logits[FEATURES_HEADER] *= 100;
	}
}

static double logit_of(const struct fusion_row *row, const struct model *m)
{
	double logit = m->offset;

	for (int v = 0; v < FEATURES_VIEWS; v++)
		logit += m->views[v].share * row->logits[v];
	return logit;
}

static void each_view_counts_its_worth_and_the_sum_says_how_sure_it_is(void **state)
{
	static struct fusion_row rows[ROWS];
	struct model m = { 0 };

	(void)state;
	make(rows, ROWS);
	fusion_fit(rows, ROWS, &m);
	assert_true(fabs(m.views[FEATURES_HEADER].share * 100 / m.views[FEATURES_TEXT].share - 1) <
		    0.01);
	/* Nine in ten: a logit of log(9). */
	assert_true(fabs(logit_of(&rows[1], &m) - 2.2) < 0.3);
	assert_true(fabs(logit_of(&rows[0], &m) + 2.2) < 0.3);
}

static void nothing_and_one_kind_alone_are_borne(void **state)
{
	static struct fusion_row rows[ROWS];
	struct model m = { 0 };

	(void)state;
	fusion_fit(rows, 0, &m);
	assert_true(isfinite(m.offset) && isfinite(m.views[0].share));
	make(rows, ROWS);
	for (size_t i = 0; i < ROWS; i++)
		rows[i].bad = true;
	fusion_fit(rows, ROWS, &m);
	assert_true(isfinite(m.offset) && isfinite(m.views[0].share));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_view_counts_its_worth_and_the_sum_says_how_sure_it_is),
		cmocka_unit_test(nothing_and_one_kind_alone_are_borne),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

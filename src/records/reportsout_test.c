#include "records/reportsout.h"

#include "base/strbuf.h"
#include "base/testdir.h"

enum { DAY = 20780, NOON = DAY * REPORTSOUT_DAY_S + 43200 };

struct world {
	char dir[TESTDIR_MAX], path[TESTDIR_PATH_MAX];
	struct arena *a;
	struct reportsout r;
};

static int setup(void **state)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct world *w = arena_make(a, struct world);
	struct why why;

	testdir_make(w->dir);
	testdir_path(w->dir, "reports.db", w->path);
	w->a = a;
	assert_int_equal(reportsout_open(&w->r, w->path, &why), RECORDSDB_OK);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	reportsout_close(&w->r);
	testdir_remove(w->dir);
	arena_free(w->a);
	return 0;
}

static void count(struct world *w, const char *domain, const char *row, int64_t wall)
{
	reportsout_count(&w->r, REPORTSOUT_DMARC, str_c(domain), STR("v=DMARC1; p=none"),
			 str_c(row), wall);
}

static struct reportsout_one next(struct world *w, int64_t before, int64_t after)
{
	struct reportsout_one one;
	struct why why;

	assert_int_equal(reportsout_next(&w->r, w->a, before, after, &one, &why), 0);
	return one;
}

static size_t rows_of(struct world *w, int64_t id, struct reportsout_row *ret, size_t max)
{
	int64_t at = 0;
	size_t n;
	struct why why;

	assert_int_equal(reportsout_rows(&w->r, w->a, id, &at, ret, max, &n, &why), 0);
	return n;
}

static void test_the_same_row_is_counted_over_several_writes(void **state)
{
	struct world *w = *state;
	struct reportsout_row rows[4];
	struct reportsout_one one;
	uint64_t dropped;

	count(w, "a.example", "one", NOON);
	count(w, "a.example", "one", NOON);
	assert_int_equal(reportsout_flush(&w->r, &dropped, NULL), 0);
	count(w, "a.example", "one", NOON + 1);
	count(w, "a.example", "two", NOON + 1);
	assert_int_equal(next(w, DAY, 0).id, 0); /* the day is not over */
	one = next(w, DAY + 1, 0);
	assert_true(str_eq(one.domain, STR("a.example")));
	assert_int_equal(one.begin, DAY * REPORTSOUT_DAY_S);
	assert_int_equal(one.end, (DAY + 1) * REPORTSOUT_DAY_S - 1);
	assert_int_equal(one.rows, 2);
	assert_int_equal(rows_of(w, one.id, rows, 4), 2);
	assert_int_equal(rows[0].n + rows[1].n, 4);
	assert_int_equal(next(w, DAY + 1, one.id).id, 0);
}

static void test_another_domain_head_or_day_is_another_report(void **state)
{
	struct world *w = *state;
	struct reportsout_one one = { 0 };
	size_t n = 0;

	count(w, "a.example", "one", NOON);
	count(w, "b.example", "one", NOON);
	count(w, "a.example", "one", NOON + REPORTSOUT_DAY_S);
	reportsout_count(&w->r, REPORTSOUT_DMARC, STR("a.example"), STR("v=DMARC1; p=reject"),
			 STR("one"), NOON);
	reportsout_count(&w->r, REPORTSOUT_TLS, STR("a.example"), STR(""), STR("one"), NOON);
	while ((one = next(w, DAY + 2, one.id)).id) {
		assert_int_equal(one.rows, 1);
		n++;
	}
	assert_int_equal(n, 5);
}

static void test_a_report_that_is_closed_or_settled_counts_no_more(void **state)
{
	struct world *w = *state;
	struct reportsout_one first, second;
	int n;

	count(w, "a.example", "one", NOON);
	assert_int_equal(reportsout_close_day(&w->r, DAY, STR(""), NOON, &n, NULL), 0);
	assert_int_equal(n, 1);
	count(w, "a.example", "one", NOON + 5);
	first = next(w, 0, 0);
	assert_int_equal(first.end, NOON);
	assert_int_equal(
		reportsout_settle(&w->r, first.id, REPORTSOUT_SENT, STR("to x"), NOON, NULL), 0);
	assert_int_equal(next(w, 0, 0).id, 0);
	second = next(w, DAY + 1, 0);
	assert_int_not_equal(second.id, first.id);
	assert_int_equal(second.part, 1);
	assert_int_equal(second.begin, NOON + 1);
	assert_int_equal(second.rows, 1);
}

static void test_rows_and_heads_have_limits_and_what_is_above_is_counted(void **state)
{
	struct world *w = *state;
	struct reportsout_one one;
	uint64_t dropped = 0;
	char text[32];

	for (int i = 0; i < REPORTSOUT_ROWS + 7; i++) {
		snprintf(text, sizeof(text), "row %d", i);
		count(w, "a.example", text, NOON);
	}
	one = next(w, DAY + 1, 0);
	assert_int_equal(one.rows, REPORTSOUT_ROWS);
	assert_int_equal(one.left_out, 7);
	for (int i = 0; i < REPORTSOUT_HEADS + 3; i++) {
		snprintf(text, sizeof(text), "head %d", i);
		reportsout_count(&w->r, REPORTSOUT_DMARC, STR("b.example"), str_c(text), STR("one"),
				 NOON);
	}
	assert_int_equal(reportsout_flush(&w->r, &dropped, NULL), 0);
	assert_int_equal(dropped, 3);
}

static void on_line(void *ctx, int64_t id unused_arg, str line)
{
	struct strbuf *b = ctx;

	strbuf_put(b, line);
	strbuf_char(b, '\n');
}

static void test_hostile_text_is_only_text(void **state)
{
	struct world *w = *state;
	struct strbuf b = strbuf_make(w->a, 1 << 16);

	count(w, "x'; DROP TABLE report; --\xff", "bad \xff row", NOON);
	assert_int_equal(reportsout_list(&w->r, -1, STR(""), on_line, &b, NULL), 0);
	assert_int_not_equal(str_find(strbuf_str(&b), STR("DROP TABLE report; --\\\\x")), STR_NONE);
	assert_int_equal(reportsout_expire(&w->r, DAY + 1, 0, NULL), 0);
	strbuf_clear(&b);
	assert_int_equal(reportsout_list(&w->r, DAY, STR(""), on_line, &b, NULL), 0);
	assert_int_equal(b.n, 0);
}

static int64_t rows_in_all(struct world *w)
{
	sqlite3_stmt *s;
	int64_t n;

	assert_int_equal(recordsdb_prepare(w->r.db, "SELECT count(*) FROM row", &s, NULL), 0);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

static void test_a_flood_of_rows_of_many_domains_ends(void **state)
{
	struct world *w = *state;
	uint64_t dropped;

	w->r.max_rows = 50;
	for (int i = 0; i < 40; i++)
		count(w, arena_fmt(w->a, "d%d.example%c", i % 20, 0).p,
		      arena_fmt(w->a, "row %d%c", i, 0).p, NOON);
	assert_int_equal(reportsout_flush(&w->r, &dropped, NULL), 0);
	for (int i = 0; i < 40; i++)
		count(w, arena_fmt(w->a, "d%d.example%c", i % 20, 0).p,
		      arena_fmt(w->a, "more %d%c", i, 0).p, NOON + i % 2 * REPORTSOUT_DAY_S);
	assert_int_equal(reportsout_flush(&w->r, &dropped, NULL), 0);
	assert_int_equal(rows_in_all(w), 50 + 20); /* the next day has room of its own */
}

static void test_rows_of_settled_reports_go_first(void **state)
{
	struct world *w = *state;
	struct reportsout_one one;

	count(w, "a.example", "x", NOON);
	count(w, "b.example", "x", NOON);
	one = next(w, DAY + 1, 0);
	assert_int_equal(reportsout_settle(&w->r, one.id, REPORTSOUT_SENT, STR("y"), NOON, NULL),
			 0);
	assert_int_equal(reportsout_expire(&w->r, 0, DAY, NULL), 0);
	assert_int_equal(rows_in_all(w), 2);
	assert_int_equal(reportsout_expire(&w->r, 0, DAY + 1, NULL), 0);
	assert_int_equal(rows_in_all(w), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_same_row_is_counted_over_several_writes,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_another_domain_head_or_day_is_another_report,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_a_report_that_is_closed_or_settled_counts_no_more, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_rows_and_heads_have_limits_and_what_is_above_is_counted, setup,
			teardown),
		cmocka_unit_test_setup_teardown(test_hostile_text_is_only_text, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_flood_of_rows_of_many_domains_ends, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_rows_of_settled_reports_go_first, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

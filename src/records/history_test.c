#include "records/history.h"

#include "base/testdir.h"

struct world {
	char dir[TESTDIR_MAX], path[TESTDIR_PATH_MAX];
	struct arena *a;
	struct history h;
};

static int setup(void **state)
{
	struct arena *a = arena_new("test", 16 << 20);
	struct world *w = arena_make(a, struct world);
	struct why why;

	testdir_make(w->dir);
	testdir_path(w->dir, "history.db", w->path);
	w->a = a;
	assert_int_equal(history_open(&w->h, w->path, &why), RECORDSDB_OK);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	history_close(&w->h);
	testdir_remove(w->dir);
	arena_free(w->a);
	return 0;
}

static void add(struct world *w, const char *mid, int64_t at, str record)
{
	str recipient = STR("a@hopital.example");
	struct history_message m = { .mid = str_c(mid),
				     .at = at,
				     .disposition = STR("deliver"),
				     .client_ip = STR("192.0.2.1"),
				     .reverse_path = STR("'; DROP TABLE message; --"),
				     .recipients = &recipient,
				     .n_recipients = 1,
				     .subject = STR("bad \xff bytes\0and nul"),
				     .action = STR("accept"),
				     .score = -150,
				     .record = record };

	history_add(&w->h, &m);
}

static str find(struct world *w, const char *mid)
{
	struct why why;
	str row = STR("unset");

	assert_int_equal(history_find(&w->h, w->a, str_c(mid), &row, &why), 0);
	return row;
}

static void a_row_tells_verdict_and_fate(void **state)
{
	struct world *w = *state;
	struct history_event e = { STR("M1"), 1700000005, STR("delivered"), STR("maildir"),
				   STR("250 ok") };
	str row;

	add(w, "M1", 1700000000,
	    STR("{\"action\":\"accept\",\"score\":-1.5,\"explanation\":{\"en\":\"fine\"}}"));
	history_note(&w->h, &e);
	row = find(w, "M1");
	assert_true(str_starts(row, STR("{\"id\":\"M1\",\"time\":\"2023-11-14T22:13:20Z\"")));
	assert_true(str_find(row, STR("\"action\":\"accept\",\"score\":-1.5")) != STR_NONE);
	assert_true(str_find(row, STR("\"state\":\"delivered\"")) != STR_NONE);
	assert_true(str_find(row, STR("\"explanation\":{\"en\":\"fine\"}")) != STR_NONE);
	assert_true(str_find(row, STR("DROP TABLE")) != STR_NONE);
	assert_true(str_find(row, STR("bad \\\\xff bytes\\\\x00and nul")) != STR_NONE);
	assert_null(find(w, "M2").p);
}

static void a_record_that_is_no_json_is_kept_as_none(void **state)
{
	struct world *w = *state;

	add(w, "M1", 1, STR("{\"action\":"));
	assert_true(str_find(find(w, "M1"), STR("\"record\":null")) != STR_NONE);
}

static void too_many_pending_rows_are_dropped_and_counted(void **state)
{
	struct world *w = *state;
	uint64_t dropped;
	struct why why;

	for (int i = 0; i < HISTORY_MAX_PENDING + 7; i++) {
		char mid[16];

		snprintf(mid, sizeof(mid), "M%d", i);
		add(w, mid, i, STR("{}"));
	}
	assert_int_equal(history_run(&w->h, &dropped, &why), HISTORY_WRITTEN);
	assert_int_equal(dropped, 7);
	assert_non_null(find(w, "M0").p);
	assert_null(find(w, "M2005").p);
	history_stop(&w->h);
	assert_int_equal(history_run(&w->h, &dropped, &why), HISTORY_STOPPED);
	assert_int_equal(dropped, 0);
}

static void old_rows_expire_a_few_at_a_time(void **state)
{
	struct world *w = *state;
	struct why why;
	int n;

	for (int i = 0; i < 10; i++) {
		char mid[16];

		snprintf(mid, sizeof(mid), "M%d", i);
		add(w, mid, i, STR("{}"));
	}
	assert_int_equal(history_flush(&w->h, &why), 0);
	assert_int_equal(history_expire(&w->h, 6, 4, &n, &why), 0);
	assert_int_equal(n, 4);
	assert_int_equal(history_expire(&w->h, 6, 4, &n, &why), 0);
	assert_int_equal(n, 2);
	assert_non_null(find(w, "M6").p);
}

static void a_file_of_a_newer_program_is_refused(void **state)
{
	struct world *w = *state;
	struct history other;
	struct why why;

	assert_int_equal(recordsdb_exec(w->h.db, "PRAGMA user_version=99", &why), 0);
	assert_true(history_open(&other, w->path, &why) < 0);
	assert_non_null(strstr(why.text, "newer"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_row_tells_verdict_and_fate),
		T(a_record_that_is_no_json_is_kept_as_none),
		T(too_many_pending_rows_are_dropped_and_counted),
		T(old_rows_expire_a_few_at_a_time),
		T(a_file_of_a_newer_program_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

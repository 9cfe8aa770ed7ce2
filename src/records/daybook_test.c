#include "records/daybook.h"

#include "base/reader.h"
#include "base/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { DAY_S = 24 * 3600, DAY = 20000 };

struct world {
	struct arena *a;
	char dir[64];
	int dir_fd;
	struct daybook d;
	struct why why;
};

static struct world new_world(void)
{
	struct world w = { .a = arena_new("test", 512 << 20), .dir = "/tmp/daybook-XXXXXX" };

	assert_non_null(mkdtemp(w.dir));
	w.dir_fd = open(w.dir, O_RDONLY | O_DIRECTORY);
	assert_int_equal(daybook_open(&w.d, w.dir_fd, "replay", &w.why), 0);
	return w;
}

static void world_free(struct world *w)
{
	assert_int_equal(daybook_expire(&w->d, INT64_MAX, 0, &w->why), 0);
	daybook_close(&w->d);
	assert_int_equal(unlinkat(w->dir_fd, "replay", AT_REMOVEDIR), 0);
	close(w->dir_fd);
	rmdir(w->dir);
	arena_free(w->a);
}

static void write_all(struct world *w, int64_t now, uint64_t dropped)
{
	uint64_t lost = 0;

	assert_int_equal(daybook_write(&w->d, now, true, &lost, &w->why), 0);
	assert_int_equal(lost, dropped);
}

/* All records of all files, one a line. */
static str read_all(struct world *w)
{
	struct strbuf out = strbuf_make(w->a, 64 << 20);
	struct daybook_file *files;
	size_t n;

	assert_int_equal(daybook_list(&w->d, w->a, &files, &n, &w->why), 0);
	for (size_t i = 0; i < n; i++) {
		uint64_t at, next = 0;

		do {
			str chunk;
			struct reader r;

			at = next;
			assert_int_equal(daybook_read(&w->d, w->a, str_c(files[i].name), at, &chunk,
						      &next, &w->why),
					 0);
			r = reader_make(chunk);
			while (reader_left(&r)) {
				strbuf_put(&out, reader_lstr(&r, DAYBOOK_RECORD));
				strbuf_char(&out, '\n');
			}
			assert_false(r.bad);
		} while (next > at);
	}
	return strbuf_str(&out);
}

static void test_what_is_written_is_read_in_order(void **state)
{
	struct world w = new_world();
	struct strbuf want = strbuf_make(w.a, 64 << 20);

	(void)state;
	for (int i = 0; i < 40000; i++) {
		str record = arena_fmt(w.a, "record %d of many", i);

		daybook_add(&w.d, record);
		strbuf_put(&want, record);
		strbuf_char(&want, '\n');
		if (i % 15000 == 0)
			write_all(&w, DAY * (int64_t)DAY_S, 0);
	}
	write_all(&w, DAY * (int64_t)DAY_S, 0);
	assert_true(str_eq(read_all(&w), strbuf_str(&want)));
	world_free(&w);
}

static void test_what_does_not_fit_is_dropped_and_counted(void **state)
{
	struct world w = new_world();
	char *big = arena_alloc(w.a, DAYBOOK_RECORD + 1);

	(void)state;
	daybook_add(&w.d, str_of(big, DAYBOOK_RECORD + 1));
	for (int i = 0; i < 9; i++)
		daybook_add(&w.d, str_of(big, DAYBOOK_RECORD));
	write_all(&w, 0, 3); /* too large; the eighth and ninth: lengths count as well */
	write_all(&w, 0, 0);
	assert_int_equal(read_all(&w).n, 7 * (DAYBOOK_RECORD + 1));
	world_free(&w);
}

static void test_little_waits_for_more(void **state)
{
	struct world w = new_world();
	uint64_t lost;
	int64_t now = DAY * (int64_t)DAY_S;

	(void)state;
	daybook_add(&w.d, STR("one"));
	write_all(&w, now, 0);
	daybook_add(&w.d, STR("two"));
	assert_int_equal(daybook_write(&w.d, now + DAYBOOK_WAIT_S - 1, false, &lost, &w.why), 0);
	assert_true(str_eq(read_all(&w), STR("one\n")));
	assert_int_equal(daybook_write(&w.d, now + DAYBOOK_WAIT_S, false, &lost, &w.why), 0);
	assert_true(str_eq(read_all(&w), STR("one\ntwo\n")));
	world_free(&w);
}

static void test_old_days_and_too_many_bytes_go(void **state)
{
	struct world w = new_world();

	(void)state;
	for (int day = 0; day < 4; day++) {
		daybook_add(&w.d, arena_fmt(w.a, "day %d", day));
		write_all(&w, (DAY + day) * (int64_t)DAY_S + 7, 0);
	}
	assert_int_equal(daybook_expire(&w.d, DAY + 1, UINT64_MAX, &w.why), 0);
	assert_true(str_eq(read_all(&w), STR("day 1\nday 2\nday 3\n")));
	assert_int_equal(daybook_expire(&w.d, 0, 50, &w.why), 0);
	assert_true(str_eq(read_all(&w), STR("day 2\nday 3\n")) ||
		    str_eq(read_all(&w), STR("day 3\n")));
	world_free(&w);
}

static void test_a_torn_end_is_left_out_and_the_next_run_goes_on_elsewhere(void **state)
{
	struct world w = new_world();
	struct daybook_file *files;
	char path[256];
	size_t n;

	(void)state;
	daybook_add(&w.d, STR("whole"));
	write_all(&w, 0, 0);
	daybook_add(&w.d, STR("torn"));
	write_all(&w, 0, 0);
	daybook_close(&w.d);
	assert_int_equal(daybook_open(&w.d, w.dir_fd, "replay", &w.why), 0);
	assert_int_equal(daybook_list(&w.d, w.a, &files, &n, &w.why), 0);
	assert_int_equal(n, 1);
	snprintf(path, sizeof(path), "%s/replay/%s", w.dir, files[0].name);
	assert_int_equal(truncate(path, (off_t)files[0].size - 1), 0);
	assert_true(str_eq(read_all(&w), STR("whole\n")));
	daybook_add(&w.d, STR("later"));
	write_all(&w, 0, 0);
	assert_true(str_eq(read_all(&w), STR("whole\nlater\n")));
	world_free(&w);
}

static void test_names_that_are_paths_are_refused(void **state)
{
	struct world w = new_world();
	uint64_t next;
	str out;

	(void)state;
	assert_int_equal(
		daybook_read(&w.d, w.a, STR("../replay/20260101-x.zst"), 0, &out, &next, &w.why),
		-ENOENT);
	assert_int_equal(
		daybook_read(&w.d, w.a, STR("20260101-../../x.zst"), 0, &out, &next, &w.why),
		-ENOENT);
	assert_int_equal(daybook_read(&w.d, w.a, STR("20261301-x.zst"), 0, &out, &next, &w.why),
			 -ENOENT);
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_written_is_read_in_order),
		cmocka_unit_test(test_what_does_not_fit_is_dropped_and_counted),
		cmocka_unit_test(test_little_waits_for_more),
		cmocka_unit_test(test_old_days_and_too_many_bytes_go),
		cmocka_unit_test(test_a_torn_end_is_left_out_and_the_next_run_goes_on_elsewhere),
		cmocka_unit_test(test_names_that_are_paths_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

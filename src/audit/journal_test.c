#include "audit/journal.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct seen {
	struct journal_entry v[8];
	size_t n;
};

static void take(void *ctx, const struct journal_entry *e)
{
	struct seen *s = ctx;

	assert_true(s->n < ARRAY_LEN(s->v));
	s->v[s->n++] = *e;
}

static struct journal_head head(const char *run, const char *target)
{
	return (struct journal_head){
		.run = str_c(run), .target = str_c(target), .rcpt = STR("a@b.example"), .seed = 1
	};
}

static void fill(const char *path, struct arena *a)
{
	struct journal_head h = head("first", "mx:25");
	struct seen seen = { .n = 0 };
	struct why why = { "" };
	struct journal j;
	const struct journal_entry entries[] = {
		{ .what = JOURNAL_SENT,
		  .id = STR("T008a-clean"),
		  .posting = { .stage = POSTING_END,
			       .code = 250,
			       .text = STR("250 \"ok\"\xff"),
			       .as_client = true } },
		{ .what = JOURNAL_ARRIVED,
		  .id = STR("T008a-clean"),
		  .arrival = { .marked = true, .kept = 2, .pieces = 3, .marks = STR("X: y") } },
		{ .what = JOURNAL_DIALOGUE,
		  .id = STR("X-009"),
		  .judgement = FATE_FAIL,
		  .note = STR("it says that it is Exim") },
	};

	assert_int_equal(journal_open(path, a, &h, take, &seen, &j, &why), 0);
	assert_int_equal(seen.n, 0);
	for (size_t i = 0; i < ARRAY_LEN(entries); i++)
		assert_int_equal(journal_add(&j, a, &entries[i], &why), 0);
	journal_close(&j);
}

static void what_was_done_comes_back(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("journal", 64 << 20);
	char path[] = "/tmp/poterne-journal-XXXXXX";
	struct journal_head h = head("second", "mx:25");
	struct seen seen = { .n = 0 };
	struct why why = { "" };
	struct journal j;

	(void)state;
	close(mkstemp(path));
	fill(path, a);
	assert_int_equal(journal_open(path, a, &h, take, &seen, &j, &why), 0);
	journal_close(&j);
	assert_true(str_eq(h.run, STR("first")));
	assert_int_equal(seen.n, 3);
	assert_int_equal(seen.v[0].posting.stage, POSTING_END);
	assert_int_equal(seen.v[0].posting.code, 250);
	assert_true(seen.v[0].posting.as_client);
	assert_true(seen.v[1].arrival.marked && !seen.v[1].arrival.altered);
	assert_int_equal(seen.v[1].arrival.kept, 2);
	assert_int_equal(seen.v[2].judgement, FATE_FAIL);
	unlink(path);
}

/* The machine may stop while a line is being written: at any byte. */
static void a_torn_last_line_costs_only_itself(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("journal", 256 << 20);
	char path[] = "/tmp/poterne-journal-XXXXXX";
	struct why why = { "" };
	str whole;

	(void)state;
	close(mkstemp(path));
	fill(path, a);
	assert_int_equal(fd_read_path(path, a, 1 << 20, &whole, &why), 0);
	for (size_t n = str_chr(whole, '\n') + 1; n <= whole.n; n++) {
		struct journal_head h = head("second", "mx:25");
		struct seen seen = { .n = 0 }, again = { .n = 0 };
		struct journal_entry e = { .what = JOURNAL_DIALOGUE, .id = STR("X-034") };
		struct journal j;
		size_t lines = 0;
		int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

		assert_int_equal(fd_write_all(fd, str_sub(whole, 0, n), &why), 0);
		fd_close(fd);
		for (size_t i = 0; i < n; i++)
			lines += whole.p[i] == '\n';
		assert_int_equal(journal_open(path, a, &h, take, &seen, &j, &why), 0);
		assert_in_range(seen.n, lines - 1, lines);
		assert_int_equal(journal_add(&j, a, &e, &why), 0);
		journal_close(&j);
		assert_int_equal(journal_open(path, a, &h, take, &again, &j, &why), 0);
		journal_close(&j);
		assert_int_equal(again.n, seen.n + 1);
	}
	unlink(path);
}

static void another_audit_is_not_taken_up(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("journal", 64 << 20);
	char path[] = "/tmp/poterne-journal-XXXXXX";
	struct journal_head other = head("second", "mx2:25");
	struct seen seen = { .n = 0 };
	struct why why = { "" };
	struct journal j;

	(void)state;
	close(mkstemp(path));
	fill(path, a);
	assert_int_equal(journal_open(path, a, &other, take, &seen, &j, &why), -EEXIST);
	assert_int_equal(seen.n, 0);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_done_comes_back),
		cmocka_unit_test(a_torn_last_line_costs_only_itself),
		cmocka_unit_test(another_audit_is_not_taken_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

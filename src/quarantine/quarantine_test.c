#include "quarantine/quarantine.h"

#include "base/fd.h"
#include "base/testdir.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
	char path[TESTDIR_MAX];
	int dirfd;
	struct arena *a;
	struct quarantineindex index;
	struct quarantine q;
	int found, missing, bad;
};

static void open_all(struct world *w)
{
	char db[100];
	struct why why;

	snprintf(db, sizeof(db), "%s/quarantine.db", w->path);
	if (quarantineindex_open(&w->index, db, &why) != 0)
		fail_msg("%s", why.text);
	if (quarantine_open(&w->q, w->dirfd, &w->index, &why) < 0)
		fail_msg("%s", why.text);
}

static void close_all(struct world *w)
{
	quarantine_close(&w->q);
	quarantineindex_close(&w->index);
}

static int setup(void **state)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct world *w = arena_make(a, struct world);

	testdir_make(w->path);
	w->dirfd = open(w->path, O_RDONLY | O_DIRECTORY);
	w->a = a;
	open_all(w);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	close_all(w);
	close(w->dirfd);
	testdir_remove(w->path);
	arena_free(w->a);
	return 0;
}

static struct spool_id id_of(const char *text)
{
	struct spool_id id;

	assert_true(spoolid_parse(str_c(text), &id));
	return id;
}

static int put(struct world *w, const char *id, str body, int64_t held_at)
{
	str recipients[] = { STR("a@hopital.example"), STR("b\"\xff@hopital.example") };
	struct spoolmeta m = { .id = id_of(id),
			       .client_ip = STR("192.0.2.1"),
			       .helo = STR("x"),
			       .reverse_path = STR("s@example.org"),
			       .recipients = recipients,
			       .n_recipients = 2,
			       .received_at = 1700000000,
			       .queued_at = held_at,
			       .from = STR("\"Chef\" <c@example.org>"),
			       .subject = STR("d\xc3\xa9j\xc3\xa0 \x01 vu"),
			       .record = STR("{\"action\":\"quarantine\",\"score\":12.5}"),
			       .held_class = STR("policy"),
			       .held_reason = STR("score") };
	struct bodyparts parts;
	struct why why;
	int r;

	assert_true(bodyparts_make(w->a, STR("X-Note: held\r\n"), body, NULL, 0, &parts));
	r = quarantine_put(&w->q, w->a, &m, &parts, &why);
	if (r < 0)
		print_message("%s\n", why.text);
	return r;
}

struct lines {
	struct arena *a;
	ARENA_VEC(str) v;
};

static void on_line(void *ctx, str line)
{
	struct lines *l = ctx;

	*arena_push(l->a, &l->v) = arena_str(l->a, line);
}

static struct lines list(struct world *w)
{
	struct lines l = { .a = w->a };
	struct why why;

	assert_int_equal(quarantineindex_list(&w->index, on_line, &l, &why), 0);
	return l;
}

static void on_found(void *ctx, const char *id)
{
	(void)id;
	((struct world *)ctx)->found++;
}

static void on_missing(void *ctx, const char *id)
{
	(void)id;
	((struct world *)ctx)->missing++;
}

static void on_bad(void *ctx, const char *name, const char *reason)
{
	(void)name;
	(void)reason;
	((struct world *)ctx)->bad++;
}

static void reconcile(struct world *w)
{
	struct quarantine_visitor v = { w, on_found, on_missing, on_bad };
	struct why why;

	w->found = w->missing = w->bad = 0;
	assert_int_equal(quarantine_reconcile(&w->q, &v, &why), 0);
}

/* The path of the one file of an id. */
static void path_of(struct world *w, const char *id, char *ret, size_t n)
{
	snprintf(ret, n, "%s/quarantine/%02x/%s.zst", w->path,
		 (unsigned)(bodyparts_hash(str_c(id)) % 256), id);
}

static void a_held_message_comes_back_as_it_was(void **state)
{
	struct world *w = *state;
	size_t n = 300000;
	char *big = arena_alloc(w->a, n);
	struct spoolmeta m;
	struct why why;
	str body;
	int fd;

	for (size_t i = 0; i < n; i++)
		big[i] = (char)(i * i >> 7);
	assert_int_equal(put(w, "Q1", str_of(big, n), 1700000100), 0);
	assert_int_equal(quarantine_read(&w->q, w->a, id_of("Q1"), &m, &fd, &why), QUARANTINE_OK);
	assert_true(fd_is_sealed(fd));
	assert_int_equal(fd_map(fd, 1 << 20, &body, &why), 0);
	assert_true(str_eq(str_sub(body, 0, 14), STR("X-Note: held\r\n")));
	assert_true(str_eq(str_skip(body, 14), str_of(big, n)));
	assert_int_equal(m.n_recipients, 2);
	assert_true(str_eq(m.held_class, STR("policy")));
	fd_unmap(&body);
	close(fd);
	assert_int_equal(quarantine_read(&w->q, w->a, id_of("Q2"), &m, &fd, &why),
			 QUARANTINE_E_ABSENT);
}

static void an_empty_body_is_a_body(void **state)
{
	struct world *w = *state;
	struct spoolmeta m = { .id = id_of("E"), .n_recipients = 1, .recipients = &STR("a@b") };
	struct bodyparts parts;
	struct why why;
	int fd;

	assert_true(bodyparts_make(w->a, STR(""), STR(""), NULL, 0, &parts));
	assert_int_equal(quarantine_put(&w->q, w->a, &m, &parts, &why), 0);
	assert_int_equal(quarantine_read(&w->q, w->a, id_of("E"), &m, &fd, &why), QUARANTINE_OK);
	close(fd);
}

static void the_list_is_json_whatever_the_sender_wrote(void **state)
{
	struct world *w = *state;
	struct lines l;
	struct why why;
	str row;

	assert_int_equal(put(w, "Q1", STR("x"), 1700000100), 0);
	assert_int_equal(put(w, "Q2", STR("x"), 1700000200), 0);
	l = list(w);
	assert_int_equal(l.v.n, 2);
	assert_true(str_starts(l.v.v[0],
			       STR("{\"id\":\"Q2\",\"state\":\"held\",\"class\":\"policy\"")));
	assert_true(str_find(l.v.v[0], STR("\"score\":12.5")) != STR_NONE);
	assert_true(str_find(l.v.v[0], STR("\"held\":\"2023-11-14T22:16:40Z\"")) != STR_NONE);
	assert_true(str_find(l.v.v[0], STR("\\u0001")) != STR_NONE);
	assert_int_equal(quarantineindex_find(&w->index, w->a, STR("Q1"), &row, &why), 0);
	assert_true(str_find(row, STR("\"record\":{\"action\":\"quarantine\"")) != STR_NONE);
	assert_int_equal(quarantineindex_find(&w->index, w->a, STR("Q9"), &row, &why),
			 QUARANTINEINDEX_E_ABSENT);
}

static void a_dropped_message_is_gone(void **state)
{
	struct world *w = *state;
	char path[200];
	struct why why;

	assert_int_equal(put(w, "Q1", STR("x"), 1700000100), 0);
	path_of(w, "Q1", path, sizeof(path));
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(quarantine_drop(&w->q, id_of("Q1"), &why), QUARANTINE_OK);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(list(w).v.n, 0);
	assert_int_equal(quarantine_drop(&w->q, id_of("Q1"), &why), QUARANTINE_E_ABSENT);
	reconcile(w);
	assert_int_equal(w->found + w->missing + w->bad, 0);
}

static void a_released_message_says_so(void **state)
{
	struct world *w = *state;
	struct lines l;
	struct why why;

	assert_int_equal(put(w, "Q1", STR("x"), 1700000100), 0);
	assert_int_equal(quarantine_mark_released(&w->q, id_of("Q1"), &why), 0);
	l = list(w);
	assert_true(str_find(l.v.v[0], STR("\"state\":\"released\"")) != STR_NONE);
	assert_int_equal(quarantine_mark_released(&w->q, id_of("Q2"), &why), QUARANTINE_E_ABSENT);
}

static void old_messages_expire_in_turn(void **state)
{
	struct world *w = *state;
	struct why why;
	size_t n;

	for (int i = 0; i < 10; i++) {
		char id[8];

		snprintf(id, sizeof(id), "Q%d", i);
		assert_int_equal(put(w, id, STR("x"), 1000 + i), 0);
	}
	assert_int_equal(quarantine_expire(&w->q, 1005, 3, &n, &why), 0);
	assert_int_equal(n, 3);
	assert_int_equal(quarantine_expire(&w->q, 1005, 100, &n, &why), 0);
	assert_int_equal(n, 2);
	assert_int_equal(list(w).v.n, 5);
}

static void one_that_cannot_be_dropped_keeps_no_other(void **state)
{
	struct world *w = *state;
	struct why why;
	char path[200];
	size_t n;

	assert_int_equal(put(w, "Q1", STR("x"), 1000), 0);
	assert_int_equal(put(w, "Q2", STR("x"), 1001), 0);
	path_of(w, "Q1", path, sizeof(path));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_true(quarantine_expire(&w->q, 2000, 10, &n, &why) < 0);
	assert_int_equal(n, 1);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(quarantine_expire(&w->q, 2000, 10, &n, &why), 0);
	assert_int_equal(n, 1);
}

static void a_lost_index_is_made_again_from_the_files(void **state)
{
	struct world *w = *state;
	char db[100], path[200];

	assert_int_equal(put(w, "Q1", STR("x"), 1700000100), 0);
	assert_int_equal(put(w, "Q2", STR("x"), 1700000200), 0);
	path_of(w, "Q2", path, sizeof(path));
	close_all(w);
	snprintf(db, sizeof(db), "%s/quarantine.db", w->path);
	assert_int_equal(truncate(db, 0), 0);
	snprintf(db, sizeof(db), "%s/quarantine.db-wal", w->path);
	unlink(db);
	open_all(w);
	reconcile(w);
	assert_int_equal(w->found, 2);
	assert_int_equal(list(w).v.n, 2);
	assert_true(str_find(list(w).v.v[0], STR("\"subject\":\"d\xc3\xa9j")) != STR_NONE);
	unlink(path);
	reconcile(w);
	assert_int_equal(w->found, 0);
	assert_int_equal(w->missing, 1);
	assert_true(str_find(list(w).v.v[0], STR("\"state\":\"missing\"")) != STR_NONE);
	reconcile(w);
	assert_int_equal(w->missing, 0);
}

static void a_broken_database_is_told_from_a_good_one(void **state)
{
	struct world *w = *state;
	struct quarantineindex other;
	char db[100], aside[120];
	struct why why;
	int fd;

	snprintf(db, sizeof(db), "%s/other.db", w->path);
	fd = open(db, O_CREAT | O_WRONLY, 0600);
	for (int i = 0; i < 300; i++)
		assert_int_equal(write(fd, "this is no database at all\n", 27), 27);
	close(fd);
	assert_int_equal(quarantineindex_open(&other, db, &why), RECORDSDB_E_BROKEN);
	assert_int_equal(recordsdb_set_aside(db, &why), 0);
	assert_int_equal(quarantineindex_open(&other, db, &why), 0);
	quarantineindex_close(&other);
	snprintf(aside, sizeof(aside), "%s.broken", db);
	assert_int_equal(access(aside, F_OK), 0);
}

static void damage_is_seen_and_nothing_is_handed_out(void **state)
{
	struct world *w = *state;
	static const int at[] = { 3, 10, 30, 60, -1, -8 };
	char path[200];

	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		struct spoolmeta m;
		struct why why;
		int fd, out = -1;
		off_t where;
		char c;

		assert_int_equal(put(w, "Q1", STR("some text that is longer than nothing"), 1), 0);
		path_of(w, "Q1", path, sizeof(path));
		fd = open(path, O_RDWR);
		where = at[i] < 0 ? lseek(fd, 0, SEEK_END) + at[i] : at[i];
		assert_int_equal(pread(fd, &c, 1, where), 1);
		c ^= 0x11;
		assert_int_equal(pwrite(fd, &c, 1, where), 1);
		close(fd);
		if (at[i] == 3) {
			/* Our reader does not look at the size in front: zstd(1) does. */
			continue;
		}
		assert_int_equal(quarantine_read(&w->q, w->a, id_of("Q1"), &m, &out, &why),
				 QUARANTINE_E_CORRUPT);
		assert_int_equal(out, -1);
	}
}

static void die_at(void *ctx, enum quarantine_step at)
{
	if (at == *(enum quarantine_step *)ctx)
		_exit(7);
}

static void a_crash_at_any_step_leaves_a_whole_message_or_none(void **state)
{
	struct world *w = *state;

	for (enum quarantine_step at = 0; at < QUARANTINE_STEPS; at++) {
		struct spoolmeta m;
		struct why why;
		char id[8];
		int status, fd;
		pid_t pid;

		snprintf(id, sizeof(id), "C%d", (int)at);
		close_all(w);
		pid = fork();
		if (pid == 0) {
			open_all(w);
			w->q.at_step = die_at;
			w->q.at_ctx = &at;
			(void)put(w, id, STR("x"), 1);
			_exit(0);
		}
		waitpid(pid, &status, 0);
		assert_int_equal(WEXITSTATUS(status), 7);
		open_all(w);
		reconcile(w);
		assert_int_equal(w->found, at == QUARANTINE_AT_WRITTEN ? 0 : 1);
		assert_int_equal(w->bad, 0);
		if (at == QUARANTINE_AT_WRITTEN)
			continue;
		assert_int_equal(quarantine_read(&w->q, w->a, id_of(id), &m, &fd, &why),
				 QUARANTINE_OK);
		close(fd);
	}
}

static void without_an_index_nothing_is_promised(void **state)
{
	struct world *w = *state;

	w->q.index = NULL;
	assert_true(put(w, "Q1", STR("x"), 1) < 0);
	w->q.index = &w->index;
	reconcile(w);
	assert_int_equal(w->found, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_held_message_comes_back_as_it_was),
		T(an_empty_body_is_a_body),
		T(the_list_is_json_whatever_the_sender_wrote),
		T(a_dropped_message_is_gone),
		T(a_released_message_says_so),
		T(old_messages_expire_in_turn),
		T(one_that_cannot_be_dropped_keeps_no_other),
		T(a_lost_index_is_made_again_from_the_files),
		T(a_broken_database_is_told_from_a_good_one),
		T(damage_is_seen_and_nothing_is_handed_out),
		T(a_crash_at_any_step_leaves_a_whole_message_or_none),
		T(without_an_index_nothing_is_promised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

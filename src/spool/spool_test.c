#include "spool/spool.h"

#include "base/fd.h"
#include "spool/recovery.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
	char path[64];
	int dirfd;
	struct arena *a;
};

static int setup(void **state)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct world *w = arena_make(a, struct world);

	snprintf(w->path, sizeof(w->path), "/tmp/spool_test.XXXXXX");
	assert_non_null(mkdtemp(w->path));
	w->dirfd = open(w->path, O_RDONLY | O_DIRECTORY);
	assert_true(w->dirfd >= 0);
	w->a = a;
	*state = w;
	return 0;
}

static void remove_tree(int dirfd)
{
	DIR *d = fdopendir(dup(dirfd));
	struct dirent *e;

	rewinddir(d);
	while ((e = readdir(d))) {
		int fd;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (unlinkat(dirfd, e->d_name, 0) == 0)
			continue;
		fd = openat(dirfd, e->d_name, O_RDONLY | O_DIRECTORY);
		remove_tree(fd);
		close(fd);
		unlinkat(dirfd, e->d_name, AT_REMOVEDIR);
	}
	closedir(d);
}

static int teardown(void **state)
{
	struct world *w = *state;

	remove_tree(w->dirfd);
	close(w->dirfd);
	rmdir(w->path);
	arena_free(w->a);
	return 0;
}

static struct spoolmeta a_message(const char *id)
{
	static str recipients[] = { { "a@hopital.example", 17 }, { "b@hopital.example", 17 } };
	struct spoolmeta m = { .client_ip = STR("192.0.2.1"),
			       .helo = STR("client.example"),
			       .reverse_path = STR("s@example.org"),
			       .recipients = recipients,
			       .n_recipients = 2,
			       .received_at = 1700000000,
			       .queued_at = 1700000001,
			       .body_8bit = true,
			       .subject = STR("bonjour"),
			       .record = STR("{}") };

	assert_true(spoolid_parse(str_c(id), &m.id));
	return m;
}

static int commit_text(struct world *w, struct spool *s, const char *id, str body)
{
	struct spoolmeta m = a_message(id);
	struct bodyparts parts;
	struct why why;

	assert_true(bodyparts_make(w->a, STR("Received: here\r\n"), body, NULL, 0, &parts));
	return spool_commit(s, w->a, &m, &parts, &why);
}

static void open_spool(struct world *w, struct spool *s)
{
	struct why why = { { 0 } };

	if (spool_open(s, w->dirfd, &why) < 0)
		fail_msg("%s", why.text);
}

static int count_entries(struct world *w, const char *sub)
{
	int fd = openat(w->dirfd, sub, O_RDONLY | O_DIRECTORY);
	DIR *d = fdopendir(fd);
	struct dirent *e;
	int n = 0;

	assert_non_null(d);
	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

struct found {
	int messages, bad;
	uint32_t attempts;
	char reason[200];
};

static void on_message(void *ctx, const struct spoolmeta *m, const struct spool_state *state)
{
	struct found *f = ctx;

	assert_int_equal(m->n_recipients, 2);
	f->messages++;
	f->attempts = state->progress[0].attempts;
}

static void on_bad(void *ctx, const char *name, const char *reason)
{
	struct found *f = ctx;

	f->bad++;
	snprintf(f->reason, sizeof(f->reason), "%s: %s", name, reason);
}

static struct found recover(struct spool *s)
{
	struct found f = { 0 };
	struct recovery_visitor v = { &f, on_message, on_bad };
	struct why why;

	assert_int_equal(recovery_run(s, &v, &why), 0);
	return f;
}

static struct spool_id id_of(const char *text)
{
	struct spool_id id;

	assert_true(spoolid_parse(str_c(text), &id));
	return id;
}

static void a_committed_message_is_read_back_whole(void **state)
{
	struct world *w = *state;
	struct spool_message m;
	struct spool s;
	struct why why;
	str map;

	open_spool(w, &s);
	assert_int_equal(commit_text(w, &s, "M1", STR("Subject: x\r\n\r\nbody\r\n")), SPOOL_OK);
	assert_int_equal(spool_read(&s, w->a, id_of("M1"), &m, &why), SPOOL_OK);
	assert_true(str_eq(m.meta.recipients[1], STR("b@hopital.example")));
	assert_true(str_eq(m.meta.reverse_path, STR("s@example.org")));
	assert_true(m.meta.body_8bit && !m.meta.smtputf8);
	assert_int_equal(m.state.progress[0].attempts, 0);
	assert_int_equal(fd_map(m.fd, 1 << 20, &map, &why), 0);
	assert_true(str_eq(str_skip(map, m.offset),
			   STR("Received: here\r\nSubject: x\r\n\r\nbody\r\n")));
	fd_unmap(&map);
	close(m.fd);
	assert_int_equal(spool_done(&s, id_of("M1"), &why), 0);
	assert_int_equal(spool_read(&s, w->a, id_of("M1"), &m, &why), SPOOL_E_ABSENT);
	spool_close(&s);
}

static void cuts_leave_parts_out(void **state)
{
	struct world *w = *state;
	const uint64_t cuts[] = { 2, 3, 5, 0, 9, 1 };
	struct bodyparts parts;
	struct spoolmeta m = a_message("C");
	struct spool_message got;
	struct spool s;
	struct why why;
	str map;

	assert_true(bodyparts_make(w->a, STR("+"), STR("0123456789"), cuts, 6, &parts));
	assert_int_equal(parts.size, 7);
	assert_true(parts.hash == bodyparts_hash(STR("+015678")));
	open_spool(w, &s);
	assert_int_equal(spool_commit(&s, w->a, &m, &parts, &why), SPOOL_OK);
	assert_int_equal(spool_read(&s, w->a, id_of("C"), &got, &why), SPOOL_OK);
	assert_int_equal(fd_map(got.fd, 1 << 20, &map, &why), 0);
	assert_true(str_eq(str_skip(map, got.offset), STR("+015678")));
	fd_unmap(&map);
	close(got.fd);
	spool_close(&s);
}

static void cuts_outside_the_message_are_refused(void **state)
{
	static const uint64_t cases[][4] = {
		{ 0, 11, 10, 0 },	  { 11, 0, 11, 0 },	   { 5, 3, 7, 1 },
		{ 1, UINT64_MAX, 10, 0 }, { UINT64_MAX, 1, 0, 0 }, { 5, 1, 4, 1 },
	};
	struct world *w = *state;
	struct bodyparts parts;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_false(bodyparts_make(w->a, STR(""), STR("0123456789"), cases[i], 4, &parts));
	assert_false(bodyparts_make(w->a, STR(""), STR("0123456789"), cases[0], 3, &parts));
}

/* Delivered, its sidecar left behind by a failing disk, then released from quarantine. */
static void an_old_sidecar_does_not_settle_a_new_message(void **state)
{
	struct world *w = *state;
	struct spool s;
	struct spool_state st = { .recipients = (uint8_t[]){ SPOOL_DONE, SPOOL_DONE },
				  .n_recipients = 2,
				  .progress = (struct spool_progress[2]){ { 0 } } };
	struct spool_state found;
	struct spoolmeta m;
	struct why why;

	open_spool(w, &s);
	assert_int_equal(spool_put_state(&s, w->a, id_of("M1"), &st, &why), 0);
	assert_int_equal(commit_text(w, &s, "M1", STR("a")), SPOOL_OK);
	assert_int_equal(spool_peek(&s, w->a, id_of("M1"), &m, &found, &why), SPOOL_OK);
	assert_int_equal(m.n_recipients, 2);
	assert_int_equal(spoolstate_count(&found, SPOOL_PENDING), 2);
	/* but the sidecar of a message that is there stays */
	assert_int_equal(spool_put_state(&s, w->a, id_of("M1"), &st, &why), 0);
	assert_int_equal(commit_text(w, &s, "M1", STR("a")), SPOOL_E_ALREADY);
	assert_int_equal(spool_peek(&s, w->a, id_of("M1"), &m, &found, &why), SPOOL_OK);
	assert_int_equal(spoolstate_count(&found, SPOOL_DONE), 2);
	spool_close(&s);
}

static void the_same_message_twice_is_one_message(void **state)
{
	struct world *w = *state;
	struct spool s;

	open_spool(w, &s);
	assert_int_equal(commit_text(w, &s, "M1", STR("a")), SPOOL_OK);
	assert_int_equal(commit_text(w, &s, "M1", STR("a")), SPOOL_E_ALREADY);
	assert_int_equal(commit_text(w, &s, "M1", STR("b")), -EEXIST);
	assert_int_equal(count_entries(w, "spool/queue"), 1);
	assert_int_equal(count_entries(w, "spool/new"), 0);
	spool_close(&s);
}

static void die_at(void *ctx, enum spool_step at)
{
	if (at == *(enum spool_step *)ctx)
		_exit(7);
}

static void tear_and_die(void *ctx, enum spool_step at)
{
	struct spool *s = ctx;

	if (at != SPOOL_AT_CREATED)
		return;
	/* Half a file, as a power cut may leave it. */
	int fd = openat(s->new_fd, "M2", O_WRONLY);

	if (write(fd, "POTSPOL1abc", 11) != 11)
		_exit(1);
	_exit(7);
}

/* Commits M1, then M2 in a child that ends at a step; the child's exit status. */
static int crash_in_commit(struct world *w, enum spool_step at, bool torn)
{
	struct spool s;
	int status;
	pid_t pid;

	open_spool(w, &s);
	assert_int_equal(commit_text(w, &s, "M1", STR("first")), SPOOL_OK);
	spool_close(&s);
	pid = fork();
	if (pid == 0) {
		open_spool(w, &s);
		s.at_step = torn ? tear_and_die : die_at;
		s.at_ctx = torn ? (void *)&s : (void *)&at;
		(void)commit_text(w, &s, "M2", STR("second"));
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void a_crash_at_any_step_loses_nothing_that_was_promised(void **state)
{
	for (enum spool_step at = SPOOL_AT_CREATED; at <= SPOOL_AT_COMMITTED; at++) {
		struct world *w = *state;
		struct spool_message m;
		struct spool s;
		struct found f;
		struct why why;
		bool expected = at >= SPOOL_AT_RENAMED;

		assert_int_equal(crash_in_commit(w, at, false), 7);
		open_spool(w, &s);
		f = recover(&s);
		assert_int_equal(f.bad, 0);
		assert_int_equal(f.messages, expected ? 2 : 1);
		assert_int_equal(count_entries(w, "spool/new"), 0);
		assert_int_equal(spool_read(&s, w->a, id_of("M1"), &m, &why), SPOOL_OK);
		close(m.fd);
		if (expected) {
			assert_int_equal(spool_read(&s, w->a, id_of("M2"), &m, &why), SPOOL_OK);
			close(m.fd);
		}
		spool_close(&s);
		teardown(state);
		setup(state);
	}
}

static void half_a_file_in_new_is_forgotten(void **state)
{
	struct world *w = *state;
	struct spool s;
	struct found f;

	assert_int_equal(crash_in_commit(w, 0, true), 7);
	assert_int_equal(count_entries(w, "spool/new"), 1);
	open_spool(w, &s);
	f = recover(&s);
	assert_int_equal(f.messages, 1);
	assert_int_equal(f.bad, 0);
	assert_int_equal(count_entries(w, "spool/new"), 0);
	spool_close(&s);
}

static void a_crash_while_state_is_saved_only_repeats_an_attempt(void **state)
{
	struct world *w = *state;

	for (enum spool_step at = SPOOL_AT_STATE_WRITTEN; at <= SPOOL_AT_UNLINKED; at++) {
		struct spool s;
		struct found f;
		struct why why;
		int status;
		pid_t pid = fork();

		if (pid == 0) {
			struct spool_state st = spoolstate_fresh(w->a, 2);

			open_spool(w, &s);
			(void)commit_text(w, &s, "M", STR("x"));
			s.at_step = die_at;
			s.at_ctx = &at;
			st.progress[0].attempts = 3;
			(void)!spool_put_state(&s, w->a, id_of("M"), &st, &why);
			(void)!spool_done(&s, id_of("M"), &why);
			_exit(0);
		}
		waitpid(pid, &status, 0);
		assert_int_equal(WEXITSTATUS(status), 7);
		open_spool(w, &s);
		f = recover(&s);
		assert_int_equal(f.bad, 0);
		assert_int_equal(f.messages, at == SPOOL_AT_UNLINKED ? 0 : 1);
		assert_int_equal(f.attempts, at == SPOOL_AT_STATE_RENAMED ? 3 : 0);
		if (f.messages)
			assert_int_equal(spool_done(&s, id_of("M"), &why), 0);
		assert_int_equal(count_entries(w, "spool/queue"), 0);
		spool_close(&s);
	}
}

/* Changes one committed file by hand, then recovers. */
static struct found damage(struct world *w, int64_t at, int cut_to)
{
	char path[200];
	struct spool s;
	struct found f;
	int fd;

	open_spool(w, &s);
	assert_int_equal(commit_text(w, &s, "M1", STR("0123456789")), SPOOL_OK);
	snprintf(path, sizeof(path), "%s/spool/queue/M1", w->path);
	fd = open(path, O_RDWR);
	if (cut_to >= 0) {
		assert_int_equal(ftruncate(fd, cut_to), 0);
	} else {
		off_t end = lseek(fd, 0, SEEK_END);
		off_t where = at < 0 ? end + at : at;
		char c;

		assert_int_equal(pread(fd, &c, 1, where), 1);
		c ^= 0x20;
		assert_int_equal(pwrite(fd, &c, 1, where), 1);
	}
	close(fd);
	spool_close(&s);
	open_spool(w, &s);
	f = recover(&s);
	spool_close(&s);
	return f;
}

static void a_damaged_head_is_set_apart_and_never_deleted(void **state)
{
	struct world *w = *state;
	static const int64_t at[] = { 0, 7, 8, 12, 20, 40, 100 };

	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		struct found f = damage(w, at[i], -1);

		assert_int_equal(f.messages, 0);
		assert_int_equal(f.bad, 1);
		assert_int_equal(count_entries(w, "spool/corrupt"), i + 1);
		assert_int_equal(count_entries(w, "spool/queue"), 0);
	}
}

static void a_cut_file_is_set_apart(void **state)
{
	struct world *w = *state;
	static const int at[] = { 0, 5, 19, 20, 100, 200 };

	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		struct found f = damage(w, 0, at[i]);

		assert_int_equal(f.messages, 0);
		assert_int_equal(f.bad, 1);
		assert_int_equal(count_entries(w, "spool/corrupt"), i + 1);
	}
}

static void a_damaged_body_is_never_delivered(void **state)
{
	struct world *w = *state;
	struct found f = damage(w, -3, -1);
	struct spool_message m;
	struct spool s;
	struct why why;

	assert_int_equal(f.messages, 1); /* bodies are checked when they are read */
	open_spool(w, &s);
	assert_int_equal(spool_read(&s, w->a, id_of("M1"), &m, &why), SPOOL_E_CORRUPT);
	assert_non_null(strstr(why.text, "checksum"));
	assert_int_equal(count_entries(w, "spool/corrupt"), 1);
	assert_int_equal(spool_read(&s, w->a, id_of("M1"), &m, &why), SPOOL_E_ABSENT);
	spool_close(&s);
}

static void a_full_disk_refuses_and_leaves_nothing_behind(void **state)
{
	struct world *w = *state;
	struct rlimit before, small;
	struct spool s;
	char *big = arena_alloc(w->a, 1 << 20);

	open_spool(w, &s);
	assert_int_equal(commit_text(w, &s, "M1", STR("small")), SPOOL_OK);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	small = before;
	small.rlim_cur = 65536;
	setrlimit(RLIMIT_FSIZE, &small);
	assert_int_equal(commit_text(w, &s, "M2", str_of(big, 1 << 20)), -EFBIG);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_int_equal(count_entries(w, "spool/new"), 0);
	assert_int_equal(count_entries(w, "spool/queue"), 1);
	assert_int_equal(commit_text(w, &s, "M2", str_of(big, 1 << 20)), SPOOL_OK);
	spool_close(&s);
}

static void only_one_process_has_the_spool(void **state)
{
	struct world *w = *state;
	struct spool s, other;
	struct why why;

	open_spool(w, &s);
	assert_int_equal(spool_open(&other, w->dirfd, &why), -EWOULDBLOCK);
	spool_close(&s);
	open_spool(w, &other);
	spool_close(&other);
}

static void names_that_are_no_ids_are_refused(void **state)
{
	static const char *const bad[] = { "",	      ".",   "..",	 "a/b", "../x",
					   "a.state", "a b", "\xc3\xa9", "a\n" };
	struct spool_id id;
	char longest[SPOOLID_MAX + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(spoolid_parse(str_c(bad[i]), &id));
	assert_false(spoolid_parse(str_of("a\0b", 3), &id));
	memset(longest, 'x', sizeof(longest));
	assert_true(spoolid_parse(str_of(longest, SPOOLID_MAX), &id));
	assert_false(spoolid_parse(str_of(longest, SPOOLID_MAX + 1), &id));
}

enum { COMMITTERS = 16, EACH = 20 };

struct committer {
	struct world *w;
	struct spool *s;
	int number;
};

static void *commit_many(void *arg)
{
	struct committer *c = arg;
	struct arena *a = arena_new("committer", 8 << 20);

	for (int i = 0; i < EACH; i++) {
		struct spoolmeta m = a_message("x");
		struct bodyparts parts;
		struct why why;

		snprintf(m.id.text, sizeof(m.id.text), "T%d-%d", c->number, i);
		if (!bodyparts_make(a, STR(""), STR("hello"), NULL, 0, &parts) ||
		    spool_commit(c->s, a, &m, &parts, &why) != SPOOL_OK)
			return c;
		arena_reset(a);
	}
	arena_free(a);
	return NULL;
}

static void many_committers_share_the_fsync_of_the_directory(void **state)
{
	struct world *w = *state;
	pthread_t t[COMMITTERS];
	struct committer c[COMMITTERS];
	struct spool s;

	open_spool(w, &s);
	for (int i = 0; i < COMMITTERS; i++) {
		c[i] = (struct committer){ w, &s, i };
		assert_int_equal(pthread_create(&t[i], NULL, commit_many, &c[i]), 0);
	}
	for (int i = 0; i < COMMITTERS; i++) {
		void *r;

		pthread_join(t[i], &r);
		assert_null(r);
	}
	assert_int_equal(s.sync.arrived, COMMITTERS * EACH);
	assert_true(s.sync.syncs < COMMITTERS * EACH);
	assert_int_equal(recover(&s).messages, COMMITTERS * EACH);
	spool_close(&s);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_old_sidecar_does_not_settle_a_new_message),
		T(a_committed_message_is_read_back_whole),
		T(cuts_leave_parts_out),
		T(cuts_outside_the_message_are_refused),
		T(the_same_message_twice_is_one_message),
		T(a_crash_at_any_step_loses_nothing_that_was_promised),
		T(half_a_file_in_new_is_forgotten),
		T(a_crash_while_state_is_saved_only_repeats_an_attempt),
		T(a_damaged_head_is_set_apart_and_never_deleted),
		T(a_cut_file_is_set_apart),
		T(a_damaged_body_is_never_delivered),
		T(a_full_disk_refuses_and_leaves_nothing_behind),
		T(only_one_process_has_the_spool),
		T(names_that_are_no_ids_are_refused),
		T(many_committers_share_the_fsync_of_the_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

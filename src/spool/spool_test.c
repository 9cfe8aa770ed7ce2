#include "spool/spool.h"

#include "spool/compaction.h"
#include "spool/spoolfile.h"
#include "spool/spoolworld.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

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
	assert_true(fd_is_sealed(m.fd));
	assert_int_equal(fd_map(m.fd, 1 << 20, &map, &why), 0);
	assert_int_equal(m.offset, 0);
	assert_true(str_eq(map, STR("Received: here\r\nSubject: x\r\n\r\nbody\r\n")));
	fd_unmap(&map);
	close(m.fd);
	assert_int_equal(spool_done(&s, id_of("M1"), &why), 0);
	assert_int_equal(spool_read(&s, w->a, id_of("M1"), &m, &why), SPOOL_E_ABSENT);
	assert_int_equal(spool_done(&s, id_of("M1"), &why), -ENOENT);
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

/* Delivered, then released from quarantine under the same name. */
static void a_state_does_not_settle_a_later_message_of_the_name(void **state)
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
	assert_int_equal(spool_put_state(&s, w->a, id_of("M1"), &st, &why), -ENOENT);
	assert_int_equal(commit_text(w, &s, "M1", STR("a")), SPOOL_OK);
	assert_int_equal(spool_put_state(&s, w->a, id_of("M1"), &st, &why), 0);
	assert_int_equal(spool_done(&s, id_of("M1"), &why), 0);
	assert_int_equal(commit_text(w, &s, "M1", STR("b")), SPOOL_OK);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(spool_peek(&s, w->a, id_of("M1"), &m, &found, &why), SPOOL_OK);
		assert_int_equal(spoolstate_count(&found, SPOOL_PENDING), 2);
		spool_close(&s);
		open_spool(w, &s);
	}
	/* but that of a message that is there stays, also when it is committed again */
	assert_int_equal(spool_put_state(&s, w->a, id_of("M1"), &st, &why), 0);
	assert_int_equal(commit_text(w, &s, "M1", STR("b")), SPOOL_E_ALREADY);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(spool_peek(&s, w->a, id_of("M1"), &m, &found, &why), SPOOL_OK);
		assert_int_equal(spoolstate_count(&found, SPOOL_DONE), 2);
		spool_close(&s);
		open_spool(w, &s);
	}
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
	assert_int_equal(spool_count(&s), 1);
	spool_close(&s);
	open_spool(w, &s);
	assert_int_equal(commit_text(w, &s, "M1", STR("a")), SPOOL_E_ALREADY);
	assert_int_equal(commit_text(w, &s, "M1", STR("b")), -EEXIST);
	spool_close(&s);
}

static void die_at(void *ctx, enum spool_step at)
{
	if (at == *(enum spool_step *)ctx)
		_exit(7);
}

/* Half of a record, as a kill in the middle of a write leaves it. */
static ssize_t write_half_and_die(void *ctx, int fd, const struct iovec *v, int n, uint64_t at)
{
	if (n == 1)
		return spoolio_disk.write(ctx, fd, v, n, at); /* a segment's header */
	if (spoolio_disk.write(ctx, fd, v, 2, at) < 0)
		_exit(1);
	_exit(7);
}

/* Runs act in a child that ends at a step; its exit status. */
static int crash(struct world *w, enum spool_step at, void (*act)(struct world *, struct spool *))
{
	struct spool s;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		open_small(w, &s);
		s.log.at_step = die_at;
		s.log.at_ctx = &at;
		act(w, &s);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void commit_second(struct world *w, struct spool *s)
{
	(void)commit_text(w, s, "M2", STR("second"));
}

static void a_crash_at_any_step_loses_nothing_that_was_promised(void **state)
{
	static const enum spool_step steps[] = { SPOOL_AT_MADE,	    SPOOL_AT_MARKED,
						 SPOOL_AT_NAMED,    SPOOL_AT_READY,
						 SPOOL_AT_APPENDED, SPOOL_AT_COMMITTED };

	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		struct world *w = *state;
		struct spool s;
		struct found f;
		bool expected = steps[i] == SPOOL_AT_APPENDED || steps[i] == SPOOL_AT_COMMITTED;

		commit_first(w);
		assert_int_equal(crash(w, steps[i], commit_second), 7);
		open_small(w, &s);
		f = recover(&s);
		assert_int_equal(f.bad, 0);
		assert_int_equal(f.messages, expected ? 2 : 1);
		assert_readable(w, &s, "M1");
		if (expected)
			assert_readable(w, &s, "M2");
		assert_int_equal(commit_text(w, &s, "M3", STR("third")), SPOOL_OK);
		spool_close(&s);
		teardown(state);
		setup(state);
	}
}

static void half_a_record_is_set_apart_and_the_rest_goes_on(void **state)
{
	struct world *w = *state;
	struct spool s;
	struct found f;
	struct why why;
	int status;
	pid_t pid;

	commit_first(w);
	pid = fork();
	if (pid == 0) {
		struct spoolio io = spoolio_disk;

		io.write = write_half_and_die;
		if (spool_open_on(&s, w->dirfd, &io, SMALL, &why) < 0)
			_exit(1);
		commit_second(w, &s);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 7);
	for (int i = 0; i < 2; i++) { /* reported once: the second start finds it gone */
		open_small(w, &s);
		f = recover(&s);
		assert_int_equal(f.messages, 1);
		assert_int_equal(f.bad, i == 0);
		assert_int_equal(count_entries(w, "spool/corrupt"), 1);
		assert_readable(w, &s, "M1");
		spool_close(&s);
	}
}

static void settle_third(struct world *w, struct spool *s)
{
	struct spool_state st = spoolstate_fresh(w->a, 2);
	struct why why;

	(void)commit_text(w, s, "M", STR("x"));
	st.progress[0].attempts = 3;
	(void)!spool_put_state(s, w->a, id_of("M"), &st, &why);
	(void)!spool_done(s, id_of("M"), &why);
}

static void a_crash_while_state_is_saved_only_repeats_an_attempt(void **state)
{
	struct world *w = *state;

	for (enum spool_step at = SPOOL_AT_STATE_APPENDED; at <= SPOOL_AT_DONE_APPENDED; at++) {
		struct spool s;
		struct found f;
		struct why why;

		assert_int_equal(crash(w, at, settle_third), 7);
		open_small(w, &s);
		f = recover(&s);
		assert_int_equal(f.bad, 0);
		assert_int_equal(f.messages, at == SPOOL_AT_DONE_APPENDED ? 0 : 1);
		if (f.messages) {
			assert_int_equal(f.attempts, 3);
			assert_int_equal(spool_done(&s, id_of("M"), &why), 0);
		}
		spool_close(&s);
	}
}

/* One message that stays, and so many that come and go that it is in the way. */
static void stay_while_others_pass(struct world *w, struct spool *s)
{
	struct spool_state st = { .recipients = (uint8_t[]){ SPOOL_DONE, SPOOL_PENDING },
				  .n_recipients = 2,
				  .progress = (struct spool_progress[]){
					  { 0 }, { .attempts = 2, .reply = STR("451 later") } } };
	struct why why;
	char id[20];

	if (commit_text(w, s, "STAYS", STR("deferred")) != SPOOL_OK ||
	    spool_put_state(s, w->a, id_of("STAYS"), &st, &why) < 0)
		_exit(1);
	for (int i = 0; i < 300; i++) {
		struct arena *a = arena_new("passing", 16 << 20);
		struct world passing = { .a = a };

		snprintf(id, sizeof(id), "P%d", i);
		if (commit_text(&passing, s, id, STR("0123456789012345678901234567890123456789")) !=
			    SPOOL_OK ||
		    spool_done(s, id_of(id), &why) < 0)
			_exit(1);
		arena_free(a);
	}
	if (compaction_run(s, &why) < 0)
		_exit(1);
}

static void assert_only_the_one_that_stays(struct world *w, struct spool *s)
{
	struct spool_state st;
	struct spoolmeta m;
	struct found f = recover(s);
	struct why why;

	assert_int_equal(f.bad, 0);
	assert_int_equal(f.messages, 1);
	assert_int_equal(spool_peek(s, w->a, id_of("STAYS"), &m, &st, &why), SPOOL_OK);
	assert_int_equal(st.progress[1].attempts, 2);
	assert_int_equal(st.recipients[0], SPOOL_DONE);
	assert_int_equal(st.recipients[1], SPOOL_PENDING);
	assert_readable(w, s, "STAYS");
}

static void a_deferred_message_holds_no_disk_space_back(void **state)
{
	struct world *w = *state;
	struct spool s;

	open_small(w, &s);
	stay_while_others_pass(w, &s);
	assert_true(s.log.bytes <= 2 * s.index.bytes + COMPACTION_SLACK * SMALL);
	assert_true(count_entries(w, "spool/segments") <= COMPACTION_SLACK + 2);
	assert_true(s.log.next_number > COMPACTION_SLACK + 3); /* more have been there */
	assert_only_the_one_that_stays(w, &s);
	spool_close(&s);
	open_small(w, &s);
	assert_only_the_one_that_stays(w, &s);
	spool_close(&s);
}

static void a_crash_while_space_is_given_back_loses_and_repeats_nothing(void **state)
{
	for (enum spool_step at = SPOOL_AT_MOVED; at <= SPOOL_AT_REMOVED; at++) {
		struct world *w = *state;
		struct spool s;

		assert_int_equal(crash(w, at, stay_while_others_pass), 7);
		for (int i = 0; i < 2; i++) {
			struct why why;

			open_small(w, &s);
			assert_only_the_one_that_stays(w, &s);
			assert_int_equal(compaction_run(&s, &why), 0);
			assert_only_the_one_that_stays(w, &s);
			spool_close(&s);
		}
		teardown(state);
		setup(state);
	}
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
	assert_int_equal(spool_count(&s), 1);
	assert_int_equal(commit_text(w, &s, "M2", str_of(big, 1 << 20)), SPOOL_OK);
	spool_close(&s);
	open_spool(w, &s);
	assert_int_equal(recover(&s).messages, 2);
	assert_int_equal(recover(&s).bad, 0);
	spool_close(&s);
}

static void a_message_above_the_size_of_a_segment_has_one_of_its_own(void **state)
{
	struct world *w = *state;
	char *big = arena_alloc(w->a, 100000);
	struct spool s;
	struct why why;

	open_small(w, &s);
	assert_int_equal(commit_text(w, &s, "M1", STR("small")), SPOOL_OK);
	assert_int_equal(commit_text(w, &s, "M2", str_of(big, 100000)), SPOOL_OK);
	assert_int_equal(commit_text(w, &s, "M3", STR("small")), SPOOL_OK);
	assert_int_equal(s.log.active->number, 3);
	spool_close(&s);
	open_small(w, &s);
	assert_int_equal(recover(&s).messages, 3);
	assert_readable(w, &s, "M2");
	assert_int_equal(spool_done(&s, id_of("M1"), &why), 0);
	assert_int_equal(spool_done(&s, id_of("M2"), &why), 0);
	assert_int_equal(compaction_run(&s, &why), 0);
	assert_true(s.log.bytes < 100000);
	spool_close(&s);
}

static void write_former(struct world *w, int dirfd, const char *id, bool whole)
{
	struct spoolmeta m = a_message(id);
	struct bodyparts body;
	struct why why;
	str head;
	int fd = openat(dirfd, id, O_WRONLY | O_CREAT, 0600);

	assert_true(bodyparts_make(w->a, STR(""), STR("former format"), NULL, 0, &body));
	m.body_size = body.size;
	m.body_hash = body.hash;
	assert_true(spoolfile_head(w->a, SPOOLFILE_MESSAGE, &m, &head));
	if (!whole)
		body.n = body.size = 0;
	assert_int_equal(spoolfile_write(fd, head, &body, &why), 0);
	close(fd);
}

static void a_spool_of_the_former_format_is_taken_over_once(void **state)
{
	struct world *w = *state;
	struct spool_state st = { .recipients = (uint8_t[]){ SPOOL_DONE, SPOOL_PENDING },
				  .n_recipients = 2,
				  .progress = (struct spool_progress[]){
					  { .attempts = 3, .reply = STR("451 later") }, { 0 } } };
	struct strbuf sidecar = strbuf_make(w->a, 4096);
	struct spool_message m;
	struct spool s;
	struct why why;
	int queue, fd;

	mkdirat(w->dirfd, "spool", 0700);
	mkdirat(w->dirfd, "spool/new", 0700);
	mkdirat(w->dirfd, "spool/queue", 0700);
	queue = openat(w->dirfd, "spool/queue", O_RDONLY | O_DIRECTORY);
	write_former(w, queue, "M1", true);
	write_former(w, queue, "M2", true);
	write_former(w, queue, "BAD", false);
	spoolstate_encode(&st, &sidecar);
	fd = openat(queue, "M2.state", O_WRONLY | O_CREAT, 0600);
	assert_int_equal(fd_write_all(fd, strbuf_str(&sidecar), &why), 0);
	close(fd);
	close(queue);
	for (int i = 0; i < 2; i++) {
		struct found f;

		open_spool(w, &s);
		f = recover(&s);
		assert_int_equal(f.messages, 2);
		assert_int_equal(f.bad, i == 0);
		assert_readable(w, &s, "M1");
		assert_int_equal(spool_read(&s, w->a, id_of("M2"), &m, &why), SPOOL_OK);
		assert_int_equal(m.state.progress[0].attempts, 3);
		assert_int_equal(m.state.recipients[0], SPOOL_DONE);
		close(m.fd);
		assert_int_equal(faccessat(w->dirfd, "spool/queue", F_OK, 0), -1);
		assert_int_equal(faccessat(w->dirfd, "spool/new", F_OK, 0), -1);
		assert_int_equal(count_entries(w, "spool/corrupt"), 1);
		spool_close(&s);
	}
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

enum { COMMITTERS = 16, EACH = 60 };

struct committer {
	struct world *w;
	struct spool *s;
	int number;
	_Atomic bool stop;
};

static void *commit_many(void *arg)
{
	struct committer *c = arg;
	struct arena *a = arena_new("committer", 8 << 20);

	for (int i = 0; i < EACH; i++) {
		struct spoolmeta m = a_message("x");
		struct spool_message got;
		struct bodyparts parts;
		struct why why;

		snprintf(m.id.text, sizeof(m.id.text), "T%d-%d", c->number, i);
		if (!bodyparts_make(a, STR(""), STR("hello"), NULL, 0, &parts) ||
		    spool_commit(c->s, a, &m, &parts, &why) != SPOOL_OK)
			return c;
		if (i % 2) {
			if (spool_read(c->s, a, m.id, &got, &why) != SPOOL_OK)
				return c;
			close(got.fd);
			if (spool_done(c->s, m.id, &why) < 0)
				return c;
		}
		arena_reset(a);
	}
	arena_free(a);
	return NULL;
}

static void *compact_often(void *arg)
{
	struct committer *c = arg;
	struct why why;

	while (!c->stop) {
		if (compaction_run(c->s, &why) < 0)
			return c;
	}
	return NULL;
}

static void many_threads_share_syncs_while_space_is_given_back(void **state)
{
	struct world *w = *state;
	pthread_t t[COMMITTERS], compactor;
	struct committer c[COMMITTERS + 1];
	struct spool s;
	void *r;

	open_small(w, &s);
	for (int i = 0; i <= COMMITTERS; i++)
		c[i] = (struct committer){ w, &s, i, false };
	assert_int_equal(pthread_create(&compactor, NULL, compact_often, &c[COMMITTERS]), 0);
	for (int i = 0; i < COMMITTERS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, commit_many, &c[i]), 0);
	for (int i = 0; i < COMMITTERS; i++) {
		pthread_join(t[i], &r);
		assert_null(r);
	}
	c[COMMITTERS].stop = true;
	pthread_join(compactor, &r);
	assert_null(r);
	assert_int_equal(recover(&s).messages, COMMITTERS * EACH / 2);
	spool_close(&s);
	open_small(w, &s);
	assert_int_equal(recover(&s).messages, COMMITTERS * EACH / 2);
	spool_close(&s);
}

static void many_committers_share_a_sync(void **state)
{
	struct world *w = *state;
	pthread_t t[COMMITTERS];
	struct committer c[COMMITTERS];
	struct spool s;

	open_spool(w, &s);
	for (int i = 0; i < COMMITTERS; i++) {
		c[i] = (struct committer){ w, &s, i, false };
		assert_int_equal(pthread_create(&t[i], NULL, commit_many, &c[i]), 0);
	}
	for (int i = 0; i < COMMITTERS; i++) {
		void *r;

		pthread_join(t[i], &r);
		assert_null(r);
	}
	assert_int_equal(s.log.sync.arrived, COMMITTERS * EACH * 3 / 2);
	assert_true(s.log.sync.syncs < COMMITTERS * EACH);
	spool_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_committed_message_is_read_back_whole),
		T(cuts_leave_parts_out),
		T(cuts_outside_the_message_are_refused),
		T(a_state_does_not_settle_a_later_message_of_the_name),
		T(the_same_message_twice_is_one_message),
		T(a_crash_at_any_step_loses_nothing_that_was_promised),
		T(half_a_record_is_set_apart_and_the_rest_goes_on),
		T(a_crash_while_state_is_saved_only_repeats_an_attempt),
		T(a_deferred_message_holds_no_disk_space_back),
		T(a_crash_while_space_is_given_back_loses_and_repeats_nothing),
		T(a_full_disk_refuses_and_leaves_nothing_behind),
		T(a_message_above_the_size_of_a_segment_has_one_of_its_own),
		T(a_spool_of_the_former_format_is_taken_over_once),
		T(only_one_process_has_the_spool),
		T(names_that_are_no_ids_are_refused),
		T(many_threads_share_syncs_while_space_is_given_back),
		T(many_committers_share_a_sync),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What becomes of segments that are altered, cut, or on a disk that fails. */
#include "spool/compaction.h"
#include "spool/spoolworld.h"

static int open_segment(struct world *w, unsigned number)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/spool/segments/%016x", w->path, number);
	return open(path, O_RDWR);
}

static void flip(int fd, off_t at)
{
	char c;

	assert_int_equal(pread(fd, &c, 1, at), 1);
	c ^= 0x20;
	assert_int_equal(pwrite(fd, &c, 1, at), 1);
}

/* Changes the segment of M1 by hand, then recovers. at below 0: from the end. */
static struct found damage(struct world *w, int64_t at, int cut_to)
{
	struct spool s;
	struct found f;
	int fd;

	open_small(w, &s);
	assert_int_equal(commit_text(w, &s, "M1", STR("0123456789")), SPOOL_OK);
	fd = open_segment(w, (unsigned)s.log.active->number);
	spool_close(&s);
	if (cut_to >= 0)
		assert_int_equal(ftruncate(fd, cut_to), 0);
	else
		flip(fd, at < 0 ? lseek(fd, 0, SEEK_END) + at : at);
	close(fd);
	open_small(w, &s);
	f = recover(&s);
	spool_close(&s);
	return f;
}

static void a_damaged_record_is_set_apart_and_never_deleted(void **state)
{
	struct world *w = *state;
	static const int64_t at[] = { 0, 7, 8, 12, 16, 24, 32, 40, 45, 100, 150 };

	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		struct found f = damage(w, RECORD_FIRST + at[i], -1);

		assert_int_equal(f.messages, 0);
		assert_int_equal(f.bad, 1);
		assert_int_equal(count_entries(w, "spool/corrupt"), i + 1);
	}
}

static void a_cut_segment_is_set_apart(void **state)
{
	struct world *w = *state;
	static const int at[] = { 0,
				  5,
				  RECORD_FIRST - 1,
				  RECORD_FIRST + 5,
				  RECORD_FIRST + 39,
				  RECORD_FIRST + 40,
				  RECORD_FIRST + 100 };

	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		struct found f = damage(w, 0, at[i]);

		assert_int_equal(f.messages, 0);
		assert_int_equal(f.bad, 1);
		assert_int_equal(count_entries(w, "spool/corrupt"), i + 1);
	}
}

static void one_header_of_a_segment_is_enough(void **state)
{
	struct world *w = *state;
	struct found f = damage(w, 10, -1);

	assert_int_equal(f.messages, 1);
	assert_int_equal(f.bad, 0);
	teardown(state);
	setup(state);
	f = damage(*state, RECORD_SECOND + 10, -1);
	assert_int_equal(f.messages, 1);
}

/* Three messages, the second one damaged. */
static void damage_takes_no_other_message_with_it(void **state)
{
	static const int64_t at[] = { 0, 12, 33, 60 };

	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		struct world *w = *state;
		struct place place;
		struct spool s;
		struct found f;
		int fd;

		open_small(w, &s);
		assert_int_equal(commit_text(w, &s, "M1", STR("0123456789")), SPOOL_OK);
		assert_int_equal(commit_text(w, &s, "M2", STR("0123456789")), SPOOL_OK);
		assert_int_equal(commit_text(w, &s, "M3", STR("0123456789")), SPOOL_OK);
		place = spoolindex_find(&s.index, id_of("M2"))->message;
		fd = open_segment(w, 1);
		spool_close(&s);
		flip(fd, (off_t)place.at + at[i]);
		close(fd);
		open_small(w, &s);
		f = recover(&s);
		assert_int_equal(f.messages, 2);
		assert_int_equal(f.bad, 1);
		assert_readable(w, &s, "M1");
		assert_readable(w, &s, "M3");
		spool_close(&s);
		open_small(w, &s); /* reported once */
		f = recover(&s);
		assert_int_equal(f.messages, 2);
		assert_int_equal(f.bad, 0);
		spool_close(&s);
		teardown(state);
		setup(state);
	}
}

/* The bytes of a whole segment as a message, whose own header is then damaged: the search for
 * the next record goes through them. */
static void a_body_that_imitates_records_is_not_taken_for_one(void **state)
{
	struct world *w = *state;
	struct spool s;
	struct found f;
	struct why why;
	str segment;
	int fd;

	commit_first(w);
	fd = open_segment(w, 1);
	assert_int_equal(fd_read_all(fd, w->a, 1 << 20, &segment, &why), 0);
	close(fd);
	open_small(w, &s);
	assert_int_equal(spool_done(&s, id_of("M1"), &why), 0);
	assert_int_equal(commit_text(w, &s, "COPY", segment), SPOOL_OK);
	assert_int_equal(commit_text(w, &s, "AFTER", STR("x")), SPOOL_OK);
	fd = open_segment(w, 2);
	flip(fd, (off_t)spoolindex_find(&s.index, id_of("COPY"))->message.at + 20);
	spool_close(&s);
	close(fd);
	open_small(w, &s);
	f = recover(&s);
	assert_int_equal(f.messages, 1);
	assert_int_equal(f.bad, 1);
	assert_readable(w, &s, "AFTER");
	spool_close(&s);
}

static void a_damaged_body_is_never_delivered(void **state)
{
	struct world *w = *state;
	struct spool_message m;
	struct spool s;
	struct why why;
	int fd;

	commit_first(w);
	open_small(w, &s);
	assert_int_equal(commit_text(w, &s, "M2", STR("second")), SPOOL_OK);
	spool_close(&s);
	fd = open_segment(w, 1);
	flip(fd, lseek(fd, 0, SEEK_END) - 9);
	close(fd);
	open_small(w, &s);
	assert_int_equal(recover(&s).messages, 2); /* bodies are checked when they are read */
	assert_int_equal(spool_read(&s, w->a, id_of("M1"), &m, &why), SPOOL_E_CORRUPT);
	assert_non_null(strstr(why.text, "checksum"));
	assert_int_equal(count_entries(w, "spool/corrupt"), 1);
	assert_int_equal(spool_read(&s, w->a, id_of("M1"), &m, &why), SPOOL_E_ABSENT);
	spool_close(&s);
	open_small(w, &s);
	assert_int_equal(recover(&s).messages, 1);
	spool_close(&s);
}

/* A disk on which one thing or another goes wrong. */
static struct {
	bool no_room, no_sync;
	void (*during_sync)(void); /* called once, by a sync that then fails */
	uint64_t bad_at, bad_to;   /* this part of any file cannot be read; bad_to 0: none */
} trouble;

static int troubled_make(void *ctx, int dirfd, const char *name, uint64_t size)
{
	return trouble.no_room ? -ENOSPC : spoolio_disk.make(ctx, dirfd, name, size);
}

static int troubled_sync(void *ctx, int fd)
{
	void (*during)(void) = trouble.during_sync;

	if (during) {
		trouble.during_sync = NULL;
		during();
	}
	return during || trouble.no_sync ? -EIO : spoolio_disk.sync(ctx, fd);
}

static ssize_t troubled_read(void *ctx, int fd, void *p, size_t n, uint64_t at)
{
	if (at < trouble.bad_to && at + n > trouble.bad_at)
		return -EIO;
	return spoolio_disk.read(ctx, fd, p, n, at);
}

static void open_troubled(struct world *w, struct spool *s, struct spoolio *io)
{
	struct why why = { { 0 } };

	*io = spoolio_disk;
	io->make = troubled_make;
	io->sync = troubled_sync;
	io->read = troubled_read;
	if (spool_open_on(s, w->dirfd, io, SMALL, &why) < 0)
		fail_msg("%s", why.text);
}

static void on_a_full_disk_messages_still_leave(void **state)
{
	struct world *w = *state;
	struct spool_state st = spoolstate_fresh(w->a, 2);
	struct spoolio io;
	struct spool s;
	struct why why;
	char id[20];
	int n = 0, r;

	open_troubled(w, &s, &io);
	assert_int_equal(commit_text(w, &s, "M", STR("first")), SPOOL_OK);
	trouble.no_room = true;
	for (r = 0; r == 0; n++) {
		snprintf(id, sizeof(id), "F%d", n);
		r = commit_text(w, &s, id, STR("fills the segment"));
	}
	assert_int_equal(r, -ENOSPC);
	assert_int_equal(spool_count(&s), n);
	st.recipients[0] = SPOOL_DONE;
	assert_int_equal(spool_put_state(&s, w->a, id_of("M"), &st, &why), 0);
	for (int i = 0; i < n - 1; i++) {
		snprintf(id, sizeof(id), "F%d", i);
		assert_int_equal(spool_done(&s, id_of(id), &why), 0);
	}
	assert_int_equal(commit_text(w, &s, "N", STR("still full")), -ENOSPC);
	trouble.no_room = false;
	assert_int_equal(commit_text(w, &s, "N", STR("room again")), SPOOL_OK);
	spool_close(&s);
	open_small(w, &s);
	assert_int_equal(recover(&s).messages, 2);
	spool_close(&s);
}

static void what_a_failed_sync_should_have_kept_is_not_promised(void **state)
{
	struct world *w = *state;
	struct spoolio io;
	struct spool s;

	open_troubled(w, &s, &io);
	assert_int_equal(commit_text(w, &s, "M1", STR("good")), SPOOL_OK);
	trouble.no_sync = true;
	assert_int_equal(commit_text(w, &s, "M2", STR("lost")), -EIO);
	assert_int_equal(spool_count(&s), 1);
	assert_int_equal(commit_text(w, &s, "M2", STR("lost")), -EIO);
	trouble.no_sync = false;
	assert_int_equal(commit_text(w, &s, "M2", STR("good")), SPOOL_OK);
	assert_true(s.log.active->number > 1); /* nothing more is trusted to the old one */
	spool_close(&s);
	open_small(w, &s);
	assert_int_equal(recover(&s).messages, 2);
	assert_readable(w, &s, "M1");
	assert_readable(w, &s, "M2");
	spool_close(&s);
}

static struct {
	struct world *w;
	struct spool *s;
	uint64_t ticket;
} late;

static void append_late(void)
{
	struct spoolmeta m = a_message("LATE");
	struct bodyparts body;
	struct why why;

	assert_true(bodyparts_make(late.w->a, STR(""), STR("x"), NULL, 0, &body));
	assert_int_equal(spool_append(late.s, late.w->a, &m, &body, &late.ticket, &why), SPOOL_OK);
}

/* It may have been among what the disk could not write; the next sync would not say so. */
static void what_is_written_during_a_failed_sync_is_not_promised(void **state)
{
	struct world *w = *state;
	struct spoolio io;
	struct spool s;
	struct why why;

	open_troubled(w, &s, &io);
	assert_int_equal(commit_text(w, &s, "M1", STR("good")), SPOOL_OK);
	late.w = w;
	late.s = &s;
	trouble.during_sync = append_late;
	assert_int_equal(commit_text(w, &s, "M2", STR("lost")), -EIO);
	assert_int_equal(groupsync_wait(&s.log.sync, late.ticket, &why), -EIO);
	assert_int_equal(commit_text(w, &s, "M3", STR("good")), SPOOL_OK);
	spool_close(&s);
}

/* As a commit would that comes between the move and its sync. */
static void fail_a_sync(void *ctx, enum spool_step step)
{
	struct spool *s = ctx;

	if (step != SPOOL_AT_MOVED)
		return;
	s->log.at_step = NULL;
	trouble.no_sync = true;
	assert_int_equal(groupsync_all(&s->log.sync, NULL), -EIO);
	trouble.no_sync = false;
}

static bool is_on_disk(struct spool *s, const char *id)
{
	return !spoolindex_find(&s->index, id_of(id))->message.segment->spoiled;
}

/* Somebody else's sync met the failure, and the old copy is the only one that is durable. */
static void a_moved_message_whose_sync_failed_stays_where_it_was(void **state)
{
	struct world *w = *state;
	struct spoolio io;
	struct spool s;
	struct why why;
	char id[20];

	open_troubled(w, &s, &io);
	assert_int_equal(commit_text(w, &s, "M1", STR("deferred")), SPOOL_OK);
	for (int i = 0; i < 600; i++) {
		snprintf(id, sizeof(id), "P%d", i);
		assert_int_equal(commit_text(w, &s, id, STR("passes")), SPOOL_OK);
		assert_int_equal(spool_done(&s, id_of(id), &why), 0);
	}
	s.log.at_step = fail_a_sync;
	s.log.at_ctx = &s;
	assert_int_equal(compaction_run(&s, &why), -EIO);
	assert_true(is_on_disk(&s, "M1"));
	assert_int_equal(compaction_run(&s, &why), 0);
	assert_true(is_on_disk(&s, "M1"));
	assert_readable(w, &s, "M1");
	assert_true(s.log.bytes <= 2 * s.index.bytes + COMPACTION_SLACK * SMALL);
	spool_close(&s);
}

static void a_bad_sector_is_an_error_for_its_message_only(void **state)
{
	struct world *w = *state;
	char *big = arena_alloc(w->a, 20000);
	struct spool_message m;
	struct spoolio io;
	struct spool s;
	struct why why;

	open_troubled(w, &s, &io);
	assert_int_equal(commit_text(w, &s, "M1", STR("first")), SPOOL_OK);
	assert_int_equal(commit_text(w, &s, "M2", str_of(big, 20000)), SPOOL_OK);
	assert_int_equal(commit_text(w, &s, "M3", STR("third")), SPOOL_OK);
	trouble.bad_at = 12288;
	trouble.bad_to = 16384;
	assert_int_equal(spool_read(&s, w->a, id_of("M2"), &m, &why), -EIO);
	assert_readable(w, &s, "M1");
	assert_readable(w, &s, "M3");
	assert_int_equal(spool_count(&s), 3);
	trouble.bad_to = 0;
	assert_readable(w, &s, "M2"); /* another attempt was luckier */
	spool_close(&s);
}

/* The first block of the first segment, then both blocks that have its header. */
static void what_cannot_be_read_at_the_start_stays_where_it_is(void **state)
{
	struct world *w = *state;
	struct spoolio io;
	struct spool s;
	struct found f;

	commit_first(w);
	for (int i = 0; i < 3; i++) {
		trouble.bad_to = i == 0 ? 4096 : i == 1 ? 8192 : 0;
		trouble.bad_at = 0;
		open_troubled(w, &s, &io);
		f = recover(&s);
		assert_int_equal(f.messages, i == 1 ? 0 : 1);
		assert_int_equal(f.bad, i < 2);
		trouble.bad_to = 0;
		if (i == 1) /* other mail goes on */
			assert_int_equal(commit_text(w, &s, "M2", STR("second")), SPOOL_OK);
		if (i == 1)
			assert_int_equal(spool_done(&s, id_of("M2"), &(struct why){ "" }), 0);
		else
			assert_readable(w, &s, "M1");
		spool_close(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_damaged_record_is_set_apart_and_never_deleted),
		T(a_cut_segment_is_set_apart),
		T(one_header_of_a_segment_is_enough),
		T(damage_takes_no_other_message_with_it),
		T(a_body_that_imitates_records_is_not_taken_for_one),
		T(a_damaged_body_is_never_delivered),
		T(on_a_full_disk_messages_still_leave),
		T(what_a_failed_sync_should_have_kept_is_not_promised),
		T(what_is_written_during_a_failed_sync_is_not_promised),
		T(a_moved_message_whose_sync_failed_stays_where_it_was),
		T(a_bad_sector_is_an_error_for_its_message_only),
		T(what_cannot_be_read_at_the_start_stays_where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "store/delivery.h"
#include "store/store.h"
#include "store/storecommands.h"
#include "store/storecommit.h"
#include "store/upkeep.h"

#include "base/clock.h"
#include "base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

/* The store with a scan that commits and a relay that answers as it is told. */
struct world {
	char path[64];
	struct arena *a;
	struct store *s;
	const struct conf *conf;
	struct lanes *scan;
	uint64_t outcome[4]; /* what the relay says next */
	size_t asked;	     /* recipients of the last attempt */
	char first[64];	     /* its first recipient */
	bool dies;	     /* it takes the question and never answers */
};

/* Lanes and their threads live as long as a process, so what they point to must, too. */
static const void *kept[256];
static size_t n_kept;

static int relay_says(void *ctx, struct chan *c, struct msg *m, struct arena *a)
{
	struct world *w = ctx;
	struct msg answer = { .type = MSG_delivered };
	struct why why;

	(void)a;
	if (w->dies)
		return -EPIPE;
	w->asked = m->deliver.recipients.n;
	snprintf(w->first, sizeof(w->first), "%.*s", STR_ARG(m->deliver.recipients.v[0]));
	answer.delivered.outcome = (struct msg_nums){ w->outcome, w->asked };
	answer.delivered.next_hop = STR("test");
	answer.delivered.reply = STR("said the relay");
	return chan_send(c, &answer, &why);
}

static void add_relay(struct world *w)
{
	struct why why;
	int fds[2];

	assert_int_equal(chan_pair(fds, &why), 0);
	lanes_add(w->s->relay, fds[0], 0);
	assert_int_equal(lanes_serve(fds[1], PROCESS_RELAY, PROCESS_STORE, relay_says, w, &why), 0);
}

static void open_store(struct world *w)
{
	struct why why = { "" };
	int here = open(".", O_RDONLY | O_DIRECTORY);
	int fds[2];

	memset(w->s, 0, sizeof(*w->s));
	w->s->relay = lanes_new(PROCESS_STORE, PROCESS_RELAY);
	w->scan = lanes_new(PROCESS_SCAN, PROCESS_STORE);
	kept[n_kept++] = w->s->relay;
	kept[n_kept++] = w->scan;
	if (store_set_config(w->s, STR("delivery.max_age=1h\n"), &w->conf, &why) < 0 ||
	    store_open(w->s, here, &why) < 0)
		fail_msg("%s", why.text);
	close(here);
	assert_int_equal(chan_pair(fds, &why), 0);
	lanes_add(w->scan, fds[0], 0);
	assert_int_equal(
		lanes_serve(fds[1], PROCESS_STORE, PROCESS_SCAN, storecommit_answer, w->s, &why),
		0);
}

static void close_store(struct world *w)
{
	store_stop(w->s, 1000);
	spool_close(&w->s->spool);
	quarantine_close(&w->s->quarantine);
	quarantineindex_close(&w->s->index);
	history_close(&w->s->history);
	arena_free(w->s->queue.arena);
	arena_free(w->conf->arena);
}

static int setup(void **state)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct world *w = arena_make(a, struct world);

	w->a = a;
	w->s = arena_make(a, struct store);
	snprintf(w->path, sizeof(w->path), "/tmp/store_test.XXXXXX");
	assert_non_null(mkdtemp(w->path));
	assert_int_equal(chdir(w->path), 0);
	open_store(w);
	*state = w;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int teardown(void **state)
{
	struct world *w = *state;

	close_store(w);
	assert_int_equal(chdir("/"), 0);
	nftw(w->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	kept[n_kept++] = w->a;
	return 0;
}

static int memory_of(str text, bool sealed)
{
	struct why why;
	int fd = fd_memfd("message", &why);

	assert_int_equal(fd_write_all(fd, text, &why), 0);
	if (sealed)
		assert_int_equal(fd_seal(fd, &why), 0);
	return fd;
}

/* The status, or negative when the lane was closed. */
static int commit_as(struct world *w, const char *mid, uint64_t disposition, bool sealed)
{
	str recipients[] = { STR("a@hopital.example"), STR("b@hopital.example") };
	struct msg m = { .type = MSG_commit, .n_fds = 1 }, answer;
	struct why why;
	int r;

	m.commit = (struct msg_commit){
		.mid = str_c(mid),
		.disposition = disposition,
		.client_ip = STR("192.0.2.1"),
		.reverse_path = STR("s@example.org"),
		.recipients = { recipients, 2 },
		.received_at = (uint64_t)clock_wall(),
		.prepend = STR("Received: here\r\n"),
		.subject = STR("essai"),
		.record = STR("{\"action\":\"accept\",\"explanation\":{\"en\":\"fine\"}}")
	};
	m.fds[0] = memory_of(STR("Subject: essai\r\n\r\nx\r\n"), sealed);
	r = lanes_ask(w->scan, &m, MSG_committed, w->a, deadline_in(5000), &answer, &why);
	close(m.fds[0]);
	return r < 0 ? r : (int)answer.committed.status;
}

static bool step(struct world *w)
{
	struct arena *a = arena_new("step", 64 << 20);
	bool worked = delivery_step(w->s, a);

	arena_free(a);
	return worked;
}

static struct ctlserver_answer command(struct world *w, const char *group, const char *name,
				       const char *id, str *ret_document)
{
	struct ctlserver_answer answer = { .fd = -1 };
	str words[3];
	size_t n = 0;
	struct why why;

	words[n++] = str_c(group);
	if (name)
		words[n++] = str_c(name);
	if (id)
		words[n++] = str_c(id);
	storecommands_handle(w->s, w->a, words, n, &answer);
	*ret_document = STR("");
	if (answer.fd >= 0) {
		assert_int_equal(fd_read_all(answer.fd, w->a, 1 << 20, ret_document, &why), 0);
		close(answer.fd);
	}
	return answer;
}

static str document(struct world *w, const char *group, const char *name, const char *id)
{
	str doc;

	assert_int_equal(command(w, group, name, id, &doc).status, STORECOMMANDS_DONE);
	return doc;
}

static bool has(str s, const char *what)
{
	return str_find(s, str_c(what)) != STR_NONE;
}

static int count(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	int n = 0;

	assert_non_null(d);
	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void an_accepted_message_is_delivered_and_gone(void **state)
{
	struct world *w = *state;

	add_relay(w);
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	assert_int_equal(count("spool/queue"), 1);
	assert_true(step(w));
	assert_int_equal(w->asked, 2);
	assert_int_equal(count("spool/queue"), 0);
	assert_false(step(w));
	assert_true(has(document(w, "explain", NULL, "M1"), "\"state\":\"delivered\""));
	assert_true(has(document(w, "explain", NULL, "M1"), "\"explanation\":{\"en\":\"fine\"}"));
	assert_true(str_empty(document(w, "queue", "list", NULL)));
}

static void a_deferred_message_is_tried_for_the_rest_only(void **state)
{
	struct world *w = *state;

	add_relay(w);
	w->outcome[1] = 4;
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	assert_true(step(w));
	assert_false(step(w)); /* not due yet */
	assert_true(
		has(document(w, "queue", "list", NULL), "\"recipients\":[\"b@hopital.example\"]"));
	assert_true(
		has(document(w, "queue", "show", "M1"), "\"delivered\":[\"a@hopital.example\"]"));
	close_store(w);
	open_store(w); /* as after a restart */
	add_relay(w);
	assert_false(step(w));
	assert_int_equal(command(w, "queue", "retry", "M1", &(str){ 0 }).status,
			 STORECOMMANDS_DONE);
	w->outcome[0] = 0;
	assert_true(step(w));
	assert_int_equal(w->asked, 1);
	assert_string_equal(w->first, "b@hopital.example");
	assert_int_equal(count("spool/queue"), 0);
}

static void what_is_refused_for_good_is_held_for_people(void **state)
{
	struct world *w = *state;
	str list;

	add_relay(w);
	w->outcome[0] = 5;
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	assert_true(step(w));
	assert_int_equal(count("spool/queue"), 0);
	list = document(w, "quarantine", "list", NULL);
	assert_true(has(list, "\"class\":\"undeliverable\",\"reason\":\"said the relay\""));
	assert_true(has(list, "\"recipients\":[\"a@hopital.example\"]"));
	assert_true(has(document(w, "quarantine", "message", "M1"),
			"Received: here\r\nSubject: essai\r\n\r\nx\r\n"));
}

static void a_message_too_old_is_held_instead_of_tried_again(void **state)
{
	struct world *w = *state;

	add_relay(w);
	w->outcome[0] = w->outcome[1] = 4;
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	queue_find(&w->s->queue, (struct spool_id){ "M1" })->queued_at -= 3600 * 1000;
	assert_true(step(w));
	assert_int_equal(count("spool/queue"), 0);
	assert_true(has(document(w, "quarantine", "list", NULL), "undeliverable"));
}

static void without_a_relay_nothing_is_lost_and_no_attempt_counts(void **state)
{
	struct world *w = *state;

	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	assert_true(step(w));
	assert_int_equal(count("spool/queue"), 1);
	assert_true(has(document(w, "queue", "list", NULL), "\"attempts\":0"));
}

static int64_t pause_of(struct world *w, const char *id)
{
	return queue_find(&w->s->queue, (struct spool_id){ .text = { id[0], id[1] } })->due_at -
	       clock_now_ms();
}

static void retry(struct world *w)
{
	str doc;

	assert_int_equal(command(w, "queue", "retry", NULL, &doc).status, STORECOMMANDS_DONE);
}

static void a_relay_that_dies_of_a_message_meets_it_ever_more_rarely(void **state)
{
	struct world *w = *state;

	w->dies = true;
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	for (int i = 0; i < 4; i++) {
		add_relay(w);
		retry(w);
		assert_true(step(w));
		assert_in_range(pause_of(w, "M1"), (DELIVERY_AGAIN_MS << i) - 500,
				DELIVERY_AGAIN_MS << i);
	}
	queue_find(&w->s->queue, (struct spool_id){ "M1" })->queued_at -= 3600 * 1000;
	add_relay(w);
	retry(w);
	assert_true(step(w));
	assert_int_equal(count("spool/queue"), 0);
	assert_true(has(document(w, "quarantine", "list", NULL), "undeliverable"));
}

static void a_clock_set_back_strands_no_message(void **state)
{
	struct world *w = *state;
	struct spool_state ahead = { .attempts = 1,
				     .next_at = clock_wall() + 365 * 86400,
				     .recipients = (uint8_t[2]){ 0 },
				     .n_recipients = 2,
				     .reply = STR("451 later") };
	struct why why;

	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	assert_int_equal(
		spool_put_state(&w->s->spool, w->a, (struct spool_id){ "M1" }, &ahead, &why), 0);
	close_store(w);
	open_store(w);
	assert_true(pause_of(w, "M1") <= queue_longest_pause(&w->s->settings->retry));
}

static void look_at_state(void *ctx, enum quarantine_step at)
{
	if (at == QUARANTINE_AT_KEPT)
		*(bool *)ctx = access("spool/queue/M1.state", F_OK) == 0;
}

static void who_has_it_is_on_disk_before_the_rest_is_held(void **state)
{
	struct world *w = *state;
	bool saved = false;

	add_relay(w);
	w->outcome[1] = 5;
	w->s->quarantine.at_step = look_at_state;
	w->s->quarantine.at_ctx = &saved;
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	assert_true(step(w));
	assert_true(saved); /* else a crash there would deliver to the first one again */
}

/* Between holding and leaving the spool the message is in both: what is released then
 * would be taken for the one that leaves. */
static void what_is_still_in_the_spool_is_not_released(void **state)
{
	struct world *w = *state;
	str doc;

	assert_int_equal(commit_as(w, "M1", SPOOL_QUARANTINE, true), 0);
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	assert_int_equal(command(w, "quarantine", "release", "M1", &doc).status, STORECOMMANDS_NO);
	assert_true(has(document(w, "quarantine", "show", "M1"), "\"state\":\"held\""));
	add_relay(w);
	assert_true(step(w));
	assert_int_equal(command(w, "quarantine", "release", "M1", &doc).status,
			 STORECOMMANDS_DONE);
	assert_true(step(w));
}

/* As when the disk was so slow that poterne-scan has answered 451 in the meantime. */
static void what_nobody_waits_for_any_more_is_withdrawn(void **state)
{
	static const uint64_t dispositions[] = { SPOOL_DELIVER, SPOOL_QUARANTINE };
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(dispositions); i++) {
		str recipients[] = { STR("a@hopital.example") };
		struct msg m = { .type = MSG_commit, .n_fds = 1 };
		struct chan *c;
		struct why why;
		int fds[2];

		assert_int_equal(chan_pair(fds, &why), 0);
		close(fds[0]);
		c = chan_new(fds[1], PROCESS_STORE, PROCESS_SCAN);
		m.commit = (struct msg_commit){ .mid = STR("M1"),
						.disposition = dispositions[i],
						.recipients = { recipients, 1 } };
		m.fds[0] = memory_of(STR("Subject: essai\r\n\r\nx\r\n"), true);
		assert_true(storecommit_answer(w->s, c, &m, w->a) < 0);
		chan_free(c);
		assert_int_equal(count("spool/queue"), 0);
		assert_false(step(w));
		assert_true(str_empty(document(w, "quarantine", "list", NULL)));
	}
}

static void a_held_message_is_released_into_delivery(void **state)
{
	struct world *w = *state;
	str doc;

	add_relay(w);
	assert_int_equal(commit_as(w, "M1", SPOOL_QUARANTINE, true), 0);
	assert_false(step(w));
	assert_int_equal(count("spool/queue"), 0);
	assert_int_equal(command(w, "quarantine", "release", "M1", &doc).status,
			 STORECOMMANDS_DONE);
	assert_true(step(w));
	assert_true(has(document(w, "quarantine", "show", "M1"), "\"state\":\"released\""));
	assert_int_equal(command(w, "quarantine", "drop", "M1", &doc).status, STORECOMMANDS_DONE);
	assert_int_equal(command(w, "quarantine", "show", "M1", &doc).status, STORECOMMANDS_NO);
}

static void note_as(struct world *w, const char *mid, uint64_t disposition)
{
	str recipients[] = { STR("a@hopital.example") };
	struct msg m = { .type = MSG_noted };

	m.noted = (struct msg_noted){ .mid = str_c(mid),
				      .disposition = disposition,
				      .recipients = { recipients, 1 },
				      .next_hop = STR("smtp:h:25"),
				      .reply = STR("250 ok") };
	assert_int_equal(lanes_tell(w->scan, &m, deadline_in(5000), NULL), 0);
}

static void a_refused_message_is_only_recorded(void **state)
{
	struct world *w = *state;

	note_as(w, "M1", SPOOL_RECORD_ONLY);
	note_as(w, "M2", SPOOL_HANDED_OVER);
	assert_int_equal(commit_as(w, "M3", SPOOL_QUARANTINE, true), 0); /* on the same lane */
	assert_int_equal(count("spool/queue"), 0);
	assert_true(has(document(w, "explain", NULL, "M1"), "\"disposition\":\"refused\""));
	assert_true(has(document(w, "explain", NULL, "M2"), "\"state\":\"delivered\""));
}

static void what_has_a_body_is_not_only_noted(void **state)
{
	struct world *w = *state;

	assert_true(commit_as(w, "M1", SPOOL_RECORD_ONLY, true) < 0);
	assert_true(commit_as(w, "M1", SPOOL_HANDED_OVER, true) < 0);
}

static void the_same_commit_again_is_one_message(void **state)
{
	struct world *w = *state;

	add_relay(w);
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	assert_true(step(w));
	assert_false(step(w));
}

static void nonsense_closes_the_lane(void **state)
{
	struct world *w = *state;

	assert_true(commit_as(w, "M1", SPOOL_DELIVER, false) < 0);
	assert_int_equal(count("spool/queue"), 0);
}

static void an_id_that_is_a_path_closes_the_lane(void **state)
{
	struct world *w = *state;

	assert_true(commit_as(w, "../M1", SPOOL_DELIVER, true) < 0);
}

static void a_broken_database_is_begun_anew(void **state)
{
	struct world *w = *state;
	struct why why;
	int fd;

	assert_int_equal(commit_as(w, "M1", SPOOL_QUARANTINE, true), 0);
	close_store(w);
	for (int i = 0; i < 2; i++) {
		fd = open(i ? "records/history.db" : "records/quarantine.db", O_WRONLY | O_TRUNC);
		assert_int_equal(
			fd_write_all(fd, STR("this file has seen better days, and is no database"),
				     &why),
			0);
		close(fd);
	}
	open_store(w);
	assert_true(has(document(w, "quarantine", "list", NULL), "\"id\":\"M1\""));
	assert_int_equal(access("records/quarantine.db.broken", F_OK), 0);
}

static void words_that_are_no_command_are_refused(void **state)
{
	struct world *w = *state;
	str doc;

	assert_int_equal(command(w, "queue", "explode", NULL, &doc).status, STORECOMMANDS_USAGE);
	assert_int_equal(command(w, "quarantine", "show", NULL, &doc).status, STORECOMMANDS_USAGE);
	assert_int_equal(command(w, "quarantine", "show", "../x", &doc).status, STORECOMMANDS_NO);
	assert_int_equal(command(w, "quarantine", "release", "../x", &doc).status,
			 STORECOMMANDS_NO);
	assert_int_equal(command(w, "quarantine", "drop", "x", &doc).status, STORECOMMANDS_NO);
	assert_int_equal(command(w, "queue", "show", "x", &doc).status, STORECOMMANDS_NO);
	assert_int_equal(command(w, "queue", "retry", "x", &doc).status, STORECOMMANDS_NO);
	assert_int_equal(command(w, "explain", NULL, "x", &doc).status, STORECOMMANDS_NO);
}

static void what_was_kept_long_enough_expires(void **state)
{
	struct world *w = *state;

	assert_int_equal(commit_as(w, "M1", SPOOL_QUARANTINE, true), 0);
	upkeep_expire(w->s, clock_wall());
	assert_true(has(document(w, "quarantine", "list", NULL), "M1"));
	assert_true(has(document(w, "explain", NULL, "M1"), "M1"));
	upkeep_expire(w->s, clock_wall() + 31 * 86400);
	assert_true(str_empty(document(w, "quarantine", "list", NULL)));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_accepted_message_is_delivered_and_gone),
		T(a_deferred_message_is_tried_for_the_rest_only),
		T(what_is_refused_for_good_is_held_for_people),
		T(a_message_too_old_is_held_instead_of_tried_again),
		T(without_a_relay_nothing_is_lost_and_no_attempt_counts),
		T(a_relay_that_dies_of_a_message_meets_it_ever_more_rarely),
		T(a_clock_set_back_strands_no_message),
		T(who_has_it_is_on_disk_before_the_rest_is_held),
		T(what_is_still_in_the_spool_is_not_released),
		T(what_nobody_waits_for_any_more_is_withdrawn),
		T(a_held_message_is_released_into_delivery),
		T(a_refused_message_is_only_recorded),
		T(what_has_a_body_is_not_only_noted),
		T(the_same_commit_again_is_one_message),
		T(nonsense_closes_the_lane),
		T(an_id_that_is_a_path_closes_the_lane),
		T(a_broken_database_is_begun_anew),
		T(words_that_are_no_command_are_refused),
		T(what_was_kept_long_enough_expires),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

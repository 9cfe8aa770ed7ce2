#include "store/store_fake.h"
#include "store/upkeep.h"

static void what_cannot_be_scheduled_is_not_accepted(void **state)
{
	struct world *w = *state;
	size_t before = w->s->queue.n_destinations;

	w->s->queue.n_destinations = QUEUE_MAX_NAMES;
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), ENOSPC);
	assert_int_equal(in_spool(w), 0);
	w->s->queue.n_destinations = before;
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	assert_non_null(queued(w, "M1"));
}

static void an_accepted_message_is_delivered_and_gone(void **state)
{
	struct world *w = *state;

	add_relay(w);
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	assert_int_equal(in_spool(w), 1);
	assert_true(step(w));
	assert_int_equal(w->asked, 2);
	assert_int_equal(in_spool(w), 0);
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
	assert_int_equal(command(w, "queue", "retry", "M1", &(str){ 0 }).status, QUESTION_DONE);
	w->outcome[0] = 0;
	assert_true(step(w));
	assert_int_equal(w->asked, 1);
	assert_string_equal(w->first, "b@hopital.example");
	assert_int_equal(in_spool(w), 0);
}

static void what_is_refused_for_good_is_held_for_people(void **state)
{
	struct world *w = *state;
	str list;

	add_relay(w);
	w->outcome[0] = 5;
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	assert_true(step(w));
	assert_int_equal(in_spool(w), 0);
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
	queued(w, "M1")->queued_at -= 3600 * 1000;
	assert_true(step(w));
	assert_int_equal(in_spool(w), 0);
	assert_true(has(document(w, "quarantine", "list", NULL), "undeliverable"));
}

static void without_a_relay_nothing_is_lost_and_no_attempt_counts(void **state)
{
	struct world *w = *state;

	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	assert_true(step(w));
	assert_int_equal(in_spool(w), 1);
	assert_true(has(document(w, "queue", "list", NULL), "\"attempts\":0"));
}

static void retry(struct world *w)
{
	str doc;

	assert_int_equal(command(w, "queue", "retry", NULL, &doc).status, QUESTION_DONE);
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
	queued(w, "M1")->queued_at -= 3600 * 1000;
	add_relay(w);
	retry(w);
	assert_true(step(w));
	assert_int_equal(in_spool(w), 0);
	assert_true(has(document(w, "quarantine", "list", NULL), "undeliverable"));
}

static void a_clock_set_back_strands_no_message(void **state)
{
	struct world *w = *state;
	struct spool_state ahead = spoolstate_fresh(w->a, 2);
	struct why why;

	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	ahead.progress[0] =
		(struct spool_progress){ 1, clock_wall() + 365 * 86400, STR("451 later"), STR("") };
	ahead.progress[1] = ahead.progress[0];
	assert_int_equal(
		spool_put_state(&w->s->spool, w->a, (struct spool_id){ "M1" }, &ahead, &why), 0);
	close_store(w);
	open_store(w);
	assert_true(pause_of(w, "M1") <= queue_longest_pause(&w->s->queue));
}

/* What is durable of M1 when it is being held. */
struct look {
	struct store *s;
	size_t settled; /* recipients */
};

static void look_at_state(void *ctx, enum quarantine_step at)
{
	struct groupsync *sync;
	struct look *l = ctx;
	struct arena *a;
	struct spool_state state;
	struct spoolmeta m;
	struct why why;

	if (at != QUARANTINE_AT_KEPT)
		return;
	sync = &l->s->spool.log.sync;
	assert_true(sync->settled == sync->arrived);
	a = arena_new("look", 8 << 20);
	assert_int_equal(spool_peek(&l->s->spool, a, (struct spool_id){ "M1" }, &m, &state, &why),
			 SPOOL_OK);
	l->settled = m.n_recipients - spoolstate_count(&state, SPOOL_PENDING);
	arena_free(a);
}

static void who_has_it_is_on_disk_before_the_rest_is_held(void **state)
{
	struct world *w = *state;
	struct look look = { .s = w->s };

	add_relay(w);
	w->outcome[1] = 5;
	w->s->quarantine.at_step = look_at_state;
	w->s->quarantine.at_ctx = &look;
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	assert_true(step(w));
	assert_int_equal(look.settled,
			 2); /* else a crash there would deliver to the first one again */
}

/* Between holding and leaving the spool the message is in both: what is released then
 * would be taken for the one that leaves. */
static void what_is_still_in_the_spool_is_not_released(void **state)
{
	struct world *w = *state;
	str doc;

	assert_int_equal(commit_as(w, "M1", SPOOL_QUARANTINE, true), 0);
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	assert_int_equal(command(w, "quarantine", "release", "M1", &doc).status, QUESTION_NO);
	assert_true(has(document(w, "quarantine", "show", "M1"), "\"state\":\"held\""));
	add_relay(w);
	assert_true(step(w));
	assert_int_equal(command(w, "quarantine", "release", "M1", &doc).status, QUESTION_DONE);
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
		assert_int_equal(in_spool(w), 0);
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
	assert_int_equal(in_spool(w), 0);
	assert_int_equal(command(w, "quarantine", "release", "M1", &doc).status, QUESTION_DONE);
	assert_true(step(w));
	assert_true(has(document(w, "quarantine", "show", "M1"), "\"state\":\"released\""));
	assert_int_equal(command(w, "quarantine", "drop", "M1", &doc).status, QUESTION_DONE);
	assert_int_equal(command(w, "quarantine", "show", "M1", &doc).status, QUESTION_NO);
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
	assert_int_equal(in_spool(w), 0);
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
	assert_int_equal(in_spool(w), 0);
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

	assert_int_equal(command(w, "queue", "explode", NULL, &doc).status, QUESTION_USAGE);
	assert_int_equal(command(w, "quarantine", "show", NULL, &doc).status, QUESTION_USAGE);
	assert_int_equal(command(w, "quarantine", "show", "../x", &doc).status, QUESTION_NO);
	assert_int_equal(command(w, "quarantine", "release", "../x", &doc).status, QUESTION_NO);
	assert_int_equal(command(w, "quarantine", "drop", "x", &doc).status, QUESTION_NO);
	assert_int_equal(command(w, "queue", "show", "x", &doc).status, QUESTION_NO);
	assert_int_equal(command(w, "queue", "retry", "x", &doc).status, QUESTION_NO);
	assert_int_equal(command(w, "explain", NULL, "x", &doc).status, QUESTION_NO);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_cannot_be_scheduled_is_not_accepted),
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

#include "store/stats.h"
#include "store/store_fake.h"

static int status(struct world *w, const char *name, const char *word)
{
	str doc;

	return command(w, "queue", name, word, &doc).status;
}

static void a_held_message_waits_even_over_a_restart(void **state)
{
	struct world *w = *state;

	add_relay(w);
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	assert_int_equal(commit_as(w, "M2", SPOOL_DELIVER, true), 0);
	assert_int_equal(status(w, "hold", "M1"), QUESTION_DONE);
	assert_true(step(w));
	assert_false(step(w));
	close_store(w);
	open_store(w);
	add_relay(w);
	assert_int_equal(status(w, "retry", NULL), QUESTION_DONE); /* all but what is held */
	assert_false(step(w));
	assert_true(has(document(w, "queue", "list", "--state=held"), "\"id\":\"M1\""));
	assert_true(str_empty(document(w, "queue", "list", "--state=waiting")));
	assert_int_equal(status(w, "retry", "M1"), QUESTION_DONE);
	assert_true(step(w));
	assert_int_equal(in_spool(w), 0);
}

static void all_that_is_held_is_released_by_one_word(void **state)
{
	struct world *w = *state;

	add_relay(w);
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	assert_int_equal(commit_as(w, "M2", SPOOL_DELIVER, true), 0);
	assert_int_equal(status(w, "hold", NULL), QUESTION_USAGE);
	assert_int_equal(status(w, "hold", "--all"), QUESTION_DONE);
	assert_false(step(w));
	assert_int_equal(status(w, "retry", "--held"), QUESTION_DONE);
	assert_true(step(w));
	assert_true(step(w));
}

static void a_drop_is_asked_for_twice(void **state)
{
	struct world *w = *state;
	struct ctlserver_answer answer = { .fd = -1 };
	str words[] = { STR("queue"), STR("drop"), STR("M1"), STR("--yes") };

	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	assert_true(has(document(w, "queue", "drop", "M1"), "\"id\":\"M1\""));
	assert_int_equal(in_spool(w), 1);
	storecommands_handle(w->s, w->a,
			     &(struct ctlserver_question){ words, ARRAY_LEN(words), -1 }, &answer);
	assert_int_equal(answer.status, QUESTION_DONE);
	assert_int_equal(in_spool(w), 0);
	assert_false(step(w));
	assert_true(has(document(w, "explain", NULL, "M1"), "\"state\":\"dropped\""));
	assert_int_equal(status(w, "show", "M1"), QUESTION_NO);
}

static void what_is_being_delivered_is_not_dropped(void **state)
{
	struct world *w = *state;
	struct ctlserver_answer answer = { .fd = -1 };
	str words[] = { STR("queue"), STR("drop"), STR("M1"), STR("--yes") };
	enum queue_job job;
	struct queue_entry *e;

	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	e = queue_take(&w->s->queue, store_time(), &job);
	assert_true(has(document(w, "queue", "list", "--state=delivering"), "M1"));
	storecommands_handle(w->s, w->a,
			     &(struct ctlserver_question){ words, ARRAY_LEN(words), -1 }, &answer);
	assert_int_equal(answer.status, QUESTION_ENVIRONMENT);
	assert_int_equal(in_spool(w), 1);
	queue_put_back(&w->s->queue, e, 0, 0, store_time());
}

static void lists_are_filtered_and_summed_up(void **state)
{
	struct world *w = *state;
	str doc;

	for (int i = 0; i < 3; i++)
		assert_int_equal(
			commit_as(w, (const char *[]){ "M1", "M2", "M3" }[i], SPOOL_DELIVER, true),
			0);
	assert_true(has(document(w, "queue", "list", "--recipient=B@hopital.example"), "M3"));
	assert_true(str_empty(document(w, "queue", "list", "--recipient=nobody@x")));
	assert_true(str_empty(document(w, "queue", "list", "--older-than=60")));
	assert_true(str_empty(document(w, "queue", "list", "--destination=smtp:b:25")));
	assert_true(has(document(w, "queue", "list", "--destination=maildir"), "M2"));
	doc = document(w, "queue", "list", "--summary");
	assert_true(has(doc, "{\"destination\":\"maildir\",\"messages\":3,\"delivering\":0"));
	assert_int_equal(status(w, "list", "--nonsense"), QUESTION_USAGE);
	assert_int_equal(status(w, "list", "--older-than=x"), QUESTION_USAGE);
	assert_true(has(document(w, "queue", "message", "M1"), "Received: here\r\n"));
}

static void an_unreachable_destination_is_told_of(void **state)
{
	struct world *w = *state;
	struct stats stats;
	size_t tried = 0;

	add_relay(w);
	w->outcome[0] = w->outcome[1] = 4;
	w->unreachable = 1;
	for (int i = 0; i < 20; i++) {
		char id[8];

		snprintf(id, sizeof(id), "M%d", i);
		assert_int_equal(commit_as(w, id, SPOOL_DELIVER, true), 0);
	}
	while (step(w))
		tried++;
	assert_true(tried < 6); /* the others wait for the probe, and none of it counts */
	stats_take(w->s, &stats);
	assert_int_equal(stats.unreachable, 1);
	assert_int_equal(stats.destinations, 1);
	assert_int_equal(stats.messages[STATS_UNREACHABLE][0], 20);
	assert_int_equal(stats.results.deferred, tried);
	assert_true(has(document(w, "queue", "show", "M19"), "\"attempts\":0"));
	w->unreachable = 0;
	w->outcome[0] = w->outcome[1] = 0;
	assert_int_equal(status(w, "retry", "--destination=maildir"), QUESTION_DONE);
	while (step(w))
		;
	assert_int_equal(in_spool(w), 0);
	stats_take(w->s, &stats);
	assert_int_equal(stats.unreachable, 0);
	assert_int_equal(stats.results.delivered, 20);
	assert_int_equal(stats.oldest, 0);
}

/* Workers and commands at the same time, for ThreadSanitizer. */
static void work(void *store)
{
	struct arena *a = arena_new("worker", 64 << 20);
	struct store *s = store;

	while (delivery_step(s, a))
		;
	arena_free(a);
}

static void *work_in_thread(void *store)
{
	work(store);
	return NULL;
}

static void commands_and_workers_go_on_side_by_side(void **state)
{
	struct world *w = *state;
	pthread_t threads[4];
	struct stats stats;

	for (int i = 0; i < 4; i++)
		add_relay(w);
	for (int i = 0; i < 200; i++) {
		char id[8];

		snprintf(id, sizeof(id), "M%d", i);
		assert_int_equal(commit_as(w, id, SPOOL_DELIVER, true), 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_create(&threads[i], NULL, work_in_thread, w->s);
	for (int i = 0; i < 20; i++) {
		(void)document(w, "queue", "list", NULL);
		(void)document(w, "queue", "list", "--summary");
		assert_int_equal(status(w, "retry", NULL), QUESTION_DONE);
		stats_take(w->s, &stats);
	}
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	work(w->s);
	assert_int_equal(in_spool(w), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_held_message_waits_even_over_a_restart),
		T(all_that_is_held_is_released_by_one_word),
		T(a_drop_is_asked_for_twice),
		T(what_is_being_delivered_is_not_dropped),
		T(lists_are_filtered_and_summed_up),
		T(an_unreachable_destination_is_told_of),
		T(commands_and_workers_go_on_side_by_side),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "store/parts.h"
#include "store/store_fake.h"

/* A gateway of role out: routes for the domains, notifications by the same routes. */
#define OUT                                                                                        \
	"role=out\ndelivery.connections=8\ndelivery.routes=eins.example smtp:eins:25,"             \
	"zwei.example smtp:zwei:25,*.mx.example mx\n"

static int out(void **state)
{
	static str recipients[] = { STR("a@eins.example"), STR("b@zwei.example"),
				    STR("c@eins.example") };
	struct world *w;

	if (setup(state))
		return 1;
	w = *state;
	close_store(w);
	w->config = OUT;
	w->recipients = recipients;
	w->n_recipients = ARRAY_LEN(recipients);
	open_store(w);
	add_relay(w);
	return 0;
}

#define O(f) cmocka_unit_test_setup_teardown(f, out, teardown)

/* The notification with that id, "" when it is not in the queue. */
static str notification(struct world *w, const char *id)
{
	str doc;

	return command(w, "queue", "message", id, &doc).status == QUESTION_DONE ? doc : STR("");
}

static void each_destination_gets_its_recipients(void **state)
{
	struct world *w = *state;
	bool eins = false, zwei = false;

	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	for (int i = 0; i < 2; i++) {
		assert_true(step(w));
		if (strcmp(w->destination, "smtp:eins:25") == 0) {
			assert_int_equal(w->asked, 2);
			eins = true;
		} else {
			assert_string_equal(w->destination, "smtp:zwei:25");
			assert_string_equal(w->first, "b@zwei.example");
			zwei = true;
		}
		assert_int_equal(in_spool(w) > 0, i == 0);
	}
	assert_true(eins && zwei);
	assert_false(step(w));
}

static void one_destination_that_defers_keeps_only_its_own(void **state)
{
	struct world *w = *state;
	str doc;

	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	w->outcome[0] = w->outcome[1] = 4;
	assert_true(step(w)); /* eins */
	w->outcome[0] = w->outcome[1] = 0;
	assert_true(step(w)); /* zwei */
	assert_false(step(w));
	doc = document(w, "queue", "show", "M1");
	assert_true(has(doc, "\"recipients\":[\"a@eins.example\",\"c@eins.example\"]"));
	assert_true(has(doc, "\"delivered\":[\"b@zwei.example\"]"));
	close_store(w);
	open_store(w); /* as after a restart: each has its own progress */
	add_relay(w);
	assert_false(step(w));
	assert_int_equal(command(w, "queue", "retry", "M1", &doc).status, QUESTION_DONE);
	assert_true(step(w));
	assert_int_equal(w->asked, 2);
	assert_int_equal(in_spool(w), 0);
}

static void recipients_follow_their_routes_after_a_reload(void **state)
{
	struct world *w = *state;
	struct arena *old = w->conf->arena;
	struct why why;
	str doc;

	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	assert_int_equal(store_set_config(w->s,
					  STR("role=out\ndelivery.max_age=1h\n"
					      "delivery.next_hop=smtp:neu:25\n"),
					  &w->conf, &why),
			 0);
	while (step(w))
		;
	assert_string_equal(w->destination, "smtp:neu:25");
	assert_int_equal(w->asked, 3);
	assert_int_equal(in_spool(w), 0);
	assert_int_equal(command(w, "queue", "show", "M1", &doc).status, QUESTION_NO);
	arena_free(old);
}

/* A part that is out went by the old routes; the recipients it has belong to another one now. */
static void a_reload_sends_nothing_twice(void **state)
{
	struct world *w = *state;
	struct arena *old = w->conf->arena;
	struct queue_entry *out;
	enum queue_job job;
	struct why why;
	str doc;

	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	out = queue_take(&w->s->queue, store_time(), &job);
	assert_true(str_eq(queue_name(out->to), STR("smtp:eins:25")));
	assert_int_equal(store_set_config(w->s,
					  STR("role=out\ndelivery.max_age=1h\n"
					      "delivery.next_hop=smtp:zwei:25\n"),
					  &w->conf, &why),
			 0);
	assert_true(step(w)); /* zwei: would take those along */
	assert_int_equal(w->asked, 0);
	assert_false(step(w));
	queue_put_back(&w->s->queue, out, clock_now_ms() + 60000, 0, store_time());
	assert_int_equal(command(w, "queue", "retry", "M1", &doc).status, QUESTION_DONE);
	while (step(w))
		;
	assert_int_equal(w->asked, 3);
	assert_int_equal(in_spool(w), 0);
	arena_free(old);
}

static void a_reload_that_changes_no_route_keeps_nobody_waiting(void **state)
{
	struct world *w = *state;
	struct arena *old = w->conf->arena;
	struct queue_entry *out;
	enum queue_job job;
	struct why why;

	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	out = queue_take(&w->s->queue, store_time(), &job);
	assert_int_equal(store_set_config(w->s, STR(OUT "delivery.max_age=2h\n"), &w->conf, &why),
			 0);
	assert_true(step(w));
	assert_string_equal(w->destination, "smtp:zwei:25");
	queue_put_back(&w->s->queue, out, 0, 0, store_time());
	while (step(w))
		;
	assert_int_equal(in_spool(w), 0);
	arena_free(old);
}

/* The reload came between looking up the destinations and putting them in the queue. */
static void a_message_that_came_during_a_reload_is_routed_again(void **state)
{
	struct world *w = *state;
	const struct store_settings *before = w->s->settings;
	struct arena *old = w->conf->arena;
	struct spool_state now;
	struct queue_message *m;
	struct spoolmeta meta;
	struct why why;

	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	m = queued(w, "M1");
	assert_int_equal(spool_peek(&w->s->spool, w->a, m->id, &meta, &now, &why), SPOOL_OK);
	queue_drop(&w->s->queue, m, store_time());
	assert_int_equal(store_set_config(w->s,
					  STR("role=out\ndelivery.max_age=1h\n"
					      "delivery.next_hop=smtp:neu:25\n"),
					  &w->conf, &why),
			 0);
	m = queue_add(&w->s->queue, meta.id, clock_wall_ms(), false, false);
	parts_add(w->s, before, m, &meta, &now, parts_destinations(w->a, before, &meta));
	while (step(w))
		;
	assert_string_equal(w->destination, "smtp:neu:25");
	assert_int_equal(in_spool(w), 0);
	arena_free(old);
}

/* A crash after the report and before it was noted: the set of those who failed may grow. */
static void a_recipient_is_not_covered_by_a_report_about_others(void **state)
{
	struct world *w = *state;
	struct spool_state now;
	struct spoolmeta meta;
	struct why why;
	str doc;

	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	w->outcome[0] = 5;
	w->outcome[1] = 4;
	assert_true(step(w)); /* eins: a fails, c waits */
	assert_true(has(notification(w, "M1-f0"), "a@eins.example"));
	assert_int_equal(spool_peek(&w->s->spool, w->a, queued(w, "M1")->id, &meta, &now, &why),
			 SPOOL_OK);
	assert_int_equal(now.recipients[0], SPOOL_TOLD);
	now.recipients[0] = SPOOL_FAILED;
	assert_int_equal(spool_put_state(&w->s->spool, w->a, meta.id, &now, &why), 0);
	queue_drop(&w->s->queue, queued(w, "M1-f0"), store_time());
	assert_int_equal(command(w, "queue", "retry", "M1", &doc).status, QUESTION_DONE);
	w->outcome[0] = 5;
	assert_true(step(w)); /* c fails, too */
	assert_true(has(notification(w, "M1-f0-3ec"), "c@eins.example"));
}

static void a_sender_is_told_what_failed_and_the_rest_goes_on(void **state)
{
	struct world *w = *state;
	str doc;

	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	w->outcome[0] = 5;
	w->outcome[1] = 4;
	w->reply = "550 5.1.1 unknown here, says wolke.interne.example";
	assert_true(step(w)); /* eins: a fails, c waits */
	doc = notification(w, "M1-f0");
	assert_true(has(doc, "To: <s@example.org>"));
	assert_true(has(doc, "Final-Recipient: rfc822; a@eins.example\r\nAction: failed\r\n"
			     "Status: 5.1.1\r\n"));
	assert_true(has(doc, "Diagnostic-Code: smtp; 550 5.1.1\r\n")); /* no words from inside */
	assert_false(has(doc, "interne"));
	assert_false(has(doc, "c@eins.example"));
	assert_true(has(document(w, "queue", "show", "M1"), "\"failed\":[\"a@eins.example\"]"));
	assert_true(str_empty(document(w, "quarantine", "list", NULL)));
	assert_true(has(document(w, "queue", "show", "M1-f0"), "\"reverse_path\":\"\""));
}

static void a_failed_notification_is_held_and_brings_no_other_forth(void **state)
{
	struct world *w = *state;

	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	w->outcome[0] = w->outcome[1] = 5;
	while (step(w))
		;
	assert_int_equal(in_spool(w), 0);
	assert_true(has(document(w, "quarantine", "list", NULL), "\"id\":\"M1-f0-3ec\""));
	assert_false(has(document(w, "quarantine", "list", NULL), "\"id\":\"M1\""));
}

static void the_null_sender_is_told_nothing(void **state)
{
	struct world *w = *state;

	w->sender = "";
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	w->outcome[0] = w->outcome[1] = 5;
	while (step(w))
		;
	assert_int_equal(in_spool(w), 0);
	assert_true(
		has(document(w, "quarantine", "list", NULL),
		    "\"recipients\":[\"a@eins.example\",\"b@zwei.example\",\"c@eins.example\"]"));
}

static void whoever_asked_for_no_word_gets_none(void **state)
{
	struct world *w = *state;
	str params[] = { STR("NOTIFY=NEVER"), STR("NOTIFY=NEVER"), STR("NOTIFY=SUCCESS") };

	w->rcpt_params = params;
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	w->outcome[0] = w->outcome[1] = 5;
	while (step(w))
		;
	assert_int_equal(in_spool(w), 0);
	assert_true(str_empty(document(w, "quarantine", "list", NULL)));
	assert_true(has(document(w, "explain", NULL, "M1"), "\"state\":\"failed\""));
}

static void success_is_told_when_asked_and_nobody_else_will(void **state)
{
	struct world *w = *state;
	str params[] = { STR("NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;alias@eins.example"), STR(""),
			 STR("NOTIFY=FAILURE") };
	str doc;

	w->rcpt_params = params;
	w->mail_params = "RET=HDRS ENVID=QQ+2B314";
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	assert_true(step(w));
	doc = notification(w, "M1-s0");
	assert_true(has(doc, "Original-Envelope-Id: QQ+314\r\n"));
	assert_true(has(doc, "Original-Recipient: rfc822; alias@eins.example\r\n"));
	assert_true(has(doc, "Action: relayed\r\n"));
	assert_false(has(doc, "c@eins.example"));
	while (step(w))
		;
	assert_int_equal(in_spool(w), 0);

	w->dsn = 1; /* the next hop takes that over */
	assert_int_equal(commit_as(w, "M2", SPOOL_DELIVER, true), 0);
	assert_true(step(w));
	assert_true(str_empty(notification(w, "M2-s0")));
}

static void what_the_servers_of_others_say_is_told_with_their_names(void **state)
{
	struct world *w = *state;
	str one[] = { STR("a@x.mx.example") };
	str doc;

	w->recipients = one;
	w->n_recipients = 1;
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	w->outcome[0] = 5;
	w->reply = "550 5.7.1 not from you";
	w->next_hop = "smtp:mx1.x.mx.example:25";
	assert_true(step(w));
	assert_string_equal(w->destination, "mx:x.mx.example");
	doc = notification(w, "M1-f0");
	assert_true(has(doc, "Remote-MTA: dns; mx1.x.mx.example\r\n"
			     "Diagnostic-Code: smtp; 550 5.7.1 not from you\r\n"));
}

static void a_late_message_is_told_of_once(void **state)
{
	struct world *w = *state;
	struct queue_message *m;
	int64_t then;
	str doc;

	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	w->outcome[0] = w->outcome[1] = 4;
	w->reply = "451 4.3.2 later";
	assert_true(step(w));
	assert_true(step(w));
	assert_false(step(w));
	m = queued(w, "M1");
	then = m->queued_at - 5 * 3600 * 1000;
	heap_remove(&w->s->queue.warnings, &m->warning);
	heap_push(&w->s->queue.warnings, &m->warning, then, 0);
	assert_true(step(w));
	doc = notification(w, "M1-w0-f51e6");
	assert_true(has(doc, "Action: delayed\r\nStatus: 4.3.2\r\n"));
	assert_true(has(doc, "Will-Retry-Until: "));
	assert_true(has(document(w, "queue", "show", "M1"), "\"warned\":true"));
	close_store(w);
	open_store(w);
	assert_false(queued(w, "M1")->warning.in);
}

static void what_is_given_up_for_its_age_says_so(void **state)
{
	struct world *w = *state;
	str doc;

	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	queued(w, "M1")->queued_at -= 3600 * 1000;
	w->outcome[0] = w->outcome[1] = 4;
	w->reply = "451 4.3.2 later";
	assert_true(step(w));
	doc = notification(w, "M1-f0-3ec");
	assert_true(has(doc, "Status: 4.4.7\r\nDiagnostic-Code: smtp; 451 4.3.2\r\n"));
}

static void a_wish_for_tls_holds_for_the_notification(void **state)
{
	struct world *w = *state;
	struct spool_message m;
	struct why why;

	w->tls_wish = TLS_WISH_REQUIRED;
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	w->outcome[0] = w->outcome[1] = 5;
	assert_true(step(w));
	assert_int_equal(spool_read(&w->s->spool, w->a, queued(w, "M1-f0-3ec")->id, &m, &why),
			 SPOOL_OK);
	assert_int_equal(m.meta.tls_wish, TLS_WISH_REQUIRED);
	close(m.fd);
}

static void in_role_mx_notifications_go_by_the_way_out(void **state)
{
	struct world *w = *state;

	close_store(w);
	w->config = "dsn.via=smtp:sortie:2526\n";
	w->recipients = NULL; /* of our domain */
	open_store(w);
	add_relay(w);
	assert_int_equal(commit_as(w, "M1", SPOOL_DELIVER, true), 0);
	w->outcome[0] = w->outcome[1] = w->outcome[2] = 5;
	assert_true(step(w));
	assert_string_equal(w->destination, "maildir");
	w->outcome[0] = 0;
	assert_true(step(w));
	assert_string_equal(w->destination, "smtp:sortie:2526");
	assert_string_equal(w->first, "s@example.org");
	assert_int_equal(in_spool(w), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		O(each_destination_gets_its_recipients),
		O(one_destination_that_defers_keeps_only_its_own),
		O(recipients_follow_their_routes_after_a_reload),
		O(a_reload_sends_nothing_twice),
		O(a_reload_that_changes_no_route_keeps_nobody_waiting),
		O(a_message_that_came_during_a_reload_is_routed_again),
		O(a_recipient_is_not_covered_by_a_report_about_others),
		O(a_sender_is_told_what_failed_and_the_rest_goes_on),
		O(a_failed_notification_is_held_and_brings_no_other_forth),
		O(the_null_sender_is_told_nothing),
		O(whoever_asked_for_no_word_gets_none),
		O(success_is_told_when_asked_and_nobody_else_will),
		O(what_the_servers_of_others_say_is_told_with_their_names),
		O(a_late_message_is_told_of_once),
		O(what_is_given_up_for_its_age_says_so),
		O(a_wish_for_tls_holds_for_the_notification),
		O(in_role_mx_notifications_go_by_the_way_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "store/reportdesk.h"

#include "mail/tlswish.h"
#include "store/store_fake.h"

#define ROW "ip=192.0.2.1\tdisposition=none\theader_from=shop.example"

static struct lanes *report; /* of the test that runs */

/* A gateway that sends reports, asked by one that writes them. */
static int reporting(void **state)
{
	struct world *w;
	struct why why;
	int fds[2];

	if (setup(state))
		return 1;
	w = *state;
	close_store(w);
	w->config = "domains=hopital.example\nreports.from=r@hopital.example\n"
		    "dsn.via=smtp:out.example:25\n";
	open_store(w);
	report = lanes_new(PROCESS_REPORT, PROCESS_STORE);
	kept[n_kept++] = report;
	assert_int_equal(chan_pair(fds, &why), 0);
	lanes_add(report, fds[0], 0);
	assert_int_equal(
		lanes_serve(fds[1], PROCESS_STORE, PROCESS_REPORT, reportdesk_answer, w->s, &why),
		0);
	return 0;
}

#define R(f) cmocka_unit_test_setup_teardown(f, reporting, teardown)

static int ask(struct world *w, struct msg *question, enum msg_type want, struct msg *ret)
{
	struct why why;

	return lanes_ask(report, question, want, w->a, deadline_in(5000), ret, &why);
}

static uint64_t due(struct world *w, uint64_t before)
{
	struct msg m = { .type = MSG_report_next, .report_next = { .before = before } }, answer;

	assert_int_equal(ask(w, &m, MSG_report_due, &answer), 0);
	return answer.report_due.id;
}

static uint64_t tomorrow(void)
{
	return (uint64_t)clock_wall() / REPORTSOUT_DAY_S + 1;
}

static int settle(struct world *w, uint64_t id, size_t recipients, bool sealed)
{
	str to[] = { STR("a@shop.example"), STR("b@shop.example") };
	struct msg m = { .type = MSG_report_settle, .n_fds = recipients > 0 }, answer;
	int r;

	m.report_settle = (struct msg_report_settle){ .id = id,
						      .recipients = { to, recipients },
						      .detail = STR("x") };
	if (recipients)
		m.fds[0] = memory_of(STR("Subject: Report\r\n\r\nx\r\n"), sealed);
	r = ask(w, &m, MSG_report_settled, &answer);
	if (recipients)
		close(m.fds[0]);
	return r < 0 ? r : (int)answer.report_settled.status;
}

static void what_is_counted_comes_in_pages(void **state)
{
	struct world *w = *state;
	struct msg m = { .type = MSG_report_rows }, answer;
	size_t rows = 0;
	uint64_t sum = 0;

	for (int i = 0; i < 3 * REPORTDESK_PAGE + 1; i++)
		for (int k = 0; k < 2; k++)
			reportdesk_count(w->s, STR("shop.example"), STR("v=DMARC1"),
					 arena_fmt(w->a, "row %d", i));
	m.report_rows.id = due(w, tomorrow());
	assert_int_not_equal(m.report_rows.id, 0);
	do {
		assert_int_equal(ask(w, &m, MSG_report_page, &answer), 0);
		rows += answer.report_page.rows.n;
		for (size_t i = 0; i < answer.report_page.counts.n; i++)
			sum += answer.report_page.counts.v[i];
		m.report_rows.at = answer.report_page.at;
	} while (answer.report_page.rows.n);
	assert_int_equal(rows, 3 * REPORTDESK_PAGE + 1);
	assert_int_equal(sum, 2 * rows);
}

static void the_same_report_is_in_the_spool_once(void **state)
{
	struct world *w = *state;
	uint64_t id;

	reportdesk_count(w->s, STR("shop.example"), STR("v=DMARC1"), STR(ROW));
	id = due(w, tomorrow());
	assert_int_equal(settle(w, id, 2, true), 0);
	/* As after a crash before it was marked. */
	assert_int_equal(settle(w, id, 2, true), 0);
	assert_int_equal(in_spool(w), 1);
	assert_int_equal(due(w, tomorrow()), 0);
	assert_true(has(document(w, "report", "list", NULL), "\"state\":\"sent\""));
}

static void a_crash_before_the_mark_sends_nothing_twice(void **state)
{
	struct world *w = *state;

	reportdesk_count(w->s, STR("shop.example"), STR("v=DMARC1"), STR(ROW));
	assert_int_equal(settle(w, due(w, tomorrow()), 2, true), 0);
	assert_int_equal(recordsdb_exec(w->s->reports_out.db, "UPDATE report SET state = 0", NULL),
			 0);
	close_store(w);
	open_store(w);
	/* Before anything is delivered, and its name gone from the spool. */
	assert_true(has(document(w, "report", "list", NULL), "\"detail\":\"found in the spool\""));
}

static void the_mail_goes_away_and_brings_nothing_back(void **state)
{
	struct world *w = *state;
	struct spoolmeta m;
	struct spool_state s;
	struct spool_id name;
	struct queue_walker walker;
	const struct queue_message *in;

	reportdesk_count_tls(w->s,
			     &(struct msg_texts){ (str[]){ STR("shop.example\tpolicy=sts") }, 1 });
	assert_int_equal(settle(w, due(w, tomorrow()), 1, true), 0);
	queue_walk_begin(&w->s->queue, &walker);
	in = queue_walk(&w->s->queue, &walker);
	queue_walk_end(&walker);
	assert_non_null(in);
	name = in->id;
	assert_int_equal(spool_peek(&w->s->spool, w->a, name, &m, &s, NULL), SPOOL_OK);
	assert_true(str_eq(m.reverse_path, STR("r@hopital.example")));
	assert_true(str_eq(m.rcpt_params[0], STR("NOTIFY=NEVER")));
	assert_int_equal(m.tls_wish, TLS_WISH_OPTIONAL);
	assert_true(str_starts(queue_name(list_entry(in->parts.next, struct queue_entry, link)->to),
			       STR("smtp:out.example:25")));
}

static void ours_and_the_unwanted_are_not_sent(void **state)
{
	struct world *w = *state;
	uint64_t id;

	reportdesk_count(w->s, STR("Hopital.example"), STR("v=DMARC1"), STR(ROW));
	reportdesk_count(w->s, STR(""), STR(""), STR(""));
	assert_int_equal(due(w, tomorrow()), 0);
	reportdesk_count(w->s, STR("shop.example"), STR("v=DMARC1"), STR(ROW));
	id = due(w, tomorrow());
	assert_int_equal(settle(w, id, 0, true), 0);
	assert_int_equal(in_spool(w), 0);
	assert_int_equal(due(w, tomorrow()), 0);
	assert_true(has(document(w, "report", "list", NULL), "\"state\":\"unwanted\""));
}

static void nonsense_ends_the_lane(void **state)
{
	struct world *w = *state;

	assert_true(settle(w, 4711, 1, true) < 0);
	assert_int_equal(in_spool(w), 0);
}

static void a_mail_that_can_change_is_refused(void **state)
{
	struct world *w = *state;

	reportdesk_count(w->s, STR("shop.example"), STR("v=DMARC1"), STR(ROW));
	assert_true(settle(w, due(w, tomorrow()), 1, false) < 0);
	assert_int_equal(in_spool(w), 0);
}

static void closing_makes_it_due_at_once(void **state)
{
	struct world *w = *state;
	str doc;

	reportdesk_count(w->s, STR("shop.example"), STR("v=DMARC1"), STR(ROW));
	assert_int_equal(due(w, 0), 0);
	assert_true(has(document(w, "report", "show", "--domain=shop.example"),
			"{\"count\":1,\"row\":\"ip=192.0.2.1\\tdisposition"));
	assert_int_equal(command(w, "report", "send", "--day=2020-01-01", &doc).status,
			 QUESTION_DONE);
	assert_int_equal(due(w, 0), 0);
	assert_int_equal(command(w, "report", "send", "--day=soon", &doc).status, QUESTION_USAGE);
	assert_int_equal(command(w, "report", "send", NULL, &doc).status, QUESTION_DONE);
	assert_int_not_equal(due(w, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		R(what_is_counted_comes_in_pages),
		R(the_same_report_is_in_the_spool_once),
		R(a_crash_before_the_mark_sends_nothing_twice),
		R(the_mail_goes_away_and_brings_nothing_back),
		R(ours_and_the_unwanted_are_not_sent),
		R(nonsense_ends_the_lane),
		R(a_mail_that_can_change_is_refused),
		R(closing_makes_it_due_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

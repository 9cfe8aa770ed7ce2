/* The table of recipients in a session: what a stranger is told, and how long it takes. */
#include "lists/recipientfile.h"
#include "smtp/command.h"
#include "smtp/smtpsession_fake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define TABLE "alice@hopital.example\nbloc@hopital.example internal\nbob@hopital.example disabled\n"
#define HELLO "EHLO mail.partner.example\r\nMAIL FROM:<x@partner.example>\r\n"
#define RCPT(who) "RCPT TO:<" who "@hopital.example>\r\n"
#define REFUSAL "450 4.1.1 This mailbox cannot be reached\r\n"

static void give_table(struct fake_smtp *f)
{
	char path[] = "/tmp/verb_rcpt_test_XXXXXX";
	cleanup(fd_closep) int fd = mkstemp(path);
	struct recipientfile_count count;
	struct why why;

	assert_true(fd >= 0 && fd_write_all(fd, STR(TABLE), &why) == 0);
	assert_int_equal(recipientfile_open(path, &f->session.policy->recipients, &count, &why), 0);
	unlink(path);
}

static struct fake_smtp *session(const char *settings)
{
	struct fake_smtp *f = fake_smtp_new(str_c(settings));

	give_table(f);
	return f;
}

/* What was said to the last command. */
static str last_reply(const struct fake_smtp *f)
{
	str all = strbuf_str(&f->output);
	size_t before = str_rchr(str_sub(all, 0, all.n - 1), '\n');

	return str_skip(all, before + 1);
}

/* Lets the session rest as long as it wants, without waiting; returns for how long. */
static int64_t ask(struct fake_smtp *f, const char *line)
{
	int64_t rested = 0;

	f->input = str_c(line);
	do {
		f->ready = true;
		fake_smtp_step(f);
		if (f->next == LOBBY_REST)
			rested += clock_left(f->until);
	} while (f->next == LOBBY_REST || (f->next != LOBBY_CLOSE && f->input.n));
	return rested;
}

static void a_stranger_cannot_tell_unknown_from_disabled_and_internal(void **state)
{
	static const char *const who[] = { RCPT("nobody"), RCPT("bob"), RCPT("bloc") };
	static const char *const reasons[] = { "unknown", "disabled", "internal" };
	cleanup(fake_smtp_free) struct fake_smtp *f = session("recipients.file=/x\n");

	(void)state;
	fake_smtp_step(f);
	(void)ask(f, HELLO);
	for (size_t i = 0; i < ARRAY_LEN(who); i++) {
		(void)ask(f, who[i]);
		assert_true(str_eq(last_reply(f), STR(REFUSAL)));
		assert_true(str_eq(f->reason, str_c(reasons[i])));
	}
	(void)ask(f, RCPT("Alice"));
	assert_true(str_starts(last_reply(f), STR("250 ")));
	(void)ask(f, RCPT("postmaster"));
	assert_true(str_starts(last_reply(f), STR("250 ")));
	(void)ask(f, "RCPT TO:<Postmaster>\r\n");
	assert_true(str_starts(last_reply(f), STR("250 ")));
	(void)ask(f, "RCPT TO:<alice@stranger.example>\r\n");
	assert_true(str_starts(last_reply(f), STR("550 5.7.1")));
	assert_int_equal(f->n_messages, 0);
}

static void inside_reaches_what_is_internal_and_is_never_slowed_down(void **state)
{
	cleanup(fake_smtp_free) struct fake_smtp *f = session(
		"recipients.file=/x\nrecipients.inside=127.0.0.0/8\nrecipients.slow_after=1\n"
		"recipients.close_after=1\n");

	(void)state;
	fake_smtp_step(f);
	(void)ask(f, HELLO);
	(void)ask(f, RCPT("bloc"));
	assert_true(str_starts(last_reply(f), STR("250 ")));
	for (int i = 0; i < 30; i++) {
		assert_int_equal(ask(f, RCPT("bob")), 0);
		assert_true(str_eq(last_reply(f), STR(REFUSAL)));
	}
}

static void a_domain_may_be_refused_for_good(void **state)
{
	cleanup(fake_smtp_free) struct fake_smtp *f =
		session("recipients.file=/x\ndomains=hopital.example,mairie.example\n"
			"recipients.reject=hopital.example\n");

	(void)state;
	fake_smtp_step(f);
	(void)ask(f, HELLO);
	(void)ask(f, RCPT("nobody"));
	assert_true(str_eq(last_reply(f), STR("550 5.1.1 This mailbox cannot be reached\r\n")));
	(void)ask(f, RCPT("bloc"));
	assert_true(str_eq(last_reply(f), STR("550 5.1.1 This mailbox cannot be reached\r\n")));
	(void)ask(f, "RCPT TO:<nobody@mairie.example>\r\n");
	assert_true(str_eq(last_reply(f), STR(REFUSAL)));
}

static void in_mode_observe_a_table_is_only_tried(void **state)
{
	cleanup(fake_smtp_free) struct fake_smtp *f = session("recipients.file=/x\nmode=observe\n");

	(void)state;
	fake_smtp_step(f);
	(void)ask(f, HELLO);
	(void)ask(f, RCPT("nobody"));
	assert_true(str_starts(last_reply(f), STR("250 ")));
	assert_true(str_eq(f->reason, STR("unknown")));
}

static void who_names_many_unknown_ones_waits_longer_and_longer_and_is_sent_away(void **state)
{
	cleanup(fake_smtp_free) struct fake_smtp *f =
		session("recipients.file=/x\nrecipients.slow_after=3\nrecipients.close_after=6\n");
	int64_t before = 0;

	(void)state;
	fake_smtp_step(f);
	(void)ask(f, HELLO);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ask(f, RCPT("nobody")), 0);
		assert_true(str_eq(last_reply(f), STR(REFUSAL)));
	}
	for (int i = 0; i < 3; i++) {
		int64_t rested = ask(f, RCPT("nobody"));

		assert_true(rested > before && rested > 500);
		assert_true(str_eq(last_reply(f), STR(REFUSAL)));
		before = rested;
	}
	/* Known ones wait as long, and are taken. */
	assert_true(ask(f, RCPT("alice")) > before);
	assert_true(str_starts(last_reply(f), STR("250 ")));
	(void)ask(f, RCPT("nobody"));
	assert_true(str_starts(last_reply(f), STR("421 4.7.0 ")));
	assert_int_equal(f->next, LOBBY_CLOSE);
}

/* What was sent behind a command that waits is neither lost nor answered before it. */
static void a_pipeline_waits_in_its_order(void **state)
{
	cleanup(fake_smtp_free) struct fake_smtp *f =
		session("recipients.file=/x\nrecipients.slow_after=1\n");

	(void)state;
	fake_smtp_step(f);
	(void)ask(f, HELLO);
	f->output.n = 0;
	assert_true(ask(f, RCPT("nobody") RCPT("alice") RCPT("bob") "RSET\r\n") > 1000);
	assert_true(str_eq(strbuf_str(&f->output),
			   STR(REFUSAL "250 2.1.5 Recipient OK\r\n" REFUSAL "250 2.0.0 OK\r\n")));
}

/* Or one who always has another RCPT behind it would stay for days. */
static void a_session_ends_in_its_time_even_when_it_rests(void **state)
{
	cleanup(fake_smtp_free) struct fake_smtp *f =
		session("recipients.file=/x\nrecipients.slow_after=1\n");

	(void)state;
	fake_smtp_step(f);
	(void)ask(f, HELLO RCPT("nobody"));
	f->input = STR(RCPT("alice") RCPT("alice") RCPT("alice"));
	f->ready = true;
	fake_smtp_step(f);
	assert_int_equal(f->next, LOBBY_REST);
	f->session.began -= f->session.policy->conf->smtp.session_timeout;
	fake_smtp_step(f);
	assert_true(str_starts(last_reply(f), STR("250 ")));
	assert_int_equal(f->next, LOBBY_PARK);
	assert_int_equal(clock_left(f->until), 0);
}

/* Even one from inside, who is not slowed down: each takes memory of the transaction. */
static void unknown_recipients_count_as_recipients_of_a_message(void **state)
{
	cleanup(fake_smtp_free) struct fake_smtp *f =
		session("recipients.file=/x\nrecipients.inside=127.0.0.0/8\n"
			"smtp.max_recipients=3\n");

	(void)state;
	fake_smtp_step(f);
	(void)ask(f, HELLO);
	for (int i = 0; i < 3; i++) {
		(void)ask(f, RCPT("nobody"));
		assert_true(str_eq(last_reply(f), STR(REFUSAL)));
	}
	(void)ask(f, RCPT("alice"));
	assert_true(str_starts(last_reply(f), STR("452 4.5.3 ")));
	(void)ask(f, "RSET\r\nMAIL FROM:<x@partner.example>\r\n" RCPT("alice"));
	assert_true(str_starts(last_reply(f), STR("250 ")));
}

/* However many of them rest. */
static void those_that_rest_do_not_fill_the_memory_of_a_message(void **state)
{
	cleanup(fake_smtp_free) struct fake_smtp *f =
		session("recipients.file=/x\nrecipients.slow_after=1\nsmtp.max_recipients=2\n");
	char line[COMMAND_LINE_MAX + 1];
	int n = snprintf(line, sizeof(line), "RCPT TO:<%0900d>\r\n", 0);

	(void)state;
	assert_true(n > 900 && (size_t)n < sizeof(line));
	fake_smtp_step(f);
	(void)ask(f, HELLO RCPT("nobody") RCPT("alice"));
	for (int i = 0; i < TRANSACTION_BUDGET / 900; i++) {
		f->output.n = 0;
		assert_true(ask(f, line) > 0);
		assert_true(str_starts(last_reply(f), STR("452 4.5.3 ")));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stranger_cannot_tell_unknown_from_disabled_and_internal),
		cmocka_unit_test(inside_reaches_what_is_internal_and_is_never_slowed_down),
		cmocka_unit_test(a_domain_may_be_refused_for_good),
		cmocka_unit_test(in_mode_observe_a_table_is_only_tried),
		cmocka_unit_test(
			who_names_many_unknown_ones_waits_longer_and_longer_and_is_sent_away),
		cmocka_unit_test(a_pipeline_waits_in_its_order),
		cmocka_unit_test(a_session_ends_in_its_time_even_when_it_rests),
		cmocka_unit_test(unknown_recipients_count_as_recipients_of_a_message),
		cmocka_unit_test(those_that_rest_do_not_fill_the_memory_of_a_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "relay/smtpclient.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* A server that follows a script: '<' lines are expected from the client byte by byte,
 * '>' lines are sent. A trailing "|" line closes, "~" waits for the client to close. */
struct script {
	int fd;
	const char *text;
	char failed[4096];
};

static bool expect(struct script *s, str want)
{
	char got[1024];
	size_t n = 0;

	while (n < want.n) {
		ssize_t r = read(s->fd, got + n, want.n - n);

		if (r <= 0)
			break;
		n += (size_t)r;
	}
	if (str_eq(str_of(got, n), want))
		return true;
	snprintf(s->failed, sizeof(s->failed), "expected \"%.*s\" got \"%.*s\"", STR_ARG(want),
		 (int)n, got);
	return false;
}

static void *serve(void *arg)
{
	struct script *s = arg;
	str rest = str_c(s->text), line;

	while (str_split(&rest, '\n', &line)) {
		char with_end[1024];
		int n = snprintf(with_end, sizeof(with_end), "%.*s\r\n",
				 STR_ARG(str_skip(line, 1)));

		if (line.n == 0)
			continue;
		if (line.p[0] == '|')
			break;
		while (line.p[0] == '~' && read(s->fd, with_end, sizeof(with_end)) > 0)
			;
		if (line.p[0] == '<' && !expect(s, str_of(with_end, (size_t)n)))
			break;
		if (line.p[0] == '>' && write(s->fd, with_end, (size_t)n) != n)
			break;
	}
	shutdown(s->fd, SHUT_RDWR);
	return NULL;
}

/* Of the whole of the next talk. */
static int64_t talk_ms = 60000;

struct result {
	int greet, send;
	uint64_t outcome[SMTPCLIENT_RECIPIENTS];
	struct smtpreply reply;
	struct why why;
	struct smtpclient client; /* as it was at the end */
};

static struct result talk(const char *text, bool lmtp, const struct smtpclient_job *job,
			  size_t jobs)
{
	static char in[8192], out[32768];
	struct script s = { .text = text };
	struct result r = { .send = -1 };
	struct smtpclient c = { .lmtp = lmtp,
				.name = STR("mx.example"),
				.timeout_ms = 3000,
				.until = deadline_in(talk_ms) };
	struct stream stream;
	pthread_t t;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	s.fd = fds[1];
	assert_int_equal(pthread_create(&t, NULL, serve, &s), 0);
	stream_init(&stream, fds[0]);
	stream_lend(&stream, in, sizeof(in), out, sizeof(out));
	c.s = &stream;
	r.greet = smtpclient_greet(&c, &r.reply, &r.why);
	for (size_t i = 0; i < jobs && r.greet == SMTPCLIENT_OK; i++)
		r.send = smtpclient_send(&c, &job[i], r.outcome, &r.reply, &r.why);
	shutdown(fds[0], SHUT_WR);
	pthread_join(t, NULL);
	r.client = c;
	close(fds[0]);
	close(fds[1]);
	if (s.failed[0])
		fail_msg("server: %s", s.failed);
	return r;
}

static const str two[] = { { "a@x.example", 11 }, { "b@x.example", 11 } };
static const struct smtpclient_job plain = {
	{ "s@y.example", 11 }, two, 2, { "A: b\r\n\r\n.dot\r\nx\r\n", 17 }, false, false
};

static void assert_outcomes(const struct result *r, uint64_t a, uint64_t b)
{
	assert_int_equal(r->outcome[0], a);
	assert_int_equal(r->outcome[1], b);
}

static void a_pipelined_message_goes_in_two_flights(void **state)
{
	struct result r = talk(">220 hi\n<EHLO mx.example\n>250-server\n>250-PIPELINING\n>250-SIZE "
			       "1000\n>250 8BITMIME\n"
			       "<MAIL FROM:<s@y.example> SIZE=17\n<RCPT TO:<a@x.example>\n<RCPT "
			       "TO:<b@x.example>\n<DATA\n"
			       ">250 ok\n>250 ok\n>250 ok\n>354 go\n"
			       "<A: b\n<\n<..dot\n<x\n<.\n>250 2.0.0 queued as 7",
			       false, &plain, 1);

	(void)state;
	assert_int_equal(r.send, SMTPCLIENT_OK);
	assert_outcomes(&r, 0, 0);
	assert_true(str_eq(smtpreply_text(&r.reply), STR("250 2.0.0 queued as 7")));
}

static void a_server_without_extensions_gets_one_command_at_a_time(void **state)
{
	struct result r = talk(
		">220-hi\n>220 there\n<EHLO mx.example\n>502 what?\n<HELO mx.example\n>250 server\n"
		"<MAIL FROM:<s@y.example>\n>250 ok\n<RCPT TO:<a@x.example>\n>250 ok\n"
		"<RCPT TO:<b@x.example>\n>550 5.1.1 who?\n<DATA\n>354 go\n"
		"<A: b\n<\n<..dot\n<x\n<.\n>250 ok",
		false, &plain, 1);

	(void)state;
	assert_int_equal(r.send, SMTPCLIENT_OK);
	assert_outcomes(&r, 0, 5);
	assert_true(str_eq(smtpreply_text(&r.reply), STR("550 5.1.1 who?")));
}

#define HELLO ">220 hi\n<EHLO mx.example\n>250-server\n>250 PIPELINING\n"
#define ENVELOPE "<MAIL FROM:<s@y.example>\n<RCPT TO:<a@x.example>\n<RCPT TO:<b@x.example>\n<DATA\n"
#define BODY "<A: b\n<\n<..dot\n<x\n<.\n"

static void each_refusal_has_its_meaning(void **state)
{
	static const struct {
		const char *script;
		int send;
		uint64_t a, b;
	} cases[] = {
		{ HELLO ENVELOPE ">451 later\n>503 no\n>503 no\n>503 no", SMTPCLIENT_OK, 4, 4 },
		{ HELLO ENVELOPE ">550 never\n>250 ok\n>250 ok\n>503 no", SMTPCLIENT_OK, 5, 5 },
		{ HELLO ENVELOPE ">250 ok\n>450 later\n>550 no\n>554 no valid recipients",
		  SMTPCLIENT_OK, 4, 5 },
		{ HELLO ENVELOPE ">250 ok\n>250 ok\n>552 too many\n>354 go\n" BODY ">250 ok",
		  SMTPCLIENT_OK, 0, 4 },
		{ HELLO ENVELOPE ">250 ok\n>250 ok\n>250 ok\n>451 full", SMTPCLIENT_OK, 4, 4 },
		{ HELLO ENVELOPE ">250 ok\n>250 ok\n>250 ok\n>354 go\n" BODY ">554 spam",
		  SMTPCLIENT_OK, 5, 5 },
		{ HELLO ENVELOPE ">250 ok\n>250 ok\n>250 ok\n>354 go\n" BODY ">452 disk",
		  SMTPCLIENT_OK, 4, 4 },
		{ HELLO ENVELOPE ">250 ok\n>550 no\n>250 ok\n>354 go\n" BODY "|", SMTPCLIENT_E_LOST,
		  5, 4 },
		{ HELLO ENVELOPE ">250 ok\n>550 no\n|", SMTPCLIENT_E_LOST, 5, 4 },
		{ HELLO ENVELOPE ">250 ok\n>550 no\n>550 no\n>354 go", SMTPCLIENT_E_LOST, 5, 5 },
		{ HELLO ENVELOPE ">250 ok\n>250 ok\n>250 ok\n>354 go\n" BODY ">hello",
		  SMTPCLIENT_E_LOST, 4, 4 },
		{ HELLO ENVELOPE ">250 ok\n>250 ok\n>250 ok\n>250 ok", SMTPCLIENT_E_LOST, 4, 4 },
		{ HELLO ENVELOPE ">250 ok\n>354 ok\n>250 ok\n>354 go\n" BODY ">250 ok",
		  SMTPCLIENT_OK, 4, 0 },
		{ HELLO ENVELOPE ">421 busy\n|", SMTPCLIENT_E_LOST, 4, 4 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct result r = talk(cases[i].script, false, &plain, 1);

		if (r.send != cases[i].send || r.outcome[0] != cases[i].a ||
		    r.outcome[1] != cases[i].b)
			fail_msg("case %zu: %d %d %d (%s)", i, r.send, (int)r.outcome[0],
				 (int)r.outcome[1], r.why.text);
		assert_true(r.reply.lines > 0);
	}
}

static void lmtp_with_fewer_replies_than_recipients_settles_those_it_answered(void **state)
{
	struct result r = talk(">220 hi\n<LHLO mx.example\n>250-server\n>250 PIPELINING\n" ENVELOPE
			       ">250 ok\n>250 ok\n>250 ok\n>354 go\n" BODY ">250 a\n|",
			       true, &plain, 1);

	(void)state;
	assert_int_equal(r.send, SMTPCLIENT_E_LOST);
	assert_outcomes(&r, 0, 4);
}

static void the_whole_ends_in_time_whatever_the_server_does(void **state)
{
	int64_t began = clock_now_ms();
	struct result r;

	(void)state;
	talk_ms = 200;
	r = talk(HELLO "~", false, &plain, 1);
	talk_ms = 60000;
	assert_int_equal(r.send, SMTPCLIENT_E_LOST);
	assert_outcomes(&r, 4, 4);
	assert_true(clock_now_ms() - began < 2000);
}

static void lmtp_answers_for_each_recipient(void **state)
{
	struct result r =
		talk(">220 hi\n<LHLO mx.example\n>250-server\n>250 PIPELINING\n" ENVELOPE
		     ">250 ok\n>250 ok\n>250 ok\n>354 go\n" BODY ">250 a\n>452 4.2.2 b is full",
		     true, &plain, 1);

	(void)state;
	assert_int_equal(r.send, SMTPCLIENT_OK);
	assert_outcomes(&r, 0, 4);
	assert_true(str_eq(smtpreply_text(&r.reply), STR("452 4.2.2 b is full")));
}

static void an_unfinished_transaction_is_reset_before_the_next(void **state)
{
	const struct smtpclient_job jobs[] = { plain, plain };
	struct result r =
		talk(HELLO ENVELOPE ">250 ok\n>550 no\n>550 no\n>503 no\n<RSET\n>250 ok\n" ENVELOPE
				    ">250 ok\n>250 ok\n>250 ok\n>354 go\n" BODY ">250 ok",
		     false, jobs, 2);

	(void)state;
	assert_int_equal(r.send, SMTPCLIENT_OK);
	assert_outcomes(&r, 0, 0);
}

static void a_kept_connection_that_ended_is_stale(void **state)
{
	const struct smtpclient_job jobs[] = { plain, plain };
	static const char *const scripts[] = {
		HELLO ENVELOPE ">250 ok\n>250 ok\n>250 ok\n>354 go\n" BODY ">250 ok\n|",
		HELLO ENVELOPE ">250 ok\n>250 ok\n>250 ok\n>354 go\n" BODY
			       ">250 ok\n>421 idle too long\n|",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(scripts); i++)
		assert_int_equal(talk(scripts[i], false, jobs, 2).send, SMTPCLIENT_E_STALE);
}

static void a_connection_that_was_only_kept_may_be_stale_too(void **state)
{
	struct smtpclient_job jobs[] = { plain, plain };

	(void)state;
	jobs[0].body = STR("A: b\r\n\r\nlonger than twenty bytes\r\n");
	assert_int_equal(
		talk(">220 hi\n<EHLO mx.example\n>250-hello\n>250 SIZE 20\n|", false, jobs, 2).send,
		SMTPCLIENT_E_STALE);
}

static void what_the_server_cannot_take_never_leaves(void **state)
{
	struct smtpclient_job utf8 = plain, ascii = plain, big = plain;
	struct result r;

	(void)state;
	utf8.smtputf8 = true;
	utf8.body = STR("A: \xc3\xa9\r\n\r\nx\r\n");
	r = talk(HELLO, false, &utf8, 1);
	assert_outcomes(&r, 5, 5);
	assert_true(str_starts(smtpreply_text(&r.reply), STR("550 5.6.7")));
	ascii.smtputf8 = true; /* asked for and not needed: an ordinary message */
	ascii.body = STR("A: b\r\n\r\n\xc3\xa9\r\n");
	r = talk(HELLO ENVELOPE
		 ">250 ok\n>250 ok\n>250 ok\n>354 go\n<A: b\n<\n<\xc3\xa9\n<.\n>250 ok",
		 false, &ascii, 1);
	assert_outcomes(&r, 0, 0);
	big.body = STR("A: b\r\n\r\nlonger than ten\r\n");
	r = talk(">220 hi\n<EHLO mx.example\n>250-server\n>250 SIZE 10\n", false, &big, 1);
	assert_outcomes(&r, 5, 5);
}

static void parameters_follow_what_is_offered(void **state)
{
	struct smtpclient_job job = plain;
	struct result r;

	(void)state;
	job.n_recipients = 1;
	job.reverse_path = STR("");
	job.body_8bit = job.smtputf8 = true;
	job.body = STR("A: \xc3\xa9\r\n\r\n");
	r = talk(">220 hi\n<EHLO mx.example\n>250-server\n>250-8bitmime\n>250-SMTPUTF8\n>250 size\n"
		 "<MAIL FROM:<> SIZE=9 BODY=8BITMIME SMTPUTF8\n>250 ok\n<RCPT "
		 "TO:<a@x.example>\n>250 ok\n"
		 "<DATA\n>354 go\n<A: \xc3\xa9\n<\n<.\n>250 ok",
		 false, &job, 1);
	assert_int_equal(r.send, SMTPCLIENT_OK);
	assert_int_equal(r.outcome[0], 0);
}

#define DSN_HELLO                                                                                  \
	">220 hi\n<EHLO mx.example\n>250-server\n>250-DSN\n>250-REQUIRETLS\n>250 PIPELINING\n"
#define TAKEN ">250 ok\n>250 ok\n>250 ok\n>354 go\n" BODY ">250 ok"

static void what_the_sender_asks_to_be_told_goes_on_where_it_is_understood(void **state)
{
	static const str rcpt[] = { { "NOTIFY=NEVER", 12 },
				    { "ORCPT=utf-8;\xc3\xa9@x.example", 25 } };
	struct smtpclient_job job = plain;
	struct result r;

	(void)state;
	job.mail_params = STR("RET=HDRS ENVID=1");
	job.rcpt_params = rcpt;
	r = talk(HELLO ENVELOPE TAKEN, false, &job, 1);
	assert_outcomes(&r, 0, 0);
	job.requiretls = true;
	r = talk(DSN_HELLO "<MAIL FROM:<s@y.example> REQUIRETLS RET=HDRS ENVID=1\n"
			   "<RCPT TO:<a@x.example> NOTIFY=NEVER\n<RCPT TO:<b@x.example>\n"
			   "<DATA\n" TAKEN,
		 false, &job, 1);
	assert_outcomes(&r, 0, 0);
	assert_true(r.client.ext & SMTPCLIENT_REQUIRETLS);
}

static void limits_and_names_of_the_server_are_noted(void **state)
{
	struct result r = talk(">220 MX.example ESMTP\n<EHLO mx.example\n>250-server\n"
			       ">250 LIMITS rcptmax=20 MAILMAX=5 OTHER=3 =1 X\n",
			       false, &plain, 0);

	(void)state;
	assert_int_equal(r.greet, SMTPCLIENT_OK);
	assert_int_equal(r.client.rcpt_max, 20);
	assert_int_equal(r.client.mail_max, 5);
	assert_true(r.client.is_us);
	r = talk(">220 mx.example.org ESMTP\n<EHLO mx.example\n>250-server\n"
		 ">250-LIMITS\n>250 LIMITS RCPTMAX=99999999999999999999 MAILMAX=0\n",
		 false, &plain, 0);
	assert_int_equal(r.client.rcpt_max, 0);
	assert_int_equal(r.client.mail_max, 0);
	assert_false(r.client.is_us);
}

static void a_greeting_that_is_no_welcome_is_refused(void **state)
{
	(void)state;
	assert_int_equal(talk(">554 go away\n|", false, &plain, 1).greet, SMTPCLIENT_E_REFUSED);
	assert_int_equal(talk(">421 busy\n|", false, &plain, 1).greet, SMTPCLIENT_E_REFUSED);
	assert_int_equal(talk(">HTTP/1.1 200 OK\n|", false, &plain, 1).greet, SMTPCLIENT_E_LOST);
	assert_int_equal(talk("|", false, &plain, 1).greet, SMTPCLIENT_E_LOST);
}

static void many_recipients_go_in_batches(void **state)
{
	static char script[65536];
	static str many[SMTPCLIENT_RECIPIENTS];
	struct smtpclient_job job = plain;
	size_t n = 0;
	struct result r;

	(void)state;
	n += (size_t)snprintf(script, sizeof(script), HELLO "<MAIL FROM:<s@y.example>\n");
	for (int i = 0; i < SMTPCLIENT_RECIPIENTS; i++) {
		many[i] = two[0];
		n += (size_t)snprintf(script + n, sizeof(script) - n, "<RCPT TO:<a@x.example>\n");
		if (i % SMTPCLIENT_RCPT_BATCH != SMTPCLIENT_RCPT_BATCH - 1)
			continue;
		if (i == SMTPCLIENT_RECIPIENTS - 1)
			n += (size_t)snprintf(script + n, sizeof(script) - n, "<DATA\n");
		for (int k = i == SMTPCLIENT_RCPT_BATCH - 1 ? -1 : 0; k < SMTPCLIENT_RCPT_BATCH;
		     k++)
			n += (size_t)snprintf(script + n, sizeof(script) - n, ">250 ok\n");
	}
	snprintf(script + n, sizeof(script) - n, ">354 go\n" BODY ">250 ok");
	job.recipients = many;
	job.n_recipients = SMTPCLIENT_RECIPIENTS;
	r = talk(script, false, &job, 1);
	assert_int_equal(r.send, SMTPCLIENT_OK);
	for (int i = 0; i < SMTPCLIENT_RECIPIENTS; i++)
		assert_int_equal(r.outcome[i], 0);
}

static void replies_are_read_strictly(void **state)
{
	static const struct {
		str line;
		int want;
	} cases[] = {
		{ { "250 ok\r\n", 8 }, SMTPREPLY_DONE },
		{ { "250\r\n", 5 }, SMTPREPLY_DONE },
		{ { "250-\r\n", 6 }, SMTPREPLY_MORE },
		{ { "250 ok\n", 7 }, SMTPREPLY_E_SYNTAX },
		{ { "250ok\r\n", 7 }, SMTPREPLY_E_SYNTAX },
		{ { "25 ok\r\n", 7 }, SMTPREPLY_E_SYNTAX },
		{ { "150 ok\r\n", 8 }, SMTPREPLY_E_SYNTAX },
		{ { "650 ok\r\n", 8 }, SMTPREPLY_E_SYNTAX },
		{ { "260 ok\r\n", 8 }, SMTPREPLY_E_SYNTAX },
		{ { "250 a\rb\r\n", 9 }, SMTPREPLY_E_SYNTAX },
		{ { "\r\n", 2 }, SMTPREPLY_E_SYNTAX },
	};
	struct smtpreply r = { 0 };
	int outcome = SMTPREPLY_MORE;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		r = (struct smtpreply){ 0 };
		if (smtpreply_line(&r, cases[i].line, NULL) != cases[i].want)
			fail_msg("case %zu", i);
	}
	r = (struct smtpreply){ 0 };
	assert_int_equal(smtpreply_line(&r, STR("250-a\r\n"), NULL), SMTPREPLY_MORE);
	assert_int_equal(smtpreply_line(&r, STR("251 b\r\n"), NULL), SMTPREPLY_E_SYNTAX);
	r = (struct smtpreply){ 0 };
	for (int i = 0; i < SMTPREPLY_LINES_MAX; i++)
		outcome = smtpreply_line(&r, STR("250-a\r\n"), NULL);
	assert_int_equal(outcome, SMTPREPLY_MORE);
	assert_int_equal(smtpreply_line(&r, STR("250-a\r\n"), NULL), SMTPREPLY_E_SYNTAX);
}

static void only_strict_line_ends_are_sent(void **state)
{
	(void)state;
	assert_true(smtpclient_body_is_strict(STR("")));
	assert_true(smtpclient_body_is_strict(STR("a")));
	assert_true(smtpclient_body_is_strict(STR("a\r\n\r\nb\r\n")));
	assert_false(smtpclient_body_is_strict(STR("a\n")));
	assert_false(smtpclient_body_is_strict(STR("a\r")));
	assert_false(smtpclient_body_is_strict(STR("a\rb\r\n")));
	assert_false(smtpclient_body_is_strict(STR("a\r\nb\n.\r\n")));
	assert_false(smtpclient_body_is_strict(STR("a\r\r\n")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pipelined_message_goes_in_two_flights),
		cmocka_unit_test(a_server_without_extensions_gets_one_command_at_a_time),
		cmocka_unit_test(each_refusal_has_its_meaning),
		cmocka_unit_test(lmtp_with_fewer_replies_than_recipients_settles_those_it_answered),
		cmocka_unit_test(the_whole_ends_in_time_whatever_the_server_does),
		cmocka_unit_test(lmtp_answers_for_each_recipient),
		cmocka_unit_test(an_unfinished_transaction_is_reset_before_the_next),
		cmocka_unit_test(a_kept_connection_that_ended_is_stale),
		cmocka_unit_test(a_connection_that_was_only_kept_may_be_stale_too),
		cmocka_unit_test(what_the_server_cannot_take_never_leaves),
		cmocka_unit_test(parameters_follow_what_is_offered),
		cmocka_unit_test(what_the_sender_asks_to_be_told_goes_on_where_it_is_understood),
		cmocka_unit_test(limits_and_names_of_the_server_are_noted),
		cmocka_unit_test(a_greeting_that_is_no_welcome_is_refused),
		cmocka_unit_test(many_recipients_go_in_batches),
		cmocka_unit_test(replies_are_read_strictly),
		cmocka_unit_test(only_strict_line_ends_are_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

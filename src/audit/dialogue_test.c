/* Cases of the dialogue against servers that behave in known ways. */
#include "audit/dialogue.h"

#include "base/fd.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>

#include <cmocka.h>

enum { WAIT_MS = 5000 };

/* How the server is. */
struct manner {
	const char *greeting, *extensions, *mail, *rcpt, *vrfy;
	bool gone;	      /* closes at once */
	size_t taken_max;     /* messages; 0: all */
	const char *too_many; /* the answer to the next */
	size_t bytes_max;     /* of a message; 0: any */
};

struct server {
	const struct manner *manner;
	pthread_t thread;
	bool running;
	int fd;
	struct stream io;
	size_t taken;
};

static const struct manner good = { "220 mx.example ESMTP", "",
				    "250 2.1.0 ok",	    "550 5.7.1 no relaying",
				    "252 2.0.0 perhaps",    .gone = false };

static bool say(struct server *s, const char *line)
{
	deadline d = deadline_in(WAIT_MS);

	return stream_write(&s->io, str_c(line), d, NULL) == STREAM_OK &&
	       stream_write(&s->io, STR("\r\n"), d, NULL) == STREAM_OK &&
	       stream_flush(&s->io, d, NULL) == STREAM_OK;
}

static bool read_message(struct server *s)
{
	const struct manner *m = s->manner;
	size_t bytes = 0;
	str line;

	while (stream_read_line(&s->io, 4096, deadline_in(WAIT_MS), &line, NULL) == STREAM_OK) {
		bytes += line.n;
		if (!str_eq(line, STR(".\r\n")))
			continue;
		if (m->bytes_max && bytes > m->bytes_max)
			return say(s, "552 5.3.4 too big");
		if (m->taken_max && s->taken++ >= m->taken_max)
			return say(s, m->too_many);
		return say(s, "250 2.0.0 taken");
	}
	return false;
}

static bool answer(struct server *s, str line)
{
	const struct manner *m = s->manner;

	if (str_starts(line, STR("EHLO")))
		return (!*m->extensions || say(s, m->extensions)) && say(s, "250 mx.example");
	if (str_starts(line, STR("MAIL")))
		return say(s, m->mail);
	if (str_starts(line, STR("RCPT")))
		return say(s, str_find(line, STR("<alice@ours.example>")) != STR_NONE
				      ? "250 2.1.5 ok"
				      : m->rcpt);
	if (str_starts(line, STR("DATA")))
		return say(s, "354 go on") && read_message(s);
	if (str_starts(line, STR("VRFY")))
		return say(s, m->vrfy);
	if (str_starts(line, STR("RSET")))
		return say(s, "250 2.0.0 forgotten");
	if (str_starts(line, STR("QUIT")))
		return false;
	return say(s, "502 5.5.1 what?");
}

static void *serve(void *arg)
{
	static _Thread_local char in[64 << 10], out[64 << 10];
	struct server *s = arg;
	str line;

	stream_init(&s->io, s->fd);
	stream_lend(&s->io, in, sizeof(in), out, sizeof(out));
	if (!s->manner->gone && say(s, s->manner->greeting)) {
		while (stream_read_line(&s->io, 4096, deadline_in(WAIT_MS), &line, NULL) ==
			       STREAM_OK &&
		       answer(s, line))
			;
	}
	fd_close(s->fd);
	return NULL;
}

static void join(struct server *s)
{
	if (s->running)
		pthread_join(s->thread, NULL);
	s->running = false;
}

static int connect_to(void *ctx)
{
	struct server *s = ctx;
	int pair[2];

	join(s);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	s->fd = pair[1];
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
	s->running = true;
	return pair[0];
}

static const struct dialogue_case *find(const char *id)
{
	const struct dialogue_case *c;

	for (size_t i = 0; (c = dialogue_at(i)); i++) {
		if (str_eq(dialogue_id(c), str_c(id)))
			return c;
	}
	fail_msg("no case %s", id);
	return NULL;
}

static enum fate_judgement judged(const char *id, struct manner m)
{
	static const struct dialogue_wishes wishes = { .stress = true };
	cleanup(arena_freep) struct arena *a = arena_new("dialogue", 64 << 20);
	struct server s = { .manner = &m };
	const struct talk_target to = { .host = STR("mx.example"),
					.name = STR("client.example"),
					.timeout_ms = WAIT_MS,
					.connect = connect_to,
					.connect_ctx = &s };
	const struct dialogue_setting setting = { .to = &to,
						  .run = STR("r"),
						  .from = STR("x@third.example"),
						  .rcpt = STR("alice@ours.example"),
						  .listen_ms = 200,
						  .wishes = &wishes };
	struct fate_row row = { .judgement = FATE_SKIPPED };

	dialogue_run(find(id), &setting, a, &row);
	join(&s);
	assert_true(row.transcript.n > 0);
	return row.judgement;
}

static void a_relay_is_dangerous_and_a_refusal_is_not(void **state)
{
	struct manner open = good, busy = good, wary = good, gone = good;

	(void)state;
	open.rcpt = "250 2.1.5 with pleasure";
	busy.rcpt = "450 4.2.0 greylisted";
	wary.mail = "553 5.1.8 who are you";
	gone.gone = true;
	for (char v = 'a'; v <= 'n'; v++) {
		char id[] = { 'T', '0', '0', '1', v, 0 };

		assert_int_equal(judged(id, good), FATE_PASS);
		assert_int_equal(judged(id, open), FATE_DANGER);
		assert_int_equal(judged(id, busy), FATE_UNCLEAR);
	}
	assert_int_equal(judged("T001a", wary), FATE_PASS);
	assert_int_equal(judged("T001a", gone), FATE_UNCLEAR);
}

/* The fake reads lines, so that LF . CRLF ends a message for it: it can be smuggled to. */
static void a_second_answer_is_a_second_message(void **state)
{
	(void)state;
	assert_int_equal(judged("X-001a", good), FATE_DANGER);
	/* CRLF . LF is no end for it. */
	assert_int_equal(judged("X-001c", good), FATE_PASS);
}

static void leaks_are_told(void **state)
{
	struct manner m = good;

	(void)state;
	assert_int_equal(judged("X-009", m), FATE_PASS);
	m.greeting = "220 mx.example ESMTP Postfix (Debian/GNU)";
	assert_int_equal(judged("X-009", m), FATE_FAIL);
	m.greeting = "220 mx.example ESMTP 8.17.1; Sun, 22 Nov 2026";
	assert_int_equal(judged("X-009", m), FATE_FAIL);
	assert_int_equal(judged("X-008a", good), FATE_PASS);
	m.vrfy = "250 2.1.5 Alice Petit <alice@ours.example>";
	assert_int_equal(judged("X-008a", m), FATE_FAIL);
}

static void auth_has_no_place_on_a_server_that_receives(void **state)
{
	struct manner m = good;

	(void)state;
	assert_int_equal(judged("X-006", m), FATE_PASS);
	m.extensions = "250-mx.example\r\n250-AUTH PLAIN LOGIN";
	assert_int_equal(judged("X-006", m), FATE_FAIL);
}

static void a_limit_that_is_announced_is_kept(void **state)
{
	struct manner m = good;

	(void)state;
	assert_int_equal(judged("X-010b", m), FATE_UNCLEAR);
	m.extensions = "250-mx.example\r\n250-SIZE 100000";
	assert_int_equal(judged("X-010b", m), FATE_FAIL);
	m.bytes_max = 100000;
	assert_int_equal(judged("X-010b", m), FATE_PASS);
}

static void notifications_are_put_off_and_not_refused(void **state)
{
	struct manner m = good;

	(void)state;
	assert_int_equal(judged("X-016", m), FATE_FAIL);
	assert_int_equal(judged("X-015", m), FATE_FAIL);
	m.taken_max = 25;
	m.too_many = "451 4.7.1 later";
	assert_int_equal(judged("X-016", m), FATE_PASS);
	assert_int_equal(judged("X-015", m), FATE_PASS);
	m.too_many = "550 5.7.1 never";
	assert_int_equal(judged("X-016", m), FATE_FAIL);
}

static void what_is_too_much_is_left_out(void **state)
{
	static const struct dialogue_wishes wishes = { .n_unknown = 0 };
	const struct dialogue_setting s = { .wishes = &wishes };
	cleanup(arena_freep) struct arena *a = arena_new("dialogue", 1 << 20);
	struct fate_row row = { .judgement = FATE_PASS };

	(void)state;
	dialogue_run(find("X-014"), &s, a, &row);
	assert_int_equal(row.judgement, FATE_SKIPPED);
	dialogue_run(find("X-013"), &s, a, &row);
	assert_int_equal(row.judgement, FATE_SKIPPED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_relay_is_dangerous_and_a_refusal_is_not),
		cmocka_unit_test(a_second_answer_is_a_second_message),
		cmocka_unit_test(leaks_are_told),
		cmocka_unit_test(auth_has_no_place_on_a_server_that_receives),
		cmocka_unit_test(a_limit_that_is_announced_is_kept),
		cmocka_unit_test(notifications_are_put_off_and_not_refused),
		cmocka_unit_test(what_is_too_much_is_left_out),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* As many questions with the antivirus at once as configured; the others wait, and when their
 * time is up they are told why. */
#include "scan/avevidence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

enum { SILENT_MS = 800 };

struct world {
	struct gate gate;
	struct conf *conf;
	struct arena *a;
};

/* A clamd that takes connections and says nothing: the kernel does it for a listener. */
static int listen_silently(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	unlink(path);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

static str ask(struct world *w, struct arena *a, int64_t ms)
{
	struct evidence e = { 0 };

	avevidence_collect(&w->gate, a, w->conf, STR("Subject: x\r\n\r\nx\r\n"), deadline_in(ms),
			   &e);
	assert_true(e.temporary);
	assert_int_equal(e.symbols.n, 1);
	assert_true(str_eq(e.symbols.v[0].name, STR("AV_ERROR")));
	return e.symbols.v[0].text;
}

static void *hold_the_only_place(void *ctx)
{
	cleanup(arena_freep) struct arena *a = arena_new("holder", 1 << 20);

	(void)ask(ctx, a, SILENT_MS);
	return NULL;
}

static void who_finds_no_place_waits_and_is_told_why(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 4 << 20);
	struct world w = { .conf = conf_new_default(a), .a = a };
	char path[64];
	pthread_t t;
	str text;
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/avevidence_test.%d", (int)getpid());
	fd = listen_silently(path);
	gate_init(&w.gate);
	w.conf->antivirus.clamd = (struct conf_peer){ .kind = CONF_PEER_UNIX, .path = str_c(path) };
	w.conf->antivirus.connections = 1;
	assert_int_equal(pthread_create(&t, NULL, hold_the_only_place, &w), 0);
	usleep(200 * 1000);
	text = ask(&w, a, 100);
	assert_true(str_find(text, STR("too many questions")) != STR_NONE);
	text = ask(&w, a, 2 * SILENT_MS); /* the place is free in time */
	assert_true(str_find(text, STR("too many questions")) == STR_NONE);
	pthread_join(t, NULL);
	close(fd);
	unlink(path);
}

/* A clamd that answers each connection in turn. */
struct clamd {
	int listener;
	const char *const *answers;
	size_t n;
};

static void *answer_in_turn(void *ctx)
{
	const struct clamd *k = ctx;

	for (size_t i = 0; i < k->n; i++) {
		int fd = accept4(k->listener, NULL, NULL, SOCK_CLOEXEC);
		char question[10 + 4 + 1 + 4]; /* the command, one chunk of one byte, none */

		assert_int_equal(recv(fd, question, sizeof(question), MSG_WAITALL),
				 sizeof(question));
		defs_ignore((int)write(fd, k->answers[i], strlen(k->answers[i]) + 1));
		close(fd);
	}
	return NULL;
}

static void what_was_unpacked_is_asked_about_until_a_virus_is_known(void **state)
{
	static const char *const answers[] = { "stream: OK", "stream: Bad.Thing FOUND" };
	cleanup(arena_freep) struct arena *a = arena_new("test", 4 << 20);
	struct world w = { .conf = conf_new_default(a), .a = a };
	struct clamd clamd = { .answers = answers, .n = 2 };
	struct evidence e = { 0 };
	struct facts f = { 0 };
	char path[64];
	pthread_t t;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/avevidence_test.%d", (int)getpid());
	clamd.listener = listen_silently(path);
	gate_init(&w.gate);
	w.conf->antivirus.clamd = (struct conf_peer){ .kind = CONF_PEER_UNIX, .path = str_c(path) };
	*arena_push(a, &f.parts) = (struct facts_part){ .path = STR("1/1") };
	*arena_push(a, &f.extracts) = (struct facts_extract){ FACTS_EXTRACT_IMAGE, 0, 1, STR("i") };
	for (int i = 0; i < 3; i++)
		*arena_push(a, &f.extracts) =
			(struct facts_extract){ FACTS_EXTRACT_ANTIVIRUS, 0, 1, STR("x") };
	assert_int_equal(pthread_create(&t, NULL, answer_in_turn, &clamd), 0);
	avevidence_collect_extracts(&w.gate, a, w.conf, &f, deadline_in(5000), &e);
	pthread_join(t, NULL); /* it was asked twice: neither the image nor what came behind */
	assert_int_equal(e.symbols.n, 1);
	assert_true(str_eq(e.symbols.v[0].name, STR("VIRUS_FOUND")));
	assert_true(str_eq(e.symbols.v[0].text, STR("Bad.Thing in 1/1")));
	close(clamd.listener);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_finds_no_place_waits_and_is_told_why),
		cmocka_unit_test(what_was_unpacked_is_asked_about_until_a_virus_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

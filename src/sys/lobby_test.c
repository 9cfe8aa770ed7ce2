#include "sys/lobby.h"

#include "base/fd.h"
#include "sys/listen.h"
#include "sys/sockaddr.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

#include <cmocka.h>

enum { REST_MS = 300 };

/* An echo server: answers each line; "busy" parks as busy, "quit" closes, "wait" makes the
 * guest expire soon, "rest" makes it rest. */
struct echo {
	struct lobby *lobby;
	uint16_t port;
	size_t most; /* guests that may be there at once */
	atomic_size_t inside, arrived, left, expired, steps;
	int64_t patience_ms;
	deadline until; /* 0: patience_ms from each step on */
};

struct echo_guest {
	atomic_bool in_step;
	bool greeted;
	struct ip ip;
};

static bool echo_arrive(void *ctx, void *guest, size_t tag, struct ip ip, uint16_t port,
			str *ret_farewell)
{
	struct echo *e = ctx;
	struct echo_guest *g = guest;

	assert_true(port != 0 && tag == 7);
	if (e->inside >= e->most) {
		*ret_farewell = STR("full\n");
		return false;
	}
	e->inside++;
	e->arrived++;
	g->ip = ip;
	return true;
}

static void say(struct stream *s, str text)
{
	(void)!stream_write(s, text, deadline_in(2000), NULL);
}

static enum lobby_next echo_lines(struct stream *s, int64_t *patience_ms)
{
	enum lobby_next next = LOBBY_PARK;

	do {
		str line;
		int r = stream_read_line(s, 1000, 0, &line, NULL);

		if (r == STREAM_E_TIMEOUT)
			return next;
		if (r != STREAM_OK)
			return LOBBY_CLOSE;
		say(s, line);
		if (str_eq(line, STR("quit\n")))
			return LOBBY_CLOSE;
		next = str_eq(line, STR("busy\n")) ? LOBBY_PARK_BUSY : LOBBY_PARK;
		if (str_eq(line, STR("wait\n")))
			*patience_ms = 100;
		if (str_eq(line, STR("rest\n"))) {
			*patience_ms = REST_MS;
			return LOBBY_REST;
		}
	} while (stream_has_input(s));
	return next;
}

static enum lobby_next echo_step(void *ctx, void *guest, struct stream *s, deadline *ret_until)
{
	struct echo *e = ctx;
	struct echo_guest *g = guest;
	int64_t patience_ms = e->patience_ms;
	enum lobby_next next = LOBBY_PARK;

	assert_false(atomic_exchange(&g->in_step, true));
	e->steps++;
	if (!g->greeted)
		say(s, STR("hello\n"));
	else
		next = echo_lines(s, &patience_ms);
	g->greeted = true;
	if (stream_flush(s, deadline_in(2000), NULL) != STREAM_OK)
		next = LOBBY_CLOSE;
	*ret_until = e->until ? e->until : deadline_in(patience_ms);
	atomic_store(&g->in_step, false);
	return next;
}

static void echo_expire(void *ctx, void *guest, struct stream *s, enum lobby_expiry why)
{
	(void)guest;
	((struct echo *)ctx)->expired++;
	say(s, why == LOBBY_IDLE ? STR("idle\n") : STR("stopping\n"));
	(void)!stream_flush(s, deadline_in(2000), NULL);
}

static void echo_leave(void *ctx, void *guest, struct stream *s)
{
	struct echo *e = ctx;

	(void)guest;
	(void)s;
	e->inside--;
	e->left++;
}

static uint16_t port_of(int fd)
{
	struct sockaddr_storage at;
	socklen_t n = sizeof(at);
	uint16_t port;

	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	(void)sockaddr_ip(&at, &port);
	return port;
}

static void echo_start(struct echo *e, size_t threads)
{
	struct lobby_handlers h = {
		.ctx = e,
		.guest_size = sizeof(struct echo_guest),
		.arrive = echo_arrive,
		.step = echo_step,
		.expire = echo_expire,
		.leave = echo_leave,
	};
	struct why why = { 0 };
	int fd = listen_tcp(STR("127.0.0.1"), 0, &why);

	assert_true(fd >= 0);
	e->port = port_of(fd);
	e->lobby = lobby_new(&h, threads);
	lobby_listen(e->lobby, fd, 7);
	assert_int_equal(lobby_start(e->lobby, &why), 0);
}

static int dial(const struct echo *e)
{
	struct sockaddr_storage at;
	struct ip ip;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(ip_parse(STR("127.0.0.1"), &ip));
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sockaddr_fill(&at, ip, e->port)), 0);
	return fd;
}

/* The next bytes are text; all the bytes that there are to be. */
static bool hears(int fd, const char *text)
{
	char got[256];
	size_t want = strlen(text), n = 0;

	while (n < want) {
		ssize_t r = recv(fd, got + n, want - n, 0);

		if (r <= 0)
			return false;
		n += (size_t)r;
	}
	return memcmp(got, text, want) == 0;
}

static bool talk(int fd, const char *text)
{
	return send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text);
}

static bool hears_end(int fd)
{
	char c;

	return recv(fd, &c, 1, 0) == 0;
}

static void lines_come_back_however_they_are_cut(void **state)
{
	struct echo e = { .most = 10, .patience_ms = 10000 };
	cleanup(fd_closep) int fd = -1;

	(void)state;
	echo_start(&e, 2);
	fd = dial(&e);
	assert_true(hears(fd, "hello\n"));
	assert_true(talk(fd, "one\ntwo\nthr"));
	assert_true(hears(fd, "one\ntwo\n"));
	usleep(3 * LOBBY_LINGER_MS * 1000); /* parked with the start of a line */
	assert_true(talk(fd, "ee\n"));
	assert_true(hears(fd, "three\n"));
	for (int i = 0; i < 3; i++) {
		usleep(2 * LOBBY_LINGER_MS * 1000);
		assert_true(talk(fd, "x"));
	}
	assert_true(talk(fd, "\nquit\n"));
	assert_true(hears(fd, "xxx\nquit\n"));
	assert_true(hears_end(fd));
	assert_true(lobby_stop(e.lobby, 1000));
	assert_int_equal(e.left, 1);
	assert_int_equal(e.expired, 0);
	lobby_free(e.lobby);
}

enum { CLIENTS = 8, ROUNDS = 6, EACH = 25 };

static void *crowd_member(void *ctx)
{
	struct echo *e = ctx;

	for (int round = 0; round < ROUNDS; round++) {
		int fds[EACH];
		bool ok = true;

		for (int i = 0; i < EACH; i++)
			fds[i] = dial(e);
		for (int i = 0; i < EACH; i++)
			ok = ok && hears(fds[i], "hello\n") && talk(fds[i], "a\nb");
		for (int i = 0; i < EACH; i++)
			ok = ok && hears(fds[i], "a\n") && talk(fds[i], "\n");
		for (int i = 0; i < EACH; i++) {
			ok = ok && hears(fds[i], "b\n");
			if (i % 3 == 0)
				ok = ok && talk(fds[i], "quit\n") && hears(fds[i], "quit\n") &&
				     hears_end(fds[i]);
			fd_close(fds[i]);
		}
		if (!ok)
			return ctx;
	}
	return NULL;
}

static void a_crowd_is_served_by_few_threads(void **state)
{
	struct echo e = { .most = 10000, .patience_ms = 20000 };
	pthread_t threads[CLIENTS];

	(void)state;
	echo_start(&e, 4);
	for (int i = 0; i < CLIENTS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, crowd_member, &e), 0);
	for (int i = 0; i < CLIENTS; i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	assert_true(lobby_stop(e.lobby, 5000));
	assert_int_equal(e.arrived, CLIENTS * ROUNDS * EACH);
	assert_int_equal(e.left, e.arrived);
	assert_int_equal(e.inside, 0);
	lobby_free(e.lobby);
}

static void hundreds_may_sit_idle(void **state)
{
	enum { IDLE = 400 };
	struct echo e = { .most = IDLE, .patience_ms = 20000 };
	int fds[IDLE];

	(void)state;
	echo_start(&e, 3);
	for (int i = 0; i < IDLE; i++) {
		fds[i] = dial(&e);
		assert_true(hears(fds[i], "hello\n"));
	}
	assert_int_equal(lobby_guests(e.lobby), IDLE);
	for (int i = 0; i < IDLE; i += 97) {
		assert_true(talk(fds[i], "x\n"));
		assert_true(hears(fds[i], "x\n"));
	}
	assert_true(lobby_stop(e.lobby, 5000));
	assert_int_equal(e.expired, IDLE);
	for (int i = 0; i < IDLE; i++) {
		assert_true(hears(fds[i], "stopping\n"));
		assert_true(hears_end(fds[i]));
		fd_close(fds[i]);
	}
	lobby_free(e.lobby);
}

static void who_waits_too_long_is_told(void **state)
{
	struct echo e = { .most = 10, .patience_ms = 30000 };
	cleanup(fd_closep) int patient = -1;
	cleanup(fd_closep) int idle = -1;

	(void)state;
	echo_start(&e, 2);
	patient = dial(&e);
	idle = dial(&e);
	assert_true(hears(patient, "hello\n") && hears(idle, "hello\n"));
	assert_true(talk(idle, "wait\n"));
	assert_true(hears(idle, "wait\nidle\n"));
	assert_true(hears_end(idle));
	assert_int_equal(e.expired, 1);
	assert_true(talk(patient, "x\n"));
	assert_true(hears(patient, "x\n"));
	assert_true(lobby_stop(e.lobby, 1000));
	lobby_free(e.lobby);
}

/* Neither bytes nor silence end a rest before its time, and nothing of them is lost. */
static void who_rests_goes_on_where_it_was(void **state)
{
	struct echo e = { .most = 10, .patience_ms = 30000 };
	cleanup(fd_closep) int eager = -1;
	cleanup(fd_closep) int silent = -1;
	int64_t began;

	(void)state;
	echo_start(&e, 2);
	eager = dial(&e);
	silent = dial(&e);
	assert_true(hears(eager, "hello\n") && hears(silent, "hello\n"));
	began = clock_now_ms();
	assert_true(talk(silent, "rest\n") && talk(eager, "rest\na\n"));
	assert_true(hears(eager, "rest\n") && hears(silent, "rest\n"));
	assert_true(talk(eager, "b\n"));
	assert_true(hears(eager, "a\nb\n"));
	assert_true(clock_now_ms() - began >= REST_MS);
	assert_true(clock_now_ms() - began < 10000);
	assert_true(talk(silent, "c\n"));
	assert_true(hears(silent, "c\n"));
	assert_int_equal(e.expired, 0);
	assert_true(lobby_stop(e.lobby, 1000));
	lobby_free(e.lobby);
}

static void who_rests_is_told_of_the_end(void **state)
{
	struct echo e = { .most = 10, .patience_ms = 30000 };
	cleanup(fd_closep) int fd = -1;

	(void)state;
	echo_start(&e, 2);
	fd = dial(&e);
	assert_true(hears(fd, "hello\n"));
	assert_true(talk(fd, "rest\na\n"));
	assert_true(hears(fd, "rest\n"));
	assert_true(lobby_stop(e.lobby, 1000));
	assert_true(hears(fd, "stopping\n"));
	assert_true(hears_end(fd));
	lobby_free(e.lobby);
}

/* Bytes that come quickly keep a guest away from the wheel, not from its deadline. */
static void who_never_pauses_has_a_deadline_too(void **state)
{
	struct echo e = { .most = 10, .patience_ms = 30000, .until = deadline_in(300) };
	cleanup(fd_closep) int fd = -1;
	deadline late = deadline_in(3000);

	(void)state;
	echo_start(&e, 2);
	fd = dial(&e);
	assert_true(hears(fd, "hello\n"));
	while (talk(fd, "x") && clock_left(late) > 0)
		usleep(LOBBY_LINGER_MS * 1000 / 5);
	assert_true(clock_left(late) > 0);
	assert_int_equal(e.expired, 1);
	assert_true(lobby_stop(e.lobby, 1000));
	lobby_free(e.lobby);
}

static void a_refused_guest_hears_why(void **state)
{
	struct echo e = { .most = 1, .patience_ms = 10000 };
	cleanup(fd_closep) int first = -1;
	cleanup(fd_closep) int second = -1;

	(void)state;
	echo_start(&e, 2);
	first = dial(&e);
	assert_true(hears(first, "hello\n"));
	second = dial(&e);
	assert_true(hears(second, "full\n"));
	assert_true(hears_end(second));
	assert_true(lobby_stop(e.lobby, 1000));
	lobby_free(e.lobby);
}

static void *finish_later(void *ctx)
{
	int fd = *(int *)ctx;

	usleep(200000);
	return talk(fd, "done\n") && hears(fd, "done\nstopping\n") && hears_end(fd) ? NULL : ctx;
}

static void the_busy_finish_before_the_end(void **state)
{
	struct echo e = { .most = 10, .patience_ms = 10000 };
	cleanup(fd_closep) int fd = -1;
	pthread_t thread;
	void *failed;

	(void)state;
	echo_start(&e, 2);
	fd = dial(&e);
	assert_true(hears(fd, "hello\n") && talk(fd, "busy\n") && hears(fd, "busy\n"));
	assert_int_equal(pthread_create(&thread, NULL, finish_later, &fd), 0);
	assert_true(lobby_stop(e.lobby, 5000));
	pthread_join(thread, &failed);
	assert_null(failed);
	lobby_free(e.lobby);
}

static void grace_has_an_end(void **state)
{
	struct echo e = { .most = 10, .patience_ms = 10000 };
	cleanup(fd_closep) int fd = -1;

	(void)state;
	echo_start(&e, 2);
	fd = dial(&e);
	assert_true(hears(fd, "hello\n") && talk(fd, "busy\n") && hears(fd, "busy\n"));
	assert_true(lobby_stop(e.lobby, 200));
	assert_true(hears(fd, "stopping\n"));
	assert_true(hears_end(fd));
	lobby_free(e.lobby);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_come_back_however_they_are_cut),
		cmocka_unit_test(a_crowd_is_served_by_few_threads),
		cmocka_unit_test(hundreds_may_sit_idle),
		cmocka_unit_test(who_waits_too_long_is_told),
		cmocka_unit_test(who_rests_goes_on_where_it_was),
		cmocka_unit_test(who_rests_is_told_of_the_end),
		cmocka_unit_test(who_never_pauses_has_a_deadline_too),
		cmocka_unit_test(a_refused_guest_hears_why),
		cmocka_unit_test(the_busy_finish_before_the_end),
		cmocka_unit_test(grace_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

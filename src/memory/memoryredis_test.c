/* A memory in a real Redis server: what holds of every memory holds there, two gateways see each
 * other's rows, and a server that is gone, slow or full of nonsense harms nobody. */
#include "base/testdir.h"
#include "memory/memory_cases.h"
#include "memory/memoryredis.h"
#include "memory/memoryrow.h"
#include "memory/memoryseal.h"
#include "memory/memorystore.h"

#include <arpa/inet.h>
#include <hiredis/hiredis.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { START_MS = 10000 };

static const str secret = STR("0123456789abcdef0123456789abcdef");

struct gateway {
	struct memorystore *store;
	struct memoryredis *shared;
	struct memory memory;
	char path[TESTDIR_PATH_MAX];
};

struct bench {
	struct arena *arena;
	char dir[TESTDIR_MAX];
	uint16_t port;
	pid_t server;
	struct gateway mx, out;
};

static int listen_somewhere(uint16_t *ret_port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001) };
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	*ret_port = ntohs(at.sin_port);
	return fd;
}

static uint16_t free_port(void)
{
	uint16_t port;

	close(listen_somewhere(&port));
	return port;
}

static bool answers(const struct bench *b)
{
	redisContext *c = redisConnect("127.0.0.1", b->port);
	bool is = c && !c->err;

	if (c)
		redisFree(c);
	return is;
}

static void start_server(struct bench *b)
{
	deadline d = deadline_in(START_MS);
	char port[8];

	snprintf(port, sizeof(port), "%u", b->port);
	b->server = fork();
	assert_true(b->server >= 0);
	if (b->server == 0) {
		execlp("redis-server", "redis-server", "--port", port, "--bind", "127.0.0.1",
		       "--save", "", "--dir", b->dir, "--requirepass", "a secret", "--logfile",
		       "/dev/null", (char *)NULL);
		_exit(127);
	}
	while (!answers(b)) {
		if (clock_left(d) == 0)
			fail_msg("no redis-server");
		usleep(10000);
	}
}

static void stop_server(struct bench *b)
{
	if (b->server > 0) {
		kill(b->server, SIGKILL);
		waitpid(b->server, NULL, 0);
	}
	b->server = 0;
}

static void open_gateway_to(struct bench *b, uint16_t port, struct gateway *g, const char *name,
			    const char *password, str common)
{
	struct memory_limits l = memory_limits_of(conf_new_default(b->arena));
	struct why why = { "" };

	testdir_path(b->dir, name, g->path);
	if (memorystore_open(g->path, &l, &g->store, &why) < 0)
		fail_msg("%s", why.text);
	g->shared = memoryredis_new(
		&(struct memoryredis_spec){ .address = "127.0.0.1",
					    .port = port,
					    .password = str_c(password),
					    .secret = common,
					    .limits = l,
					    .below = memorystore_memory(g->store) });
	g->memory = memoryredis_memory(g->shared);
}

static void open_gateway(struct bench *b, struct gateway *g, const char *name, const char *password,
			 str common)
{
	open_gateway_to(b, b->port, g, name, password, common);
}

static void close_gateway(struct gateway *g)
{
	memoryredis_free(g->shared);
	memorystore_close(g->store);
	(void)unlink(g->path);
}

static void connect_gateway(struct gateway *g)
{
	deadline d = deadline_in(START_MS);
	struct why why = { "" };

	defs_ignore((int)memoryredis_tend(g->shared, NOW, &why)); /* finds out what was lost */
	while (!memoryredis_connected(g->shared)) {
		if (clock_left(d) == 0)
			fail_msg("not connected: %s", why.text);
		usleep(10000);
		defs_ignore((int)memoryredis_tend(g->shared, NOW, &why));
	}
}

static int setup(void **state)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct bench *b = arena_make(a, struct bench);

	b->arena = a;
	testdir_make(b->dir);
	b->port = free_port();
	start_server(b);
	open_gateway(b, &b->mx, "mx", "a secret", secret);
	open_gateway(b, &b->out, "out", "a secret", secret);
	connect_gateway(&b->mx);
	connect_gateway(&b->out);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	close_gateway(&b->mx);
	close_gateway(&b->out);
	stop_server(b);
	testdir_remove(b->dir);
	arena_free(b->arena);
	return 0;
}

static void test_all_that_holds_of_any_memory(void **state)
{
	struct bench *b = *state;

	cases_counts_add_up_and_halve(&b->mx.memory);
	cases_kinds_and_names_are_apart(&b->mx.memory);
	cases_rows_are_forgotten(&b->mx.memory);
}

static void test_what_one_gateway_notes_the_other_recalls(void **state)
{
	struct bench *b = *state;

	cases_note(&b->out.memory, (struct memory_change){ HOST("a.example"), .good = 1 }, NOW);
	cases_note(&b->mx.memory, (struct memory_change){ HOST("a.example"), .good = 1 }, NOW);
	assert_float_equal(cases_recall(&b->mx.memory, MEMORY_URL_HOST, "a.example", NOW).good, 2,
			   0.001);
	assert_float_equal(cases_recall(&b->out.memory, MEMORY_URL_HOST, "a.example", NOW).good, 2,
			   0.001);
}

static double bad_of(struct gateway *g, const char *host)
{
	return cases_recall(&g->memory, MEMORY_URL_HOST, host, NOW).bad;
}

static void note_bad(struct gateway *g, const char *host)
{
	cases_note(&g->memory,
		   (struct memory_change){ .name = { MEMORY_URL_HOST, str_c(host) }, .bad = 1 },
		   NOW);
}

static void forget(struct gateway *g, const char *host)
{
	cases_note(
		&g->memory,
		(struct memory_change){ .name = { MEMORY_URL_HOST, str_c(host) }, .forget = true },
		NOW);
}

/* What a gateway noted itself it still knows, the rest is absent; nothing waits. */
static void test_a_server_that_is_gone_is_done_without(void **state)
{
	struct bench *b = *state;
	struct why why = { "" };
	int64_t began;

	note_bad(&b->out, "a.example");
	note_bad(&b->mx, "b.example");
	stop_server(b);
	assert_float_equal(bad_of(&b->mx, "a.example"), 0, 0.001);
	assert_float_equal(bad_of(&b->mx, "b.example"), 1, 0.001);
	assert_int_equal(memoryredis_tend(b->mx.shared, NOW, &why), MEMORYREDIS_LOST);
	assert_true(str_starts(str_c(why.text), STR("GETRANGE: ")));
	assert_int_equal(memoryredis_tend(b->mx.shared, NOW, &why), MEMORYREDIS_SAME);
	began = clock_now_ms();
	for (int i = 0; i < 1000; i++)
		note_bad(&b->mx, "b.example");
	assert_in_range(clock_now_ms() - began, 0, 1000);
}

/* Also when the server has lost all it knew: what a gateway counted before is in what it tells. */
static void test_when_the_server_is_back_both_know_what_each_noted_meanwhile(void **state)
{
	struct bench *b = *state;

	note_bad(&b->mx, "old.example");
	note_bad(&b->mx, "old.example");
	note_bad(&b->out, "forgotten.example");
	stop_server(b);
	note_bad(&b->mx, "old.example");
	note_bad(&b->mx, "mx.example");
	note_bad(&b->out, "out.example");
	forget(&b->out, "forgotten.example");
	start_server(b);
	connect_gateway(&b->mx);
	connect_gateway(&b->out);
	assert_float_equal(bad_of(&b->out, "old.example"), 3, 0.001);
	assert_float_equal(bad_of(&b->out, "mx.example"), 1, 0.001);
	assert_float_equal(bad_of(&b->mx, "out.example"), 1, 0.001);
	assert_float_equal(bad_of(&b->mx, "forgotten.example"), 0, 0.001);
	note_bad(&b->out, "mx.example");
	assert_float_equal(bad_of(&b->mx, "mx.example"), 2, 0.001);
}

/* Whoever is first to write a row again does not speak for who knew more. */
static void test_a_server_that_lost_all_takes_nothing_from_who_noted_it(void **state)
{
	struct bench *b = *state;
	redisContext *c = redisConnect("127.0.0.1", b->port);
	struct memory_change again = { .name = { MEMORY_URL_HOST, STR("a.example") }, .bad = 1 };

	for (int i = 0; i < 5; i++)
		note_bad(&b->mx, "a.example");
	freeReplyObject(redisCommand(c, "AUTH %s", "a secret"));
	freeReplyObject(redisCommand(c, "FLUSHALL"));
	redisFree(c);
	cases_note(&b->out.memory, again, NOW + 10);
	assert_float_equal(cases_recall(&b->mx.memory, MEMORY_URL_HOST, "a.example", NOW + 10).bad,
			   5, 0.001);
	cases_note(&b->mx.memory, again, NOW + 10);
	assert_float_equal(cases_recall(&b->out.memory, MEMORY_URL_HOST, "a.example", NOW + 10).bad,
			   6, 0.001);
}

static void test_who_asks_nothing_finds_out_as_well(void **state)
{
	struct bench *b = *state;
	struct why why = { "" };

	stop_server(b);
	assert_int_equal(memoryredis_tend(b->mx.shared, NOW, &why), MEMORYREDIS_LOST);
	assert_true(str_starts(str_c(why.text), STR("PING: ")));
}

/* More than fit one question. */
static void test_many_rows_are_told_when_the_server_is_back(void **state)
{
	struct bench *b = *state;
	char host[32];

	stop_server(b);
	for (int i = 0; i < 500; i++) {
		snprintf(host, sizeof(host), "h%d.example", i);
		note_bad(&b->out, host);
	}
	start_server(b);
	connect_gateway(&b->mx);
	connect_gateway(&b->out);
	assert_float_equal(bad_of(&b->mx, "h0.example"), 1, 0.001);
	assert_float_equal(bad_of(&b->mx, "h499.example"), 1, 0.001);
}

static void test_what_one_gateway_forgets_no_other_brings_back(void **state)
{
	struct bench *b = *state;
	int64_t later = NOW + 10;
	struct memory_change again = { .name = { MEMORY_URL_HOST, STR("a.example") }, .bad = 1 };

	for (int i = 0; i < 5; i++)
		note_bad(&b->mx, "a.example");
	forget(&b->out, "a.example");
	assert_float_equal(bad_of(&b->mx, "a.example"), 0, 0.001);
	assert_float_equal(bad_of(&b->out, "a.example"), 0, 0.001);
	cases_note(&b->out.memory, again, later);
	assert_float_equal(cases_recall(&b->mx.memory, MEMORY_URL_HOST, "a.example", later).bad, 1,
			   0.001);
	cases_note(&b->mx.memory, again, later);
	assert_float_equal(cases_recall(&b->mx.memory, MEMORY_URL_HOST, "a.example", later).bad, 2,
			   0.001);
}

static void test_what_was_forgotten_without_the_server_stays_so(void **state)
{
	struct bench *b = *state;

	for (int i = 0; i < 3; i++)
		note_bad(&b->mx, "a.example");
	assert_float_equal(bad_of(&b->out, "a.example"), 3, 0.001);
	kill(b->server, SIGSTOP);
	forget(&b->mx, "a.example");
	note_bad(&b->mx, "a.example");
	kill(b->server, SIGCONT);
	connect_gateway(&b->mx);
	connect_gateway(&b->out);
	assert_float_equal(bad_of(&b->mx, "a.example"), 1, 0.001);
	assert_float_equal(bad_of(&b->out, "a.example"), 1, 0.001);
	note_bad(&b->mx, "a.example");
	assert_float_equal(bad_of(&b->out, "a.example"), 2, 0.001);
}

static void test_a_server_that_hangs_costs_one_wait(void **state)
{
	struct bench *b = *state;
	int64_t began = clock_now_ms();

	kill(b->server, SIGSTOP);
	for (int i = 0; i < 100; i++)
		(void)cases_recall(&b->mx.memory, MEMORY_URL_HOST, "a.example", NOW);
	assert_in_range(clock_now_ms() - began, 0, 20 * MEMORY_MS);
	kill(b->server, SIGCONT);
}

/* A server that answers each question late, but in time. */
static void *dawdle(void *ctx)
{
	char question[4096];
	int fd = accept(*(int *)ctx, NULL, NULL);

	while (fd >= 0 && read(fd, question, sizeof(question)) > 0) {
		usleep(MEMORY_MS * 1000 * 3 / 5);
		if (send(fd, "$0\r\n\r\n", 6, MSG_NOSIGNAL) < 0)
			break;
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

static void *ask_in_time(void *ctx)
{
	struct gateway *g = ctx;
	int64_t began = clock_now_ms();
	double bad = bad_of(g, "a.example");

	return clock_now_ms() - began < 6 * MEMORY_MS && bad > 0.9 ? g : NULL;
}

static void test_many_who_ask_a_slow_server_do_not_wait_for_each_other(void **state)
{
	uint16_t port;
	int fd = listen_somewhere(&port);
	pthread_t server, threads[24];
	struct why why = { "" };
	struct memory here;
	struct gateway g;

	assert_int_equal(pthread_create(&server, NULL, dawdle, &fd), 0);
	open_gateway_to(*state, port, &g, "patient", "", secret);
	here = memorystore_memory(g.store);
	cases_note(&here, (struct memory_change){ HOST("a.example"), .bad = 1 }, NOW);
	assert_int_equal(memoryredis_tend(g.shared, NOW, &why), MEMORYREDIS_UP);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask_in_time, &g), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		void *in_time;

		pthread_join(threads[i], &in_time);
		assert_non_null(in_time);
	}
	close_gateway(&g);
	pthread_join(server, NULL);
	close(fd);
}

static void test_who_does_not_know_the_password_shares_nothing(void **state)
{
	struct bench *b = *state;
	struct gateway stranger;
	struct why why = { "" };

	open_gateway(b, &stranger, "stranger", "wrong", secret);
	assert_int_equal(memoryredis_tend(stranger.shared, NOW, &why), MEMORYREDIS_LOST);
	assert_true(str_find(str_c(why.text), STR("WRONGPASS")) != STR_NONE);
	assert_false(memoryredis_connected(stranger.shared));
	cases_note(&stranger.memory, (struct memory_change){ HOST("a.example"), .good = 1 }, NOW);
	assert_int_equal(cases_recall(&b->mx.memory, MEMORY_URL_HOST, "a.example", NOW).last_seen,
			 0);
	close_gateway(&stranger);
}

/* Whoever knows the password writes what he likes; without the secret nobody reads it. */
static void test_who_does_not_know_the_secret_is_not_believed(void **state)
{
	struct bench *b = *state;
	struct gateway stranger;

	open_gateway(b, &stranger, "stranger", "a secret",
		     STR("another secret, of as many characters"));
	connect_gateway(&stranger);
	note_bad(&stranger, "a.example");
	assert_float_equal(bad_of(&b->mx, "a.example"), 0, 0.001);
	note_bad(&b->mx, "b.example");
	assert_float_equal(bad_of(&stranger, "b.example"), 0, 0.001);
	close_gateway(&stranger);
}

/* The row of that name, as another gateway gets it, is replaced by the bytes given. */
static void put(struct bench *b, redisContext *c, const char *key, str bytes)
{
	redisReply *all = redisCommand(c, "KEYS *");

	for (size_t i = 0; i < all->elements; i++) {
		if (strcmp(key, "*") == 0 || strcmp(all->element[i]->str, key) == 0)
			freeReplyObject(redisCommand(c, "SET %b %b", all->element[i]->str,
						     all->element[i]->len, bytes.p, bytes.n));
	}
	freeReplyObject(all);
	assert_true(memoryredis_connected(b->mx.shared));
}

/* The other gateway is asked: it noted nothing itself. */
static void test_nonsense_and_forgery_are_no_rows(void **state)
{
	struct bench *b = *state;
	redisContext *c = redisConnect("127.0.0.1", b->port);
	static const char large[1 << 20];
	struct memoryrow forged = { { NOW - 5, NOW, 0, 1000, 1 }, 0 };
	uint8_t row[MEMORYROW_BYTES + MEMORYSEAL_BYTES] = { 0 };
	redisReply *keys, *other;

	freeReplyObject(redisCommand(c, "AUTH %s", "a secret"));
	note_bad(&b->mx, "a.example");
	keys = redisCommand(c, "KEYS *");
	assert_int_equal(keys->elements, 1);
	other = redisCommand(c, "GET %b", keys->element[0]->str, keys->element[0]->len);
	assert_float_equal(bad_of(&b->out, "a.example"), 1, 0.001);
	note_bad(&b->mx, "b.example");
	assert_float_equal(bad_of(&b->out, "b.example"), 1, 0.001);
	/* Sealed, under another name. */
	put(b, c, "*", str_of(other->str, other->len));
	assert_float_equal(bad_of(&b->out, "b.example"), 0, 0.001);
	assert_float_equal(bad_of(&b->out, "a.example"), 1, 0.001);
	/* As we write them, but for the seal; too short; too long. */
	memoryrow_pack(&forged, row);
	put(b, c, "*", str_of(row, sizeof(row)));
	assert_float_equal(bad_of(&b->out, "a.example"), 0, 0.001);
	put(b, c, "*", str_of(row, MEMORYROW_BYTES));
	assert_float_equal(bad_of(&b->out, "a.example"), 0, 0.001);
	put(b, c, "*", STR("nonsense"));
	assert_float_equal(bad_of(&b->out, "a.example"), 0, 0.001);
	put(b, c, "*", str_of(large, sizeof(large)));
	assert_float_equal(bad_of(&b->out, "a.example"), 0, 0.001);
	/* Who noted it knows it still; a note puts it right. */
	assert_float_equal(bad_of(&b->mx, "a.example"), 1, 0.001);
	note_bad(&b->mx, "a.example");
	assert_float_equal(bad_of(&b->out, "a.example"), 2, 0.001);
	freeReplyObject(redisCommand(c, "FLUSHALL"));
	freeReplyObject(
		redisCommand(c, "LPUSH %b x", keys->element[0]->str, keys->element[0]->len));
	assert_float_equal(bad_of(&b->out, "a.example"), 0, 0.001);
	freeReplyObject(keys);
	freeReplyObject(other);
	redisFree(c);
}

/* A clock that is wrong makes no row that outlives all others. */
static void test_rows_of_tomorrow_are_no_rows(void **state)
{
	struct bench *b = *state;
	struct memory_change c = { .name = { MEMORY_URL_HOST, STR("a.example") }, .bad = 1 };

	cases_note(&b->mx.memory, c, NOW + DAY_S);
	assert_float_equal(bad_of(&b->out, "a.example"), 0, 0.001);
}

/* --- a server that is none */

struct liar {
	const char *says; /* first */
	size_t pause_us, n;
	int fd;
	pthread_t thread;
};

static void *lie(void *ctx)
{
	struct liar *l = ctx;
	char question[4096], more[4096];
	int fd = accept(l->fd, NULL, NULL);

	memset(more, '1', sizeof(more));
	if (fd < 0 || read(fd, question, sizeof(question)) <= 0 ||
	    send(fd, l->says, strlen(l->says), MSG_NOSIGNAL) < 0)
		l->n = 0;
	for (size_t i = 0; i < l->n; i++) {
		if (send(fd, more, l->pause_us ? 1 : sizeof(more), MSG_NOSIGNAL) < 0)
			break;
		if (l->pause_us)
			usleep((useconds_t)l->pause_us);
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

static void open_to_liar(struct bench *b, struct liar *l, struct gateway *g, const char *password)
{
	uint16_t port;

	l->fd = listen_somewhere(&port);
	assert_int_equal(pthread_create(&l->thread, NULL, lie, l), 0);
	open_gateway_to(b, port, g, "lied-to", password, secret);
}

static void close_to_liar(struct liar *l, struct gateway *g)
{
	pthread_join(l->thread, NULL);
	close(l->fd);
	close_gateway(g);
}

static void meet_liar(struct bench *b, struct liar l, const char *expected)
{
	struct gateway g;
	struct why why = { "" };
	int64_t began;

	open_to_liar(b, &l, &g, "");
	assert_int_equal(memoryredis_tend(g.shared, NOW, &why), MEMORYREDIS_UP);
	began = clock_now_ms();
	assert_float_equal(bad_of(&g, "a.example"), 0, 0.001);
	assert_in_range(clock_now_ms() - began, 0, 4 * MEMORY_MS);
	assert_int_equal(memoryredis_tend(g.shared, NOW, &why), MEMORYREDIS_LOST);
	if (str_find(str_c(why.text), str_c(expected)) == STR_NONE)
		fail_msg("%s", why.text);
	close_to_liar(&l, &g);
}

static void test_a_server_that_lies_costs_one_wait_and_little_memory(void **state)
{
	struct bench *b = *state;

	meet_liar(b, (struct liar){ .says = "$400\r\n", .n = 100, .pause_us = 5000 },
		  "no answer in time");
	meet_liar(b, (struct liar){ .says = "$500000000\r\n", .n = 100 }, "more than 65536 bytes");
	meet_liar(b, (struct liar){ .says = "*2000000000\r\n" }, "Out of memory");
	meet_liar(b, (struct liar){ .says = ":1\r\n" }, "makes no sense");
	meet_liar(b, (struct liar){ .says = "HTTP/1.1 200 OK\r\n" }, "Protocol error");
	meet_liar(b, (struct liar){ .says = "-NOAUTH first\r\n" }, "NOAUTH first");
	meet_liar(b, (struct liar){ .says = "" }, "closed the connection");
}

static void test_no_password_is_told(void **state)
{
	struct liar l = { .says = "-ERR unknown command 'AUTH', with args beginning with: "
				  "'a secret'\r\n" };
	struct why why = { "" };
	struct gateway g;

	open_to_liar(*state, &l, &g, "a secret");
	assert_int_equal(memoryredis_tend(g.shared, NOW, &why), MEMORYREDIS_LOST);
	assert_int_not_equal(str_find(str_c(why.text), STR("AUTH: refused")), STR_NONE);
	assert_true(str_find(str_c(why.text), STR("a secret")) == STR_NONE);
	close_to_liar(&l, &g);
}

static void test_a_secret_is_one_long_word(void **state unused_arg)
{
	str s;

	assert_true(memoryseal_secret(STR(" 0123456789abcdef0123456789abcdef\n"), &s));
	assert_int_equal(s.n, 32);
	assert_false(memoryseal_secret(STR("0123456789abcdef0123456789abcde\n"), &s));
	assert_false(memoryseal_secret(STR("0123456789abcdef 0123456789abcdef\n"), &s));
	assert_false(memoryseal_secret(STR(""), &s));
}

static void test_credentials_are_one_line(void **state unused_arg)
{
	str user, password;

	assert_true(memoryredis_credentials(STR("secret\n"), &user, &password));
	assert_true(str_eq(password, STR("secret")) && user.n == 0);
	assert_true(memoryredis_credentials(STR("poterne  the secret\n"), &user, &password));
	assert_true(str_eq(password, STR("the secret")) && str_eq(user, STR("poterne")));
	assert_false(memoryredis_credentials(STR(" \n"), &user, &password));
	assert_false(memoryredis_credentials(STR("a\nb"), &user, &password));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_all_that_holds_of_any_memory),
		T(test_what_one_gateway_notes_the_other_recalls),
		T(test_a_server_that_is_gone_is_done_without),
		T(test_when_the_server_is_back_both_know_what_each_noted_meanwhile),
		T(test_a_server_that_lost_all_takes_nothing_from_who_noted_it),
		T(test_who_asks_nothing_finds_out_as_well),
		T(test_many_rows_are_told_when_the_server_is_back),
		T(test_what_one_gateway_forgets_no_other_brings_back),
		T(test_what_was_forgotten_without_the_server_stays_so),
		T(test_a_server_that_hangs_costs_one_wait),
		T(test_many_who_ask_a_slow_server_do_not_wait_for_each_other),
		T(test_who_does_not_know_the_password_shares_nothing),
		T(test_who_does_not_know_the_secret_is_not_believed),
		T(test_nonsense_and_forgery_are_no_rows),
		T(test_rows_of_tomorrow_are_no_rows),
		T(test_a_server_that_lies_costs_one_wait_and_little_memory),
		T(test_no_password_is_told),
		cmocka_unit_test(test_a_secret_is_one_long_word),
		cmocka_unit_test(test_credentials_are_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

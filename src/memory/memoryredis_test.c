/* A memory in a real Redis server: what holds of every memory holds there, two gateways see each
 * other's rows, and a server that is gone, slow or full of nonsense harms nobody. */
#include "memory/memory_cases.h"
#include "memory/memoryredis.h"
#include "memory/memorystore.h"

#include <arpa/inet.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { START_MS = 10000 };

struct gateway {
	struct memorystore *store;
	struct memoryredis *shared;
	struct memory memory;
	char path[96];
};

struct bench {
	struct arena *arena;
	char dir[64];
	uint16_t port;
	pid_t server;
	struct gateway mx, out;
};

static uint16_t free_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001) };
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	close(fd);
	return ntohs(at.sin_port);
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

static void open_gateway(struct bench *b, struct gateway *g, const char *name, const char *password)
{
	struct memory_limits l = memory_limits_of(conf_new_default(b->arena));
	struct why why = { "" };

	snprintf(g->path, sizeof(g->path), "%s/%s.db", b->dir, name);
	if (memorystore_open(g->path, &l, &g->store, &why) < 0)
		fail_msg("%s", why.text);
	g->shared = memoryredis_new(
		&(struct memoryredis_spec){ .address = "127.0.0.1",
					    .port = b->port,
					    .password = str_c(password),
					    .limits = l,
					    .below = memorystore_memory(g->store) });
	g->memory = memoryredis_memory(g->shared);
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

	while (!memoryredis_connected(g->shared)) {
		if (clock_left(d) == 0)
			fail_msg("not connected: %s", why.text);
		defs_ignore((int)memoryredis_tend(g->shared, &why));
		usleep(10000);
	}
}

static int setup(void **state)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct bench *b = arena_make(a, struct bench);

	b->arena = a;
	snprintf(b->dir, sizeof(b->dir), "/tmp/memory-test-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	b->port = free_port();
	start_server(b);
	open_gateway(b, &b->mx, "mx", "a secret");
	open_gateway(b, &b->out, "out", "a secret");
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
	(void)rmdir(b->dir);
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

/* What a gateway noted itself it still knows; the rest is absent; and it comes back. */
static void test_a_server_that_is_gone_is_done_without(void **state)
{
	struct bench *b = *state;
	struct why why = { "" };
	int64_t began;

	cases_note(&b->out.memory, (struct memory_change){ HOST("a.example"), .good = 1 }, NOW);
	cases_note(&b->mx.memory, (struct memory_change){ HOST("b.example"), .good = 1 }, NOW);
	stop_server(b);
	assert_int_equal(cases_recall(&b->mx.memory, MEMORY_URL_HOST, "a.example", NOW).last_seen,
			 0);
	assert_float_equal(cases_recall(&b->mx.memory, MEMORY_URL_HOST, "b.example", NOW).good, 1,
			   0.001);
	assert_int_equal(memoryredis_tend(b->mx.shared, &why), MEMORYREDIS_LOST);
	assert_true(str_starts(str_c(why.text), STR("MGET: ")));
	assert_int_equal(memoryredis_tend(b->mx.shared, &why), MEMORYREDIS_SAME);
	began = clock_now_ms();
	for (int i = 0; i < 1000; i++)
		cases_note(&b->mx.memory, (struct memory_change){ HOST("b.example"), .good = 1 },
			   NOW);
	assert_in_range(clock_now_ms() - began, 0, 1000);
	start_server(b);
	connect_gateway(&b->mx);
	/* It lost all; its secret is made anew as well. */
	assert_int_equal(cases_recall(&b->mx.memory, MEMORY_URL_HOST, "b.example", NOW).last_seen,
			 0);
	cases_note(&b->mx.memory, (struct memory_change){ HOST("b.example"), .good = 1 }, NOW);
	assert_int_equal(cases_recall(&b->mx.memory, MEMORY_URL_HOST, "b.example", NOW).last_seen,
			 NOW);
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

static void test_who_does_not_know_the_password_shares_nothing(void **state)
{
	struct bench *b = *state;
	struct gateway stranger;
	struct why why = { "" };

	open_gateway(b, &stranger, "stranger", "wrong");
	assert_int_equal(memoryredis_tend(stranger.shared, &why), MEMORYREDIS_LOST);
	assert_true(str_find(str_c(why.text), STR("WRONGPASS")) != STR_NONE);
	assert_false(memoryredis_connected(stranger.shared));
	cases_note(&stranger.memory, (struct memory_change){ HOST("a.example"), .good = 1 }, NOW);
	assert_int_equal(cases_recall(&b->mx.memory, MEMORY_URL_HOST, "a.example", NOW).last_seen,
			 0);
	close_gateway(&stranger);
}

/* Whoever else writes there. */
static void test_nonsense_is_no_row(void **state)
{
	struct bench *b = *state;
	redisContext *c = redisConnect("127.0.0.1", b->port);
	redisReply *keys;

	cases_note(&b->mx.memory, (struct memory_change){ HOST("a.example"), .good = 1 }, NOW);
	freeReplyObject(redisCommand(c, "AUTH %s", "a secret"));
	keys = redisCommand(c, "KEYS poterne:m:*");
	assert_int_equal(keys->elements, 1);
	freeReplyObject(redisCommand(c, "SET %b %s", keys->element[0]->str, keys->element[0]->len,
				     "nonsense of 21 bytes."));
	assert_int_equal(cases_recall(&b->mx.memory, MEMORY_URL_HOST, "a.example", NOW).last_seen,
			 0);
	freeReplyObject(redisCommand(c, "DEL %b", keys->element[0]->str, keys->element[0]->len));
	freeReplyObject(
		redisCommand(c, "LPUSH %b x", keys->element[0]->str, keys->element[0]->len));
	assert_int_equal(cases_recall(&b->mx.memory, MEMORY_URL_HOST, "a.example", NOW).last_seen,
			 0);
	freeReplyObject(keys);
	redisFree(c);
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
		T(test_a_server_that_hangs_costs_one_wait),
		T(test_who_does_not_know_the_password_shares_nothing),
		T(test_nonsense_is_no_row),
		cmocka_unit_test(test_credentials_are_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

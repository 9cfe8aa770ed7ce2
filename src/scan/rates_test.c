/* So many go and no more, per login and not per From; large messages are not kept waiting for
 * ever; and without memory nobody is held up. */
#include "scan/rates.h"

#include "memory/testmemory.h"

enum { NOW = 1800000000, MINUTE_S = 60 }; /* the first second of a minute and an hour */

struct mail {
	struct arena *arena;
	struct conf *conf;
	struct testmemory mem;
	/* the message */
	const char *client, *login, *reverse_path;
	size_t recipients;
	const char *to; /* each of them */
	bool comes_again;
};

static int setup(void **state)
{
	struct arena *a = arena_new("test", 256 << 20);
	struct mail *m = arena_make(a, struct mail);

	m->arena = a;
	m->conf = conf_new_default(a);
	m->conf->role = CONF_ROLE_OUT;
	testmemory_make(&m->mem, m->conf);
	m->client = "192.0.2.7";
	m->login = "";
	m->reverse_path = "a@ours.example";
	m->recipients = 1;
	m->to = "x@partner.example";
	*state = m;
	return 0;
}

static int teardown(void **state)
{
	struct mail *m = *state;

	testmemory_remove(&m->mem);
	arena_free(m->arena);
	return 0;
}

static void limit(struct mail *m, const char *rows)
{
	struct why why = { "" };

	assert_int_equal(conf_set(m->conf, STR("rates.limits"), str_c(rows), &why), 0);
	assert_int_equal(conf_check(m->conf, &why) < 0 &&
				 str_find(str_c(why.text), STR("rates")) != STR_NONE,
			 0);
}

/* How many symbols stand against it. */
static size_t sent(struct mail *m, int64_t at)
{
	struct envelope env = { .client_ip = str_c(m->client),
				.login = str_c(m->login),
				.reverse_path = str_c(m->reverse_path),
				.n_recipients = m->recipients };
	struct evidence e = { 0 };
	struct rates r;

	env.recipients = arena_array(m->arena, str, m->recipients);
	for (size_t i = 0; i < m->recipients; i++)
		env.recipients[i] = str_c(m->to);
	rates_collect(&m->mem.memory, m->arena, m->conf, &env, at, &r, &e);
	if (!m->comes_again)
		rates_count(&m->mem.memory, &r, &env, at);
	if (e.symbols.n)
		assert_string_equal(e.symbols.v[0].name.p, "RATELIMITED");
	return e.symbols.n;
}

static void so_many_go_and_no_more(void **state)
{
	struct mail *m = *state;

	limit(m, "sender 5/1m");
	for (int i = 0; i < 5; i++)
		assert_int_equal(sent(m, NOW + i), 0);
	assert_int_equal(sent(m, NOW + 5), 1);
	assert_int_equal(sent(m, NOW + 59), 1);
	/* The window before fades out; what was refused did not count. */
	assert_int_equal(sent(m, NOW + MINUTE_S), 1);
	assert_int_equal(sent(m, NOW + MINUTE_S + 12), 0);
	assert_int_equal(sent(m, NOW + MINUTE_S + 13), 1);
	for (int i = 0; i < 5; i++)
		assert_int_equal(sent(m, NOW + 10 * MINUTE_S), 0);
	assert_int_equal(sent(m, NOW + 10 * MINUTE_S), 1);
}

/* An antivirus that is down asks everything to come again, which is nobody's fault. */
static void what_is_to_come_again_is_not_counted(void **state)
{
	struct mail *m = *state;

	limit(m, "sender 2/1m");
	m->comes_again = true;
	for (int i = 0; i < 5; i++)
		assert_int_equal(sent(m, NOW), 0);
	m->comes_again = false;
	assert_int_equal(sent(m, NOW), 0);
	assert_int_equal(sent(m, NOW), 0);
	assert_int_equal(sent(m, NOW), 1);
}

static void the_login_counts_and_not_what_it_calls_itself(void **state)
{
	struct mail *m = *state;
	char from[32];

	limit(m, "sender 3/1m");
	m->login = "jdupont";
	for (int i = 0; i < 4; i++) {
		snprintf(from, sizeof(from), "a%d@x%d.example", i, i);
		m->reverse_path = from;
		assert_int_equal(sent(m, NOW), i == 3);
	}
	m->login = "mmartin";
	assert_int_equal(sent(m, NOW), 0);
	m->login = "";
	assert_int_equal(sent(m, NOW), 0);
}

static void recipients_are_counted_and_a_large_message_goes_once(void **state)
{
	struct mail *m = *state;

	limit(m, "sender 10/1m");
	m->recipients = 100;
	assert_int_equal(sent(m, NOW), 0);
	m->recipients = 1;
	assert_int_equal(sent(m, NOW), 1);
	assert_int_equal(sent(m, NOW + MINUTE_S + 50), 1);
	assert_int_equal(sent(m, NOW + 2 * MINUTE_S), 0);
}

static void every_limit_holds_and_own_ones_are_named(void **state)
{
	struct mail *m = *state;

	limit(m, "sender 2/1m,sender 3/1h,sender:b@ours.example 1/1m,domain 5/1m");
	assert_int_equal(sent(m, NOW), 0);
	assert_int_equal(sent(m, NOW), 0);
	assert_int_equal(sent(m, NOW), 1);
	assert_int_equal(sent(m, NOW + 5 * MINUTE_S), 0);
	assert_int_equal(sent(m, NOW + 10 * MINUTE_S), 1); /* of the hour */
	m->reverse_path = "b@ours.example";
	assert_int_equal(sent(m, NOW + 20 * MINUTE_S), 0);
	assert_int_equal(sent(m, NOW + 20 * MINUTE_S), 2); /* and DYN_RL (DYN_RL_CHECK) */
	for (char c = 'c'; c < 'g'; c++) {
		char from[] = "?@OURS.example";

		from[0] = c;
		m->reverse_path = from;
		assert_int_equal(sent(m, NOW + 20 * MINUTE_S), 0);
	}
	m->reverse_path = "z@ours.example";
	assert_int_equal(sent(m, NOW + 20 * MINUTE_S), 1); /* of the domain */
}

static void in_role_mx_only_clients_have_a_rate(void **state)
{
	struct mail *m = *state;

	m->conf->role = CONF_ROLE_MX;
	limit(m, "sender 1/1m,domain 1/1m,client 2/1m");
	m->client = "2001:db8:1:2::1";
	assert_int_equal(sent(m, NOW), 0);
	m->client = "2001:db8:1:2:ffff::1"; /* the same subscriber */
	assert_int_equal(sent(m, NOW), 0);
	assert_int_equal(sent(m, NOW), 1);
	m->client = "2001:db8:1:3::1";
	assert_int_equal(sent(m, NOW), 0);
	m->client = "";
	for (int i = 0; i < 5; i++)
		assert_int_equal(sent(m, NOW), 0);
	m->client = "2001:db8:1:2::1";
	m->to = "Postmaster@ours.example";
	assert_int_equal(sent(m, NOW), 0);
}

static void notifications_and_what_nothing_limits_go(void **state)
{
	struct mail *m = *state;

	limit(m, "sender 1/1m,domain 1/1m,sender:pump@ours.example unlimited,"
		 "domain:ours.example 1000/1m");
	m->reverse_path = "";
	for (int i = 0; i < 5; i++)
		assert_int_equal(sent(m, NOW), 0);
	m->reverse_path = "pump@ours.example";
	for (int i = 0; i < 5; i++)
		assert_int_equal(sent(m, NOW), 0);
}

static int fails(void *ctx, struct arena *a, const struct memory_name *names, size_t n, int64_t now,
		 deadline d, struct memory_fact *ret, struct why *why)
{
	(void)ctx, (void)a, (void)names, (void)n, (void)now, (void)d, (void)ret;
	return why_set(why, -1, "no memory");
}

static void without_memory_nobody_is_held_up(void **state)
{
	struct mail *m = *state;
	struct memory whole = m->mem.memory;

	limit(m, "sender 1/1m");
	m->mem.memory.recall = fails;
	for (int i = 0; i < 3; i++)
		assert_int_equal(sent(m, NOW), 0);
	m->mem.memory = (struct memory){ 0 };
	for (int i = 0; i < 3; i++)
		assert_int_equal(sent(m, NOW), 0);
	m->mem.memory = whole;
	assert_int_equal(sent(m, NOW), 0);
	assert_int_equal(sent(m, NOW), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		TEST(so_many_go_and_no_more),
		TEST(what_is_to_come_again_is_not_counted),
		TEST(the_login_counts_and_not_what_it_calls_itself),
		TEST(recipients_are_counted_and_a_large_message_goes_once),
		TEST(every_limit_holds_and_own_ones_are_named),
		TEST(in_role_mx_only_clients_have_a_rate),
		TEST(notifications_and_what_nothing_limits_go),
		TEST(without_memory_nobody_is_held_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Whoever comes back as servers do is let in, from wherever its provider sends; whoever does not
 * is not; and without memory nobody waits. */
#include "scan/greylist.h"

#include "memory/testmemory.h"

enum { RECIPIENTS = 20 };
enum { NOW = 1800000000, MINUTE_S = 60, HOUR_S = 3600, DAY_S = 24 * HOUR_S };

struct mail {
	struct arena *arena;
	struct conf *conf;
	struct testmemory mem;
	/* the message */
	const char *client, *reverse_path, *to[RECIPIENTS + 1], *id, *signer;
	enum spfcheck_code spf;
	int64_t wait; /* what it was told */
};

static int setup(void **state)
{
	struct arena *a = arena_new("test", 256 << 20);
	struct mail *m = arena_make(a, struct mail);

	m->arena = a;
	m->conf = conf_new_default(a);
	testmemory_make(&m->mem, m->conf);
	m->client = "192.0.2.7";
	m->reverse_path = "a@stranger.example";
	m->to[0] = "b@ours.example";
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

/* The name of the evidence, without GREYLIST_. */
static const char *sent(struct mail *m, int64_t at)
{
	struct dkim_result signature = { .result = AUTH_PASS };
	struct auth_results auth = { .spf.result = m->spf, .dkim = &signature };
	struct envelope env = { .client_ip = str_c(m->client),
				.reverse_path = str_c(m->reverse_path) };
	struct evidence e = { 0 };
	struct facts f = { 0 };
	str to[RECIPIENTS];

	for (env.recipients = to; m->to[env.n_recipients]; env.n_recipients++)
		to[env.n_recipients] = str_c(m->to[env.n_recipients]);
	if (m->id)
		*arena_push(m->arena, &f.headers) =
			(struct facts_header){ STR("Message-ID"), str_c(m->id), 1 };
	if (m->signer) {
		signature.domain = str_c(m->signer);
		auth.n_dkim = 1;
	}
	greylist_ask(&m->mem.memory, m->arena, m->conf, &env, &f, &auth, at, &m->wait, &e);
	assert_int_equal(e.symbols.n, 1);
	assert_true(str_starts(e.symbols.v[0].name, STR("GREYLIST_")));
	return e.symbols.v[0].name.p + 9;
}

static void who_comes_back_in_time_is_let_in_for_good(void **state)
{
	struct mail *m = *state;

	assert_string_equal(sent(m, NOW), "NEW");
	assert_int_equal(m->wait, 5 * MINUTE_S);
	assert_string_equal(sent(m, NOW + MINUTE_S), "EARLY");
	assert_int_equal(m->wait, 4 * MINUTE_S);
	assert_string_equal(sent(m, NOW + 5 * MINUTE_S - 1), "EARLY");
	assert_string_equal(sent(m, NOW + 5 * MINUTE_S), "CAME_BACK");
	assert_int_equal(m->wait, 0);
	/* Any mail of that server, and each keeps it known. */
	m->reverse_path = "other@elsewhere.example";
	m->to[0] = "c@ours.example";
	assert_string_equal(sent(m, NOW + 30 * DAY_S), "KNOWN");
	assert_string_equal(sent(m, NOW + 60 * DAY_S), "KNOWN");
	assert_string_equal(sent(m, NOW + 60 * DAY_S + 36 * DAY_S + 1), "NEW");
}

static void who_stays_away_a_day_is_a_stranger_again(void **state)
{
	struct mail *m = *state;

	assert_string_equal(sent(m, NOW), "NEW");
	assert_string_equal(sent(m, NOW + DAY_S + 1), "NEW");
	assert_string_equal(sent(m, NOW + DAY_S + 1 + 5 * MINUTE_S), "CAME_BACK");
}

static void another_address_of_the_provider_is_known_again(void **state)
{
	static const struct {
		const char *first, *then, *what;
	} cases[] = {
		{ "198.51.96.1", "198.51.127.254", "CAME_BACK" }, /* one /19 */
		{ "198.51.96.1", "198.51.128.1", "NEW" },
		{ "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "CAME_BACK" }, /* one /64 */
		{ "2001:db8:3:2::1", "2001:db8:3:3::1", "NEW" },
	};
	struct mail *m = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char from[32];

		snprintf(from, sizeof(from), "a@%zu.example", i);
		m->reverse_path = from;
		m->client = cases[i].first;
		assert_string_equal(sent(m, NOW), "NEW");
		m->client = cases[i].then;
		assert_string_equal(sent(m, NOW + HOUR_S), cases[i].what);
	}
}

static void a_confirmed_domain_is_known_in_all_networks(void **state)
{
	struct mail *m = *state;

	m->spf = SPFCHECK_PASS;
	assert_string_equal(sent(m, NOW), "NEW");
	m->client = "203.0.113.1";
	assert_string_equal(sent(m, NOW + HOUR_S), "CAME_BACK");
	/* What nobody confirms is no domain. */
	m->spf = SPFCHECK_SOFTFAIL;
	m->client = "198.51.100.1";
	assert_string_equal(sent(m, NOW + 2 * HOUR_S), "NEW");
	m->signer = "provider.example";
	assert_string_equal(sent(m, NOW + 2 * HOUR_S), "EARLY");
	m->client = "100.64.0.1";
	m->reverse_path = "srs0=x=stranger.example@provider.example";
	assert_string_equal(sent(m, NOW + 2 * HOUR_S), "NEW");
	m->client = "100.65.0.1";
	assert_string_equal(sent(m, NOW + 3 * HOUR_S), "CAME_BACK");
}

static void the_same_message_is_known_again_from_anywhere_for_its_recipients(void **state)
{
	struct mail *m = *state;

	m->id = "<1@stranger.example>";
	assert_string_equal(sent(m, NOW), "NEW");
	m->client = "203.0.113.1";
	m->to[0] = "c@ours.example"; /* not of this one: many may bear one Message-ID */
	assert_string_equal(sent(m, NOW + HOUR_S), "NEW");
	m->to[0] = "b@ours.example";
	m->client = "100.64.0.1";
	assert_string_equal(sent(m, NOW + HOUR_S), "CAME_BACK");
}

static void one_recipient_who_was_named_before_is_enough(void **state)
{
	struct mail *m = *state;

	m->to[1] = "c@ours.example";
	assert_string_equal(sent(m, NOW), "NEW");
	m->to[0] = "c@ours.example"; /* a server that sends the copies one by one */
	m->to[1] = NULL;
	assert_string_equal(sent(m, NOW + HOUR_S), "CAME_BACK");
}

static void another_sender_or_recipient_of_the_network_is_no_retry(void **state)
{
	struct mail *m = *state;

	assert_string_equal(sent(m, NOW), "NEW");
	m->reverse_path = "z@stranger.example";
	assert_string_equal(sent(m, NOW + HOUR_S), "NEW");
	m->reverse_path = "a@stranger.example";
	m->to[0] = "c@ours.example";
	assert_string_equal(sent(m, NOW + HOUR_S), "NEW");
}

static int fails(void *ctx, struct arena *a, const struct memory_name *names, size_t n, int64_t now,
		 deadline d, struct memory_fact *ret, struct why *why)
{
	(void)ctx, (void)a, (void)names, (void)n, (void)now, (void)d, (void)ret;
	return why_set(why, -1, "no memory");
}

static int notes_nothing(void *ctx, const struct memory_change *changes, size_t n, int64_t now,
			 struct why *why)
{
	(void)ctx, (void)changes, (void)n, (void)now;
	return why_set(why, -1, "no memory");
}

static void without_memory_nobody_waits(void **state)
{
	struct mail *m = *state;
	struct memory whole = m->mem.memory;

	m->mem.memory.recall = fails;
	assert_string_equal(sent(m, NOW), "UNASKED");
	m->mem.memory = whole;
	m->mem.memory.note = notes_nothing; /* asked in vain he would be asked for ever */
	assert_string_equal(sent(m, NOW), "UNASKED");
	m->mem.memory = (struct memory){ 0 };
	assert_string_equal(sent(m, NOW), "UNASKED");
	m->mem.memory = whole;
	m->client = ""; /* nor does who has no name */
	assert_string_equal(sent(m, NOW), "UNASKED");
}

/* How many rows of what was put off the last message made. */
struct counting {
	struct memory below;
	size_t rows;
};

static int recalls(void *ctx, struct arena *a, const struct memory_name *names, size_t n,
		   int64_t now, deadline d, struct memory_fact *ret, struct why *why)
{
	const struct counting *c = ctx;

	return memory_recall(&c->below, a, names, n, now, d, ret, why);
}

static int counts(void *ctx, const struct memory_change *changes, size_t n, int64_t now,
		  struct why *why)
{
	struct counting *c = ctx;

	c->rows = 0;
	for (size_t i = 0; i < n; i++)
		c->rows += changes[i].name.kind == MEMORY_PUT_OFF;
	return memory_note(&c->below, changes, n, now, why);
}

static void who_floods_makes_few_rows_and_is_known_again(void **state)
{
	struct mail *m = *state;
	struct counting c = { .below = m->mem.memory };

	m->mem.memory = (struct memory){ recalls, counts, &c };
	m->id = "<1@stranger.example>";
	for (int i = 0; i < RECIPIENTS; i++)
		m->to[i] = arena_fmt(m->arena, "b%d@ours.example", i).p;
	for (int i = 0; i < GREYLIST_HOUR / (2 * GREYLIST_ASKED); i++) {
		m->reverse_path = arena_fmt(m->arena, "a%d@stranger.example", i).p;
		assert_string_equal(sent(m, NOW), "NEW");
		assert_int_equal(c.rows, 2 * GREYLIST_ASKED);
	}
	m->reverse_path = "a@stranger.example";
	assert_string_equal(sent(m, NOW), "NEW");
	assert_int_equal(c.rows, 2);
	m->client = "198.51.100.1"; /* another network has room of its own */
	m->id = "<2@stranger.example>";
	assert_string_equal(sent(m, NOW), "NEW");
	assert_int_equal(c.rows, 2 * GREYLIST_ASKED);
	m->client = "192.0.2.7";
	assert_string_equal(sent(m, NOW + 5 * MINUTE_S), "CAME_BACK");
}

static void a_clock_that_went_back_does_not_double_the_wait(void **state)
{
	struct mail *m = *state;

	assert_string_equal(sent(m, NOW), "NEW");
	assert_string_equal(sent(m, NOW - DAY_S), "EARLY");
	assert_int_equal(m->wait, 5 * MINUTE_S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		TEST(who_comes_back_in_time_is_let_in_for_good),
		TEST(who_stays_away_a_day_is_a_stranger_again),
		TEST(another_address_of_the_provider_is_known_again),
		TEST(a_confirmed_domain_is_known_in_all_networks),
		TEST(the_same_message_is_known_again_from_anywhere_for_its_recipients),
		TEST(one_recipient_who_was_named_before_is_enough),
		TEST(another_sender_or_recipient_of_the_network_is_no_retry),
		TEST(without_memory_nobody_waits),
		TEST(who_floods_makes_few_rows_and_is_known_again),
		TEST(a_clock_that_went_back_does_not_double_the_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

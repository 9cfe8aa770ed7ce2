/* What is remembered speaks for whom it should, cannot be talked into it by strangers, and never
 * feeds itself. */
#include "scan/memoryevidence.h"

#include "memory/testmemory.h"

enum { NOW = 1800000000, DAY_S = 24 * 3600, MINUTE_S = 60 };

/* One message, and the memory it meets. */
struct mail {
	struct arena *arena;
	struct conf *conf;
	struct testmemory mem;
	int64_t now;
	/* the message */
	const char *client, *from, *reverse_path, *in_reply_to, *message_id, *auto_submitted;
	const char *url;
	const char *to[2];
	enum auth_code dmarc;
	enum spfcheck_code spf;
	/* what was made of it */
	struct envelope env;
	struct facts facts;
	struct auth_results auth;
	struct memoryevidence asked;
	struct evidence found;
};

static int setup(void **state)
{
	struct arena *a = arena_new("test", 512 << 20);
	struct mail *m = arena_make(a, struct mail);
	struct why why = { "" };

	m->arena = a;
	m->now = NOW;
	m->conf = conf_new_default(a);
	assert_int_equal(conf_set(m->conf, STR("domains"), STR("ours.example"), &why), 0);
	testmemory_make(&m->mem, m->conf);
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

static str text(const char *s)
{
	return s ? str_c(s) : STR("");
}

static void put_header(struct mail *m, const char *name, const char *value)
{
	if (value)
		*arena_push(m->arena, &m->facts.headers) =
			(struct facts_header){ str_c(name), str_c(value), 1 };
}

static void build(struct mail *m)
{
	str from = text(m->from);
	size_t at = str_chr(from, '@');
	str *to = arena_array(m->arena, str, 2);
	size_t n = 0;

	while (n < 2 && m->to[n]) {
		to[n] = str_c(m->to[n]);
		n++;
	}
	m->env = (struct envelope){ .client_ip = text(m->client),
				    .reverse_path = text(m->reverse_path ?: m->from),
				    .has_reverse_path = true,
				    .recipients = to,
				    .n_recipients = n };
	m->facts = (struct facts){ 0 };
	m->auth = (struct auth_results){ .dmarc.result = m->dmarc, .spf.result = m->spf };
	*arena_push(m->arena, &m->facts.addresses) = (struct facts_address){
		.where = FACTS_FROM, .local = str_sub(from, 0, at), .domain = str_skip(from, at + 1)
	};
	if (m->url)
		*arena_push(m->arena, &m->facts.urls) =
			(struct facts_url){ .host = str_c(m->url), .domain = str_c(m->url) };
	put_header(m, "Message-ID", m->message_id);
	put_header(m, "Auto-Submitted", m->auto_submitted);
	put_header(m, "References", m->in_reply_to);
	put_header(m, "In-Reply-To", m->in_reply_to);
}

static void judge(struct mail *m)
{
	build(m);
	m->found = (struct evidence){ 0 };
	memoryevidence_collect(&m->mem.memory, m->arena, m->conf, &m->env, &m->facts, &m->auth,
			       m->now, &m->asked, &m->found);
}

static bool says(const struct mail *m, const char *name)
{
	for (size_t i = 0; i < m->found.symbols.n; i++) {
		if (str_eq(m->found.symbols.v[i].name, str_c(name)))
			return true;
	}
	return false;
}

/* The message of that score came in, memory's own part of it being the second number; seen: what
 * was found besides, or NULL. */
static void came_with(struct mail *m, int32_t score, int32_t of_memory, const char *seen)
{
	static const struct rules_symbol other = { .name = STR("X"), .group = STR("spam") };
	static const struct rules_symbol ours = { .name = STR("Y"), .group = STR("memory") };
	struct verdict v = { .score = score, .tag = 600, .quarantine = 1000, .reject = 1500 };

	*arena_push(m->arena, &v.symbols) =
		(struct verdict_symbol){ .rule = &other, .score = score - of_memory };
	*arena_push(m->arena, &v.symbols) =
		(struct verdict_symbol){ .rule = &ours, .score = of_memory };
	judge(m);
	if (seen)
		evidence_add(m->arena, &m->found, str_c(seen), STR(""));
	memoryevidence_learn(&m->mem.memory, &m->env, &m->asked, &m->found, &v,
			     score < v.quarantine, m->now);
}

static void came(struct mail *m, int32_t score, int32_t of_memory)
{
	came_with(m, score, of_memory, NULL);
}

static void sent(struct mail *m)
{
	build(m);
	memoryevidence_sent(&m->mem.memory, m->arena, m->conf, &m->env, &m->facts, m->now);
}

static double bad_of(struct mail *m, enum memory_kind kind, const char *name, double *ret_good)
{
	struct memory_name n = { kind, str_c(name) };
	struct memory_fact f;
	struct why why;

	assert_int_equal(memory_recall(&m->mem.memory, m->arena, &n, 1, m->now, 0, &f, &why), 0);
	*ret_good = f.good;
	return f.bad;
}

static void we_write(struct mail *m)
{
	m->from = "doctor@ours.example";
	m->to[0] = "Patient@home.example";
	m->message_id = "<q1@ours.example>";
	sent(m);
}

static void they_answer(struct mail *m)
{
	m->client = "192.0.2.1";
	m->from = "patient@home.example";
	m->to[0] = "doctor@ours.example";
	m->in_reply_to = "<q0@ours.example> <q1@ours.example>";
	m->dmarc = AUTH_PASS;
}

static void test_an_answer_of_whom_we_wrote_to_is_known(void **state)
{
	struct mail *m = *state;

	we_write(m);
	they_answer(m);
	judge(m);
	assert_true(says(m, "REPLY"));
	assert_true(says(m, "KNOWN_CORRESPONDENT"));
	m->to[0] = "nurse@ours.example";
	judge(m);
	assert_true(says(m, "REPLY"));
	assert_false(says(m, "KNOWN_CORRESPONDENT"));
	assert_true(says(m, "KNOWN_ELSEWHERE"));
	/* A domain without any policy may answer, but that is no proof of who he is. */
	m->dmarc = AUTH_NONE;
	m->spf = SPFCHECK_NONE;
	judge(m);
	assert_true(says(m, "REPLY"));
	assert_false(says(m, "KNOWN_ELSEWHERE"));
	/* The thread of another message, and after its time this one. */
	m->dmarc = AUTH_PASS;
	m->in_reply_to = "<q2@ours.example>";
	judge(m);
	assert_false(says(m, "REPLY"));
	m->in_reply_to = "<q1@ours.example>";
	m->now += 2 * DAY_S;
	judge(m);
	assert_false(says(m, "REPLY"));
	assert_true(says(m, "KNOWN_ELSEWHERE"));
	m->now += 200LL * DAY_S;
	judge(m);
	assert_false(says(m, "KNOWN_ELSEWHERE"));
}

static void test_a_third_party_gains_nothing(void **state)
{
	static const struct {
		const char *from, *reverse_path;
		enum auth_code dmarc;
		enum spfcheck_code spf;
	} forged[] = {
		/* himself, perfectly authenticated, with the id of our message */
		{ "thief@evil.example", "thief@evil.example", AUTH_PASS, SPFCHECK_PASS },
		/* in the name of the patient */
		{ "patient@home.example", "thief@evil.example", AUTH_NONE, SPFCHECK_PASS },
		{ "patient@home.example", "patient@home.example", AUTH_FAIL, SPFCHECK_NONE },
		{ "patient@home.example", "patient@home.example", AUTH_NONE, SPFCHECK_FAIL },
		{ "patient@home.example", "patient@home.example", AUTH_NONE, SPFCHECK_SOFTFAIL },
		{ "patient@home.example", "patient@home.example", AUTH_NONE, SPFCHECK_TEMPERROR },
		{ "patient@home.example", "", AUTH_NONE, SPFCHECK_NONE },
	};
	struct mail *m = *state;

	we_write(m);
	they_answer(m);
	for (size_t i = 0; i < ARRAY_LEN(forged); i++) {
		m->from = forged[i].from;
		m->reverse_path = forged[i].reverse_path;
		m->dmarc = forged[i].dmarc;
		m->spf = forged[i].spf;
		judge(m);
		assert_false(says(m, "REPLY"));
		assert_false(says(m, "KNOWN_CORRESPONDENT"));
		assert_false(says(m, "KNOWN_ELSEWHERE"));
		assert_false(says(m, "KNOWN_UNCONFIRMED"));
	}
}

static void test_a_correspondent_whom_nothing_confirms_is_told_apart(void **state)
{
	struct mail *m = *state;

	we_write(m);
	they_answer(m);
	m->in_reply_to = NULL;
	m->dmarc = AUTH_NONE;
	m->spf = SPFCHECK_NONE;
	judge(m);
	assert_true(says(m, "KNOWN_UNCONFIRMED"));
	assert_false(says(m, "KNOWN_CORRESPONDENT"));
	assert_false(says(m, "REPLY"));
	m->from = "other@home.example";
	judge(m);
	assert_false(says(m, "KNOWN_UNCONFIRMED"));
}

static void test_what_programs_send_makes_nobody_known(void **state)
{
	struct mail *m = *state;

	m->auto_submitted = "auto-replied";
	we_write(m);
	m->auto_submitted = NULL;
	m->reverse_path = "";
	we_write(m);
	m->reverse_path = NULL;
	they_answer(m);
	judge(m);
	assert_false(says(m, "REPLY"));
	assert_false(says(m, "KNOWN_CORRESPONDENT"));
}

static void test_opinions_need_five_samples_and_fade(void **state)
{
	struct mail *m = *state;

	m->client = "192.0.2.1";
	m->from = "x@shop.example";
	m->url = "shop.example";
	m->dmarc = AUTH_PASS;
	for (int i = 0; i < 4; i++)
		came(m, 1200, 0);
	judge(m);
	assert_false(says(m, "IP_REPUTATION_BLACK"));
	came(m, 1200, 0);
	judge(m);
	assert_true(says(m, "IP_REPUTATION_BLACK"));
	assert_true(says(m, "DOMAIN_REPUTATION_BLACK"));
	assert_true(says(m, "URL_REPUTATION_BLACK"));
	/* Its neighbour shares the network's fame. */
	m->client = "192.0.2.77";
	judge(m);
	assert_true(says(m, "IP_REPUTATION_BLACK"));
	m->client = "192.0.3.1";
	judge(m);
	assert_false(says(m, "IP_REPUTATION_BLACK"));
	for (int i = 0; i < 5; i++)
		came(m, 0, 0);
	judge(m);
	assert_true(says(m, "URL_REPUTATION_GREY"));
	assert_true(says(m, "IP_REPUTATION_WHITE"));
	m->now += 60LL * DAY_S;
	judge(m);
	assert_false(says(m, "URL_REPUTATION_GREY"));
}

static void test_an_opinion_does_not_feed_itself(void **state)
{
	struct mail *m = *state;
	double good;

	m->client = "192.0.2.1";
	m->from = "x@shop.example";
	m->dmarc = AUTH_PASS;
	for (int i = 0; i < 20; i++)
		came(m, 1200, 400); /* 8 without what memory says: nothing is learned */
	assert_float_equal(bad_of(m, MEMORY_CLIENT, "192.0.2.1", &good), 0, 0.001);
	assert_float_equal(good, 0, 0.001);
	for (int i = 0; i < 20; i++)
		came(m, 0, -400); /* and 4 is not good enough to be called good */
	assert_float_equal(bad_of(m, MEMORY_CLIENT, "192.0.2.1", &good), 0, 0.001);
	assert_float_equal(good, 0, 0.001);
	came(m, 900, -200);
	assert_float_equal(bad_of(m, MEMORY_CLIENT, "192.0.2.1", &good), 1, 0.001);
}

static void test_one_recipient_s_taste_makes_no_reputation(void **state)
{
	struct mail *m = *state;
	double good;

	m->client = "192.0.2.1";
	m->from = "x@shop.example";
	m->dmarc = AUTH_PASS;
	came_with(m, 1200, 0, "TASTE_SPAM");
	came_with(m, 0, 0, "TASTE_HAM");
	assert_float_equal(bad_of(m, MEMORY_CLIENT, "192.0.2.1", &good), 0, 0.001);
	assert_float_equal(good, 0, 0.001);
	came_with(m, 0, 0, "VIRUS_FOUND");
	assert_float_equal(bad_of(m, MEMORY_CLIENT, "192.0.2.1", &good), 1, 0.001);
}

static void test_strangers_teach_little(void **state)
{
	struct mail *m = *state;
	double good;
	char client[32];

	/* One network: as much in an hour as it may, and more the hour after. */
	m->from = "x@bank.example";
	m->url = "good.example";
	m->dmarc = AUTH_FAIL;
	for (int i = 0; i < 200; i++) {
		snprintf(client, sizeof(client), "192.0.2.%d", i);
		m->client = client;
		came(m, 1200, 0);
	}
	assert_in_range((long)(bad_of(m, MEMORY_URL_HOST, "good.example", &good) + 0.5), 59,
			MEMORYEVIDENCE_HOURLY);
	m->now += 60 * MINUTE_S;
	for (int i = 0; i < 200; i++)
		came(m, 1200, 0);
	assert_in_range((long)(bad_of(m, MEMORY_URL_HOST, "good.example", &good) + 0.5), 85,
			MEMORYEVIDENCE_HOURLY * 3 / 2);
	/* Of a domain that is not authenticated nothing is learned, good or bad. */
	assert_float_equal(bad_of(m, MEMORY_AUTHOR_DOMAIN, "bank.example", &good), 0, 0.001);
	m->client = "198.51.100.1";
	m->url = "evil.example";
	for (int i = 0; i < 20; i++)
		came(m, 0, 0);
	assert_float_equal(bad_of(m, MEMORY_URL_HOST, "evil.example", &good), 0, 0.001);
	assert_float_equal(good, 0, 0.001);
	assert_float_equal(bad_of(m, MEMORY_AUTHOR_DOMAIN, "bank.example", &good), 0, 0.001);
	assert_float_equal(good, 0, 0.001);
	/* Nor of anybody by a notification. */
	m->client = "203.0.113.1";
	m->reverse_path = "";
	for (int i = 0; i < 20; i++)
		came(m, 1200, 0);
	assert_float_equal(bad_of(m, MEMORY_CLIENT, "203.0.113.1", &good), 0, 0.001);
}

static void test_a_good_link_does_not_cover_an_unknown_one(void **state)
{
	struct mail *m = *state;

	m->client = "192.0.2.1";
	m->from = "x@shop.example";
	m->url = "good.example";
	m->dmarc = AUTH_PASS;
	for (int i = 0; i < 6; i++)
		came(m, 0, 0);
	judge(m);
	assert_true(says(m, "URL_REPUTATION_WHITE"));
	build(m);
	*arena_push(m->arena, &m->facts.urls) =
		(struct facts_url){ .host = STR("new.example"), .domain = STR("new.example") };
	m->found = (struct evidence){ 0 };
	memoryevidence_collect(&m->mem.memory, m->arena, m->conf, &m->env, &m->facts, &m->auth,
			       m->now, &m->asked, &m->found);
	assert_false(says(m, "URL_REPUTATION_WHITE"));
	assert_true(says(m, "IP_REPUTATION_WHITE"));
}

static void test_a_first_contact_means_something_after_some_weeks(void **state)
{
	struct mail *m = *state;

	m->client = "192.0.2.1";
	m->from = "known@partner.example";
	m->dmarc = AUTH_PASS;
	for (int i = 0; i < 100; i++)
		came(m, 0, 0);
	m->from = "stranger@new.example";
	judge(m);
	assert_false(says(m, "FIRST_CONTACT"));
	m->now += 3LL * 7 * DAY_S;
	m->from = "known@partner.example";
	for (int i = 0; i < 100; i++)
		came(m, 0, 0);
	judge(m);
	assert_false(says(m, "FIRST_CONTACT"));
	m->from = "other@partner.example";
	judge(m);
	assert_true(says(m, "FIRST_CONTACT"));
	assert_false(says(m, "FIRST_CONTACT_DOMAIN"));
	m->from = "stranger@new.example";
	/* What was held makes nobody known; what was delivered does. */
	came(m, 1200, 0);
	judge(m);
	assert_true(says(m, "FIRST_CONTACT"));
	assert_true(says(m, "FIRST_CONTACT_DOMAIN"));
	came(m, 400, 0);
	judge(m);
	assert_false(says(m, "FIRST_CONTACT"));
	/* The same name from elsewhere, unauthenticated, is somebody else. */
	m->dmarc = AUTH_NONE;
	m->spf = SPFCHECK_NONE;
	judge(m);
	assert_true(says(m, "FIRST_CONTACT"));
	m->reverse_path = "";
	judge(m);
	assert_false(says(m, "FIRST_CONTACT"));
}

static void test_without_a_memory_nothing_is_said(void **state)
{
	struct mail *m = *state;

	we_write(m);
	they_answer(m);
	m->mem.memory = (struct memory){ 0 };
	came(m, 0, 0);
	assert_int_equal(m->found.symbols.n, 0);
}

static void test_names_are_bounded(void **state)
{
	struct mail *m = *state;
	struct memorynames names;

	they_answer(m);
	build(m);
	for (int i = 0; i < 1000; i++) {
		str name = arena_fmt(m->arena, "h%d.example", i);

		*arena_push(m->arena, &m->facts.urls) =
			(struct facts_url){ .host = name, .domain = name };
	}
	m->env.n_recipients = 1000;
	m->env.recipients = arena_array(m->arena, str, 1000);
	for (int i = 0; i < 1000; i++)
		m->env.recipients[i] = arena_fmt(m->arena, "u%d@ours.example", i);
	memorynames_incoming(m->arena, m->conf, &m->env, &m->facts, &m->auth, &names);
	assert_in_range(names.n, 40, MEMORY_MAX_NAMES);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_an_answer_of_whom_we_wrote_to_is_known),
		T(test_a_third_party_gains_nothing),
		T(test_a_correspondent_whom_nothing_confirms_is_told_apart),
		T(test_what_programs_send_makes_nobody_known),
		T(test_opinions_need_five_samples_and_fade),
		T(test_an_opinion_does_not_feed_itself),
		T(test_one_recipient_s_taste_makes_no_reputation),
		T(test_strangers_teach_little),
		T(test_a_good_link_does_not_cover_an_unknown_one),
		T(test_a_first_contact_means_something_after_some_weeks),
		T(test_without_a_memory_nothing_is_said),
		T(test_names_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

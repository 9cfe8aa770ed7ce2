/* Who is told of which messages, and what the letter shows of hostile text. */
#include "scan/exporter.h"

#include "base/base64.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct rules_symbol virus = { .name = { "VIRUS_FOUND", 11 } };

static void selectors_say_what_they_say_elsewhere(void **state)
{
	static const struct {
		const char *when;
		enum action action;
		enum conf_role role;
		bool selected;
	} cases[] = {
		{ "is_spam", ACTION_ACCEPT, CONF_ROLE_MX, false },
		{ "is_spam", ACTION_DEFER, CONF_ROLE_MX, false },
		{ "is_spam", ACTION_TAG, CONF_ROLE_MX, true },
		{ "is_spam", ACTION_QUARANTINE, CONF_ROLE_MX, true },
		{ "is_spam", ACTION_REJECT, CONF_ROLE_OUT, true },
		{ "is_reject", ACTION_QUARANTINE, CONF_ROLE_MX, false },
		{ "is_reject", ACTION_REJECT, CONF_ROLE_MX, true },
		{ "is_spam_authed", ACTION_REJECT, CONF_ROLE_MX, false },
		{ "is_spam_authed", ACTION_TAG, CONF_ROLE_OUT, true },
		{ "is_reject_authed", ACTION_TAG, CONF_ROLE_OUT, false },
		{ "is_reject_authed", ACTION_REJECT, CONF_ROLE_OUT, true },
		{ "any", ACTION_ACCEPT, CONF_ROLE_MX, true },
		{ "VIRUS_FOUND", ACTION_ACCEPT, CONF_ROLE_MX, true },
		{ "VIRUS", ACTION_ACCEPT, CONF_ROLE_MX, false },
		{ "is_reject+VIRUS_FOUND", ACTION_ACCEPT, CONF_ROLE_MX, true },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct exportrow row = { .when = str_c(cases[i].when) };
		struct verdict v = { .action = cases[i].action };

		*arena_push(a, &v.symbols) = (struct verdict_symbol){ .rule = &virus };
		if (exporter_selects(&row, &v, cases[i].role) != cases[i].selected)
			fail_msg("%s, %s", cases[i].when, action_name(cases[i].action));
	}
}

static void a_selector_that_selects_nothing_is_an_error(void **state)
{
	static const char text[] = "thresholds: {tag: 6, quarantine: 10, reject: 15}\nsymbols:\n"
				   "  A_B: {group: g, aliases: [OLD_NAME], when: {finding: GTUBE}, "
				   "created: 2026-11-22, description: {en: a, fr: b}}\n";
	static const struct {
		const char *rows;
		bool good;
	} cases[] = {
		{ "q queue", true },
		{ "q queue when=any+A_B", true },
		{ "q queue when=OLD_NAME+is_reject_authed", true },
		{ "q queue when=A_C", false },
		{ "q queue,r queue when=is_spam+is_ham", false },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 16 << 20);
	struct conf *c = conf_new_default(a);
	struct rules *rules;
	struct why why = { "" };

	(void)state;
	assert_int_equal(rules_load_text(a, str_of(text, sizeof(text) - 1), STR_NULL, &rules, &why),
			 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(conf_set(c, STR("exporter.targets"), str_c(cases[i].rows), &why),
				 0);
		if ((exporter_check(c, rules, &why) == 0) != cases[i].good)
			fail_msg("%s: %s", cases[i].rows, why.text);
	}
	rules_close(rules);
}

/* It is as large as smtp.max_message_bytes lets it be; nobody takes it here, which is no trouble.
 */
static void a_whole_message_needs_no_room_in_the_passage(void **state)
{
	enum { MESSAGE_BYTES = 8 << 20, PASSAGE_BYTES = 1 << 20 };
	cleanup(arena_freep) struct arena *a = arena_new("test", 16 << 20);
	struct conf *c = conf_new_default(a);
	struct conduct_policy policy = { .conf = c };
	struct passage p = { .policy = &policy,
			     .arena = arena_new("passage", PASSAGE_BYTES),
			     .message = { arena_alloc(a, MESSAGE_BYTES), MESSAGE_BYTES },
			     .line = STR("{}") };
	struct exporter e;
	struct why why = { "" };

	(void)state;
	assert_int_equal(conf_set(c, STR("exporter.targets"),
				  STR("s http https://x.example/ when=any whole"), &why),
			 0);
	exporter_init(&e, lanes_new(PROCESS_SCAN, PROCESS_STORE),
		      lanes_new(PROCESS_SCAN, PROCESS_FETCH));
	exporter_tell(&e, &p);
	lanes_free(e.store);
	lanes_free(e.fetch);
	arena_free(p.arena);
}

static void letters_have_their_number_an_hour(void **state)
{
	struct exportletter_rate r = { 0 };
	uint32_t left_out = 7;

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(exportletter_may(&r, 2, 3600, &left_out), i < 2);
	assert_int_equal(left_out, 0);
	assert_true(exportletter_may(&r, 2, 7200, &left_out));
	assert_int_equal(left_out, 3);
	assert_true(exportletter_may(&r, 2, 7201, &left_out));
	assert_int_equal(left_out, 0);
}

static void a_letter_shows_hostile_text_and_is_not_made_by_it(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 8 << 20);
	struct conf *c = conf_new_default(a);
	str to[] = { STR("a@b.example\r\nBcc: all@hopital.example") };
	struct envelope env = { .mid = STR("01JD"),
				.client_ip = STR("192.0.2.1"),
				.reverse_path = STR("x\r\n.\r\n\x1b[2J"),
				.recipients = to,
				.n_recipients = 1 };
	struct verdict v = { .action = ACTION_REJECT };
	struct exportletter l = { c, STR("soc@hopital.example"), &env, &v, 3, 1790000000 };
	str letter = exportletter_make(a, &l), body;
	size_t end = str_find(letter, STR("\r\n\r\n"));
	struct strbuf plain = strbuf_make(a, 1 << 16), joined = strbuf_make(a, 1 << 16);

	(void)state;
	assert_true(end != STR_NONE);
	assert_true(str_find(str_sub(letter, 0, end), STR("Bcc")) == STR_NONE);
	assert_true(str_find(letter, STR("Subject: Poterne: reject 01JD\r\n")) != STR_NONE);
	body = str_skip(letter, end + 4);
	while (body.n) {
		str line;

		(void)!str_split(&body, '\n', &line);
		assert_true(line.n <= 77);
		strbuf_put(&joined, str_trim(line));
	}
	assert_true(base64_decode(&plain, strbuf_str(&joined)));
	assert_true(str_find(strbuf_str(&plain), STR("Sender: x\\x0d\\x0a.\\x0d\\x0a\\x1b[2J\n")) !=
		    STR_NONE);
	assert_true(str_find(strbuf_str(&plain), STR("3 messages had no letter")) != STR_NONE);
	assert_true(str_find(strbuf_str(&plain), STR("\nBcc")) == STR_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(selectors_say_what_they_say_elsewhere),
		cmocka_unit_test(a_selector_that_selects_nothing_is_an_error),
		cmocka_unit_test(a_whole_message_needs_no_room_in_the_passage),
		cmocka_unit_test(letters_have_their_number_an_hour),
		cmocka_unit_test(a_letter_shows_hostile_text_and_is_not_made_by_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Properties of the message table's codec: what is encoded comes back the same; what is
 * cut, longer, or above a limit is refused whole. */
#include "sys/msg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct msg submit_example(str *recipients)
{
	struct msg m = { .type = MSG_submit };

	recipients[0] = STR("accueil@hopital.example");
	recipients[1] = STR("postmaster@hopital.example");
	m.submit = (struct msg_submit){
		.sid = STR("s1"),
		.client_ip = STR("192.0.2.1"),
		.client_port = 4711,
		.helo = STR("mail.example"),
		.protocol = STR("ESMTP"),
		.reverse_path = STR("a@b.example"),
		.recipients = { recipients, 2 },
		.size = 1 << 20,
		.received_at = 1790000000,
	};
	return m;
}

static str encode(struct arena *a, const struct msg *m)
{
	struct strbuf out = strbuf_make(a, CHAN_MAX_BYTES);

	assert_true(msg_encode(m, &out));
	return strbuf_str(&out);
}

static void a_message_comes_back_as_it_was(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	str recipients[2];
	struct msg m = submit_example(recipients), back;

	(void)state;
	assert_true(msg_decode(encode(a, &m), a, &back));
	assert_int_equal(back.type, MSG_submit);
	assert_true(str_eq(back.submit.sid, m.submit.sid));
	assert_true(str_eq(back.submit.reverse_path, m.submit.reverse_path));
	assert_int_equal(back.submit.client_port, 4711);
	assert_int_equal(back.submit.size, 1 << 20);
	assert_int_equal(back.submit.recipients.n, 2);
	assert_true(str_eq(back.submit.recipients.v[1], recipients[1]));
}

static void every_truncation_is_refused(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
	str recipients[2];
	struct msg m = submit_example(recipients), back;
	str whole = encode(a, &m);

	(void)state;
	for (size_t n = 0; n < whole.n; n++) {
		char *exact = malloc(n ? n : 1);

		memcpy(exact, whole.p, n);
		assert_false(msg_decode(str_of(exact, n), a, &back));
		free(exact);
	}
}

static void bytes_behind_the_end_are_refused(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct msg m = { .type = MSG_start, .start = { 7 } }, back;
	struct strbuf out = strbuf_make(a, 100);

	(void)state;
	assert_true(msg_encode(&m, &out));
	assert_true(msg_decode(strbuf_str(&out), a, &back));
	strbuf_char(&out, 'x');
	assert_false(msg_decode(strbuf_str(&out), a, &back));
}

static void a_field_above_its_limit_is_not_sent_and_not_believed(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	char long_sid[33];
	struct msg m = { .type = MSG_submit }, back;
	struct strbuf out = strbuf_make(a, CHAN_MAX_BYTES);

	(void)state;
	memset(long_sid, 's', sizeof(long_sid));
	m.submit.sid = str_of(long_sid, 32);
	assert_true(msg_encode(&m, &out));
	strbuf_clear(&out);
	m.submit.sid = str_of(long_sid, 33);
	assert_false(msg_encode(&m, &out));
	assert_false(msg_decode(strbuf_str(&out), a, &back));
}

static void a_list_cannot_claim_more_elements_than_there_are_bytes(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
	struct msg m = { .type = MSG_delivered }, back;
	str good = encode(a, &m);
	char *bad = malloc(good.n);

	(void)state;
	memcpy(bad, good.p, good.n);
	memcpy(bad + 4, "\xe8\x03\x00\x00", 4); /* 1000 outcomes, none there */
	assert_false(msg_decode(str_of(bad, good.n), a, &back));
	free(bad);
}

static void only_the_table_says_who_may_send_what(void **state)
{
	(void)state;
	assert_true(msg_allowed(MSG_submit, PROCESS_EDGE, PROCESS_SCAN, 1));
	assert_false(msg_allowed(MSG_submit, PROCESS_EDGE, PROCESS_STORE, 1));
	assert_false(msg_allowed(MSG_submit, PROCESS_INSPECT, PROCESS_SCAN, 1));
	assert_false(msg_allowed(MSG_submit, PROCESS_EDGE, PROCESS_SCAN, 2));
	assert_false(msg_allowed(MSG_inspected, PROCESS_INSPECT, PROCESS_SCAN, 1));
	assert_true(msg_allowed(MSG_dns_ask, PROCESS_RELAY, PROCESS_DNS, 0));
	assert_false(msg_allowed(MSG_none, PROCESS_SUPERVISOR, PROCESS_EDGE, 0));
	assert_false(msg_allowed((enum msg_type)9999, PROCESS_SUPERVISOR, PROCESS_EDGE, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_comes_back_as_it_was),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(bytes_behind_the_end_are_refused),
		cmocka_unit_test(a_field_above_its_limit_is_not_sent_and_not_believed),
		cmocka_unit_test(a_list_cannot_claim_more_elements_than_there_are_bytes),
		cmocka_unit_test(only_the_table_says_who_may_send_what),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

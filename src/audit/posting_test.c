/* What is sent arrives as it is: both ends are ours, in between is TCP on loopback. */
#include "audit/posting.h"

#include "audit/sink.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct seen {
	struct arena *arena;
	str last;
	size_t n;
};

static void take(void *ctx, str message)
{
	struct seen *s = ctx;

	s->n++;
	s->last = arena_str(s->arena, message);
}

static void every_byte_arrives(void **state)
{
	static const str messages[] = {
		STR("Subject: a\r\n\r\nBonjour\r\n"),
		STR("Subject: a\r\n\r\n.\r\n..\r\n.dot\r\n"),
		STR(".dot\r\n\r\nx\r\n"),
		STR("Subject: a\r\n\r\nbare\nlf\n.\nand\rcr\r.\r\n"),

		STR("Subject: 8bit\r\n\r\n\xe9\xff\x01\r\n"),
	};
	cleanup(arena_freep) struct arena *a = arena_new("posting", 64 << 20);
	struct ip here = ip_of("\x7f\0\0\1", IP_V4);
	struct why why = { "" };
	struct seen seen = { .arena = a };
	struct talk_target to = {
		.ip = here, .host = STR("localhost"), .name = STR("me"), .timeout_ms = 5000
	};
	struct sink *sink;
	struct watch w;

	(void)state;
	assert_int_equal(sink_start(here, 0, &sink, &to.port, &why), 0);
	w = sink_watch(sink);
	for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
		struct posting_letter l = { .helo = STR("me"),
					    .reverse_path = STR(""),
					    .recipient = STR("a@b.example"),
					    .bytes = messages[i] };
		struct posting p;

		posting_send(&to, a, &l, &p);
		assert_int_equal(p.code, 250);
		assert_int_equal(p.stage, POSTING_END);
		assert_int_equal(w.look(w.ctx, take, &seen, &why), 0);
		assert_int_equal(seen.n, i + 1);
		assert_int_equal(seen.last.n, messages[i].n);
		assert_memory_equal(seen.last.p, messages[i].p, messages[i].n);
	}
	sink_stop(sink);
}

static void a_closed_port_is_no_connection(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("posting", 8 << 20);
	struct ip here = ip_of("\x7f\0\0\1", IP_V4);
	struct talk_target to = { .ip = here, .name = STR("me"), .timeout_ms = 2000 };
	struct posting_letter l = { .helo = STR("me") };
	struct why why = { "" };
	struct posting p;
	struct sink *sink;

	(void)state;
	assert_int_equal(sink_start(here, 0, &sink, &to.port, &why), 0);
	sink_stop(sink);
	posting_send(&to, a, &l, &p);
	assert_int_equal(p.stage, POSTING_CONNECT);
	assert_int_equal(p.code, 0);
	assert_true(str_eq(p.text, STR("no connection")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_arrives),
		cmocka_unit_test(a_closed_port_is_no_connection),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

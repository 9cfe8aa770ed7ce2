#include "relay/handover.h"

#include "base/fd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

/* Nobody listens at the next hop: an attempt is answered at once. */
static size_t outcomes_of(struct relay *relay, struct arena *a)
{
	static const char text[] = "A: b\r\n\r\nc\r\n";
	str to = STR("a@x.example");
	struct msg question = { .type = MSG_handover, .n_fds = 1 }, answer;
	struct chan *asker, *answerer;
	struct why why;
	int fds[2];
	size_t n;

	question.handover = (struct msg_handover){ .id = STR("M1"),
						   .size = sizeof(text) - 1,
						   .reverse_path = STR("s@y.example"),
						   .recipients = { &to, 1 } };
	question.fds[0] = fd_memfd("message", &why);
	assert_int_equal(fd_write_all(question.fds[0], str_c(text), &why), 0);
	assert_int_equal(fd_seal(question.fds[0], &why), 0);
	assert_int_equal(chan_pair(fds, &why), 0);
	asker = chan_new(fds[0], PROCESS_SCAN, PROCESS_RELAY);
	answerer = chan_new(fds[1], PROCESS_RELAY, PROCESS_SCAN);
	assert_int_equal(handover_answer(relay, answerer, &question, a), 0);
	assert_int_equal(chan_receive(asker, a, deadline_in(5000), &answer, &why), 0);
	assert_int_equal(answer.type, MSG_handed);
	n = answer.handed.outcome.n;
	chan_free(asker);
	chan_free(answerer);
	return n;
}

static void what_hangs_at_next_hops_is_bounded(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct relay_settings settings = { .nexthop = { .hostname = STR("mx.example"),
							.timeout_ms = 1000 } };
	struct conf *conf = conf_new_default(a);
	static struct relay relay;
	struct why why;

	(void)state;
	assert_int_equal(conf_set(conf, STR("delivery.next_hop"), STR("smtp:127.0.0.1:1"), &why),
			 0);
	assert_int_equal(route_table_make(a, conf, &settings.routes, &why), 0);
	relay_init(&relay, &settings);
	assert_int_equal(outcomes_of(&relay, a), 1);
	assert_true(relay.handed_bytes == 0);
	relay.handed_bytes = HANDOVER_ALL_BYTES - HANDOVER_EACH_BYTES;
	assert_int_equal(outcomes_of(&relay, a), 0);
	assert_true(relay.handed_bytes == HANDOVER_ALL_BYTES - HANDOVER_EACH_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_hangs_at_next_hops_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

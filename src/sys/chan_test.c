/* A chan between two ends: messages and descriptors arrive; what the table forbids, a
 * gone peer and silence each have their own error. */
#include "sys/chan.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct ends {
	struct arena *arena;
	struct chan *edge, *scan;
	int raw; /* the edge's socket */
};

static struct ends connect_ends(void)
{
	struct ends e = { .arena = arena_new("test", 4 << 20) };
	int fds[2];

	assert_int_equal(chan_pair(fds, NULL), 0);
	e.raw = fds[0];
	e.edge = chan_new(fds[0], PROCESS_EDGE, PROCESS_SCAN);
	e.scan = chan_new(fds[1], PROCESS_SCAN, PROCESS_EDGE);
	return e;
}

static void disconnect(struct ends *e)
{
	chan_free(e->edge);
	chan_free(e->scan);
	arena_free(e->arena);
}

static struct msg submit_with(int fd)
{
	return (struct msg){
		.type = MSG_submit, .submit = { .sid = STR("s1") }, .fds = { fd }, .n_fds = 1
	};
}

static void a_message_and_its_descriptor_arrive(void **state)
{
	struct ends e = connect_ends();
	int fd = open("/dev/null", O_RDONLY);
	struct msg m = submit_with(fd), got;
	int arrived;

	(void)state;
	assert_int_equal(chan_send(e.edge, &m, NULL), 0);
	close(fd);
	assert_int_equal(chan_receive(e.scan, e.arena, deadline_in(1000), &got, NULL), 0);
	assert_int_equal(got.type, MSG_submit);
	arrived = msg_take_fd(&got, 0);
	assert_true(arrived >= 0);
	assert_true(fcntl(arrived, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(msg_take_fd(&got, 0), -1);
	close(arrived);
	msg_close(&got);
	disconnect(&e);
}

/* It looks like the end of the conversation, and its descriptors would stay open. */
static void an_empty_packet_leaves_no_descriptor_behind(void **state)
{
	struct ends e = connect_ends();
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .head = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct msghdr h = { .msg_control = &control, .msg_controllen = sizeof(control) };
	int pipe_ends[2];
	struct msg got;
	char c;

	(void)state;
	assert_int_equal(pipe(pipe_ends), 0);
	memcpy(CMSG_DATA(&control.head), &pipe_ends[1], sizeof(int));
	assert_int_equal(sendmsg(e.raw, &h, 0), 0);
	close(pipe_ends[1]);
	assert_int_equal(chan_receive(e.scan, e.arena, deadline_in(1000), &got, NULL), -EPIPE);
	assert_int_equal(fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(read(pipe_ends[0], &c, 1), 0); /* nobody holds the other end */
	close(pipe_ends[0]);
	disconnect(&e);
}

static void silence_is_a_timeout(void **state)
{
	struct ends e = connect_ends();
	struct msg got;
	struct why why;

	(void)state;
	assert_int_equal(chan_receive(e.scan, e.arena, deadline_in(20), &got, &why), -ETIMEDOUT);
	assert_non_null(strstr(why.text, "edge"));
	disconnect(&e);
}

static void a_gone_peer_is_a_broken_pipe(void **state)
{
	struct ends e = connect_ends();
	struct msg m = { .type = MSG_submitted }, got;

	(void)state;
	e.edge = chan_free(e.edge);
	assert_int_equal(chan_receive(e.scan, e.arena, CHAN_FOREVER, &got, NULL), -EPIPE);
	assert_int_equal(chan_send(e.scan, &m, NULL), -EPIPE);
	disconnect(&e);
}

static void garbage_is_a_protocol_error_and_its_descriptors_are_closed(void **state)
{
	struct ends e = connect_ends();
	struct msg got;

	(void)state;
	assert_int_equal(send(e.raw, "garbage", 7, 0), 7);
	assert_int_equal(chan_receive(e.scan, e.arena, CHAN_FOREVER, &got, NULL), -EPROTO);
	disconnect(&e);
}

static void a_message_of_another_process_is_refused(void **state)
{
	struct ends e = connect_ends();
	struct msg m = { .type = MSG_kill_worker }, got;
	struct strbuf out = strbuf_make(e.arena, 1000);

	(void)state;
	assert_true(msg_encode(&m, &out));
	assert_int_equal(send(e.raw, out.p, out.n, 0), (int)out.n);
	assert_int_equal(chan_receive(e.scan, e.arena, CHAN_FOREVER, &got, NULL), -EPROTO);
	disconnect(&e);
}

static void the_largest_message_passes(void **state)
{
	struct ends e = connect_ends();
	struct chan *dns;
	struct msg m = { .type = MSG_dns_ask }, got;
	int fds[2];

	(void)state;
	assert_int_equal(chan_pair(fds, NULL), 0);
	dns = chan_new(fds[1], PROCESS_DNS, PROCESS_SCAN);
	e.scan = chan_free(e.scan);
	e.scan = chan_new(fds[0], PROCESS_SCAN, PROCESS_DNS);
	m.dns_ask.questions = str_of(arena_alloc(e.arena, 60000), 60000);
	assert_int_equal(chan_send(e.scan, &m, NULL), 0);
	assert_int_equal(chan_receive(dns, e.arena, CHAN_FOREVER, &got, NULL), 0);
	assert_int_equal(got.dns_ask.questions.n, 60000);
	chan_free(dns);
	disconnect(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_and_its_descriptor_arrive),
		cmocka_unit_test(an_empty_packet_leaves_no_descriptor_behind),
		cmocka_unit_test(silence_is_a_timeout),
		cmocka_unit_test(a_gone_peer_is_a_broken_pipe),
		cmocka_unit_test(garbage_is_a_protocol_error_and_its_descriptors_are_closed),
		cmocka_unit_test(a_message_of_another_process_is_refused),
		cmocka_unit_test(the_largest_message_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

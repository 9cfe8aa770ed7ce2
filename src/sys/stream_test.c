#include "sys/stream.h"

#include "base/fd.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* A stream on one end of a pair; the test is the peer. */
struct pair {
	struct stream s;
	int peer;
	char in[64], out[64];
};

static void open_pair(struct pair *p)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	stream_init(&p->s, fds[0]);
	stream_lend(&p->s, p->in, sizeof(p->in), p->out, sizeof(p->out));
	p->peer = fds[1];
}

static void close_pair(struct pair *p)
{
	fd_close(p->s.fd);
	fd_close(p->peer);
}

static void peer_says(const struct pair *p, const char *text)
{
	assert_int_equal(write(p->peer, text, strlen(text)), (ssize_t)strlen(text));
}

static void expect_line(struct pair *p, const char *want)
{
	struct why why;
	str line;

	assert_int_equal(stream_read_line(&p->s, 64, deadline_in(2000), &line, &why), STREAM_OK);
	assert_true(str_eq(line, str_c(want)));
}

static void lines_come_one_by_one_with_their_ends(void **state)
{
	struct pair p;

	(void)state;
	open_pair(&p);
	peer_says(&p, "one\r\ntwo\n\nth");
	expect_line(&p, "one\r\n");
	assert_true(stream_has_input(&p.s));
	expect_line(&p, "two\n");
	expect_line(&p, "\n");
	peer_says(&p, "ree\r\n");
	expect_line(&p, "three\r\n");
	assert_true(stream_is_drained(&p.s));
	close_pair(&p);
}

static void a_line_without_an_end_stays_until_it_comes(void **state)
{
	struct pair p;
	str line = STR("untouched");

	(void)state;
	open_pair(&p);
	peer_says(&p, "half");
	assert_int_equal(stream_read_line(&p.s, 64, 0, &line, NULL), STREAM_E_TIMEOUT);
	assert_int_equal(stream_read_line(&p.s, 64, deadline_in(20), &line, NULL),
			 STREAM_E_TIMEOUT);
	assert_true(str_eq(line, STR("untouched")));
	assert_false(stream_is_drained(&p.s));
	peer_says(&p, " and half\n");
	expect_line(&p, "half and half\n");
	close_pair(&p);
}

static void a_line_is_at_most_as_long_as_asked(void **state)
{
	struct pair p;
	str line;

	(void)state;
	open_pair(&p);
	peer_says(&p, "1234567\n12345678\n");
	assert_int_equal(stream_read_line(&p.s, 8, deadline_in(2000), &line, NULL), STREAM_OK);
	assert_int_equal(stream_read_line(&p.s, 8, deadline_in(2000), &line, NULL), STREAM_E_LONG);
	assert_int_equal(stream_discard_input(&p.s), 9);
	assert_true(stream_is_drained(&p.s));
	close_pair(&p);
}

static void the_buffer_is_used_again_and_again(void **state)
{
	struct pair p;

	(void)state;
	open_pair(&p);
	for (int i = 0; i < 20; i++) {
		peer_says(&p, "123456789 123456789 123456789 123456789 123456789\nrest ");
		expect_line(&p, i ? "rest 123456789 123456789 123456789 123456789 123456789\n"
				  : "123456789 123456789 123456789 123456789 123456789\n");
	}
	close_pair(&p);
}

static void peek_and_consume_see_the_same_bytes(void **state)
{
	struct pair p;
	struct why why;
	str got;

	(void)state;
	open_pair(&p);
	peer_says(&p, "abcdef");
	assert_int_equal(stream_peek(&p.s, deadline_in(2000), &got, &why), STREAM_OK);
	assert_true(str_eq(got, STR("abcdef")));
	stream_consume(&p.s, 4);
	assert_int_equal(stream_peek(&p.s, 0, &got, &why), STREAM_OK);
	assert_true(str_eq(got, STR("ef")));
	stream_consume(&p.s, 2);
	p.peer = fd_close(p.peer);
	assert_int_equal(stream_peek(&p.s, deadline_in(2000), &got, &why), STREAM_E_EOF);
	close_pair(&p);
}

static void replies_leave_in_one_write(void **state)
{
	struct pair p;
	struct why why;
	char got[256];

	(void)state;
	open_pair(&p);
	assert_int_equal(stream_write(&p.s, STR("one\r\n"), deadline_in(2000), &why), STREAM_OK);
	assert_int_equal(stream_write(&p.s, STR_NULL, deadline_in(2000), &why), STREAM_OK);
	assert_int_equal(stream_write(&p.s, STR("two\r\n"), deadline_in(2000), &why), STREAM_OK);
	assert_int_equal(recv(p.peer, got, sizeof(got), MSG_DONTWAIT), -1);
	assert_int_equal(stream_flush(&p.s, deadline_in(2000), &why), STREAM_OK);
	assert_int_equal(recv(p.peer, got, sizeof(got), MSG_DONTWAIT), 10);
	/* Longer than the buffer: passed through. */
	memset(got, 'x', sizeof(got));
	assert_int_equal(stream_write(&p.s, str_of(got, sizeof(got)), deadline_in(2000), &why),
			 STREAM_OK);
	assert_int_equal(recv(p.peer, got, sizeof(got), MSG_DONTWAIT), sizeof(got));
	close_pair(&p);
}

static void a_peer_that_does_not_read_ends_at_the_deadline(void **state)
{
	struct pair p;
	struct why why;
	char much[4096] = { 0 };
	int r = STREAM_OK;

	(void)state;
	open_pair(&p);
	for (int i = 0; i < 10000 && r == STREAM_OK; i++)
		r = stream_write(&p.s, str_of(much, sizeof(much)), deadline_in(30), &why);
	assert_int_equal(r, STREAM_E_TIMEOUT);
	p.peer = fd_close(p.peer);
	assert_int_equal(stream_write(&p.s, str_of(much, sizeof(much)), deadline_in(30), &why),
			 STREAM_E_EOF);
	close_pair(&p);
}

static void waiting_ends_at_the_deadline(void **state)
{
	struct pair p;
	struct why why;
	int64_t began = clock_now_ms();

	(void)state;
	open_pair(&p);
	assert_int_equal(stream_wait(p.s.fd, POLLIN, deadline_in(50), &why), STREAM_E_TIMEOUT);
	assert_true(clock_now_ms() - began >= 50);
	peer_says(&p, "x");
	assert_int_equal(stream_wait(p.s.fd, POLLIN, 0, &why), STREAM_OK);
	close_pair(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_come_one_by_one_with_their_ends),
		cmocka_unit_test(a_line_without_an_end_stays_until_it_comes),
		cmocka_unit_test(a_line_is_at_most_as_long_as_asked),
		cmocka_unit_test(the_buffer_is_used_again_and_again),
		cmocka_unit_test(peek_and_consume_see_the_same_bytes),
		cmocka_unit_test(replies_leave_in_one_write),
		cmocka_unit_test(a_peer_that_does_not_read_ends_at_the_deadline),
		cmocka_unit_test(waiting_ends_at_the_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

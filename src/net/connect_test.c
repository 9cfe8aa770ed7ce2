#include "net/connect.h"

#include "base/fd.h"
#include "sys/listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static struct ip ip(const char *text)
{
	struct ip got;

	assert_true(ip_parse(str_c(text), &got));
	return got;
}

static uint16_t port_of(int fd)
{
	struct sockaddr_in6 at; /* the port stands at the same place for both families */
	socklen_t n = sizeof(at);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	return ntohs(at.sin6_port);
}

static void a_listener_is_reached_by_address(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "::1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		struct why why = { 0 };
		cleanup(fd_closep) int l = listen_tcp(str_c(hosts[i]), 0, &why);
		cleanup(fd_closep) int c = -1;
		cleanup(fd_closep) int s = -1;

		if (i == 1 && l < 0)
			continue; /* a machine without IPv6 */
		assert_true(l >= 0);
		c = connect_tcp(ip(hosts[i]), port_of(l), (struct ip){ 0 }, deadline_in(2000),
				&why);
		assert_true(c >= 0);
		s = accept(l, NULL, NULL);
		assert_true(s >= 0);
		assert_int_equal(write(c, "x", 1), 1);
	}
}

static void a_closed_port_says_where_and_why(void **state)
{
	struct why why = { 0 };
	cleanup(fd_closep) int l = listen_tcp(STR("127.0.0.1"), 0, &why);
	uint16_t port = port_of(l);

	(void)state;
	l = fd_close(l);
	assert_int_equal(
		connect_tcp(ip("127.0.0.1"), port, (struct ip){ 0 }, deadline_in(2000), &why),
		-ECONNREFUSED);
	assert_true(str_starts(str_c(why.text), STR("connect to 127.0.0.1 port ")));
}

static void the_local_address_can_be_chosen(void **state)
{
	struct why why = { 0 };
	cleanup(fd_closep) int l = listen_tcp(STR("127.0.0.1"), 0, &why);
	cleanup(fd_closep) int c = -1;
	cleanup(fd_closep) int s = -1;
	struct sockaddr_in peer;
	socklen_t n = sizeof(peer);

	(void)state;
	c = connect_tcp(ip("127.0.0.1"), port_of(l), ip("127.0.0.9"), deadline_in(2000), &why);
	assert_true(c >= 0);
	s = accept(l, (struct sockaddr *)&peer, &n);
	assert_true(s >= 0);
	assert_int_equal(ntohl(peer.sin_addr.s_addr), 0x7f000009);
}

static void a_unix_listener_replaces_a_stale_socket_only(void **state)
{
	char dir[] = "/tmp/poterne-connect-XXXXXX", path[64];
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct why why = { 0 };
	cleanup(fd_closep) int l = -1;
	cleanup(fd_closep) int c = -1;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/s", dir);
	for (int i = 0; i < 2; i++) { /* the second time over the first one's socket */
		l = fd_close(l);
		l = listen_unix(path, 0600, &why);
		assert_true(l >= 0);
	}
	c = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	memcpy(at.sun_path, path, strlen(path));
	assert_int_equal(connect(c, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(unlink(path), 0);
	fclose(fopen(path, "w"));
	assert_int_equal(listen_unix(path, 0600, &why), -EADDRINUSE);
	assert_int_equal(connect_unix(str_c(path), deadline_in(100), &why), -ECONNREFUSED);
	unlink(path);
	rmdir(dir);
}

static void a_full_backlog_ends_at_the_deadline(void **state)
{
	struct why why = { 0 };
	cleanup(fd_closep) int l = listen_tcp(STR("127.0.0.1"), 0, &why);
	int fds[8], r = 0;

	(void)state;
	assert_int_equal(listen(l, 1), 0);
	for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
		fds[i] = connect_tcp(ip("127.0.0.1"), port_of(l), (struct ip){ 0 },
				     deadline_in(100), &why);
		if (fds[i] < 0)
			r = fds[i];
	}
	assert_int_equal(r, -ETIMEDOUT);
	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		fd_close(fds[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_listener_is_reached_by_address),
		cmocka_unit_test(a_closed_port_says_where_and_why),
		cmocka_unit_test(the_local_address_can_be_chosen),
		cmocka_unit_test(a_unix_listener_replaces_a_stale_socket_only),
		cmocka_unit_test(a_full_backlog_ends_at_the_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

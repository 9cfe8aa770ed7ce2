#include "relay/nexthop.h"

#include "base/fd.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* A small SMTP server on the loopback; answers 250 to everything. */
struct server {
	int listener;
	uint16_t port;
	int connections;   /* so far */
	int messages_each; /* then it closes without a word; 0: never */
	const char *hello; /* what it answers to EHLO */
	pthread_t thread;
};

static bool read_line(FILE *f, char *line, size_t n)
{
	return fgets(line, (int)n, f) != NULL;
}

static void serve_one(struct server *s, int fd)
{
	FILE *f = fdopen(dup(fd), "w"), *in = fdopen(fd, "r");
	char line[2048];
	int messages = 0;

	fprintf(f, "220 hi\r\n");
	while (fflush(f) == 0 && read_line(in, line, sizeof(line))) {
		if (strncmp(line, "EHLO", 4) == 0) {
			fprintf(f, "%s", s->hello);
		} else if (strncmp(line, "DATA", 4) == 0) {
			fprintf(f, "354 go\r\n");
			fflush(f);
			while (read_line(in, line, sizeof(line)) && strcmp(line, ".\r\n") != 0)
				;
			fprintf(f, "250 taken\r\n");
			if (++messages == s->messages_each) {
				fflush(f);
				break;
			}
		} else {
			fprintf(f, "250 ok\r\n");
		}
	}
	fclose(f);
	fclose(in);
}

static void *serve(void *arg)
{
	struct server *s = arg;
	int fd;

	while ((fd = accept(s->listener, NULL, NULL)) >= 0) {
		s->connections++;
		serve_one(s, fd);
	}
	return NULL;
}

static void start(struct server *s)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);

	s->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&at, n), 0);
	assert_int_equal(listen(s->listener, 5), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&at, &n), 0);
	s->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void stop(struct server *s)
{
	shutdown(s->listener, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->listener);
}

static struct nexthop_settings settings_for(const struct server *s)
{
	return (struct nexthop_settings){
		.peer = { CONF_PEER_SMTP, { STR("127.0.0.1"), s->port }, STR("") },
		.hostname = STR("mx.example"),
		.timeout_ms = 3000,
		.tls = CONF_CLIENT_TLS_NONE,
		.text = STR("smtp:test")
	};
}

static uint64_t deliver(struct nexthop *n, const struct nexthop_settings *s,
			struct smtpreply *reply)
{
	static const str to = { "a@x.example", 11 };
	const struct smtpclient_job job = { .reverse_path = STR("s@y.example"),
					    .recipients = &to,
					    .n_recipients = 1,
					    .body = STR("A: b\r\n\r\nc\r\n") };
	uint64_t outcome = 99;

	nexthop_deliver(n, s, &job, deadline_in(60000), &outcome, reply);
	return outcome;
}

static void a_connection_serves_many_messages(void **state)
{
	struct server server = { .hello = "250 hello\r\n" };
	struct smtpreply reply;
	struct nexthop n;

	(void)state;
	start(&server);
	const struct nexthop_settings s = settings_for(&server);

	nexthop_init(&n);
	for (int i = 0; i < NEXTHOP_MESSAGES + 5; i++)
		assert_int_equal(deliver(&n, &s, &reply), SMTPCLIENT_DELIVERED);
	assert_int_equal(nexthop_reap_due(&n, clock_now_ms() + NEXTHOP_IDLE_MS + 1), INT64_MAX);
	assert_true(list_empty(&n.idle));
	stop(&server);
	assert_int_equal(server.connections, 2);
}

static void a_connection_that_ended_in_the_meantime_is_replaced(void **state)
{
	struct server server = { .hello = "250-hello\r\n250 PIPELINING\r\n", .messages_each = 1 };
	struct smtpreply reply;
	struct nexthop n;

	(void)state;
	start(&server);
	const struct nexthop_settings s = settings_for(&server);

	nexthop_init(&n);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(deliver(&n, &s, &reply), SMTPCLIENT_DELIVERED);
		usleep(20000); /* so that the end of the connection is there before the next use */
	}
	(void)nexthop_reap_due(&n, INT64_MAX / 2);
	stop(&server);
	assert_int_equal(server.connections, 3);
}

static void idle_connections_end_when_their_time_has_come(void **state)
{
	struct server server = { .hello = "250 hello\r\n" };
	struct smtpreply reply;
	struct nexthop n;

	(void)state;
	start(&server);
	const struct nexthop_settings s = settings_for(&server);

	nexthop_init(&n);
	assert_int_equal(deliver(&n, &s, &reply), SMTPCLIENT_DELIVERED);
	assert_true(nexthop_reap_due(&n, clock_now_ms()) < INT64_MAX);
	assert_false(list_empty(&n.idle));
	(void)nexthop_reap_due(&n, INT64_MAX / 2);
	assert_true(list_empty(&n.idle));
	stop(&server);
}

static void tls_that_is_asked_for_and_not_offered_is_a_reason_to_wait(void **state)
{
	struct server server = { .hello = "250 hello\r\n" };
	struct smtpreply reply;
	struct nexthop n;

	(void)state;
	start(&server);
	struct nexthop_settings s = settings_for(&server);

	s.tls = CONF_CLIENT_TLS_ENCRYPT;
	nexthop_init(&n);
	assert_int_equal(deliver(&n, &s, &reply), SMTPCLIENT_LATER);
	assert_true(list_empty(&n.idle));
	stop(&server);
}

static void nobody_there_means_later(void **state)
{
	struct server server = { .hello = "" };
	struct smtpreply reply;
	struct nexthop n;

	(void)state;
	start(&server);
	struct nexthop_settings s = settings_for(&server);

	stop(&server);
	nexthop_init(&n);
	assert_int_equal(deliver(&n, &s, &reply), SMTPCLIENT_LATER);
	assert_non_null(strstr(reply.text, "connect"));
	s.peer.at.host = STR("no-resolver.example");
	assert_int_equal(deliver(&n, &s, &reply), SMTPCLIENT_LATER);
	s.peer =
		(struct conf_peer){ CONF_PEER_LMTP_UNIX, { STR(""), 0 }, STR("/nonexistent/lmtp") };
	assert_int_equal(deliver(&n, &s, &reply), SMTPCLIENT_LATER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_serves_many_messages),
		cmocka_unit_test(a_connection_that_ended_in_the_meantime_is_replaced),
		cmocka_unit_test(idle_connections_end_when_their_time_has_come),
		cmocka_unit_test(tls_that_is_asked_for_and_not_offered_is_a_reason_to_wait),
		cmocka_unit_test(nobody_there_means_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

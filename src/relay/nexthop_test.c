#include "relay/nexthop.h"

#include "base/fd.h"
#include "tls/tlsctx.h"

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
	const char *greeting;
	int messages; /* so far */
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
	int here = 0;

	fprintf(f, "%s", s->greeting ? s->greeting : "220 hi\r\n");
	while (fflush(f) == 0 && read_line(in, line, sizeof(line))) {
		if (strncmp(line, "EHLO", 4) == 0) {
			fprintf(f, "%s", s->hello);
		} else if (strncmp(line, "DATA", 4) == 0) {
			fprintf(f, "354 go\r\n");
			fflush(f);
			while (read_line(in, line, sizeof(line)) && strcmp(line, ".\r\n") != 0)
				;
			fprintf(f, "250 taken\r\n");
			s->messages++;
			if (++here == s->messages_each) {
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

static void listen_at(struct server *s)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);

	s->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&at, n), 0);
	assert_int_equal(listen(s->listener, 5), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&at, &n), 0);
	s->port = ntohs(at.sin_port);
}

static void start(struct server *s)
{
	listen_at(s);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void stop(struct server *s)
{
	shutdown(s->listener, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->listener);
}

static const struct nexthop_settings settings = { .hostname = STR("mx.example"),
						  .timeout_ms = 3000 };

static struct route route_to(const struct server *s)
{
	return (struct route){ .to = { CONF_PEER_SMTP, { STR("127.0.0.1"), s->port }, STR("") },
			       .tls = CONF_CLIENT_TLS_NONE,
			       .connections = 3 };
}

static struct nexthop_result result;

static uint64_t deliver_to(struct nexthop *n, const struct route *route, size_t recipients)
{
	static const str to[] = { { "a@x.example", 11 },
				  { "b@x.example", 11 },
				  { "c@x.example", 11 },
				  { "d@x.example", 11 },
				  { "e@x.example", 11 } };
	const struct smtpclient_job job = { .reverse_path = STR("s@y.example"),
					    .recipients = to,
					    .n_recipients = recipients,
					    .body = STR("A: b\r\n\r\nc\r\n") };
	const struct nexthop_target target = { .route = route, .destination = STR("smtp:test") };
	static uint64_t outcome[5];

	result.outcome = outcome;
	nexthop_deliver(n, &settings, &target, &job, deadline_in(60000), &result);
	for (size_t i = 1; i < recipients; i++)
		assert_int_equal(outcome[i], outcome[0]);
	return outcome[0];
}

static uint64_t deliver(struct nexthop *n, const struct route *route)
{
	return deliver_to(n, route, 1);
}

static void a_connection_serves_many_messages(void **state)
{
	struct server server = { .hello = "250 hello\r\n" };
	struct nexthop n;

	(void)state;
	start(&server);
	const struct route s = route_to(&server);

	nexthop_init(&n);
	for (int i = 0; i < POOL_MESSAGES + 5; i++)
		assert_int_equal(deliver(&n, &s), SMTPCLIENT_DELIVERED);
	assert_int_equal(pool_reap_due(&n.pool, clock_now_ms() + POOL_IDLE_MS + 1), INT64_MAX);
	assert_true(list_empty(&n.pool.idle));
	stop(&server);
	assert_int_equal(server.connections, 2);
}

static void a_connection_that_ended_in_the_meantime_is_replaced(void **state)
{
	struct server server = { .hello = "250-hello\r\n250 PIPELINING\r\n", .messages_each = 1 };
	struct nexthop n;

	(void)state;
	start(&server);
	const struct route s = route_to(&server);

	nexthop_init(&n);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(deliver(&n, &s), SMTPCLIENT_DELIVERED);
		usleep(20000); /* so that the end of the connection is there before the next use */
	}
	(void)pool_reap_due(&n.pool, INT64_MAX / 2);
	stop(&server);
	assert_int_equal(server.connections, 3);
}

static void idle_connections_end_when_their_time_has_come(void **state)
{
	struct server server = { .hello = "250 hello\r\n" };
	struct nexthop n;

	(void)state;
	start(&server);
	const struct route s = route_to(&server);

	nexthop_init(&n);
	assert_int_equal(deliver(&n, &s), SMTPCLIENT_DELIVERED);
	assert_true(pool_reap_due(&n.pool, clock_now_ms()) < INT64_MAX);
	assert_false(list_empty(&n.pool.idle));
	(void)pool_reap_due(&n.pool, INT64_MAX / 2);
	assert_true(list_empty(&n.pool.idle));
	stop(&server);
}

static void tls_that_is_asked_for_and_not_offered_is_a_reason_to_wait(void **state)
{
	struct server server = { .hello = "250 hello\r\n" };
	struct nexthop n;

	(void)state;
	start(&server);
	struct route s = route_to(&server);

	s.tls = CONF_CLIENT_TLS_ENCRYPT;
	nexthop_init(&n);
	assert_int_equal(deliver(&n, &s), SMTPCLIENT_LATER);
	assert_true(result.unreachable);
	assert_non_null(strstr(result.reply.text, "451 4.7.4"));
	assert_true(list_empty(&n.pool.idle));
	stop(&server);
}

static void limits_of_the_server_are_kept(void **state)
{
	struct server server = { .hello = "250-hello\r\n250 LIMITS RCPTMAX=2 MAILMAX=2\r\n" };
	struct nexthop n;

	(void)state;
	start(&server);
	const struct route s = route_to(&server);

	nexthop_init(&n);
	assert_int_equal(deliver_to(&n, &s, 5), SMTPCLIENT_DELIVERED);
	(void)pool_reap_due(&n.pool, INT64_MAX / 2);
	stop(&server);
	assert_int_equal(server.messages, 3);
	assert_int_equal(server.connections, 2);
}

static void a_server_with_our_name_is_ourselves(void **state)
{
	struct server server = { .hello = "250 hello\r\n", .greeting = "220 MX.example hi\r\n" };
	struct nexthop n;

	(void)state;
	start(&server);
	const struct route s = route_to(&server);

	nexthop_init(&n);
	assert_int_equal(deliver(&n, &s), SMTPCLIENT_LATER);
	assert_non_null(strstr(result.reply.text, "4.4.6"));
	stop(&server);
}

static void dsn_is_told_where_the_server_offers_it(void **state)
{
	struct server server = { .hello = "250-hello\r\n250 DSN\r\n" };
	struct nexthop n;

	(void)state;
	start(&server);
	const struct route s = route_to(&server);

	nexthop_init(&n);
	assert_int_equal(deliver(&n, &s), SMTPCLIENT_DELIVERED);
	assert_true(result.dsn);
	assert_string_equal(result.tls, "");
	assert_non_null(strstr(result.next_hop, "smtp:127.0.0.1:"));
	(void)pool_reap_due(&n.pool, INT64_MAX / 2);
	stop(&server);
}

/* A server that speaks a byte at a time, so that something always comes soon. */
struct dripper {
	int listener;
	bool in_tls; /* only from its TLS handshake on */
	pthread_t thread;
};

enum { DRIP_US = 20000, DRIPS = 300, DRIP_TIMEOUT_MS = 400 };

static void *drip(void *arg)
{
	static const char record[] = "\x16\x03\x03\x40"; /* of 16 KiB */
	const struct dripper *d = arg;
	int fd = accept(d->listener, NULL, NULL);
	char line[256];

	if (d->in_tls) {
		assert_int_equal(write(fd, "220 hi\r\n", 8), 8);
		assert_true(read(fd, line, sizeof(line)) > 0);
		assert_int_equal(write(fd, "250-hi\r\n250 STARTTLS\r\n", 22), 22);
		assert_true(read(fd, line, sizeof(line)) > 0);
		assert_int_equal(write(fd, "220 go\r\n", 8), 8);
		assert_true(read(fd, line, sizeof(line)) > 0);
		assert_int_equal(write(fd, record, 5), 5);
	}
	for (int i = 0; i < DRIPS && send(fd, "2", 1, MSG_NOSIGNAL) == 1; i++)
		usleep(DRIP_US);
	close(fd);
	return NULL;
}

static void who_speaks_a_byte_at_a_time_is_late_all_the_same(void **state)
{
	struct why why;
	struct nexthop_settings impatient = { .hostname = STR("mx.example"),
					      .timeout_ms = DRIP_TIMEOUT_MS };
	static const str to[] = { { "a@x.example", 11 } };
	const struct smtpclient_job job = { .recipients = to,
					    .n_recipients = 1,
					    .body = STR("A: b\r\n\r\nc\r\n") };
	uint64_t outcome;

	(void)state;
	assert_int_equal(tlsclient_new(STR(""), TLSCTX_1_2, &impatient.tls_ctx, &why), 0);
	for (int in_tls = 0; in_tls < 2; in_tls++) {
		struct dripper d = { .in_tls = in_tls };
		struct server at = { 0 };
		struct nexthop n;
		int64_t began = clock_now_ms();

		listen_at(&at);
		d.listener = at.listener;
		assert_int_equal(pthread_create(&d.thread, NULL, drip, &d), 0);
		struct route route = route_to(&at);
		const struct nexthop_target target = { .route = &route,
						       .destination = STR("smtp:test") };

		route.tls = in_tls ? CONF_CLIENT_TLS_ENCRYPT : CONF_CLIENT_TLS_NONE;
		nexthop_init(&n);
		result.outcome = &outcome;
		nexthop_deliver(&n, &impatient, &target, &job, deadline_in(60000), &result);
		assert_int_equal(outcome, SMTPCLIENT_LATER);
		assert_true(clock_now_ms() - began < DRIPS * DRIP_US / 1000 / 2);
		pthread_join(d.thread, NULL);
		close(at.listener);
	}
	tlsctx_free(impatient.tls_ctx);
}

static void only_so_many_deliver_to_one_destination(void **state)
{
	struct pool p;
	struct pool_place one, two, other;

	(void)state;
	pool_init(&p);
	assert_true(pool_enter(&p, &one, STR("a"), 1, deadline_in(0)));
	assert_false(pool_enter(&p, &two, STR("a"), 1, deadline_in(20)));
	assert_true(pool_enter(&p, &other, STR("b"), 1, deadline_in(0)));
	pool_leave(&p, &one);
	assert_true(pool_enter(&p, &two, STR("a"), 1, deadline_in(0)));
}

static void nobody_there_means_later(void **state)
{
	struct server server = { .hello = "" };
	struct nexthop n;

	(void)state;
	start(&server);
	struct route s = route_to(&server);

	stop(&server);
	nexthop_init(&n);
	assert_int_equal(deliver(&n, &s), SMTPCLIENT_LATER);
	assert_non_null(strstr(result.reply.text, "451 4.4.1 no connection: connect"));
	s.to.at.host = STR("no-resolver.example");
	assert_int_equal(deliver(&n, &s), SMTPCLIENT_LATER);
	s.to = (struct conf_peer){ CONF_PEER_LMTP_UNIX, { STR(""), 0 }, STR("/nonexistent/lmtp") };
	assert_int_equal(deliver(&n, &s), SMTPCLIENT_LATER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_serves_many_messages),
		cmocka_unit_test(a_connection_that_ended_in_the_meantime_is_replaced),
		cmocka_unit_test(idle_connections_end_when_their_time_has_come),
		cmocka_unit_test(tls_that_is_asked_for_and_not_offered_is_a_reason_to_wait),
		cmocka_unit_test(nobody_there_means_later),
		cmocka_unit_test(limits_of_the_server_are_kept),
		cmocka_unit_test(a_server_with_our_name_is_ourselves),
		cmocka_unit_test(dsn_is_told_where_the_server_offers_it),
		cmocka_unit_test(who_speaks_a_byte_at_a_time_is_late_all_the_same),
		cmocka_unit_test(only_so_many_deliver_to_one_destination),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

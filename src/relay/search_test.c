#include "relay/search.h"

#include "dns/zonefile.h"
#include "tls/tlscert.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* An SMTP server on the loopback that offers STARTTLS with a certificate for mx1.test. */
static struct server {
	struct ssl_ctx_st *tls;
	const char *extensions, *greeting;
	int listener;
	uint16_t port;
	int connections, handshakes;
	char mail[200]; /* the last MAIL command */
	pthread_t thread;
} server;

static void say(struct stream *s, const char *text)
{
	(void)!stream_write(s, str_c(text), deadline_in(5000), NULL);
}

static void serve_one(int fd)
{
	static char in[8192], out[4096];
	struct stream s;
	struct why why;
	bool data = false;
	str line;

	stream_init(&s, fd);
	stream_lend(&s, in, sizeof(in), out, sizeof(out));
	say(&s, server.greeting);
	while (stream_flush(&s, deadline_in(5000), &why) == STREAM_OK &&
	       stream_read_line(&s, 1000, deadline_in(5000), &line, &why) == STREAM_OK) {
		bool begin = str_starts(line, STR("STARTTLS"));

		if (data) {
			data = !str_eq(line, STR(".\r\n"));
			say(&s, data ? "" : "250 taken\r\n");
		} else if (str_starts(line, STR("EHLO"))) {
			say(&s, server.extensions);
			say(&s, tlsstream_active(&s) ? "250 HELP\r\n" : "250 STARTTLS\r\n");
		} else if (str_starts(line, STR("DATA"))) {
			data = true;
			say(&s, "354 go\r\n");
		} else {
			if (str_starts(line, STR("MAIL")))
				snprintf(server.mail, sizeof(server.mail), "%.*s", STR_ARG(line));
			say(&s, begin ? "" : "250 ok\r\n");
		}
		if (!begin)
			continue;
		say(&s, "220 go\r\n");
		if (stream_flush(&s, deadline_in(5000), &why) != STREAM_OK ||
		    tlsstream_accept(&s, server.tls, &why) < 0)
			break;
		server.handshakes++;
	}
	tlsstream_close(&s);
	close(fd);
}

static void *serve(void *arg)
{
	int fd;

	(void)arg;
	while ((fd = accept(server.listener, NULL, NULL)) >= 0) {
		server.connections++;
		serve_one(fd);
	}
	return NULL;
}

static void start(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);

	server.listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(server.listener, (struct sockaddr *)&at, n), 0);
	assert_int_equal(listen(server.listener, 5), 0);
	assert_int_equal(getsockname(server.listener, (struct sockaddr *)&at, &n), 0);
	server.port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&server.thread, NULL, serve, NULL), 0);
}

/* What the domains of the test publish. */
static str zone(struct arena *a)
{
	return arena_fmt(
		a,
		"{\"secure.test\": {\"MX\": [[1, \"mx1.test\"]], \"secure\": true},"
		" \"two.test\": {\"MX\": [[1, \"mx1.test\"], [2, \"mx4.test\"]], \"secure\": true},"
		" \"mx4.test\": {\"A\": [\"127.0.0.2\"], \"secure\": true},"
		" \"plain.test\": {\"MX\": [[1, \"mx1.test\"]]},"
		" \"named.test\": {\"MX\": [[1, \"mx2.test\"]], \"secure\": true},"
		" \"wrong.test\": {\"MX\": [[1, \"mx3.test\"]], \"secure\": true},"
		" \"empty.test\": {\"MX\": [[1, \"none.test\"], [2, \"nxdomain.test\"]]},"
		" \"half.test\": {\"MX\": [[1, \"none.test\"], [2, \"sick.test\"]]},"
		" \"mx1.test\": {\"A\": [\"127.0.0.1\"], \"secure\": true},"
		" \"mx2.test\": {\"A\": [\"127.0.0.1\"], \"secure\": true},"
		" \"mx3.test\": {\"A\": [\"127.0.0.1\"], \"secure\": true},"
		" \"_%u._tcp.mx3.test\": {\"TLSA\": [\"3 1 1 "
		"0000000000000000000000000000000000000000000000000000000000000000\"], \"secure\": "
		"true},"
		" \"none.test\": {\"TXT\": [\"x\"]}, \"sick.test\": {\"*\": \"servfail\"}}",
		server.port);
}

struct world {
	struct arena *a;
	struct nexthop n;
	struct nexthop_settings settings;
	struct route route;
	struct nexthop_result result;
};

/* The server speaks with one at a time. */
static void hang_up(struct world *w)
{
	(void)pool_reap_due(&w->n.pool, INT64_MAX / 2);
}

static int setup(void **state)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct world *w = arena_make(a, struct world);
	struct zonefile *z;
	struct why why = { "" };
	str chain, key;

	assert_int_equal(tlscert_make(a, STR("mx1.test"), clock_wall(), &chain, &key, &why), 0);
	assert_int_equal(tlsctx_new_server(chain, key, TLSCTX_1_2, &server.tls, &why), 0);
	server.connections = server.handshakes = 0;
	server.mail[0] = 0;
	server.greeting = "220 server\r\n";
	server.extensions = "250-hello\r\n250-REQUIRETLS\r\n";
	start();
	w->a = a;
	if (zonefile_parse(a, zone(a), &z, &why) < 0)
		fail_msg("%s", why.text);
	nexthop_init(&w->n);
	w->settings = (struct nexthop_settings){ .hostname = STR("us.test"),
						 .timeout_ms = 3000,
						 .dns = zonefile_resolver(z),
						 .mx_port = server.port,
						 .allow_private = true };
	assert_int_equal(tlsclient_new(chain, TLSCTX_1_2, &w->settings.tls_ctx, &why), 0);
	w->route = (struct route){ .to = { .kind = CONF_PEER_MX },
				   .tls = CONF_CLIENT_TLS_MAY,
				   .connections = 3 };
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	hang_up(w);
	shutdown(server.listener, SHUT_RDWR);
	pthread_join(server.thread, NULL);
	close(server.listener);
	tlsctx_free(server.tls);
	tlsctx_free(w->settings.tls_ctx);
	arena_free(w->a);
	return 0;
}

static uint64_t deliver(struct world *w, const char *domain, enum tls_wish wish)
{
	static const str to = { "a@x.example", 11 };
	const struct smtpclient_job job = { .reverse_path = STR("s@y.example"),
					    .recipients = &to,
					    .n_recipients = 1,
					    .body = STR("A: b\r\n\r\nc\r\n") };
	const struct nexthop_target target = { .route = &w->route,
					       .domain = str_c(domain),
					       .destination = str_c(domain),
					       .wish = wish };
	static uint64_t outcome;

	w->result.outcome = &outcome;
	nexthop_deliver(&w->n, &w->settings, &target, &job, deadline_in(20000), &w->result);
	return outcome;
}

static void assert_reply(const struct world *w, const char *begins)
{
	if (!str_starts(smtpreply_text(&w->result.reply), str_c(begins)))
		fail_msg("%.*s", STR_ARG(smtpreply_text(&w->result.reply)));
}

static void requiretls_goes_to_a_proven_server_that_passes_it_on(void **state)
{
	struct world *w = *state;

	assert_int_equal(deliver(w, "secure.test", TLS_WISH_REQUIRED), SMTPCLIENT_DELIVERED);
	assert_non_null(strstr(server.mail, " REQUIRETLS"));
	assert_non_null(strstr(w->result.tls, " verified"));
	hang_up(w);
	assert_int_equal(deliver(w, "secure.test", TLS_WISH_NONE), SMTPCLIENT_DELIVERED);
	assert_null(strstr(server.mail, " REQUIRETLS"));
	assert_non_null(strstr(w->result.tls, " unverified"));
	assert_int_equal(server.connections, 2);
}

static void requiretls_that_cannot_be_met_is_never(void **state)
{
	struct world *w = *state;

	assert_int_equal(deliver(w, "plain.test", TLS_WISH_REQUIRED), SMTPCLIENT_NEVER);
	assert_reply(w, "550 5.7.30");
	assert_int_equal(server.connections, 0);
	assert_int_equal(deliver(w, "named.test", TLS_WISH_REQUIRED), SMTPCLIENT_NEVER);
	assert_reply(w, "550 5.7.30");
	assert_int_equal(deliver(w, "wrong.test", TLS_WISH_REQUIRED), SMTPCLIENT_NEVER);
	assert_reply(w, "550 5.7.30");
	server.extensions = "250-hello\r\n";
	assert_int_equal(deliver(w, "secure.test", TLS_WISH_REQUIRED), SMTPCLIENT_NEVER);
	assert_reply(w, "550 5.7.30");
	assert_false(w->result.unreachable);
	assert_string_equal(server.mail, "");
}

static void requiretls_waits_for_a_server_that_is_down(void **state)
{
	struct world *w = *state;

	server.extensions = "250-hello\r\n";
	assert_int_equal(deliver(w, "two.test", TLS_WISH_REQUIRED), SMTPCLIENT_LATER);
	w->settings.mx_port = 1;
	assert_int_equal(deliver(w, "secure.test", TLS_WISH_REQUIRED), SMTPCLIENT_LATER);
	assert_true(w->result.unreachable);
}

static void tls_required_no_passes_over_what_the_domain_publishes(void **state)
{
	struct world *w = *state;

	assert_int_equal(deliver(w, "wrong.test", TLS_WISH_NONE), SMTPCLIENT_LATER);
	assert_reply(w, "451 4.7.5");
	assert_true(w->result.unreachable);
	assert_int_equal(deliver(w, "wrong.test", TLS_WISH_OPTIONAL), SMTPCLIENT_DELIVERED);
	/* The connection that was good enough for that is not for the others. */
	assert_null(pool_take(&w->n.pool, &w->settings, STR("wrong.test"), TLS_WISH_NONE));
	hang_up(w);
	w->route.tls = CONF_CLIENT_TLS_VERIFY;
	assert_int_equal(deliver(w, "named.test", TLS_WISH_OPTIONAL), SMTPCLIENT_LATER);
}

static void dane_that_is_demanded_and_not_there_means_later(void **state)
{
	struct world *w = *state;

	w->route.tls = CONF_CLIENT_TLS_DANE;
	assert_int_equal(deliver(w, "secure.test", TLS_WISH_NONE), SMTPCLIENT_LATER);
	assert_int_equal(deliver(w, "plain.test", TLS_WISH_NONE), SMTPCLIENT_LATER);
	assert_reply(w, "451 4.7.5");
	assert_int_equal(server.connections, 0);
}

static void a_name_is_verified_where_the_route_says_so(void **state)
{
	struct world *w = *state;

	w->route.tls = CONF_CLIENT_TLS_VERIFY;
	assert_int_equal(deliver(w, "plain.test", TLS_WISH_NONE), SMTPCLIENT_DELIVERED);
	assert_non_null(strstr(w->result.tls, " verified"));
	hang_up(w);
	assert_int_equal(deliver(w, "named.test", TLS_WISH_NONE), SMTPCLIENT_LATER);
	assert_reply(w, "451 4.7.5 mx2.test: TLS certificate");
}

static void a_domain_without_any_address_is_never_and_one_that_may_have_is_later(void **state)
{
	struct world *w = *state;

	assert_int_equal(deliver(w, "empty.test", TLS_WISH_NONE), SMTPCLIENT_NEVER);
	assert_reply(w, "550 5.4.4");
	assert_int_equal(deliver(w, "half.test", TLS_WISH_NONE), SMTPCLIENT_LATER);
	assert_reply(w, "451 4.4.3");
	assert_true(w->result.unreachable);
	assert_int_equal(deliver(w, "nowhere.test", TLS_WISH_NONE), SMTPCLIENT_NEVER);
	assert_reply(w, "550 5.1.2");
	assert_false(w->result.unreachable);
}

static void mail_that_would_come_back_is_never(void **state)
{
	struct world *w = *state;

	server.greeting = "220 US.test ESMTP\r\n";
	assert_int_equal(deliver(w, "plain.test", TLS_WISH_NONE), SMTPCLIENT_NEVER);
	assert_reply(w, "554 5.4.6");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(requiretls_goes_to_a_proven_server_that_passes_it_on),
		TEST(requiretls_that_cannot_be_met_is_never),
		TEST(requiretls_waits_for_a_server_that_is_down),
		TEST(tls_required_no_passes_over_what_the_domain_publishes),
		TEST(dane_that_is_demanded_and_not_there_means_later),
		TEST(a_name_is_verified_where_the_route_says_so),
		TEST(a_domain_without_any_address_is_never_and_one_that_may_have_is_later),
		TEST(mail_that_would_come_back_is_never),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "smtp/smtpserver.h"

#include "base/fd.h"
#include "mail/tlswish.h"
#include "sys/listen.h"
#include "sys/sockaddr.h"
#include "sys/stream.h"
#include "tls/tlscert.h"
#include "tls/tlsctx.h"
#include "tls/tlsstream.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

#include <cmocka.h>

enum { LANES = 4 };

/* The whole of reception in one process, with a judge behind real lanes. */
struct gateway {
	struct arena *arena;
	struct ssl_ctx_st *tls;
	struct smtpserver *server;
	uint16_t port;
};

static struct lanes *scan; /* for all tests: lanes end with the process */
static atomic_size_t judged;
static atomic_bool judge_is_dead;
static char last_client[64]; /* of the last message */
static atomic_uint_fast64_t last_wish;

static int judge(void *ctx, struct chan *c, struct msg *m, struct arena *a)
{
	struct msg answer = { .type = MSG_submitted,
			      .submitted = { 250, STR("2.0.0"), STR("Judged"), STR("m1") } };

	(void)ctx;
	(void)a;
	assert_int_equal(m->type, MSG_submit);
	assert_int_equal(m->n_fds, 0);
	assert_int_equal(m->submit.bytes.n, m->submit.size);
	snprintf(last_client, sizeof(last_client), "%.*s", STR_ARG(m->submit.client_ip));
	last_wish = m->submit.tls_wish;
	judged++;
	return judge_is_dead ? -1 : chan_send(c, &answer, NULL);
}

static struct smtppolicy *policy(struct gateway *g, str settings)
{
	struct smtppolicy *p;
	struct why why;

	assert_int_equal(smtppolicy_new(settings, &p, &why), 0);
	smtppolicy_set_tls(p, g->tls);
	return p;
}

static void add_lanes(void)
{
	struct why why;

	for (int i = 0; i < LANES; i++) {
		int fds[2];

		assert_int_equal(chan_pair(fds, &why), 0);
		lanes_add(scan, fds[0], 0);
		assert_int_equal(lanes_serve(fds[1], PROCESS_SCAN, PROCESS_EDGE, judge, NULL, &why),
				 0);
	}
}

static void gateway_open(struct gateway *g, str settings)
{
	struct sockaddr_storage at;
	socklen_t n = sizeof(at);
	struct why why = { 0 };
	str chain, key;
	int fd = listen_tcp(STR("127.0.0.1"), 0, &why);

	assert_true(fd >= 0);
	g->arena = arena_new("test", 1 << 20);
	assert_int_equal(
		tlscert_make(g->arena, STR("mx.hopital.example"), clock_wall(), &chain, &key, &why),
		0);
	assert_int_equal(tlsctx_new_server(chain, key, TLSCTX_1_2, &g->tls, &why), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	(void)sockaddr_ip(&at, &g->port);
	judged = 0;
	judge_is_dead = false;
	add_lanes();
	g->server = smtpserver_new(policy(g, settings), scan);
	smtpserver_listen(g->server, fd, STR("127.0.0.1:2525"));
	assert_int_equal(smtpserver_start(g->server, &why), 0);
}

static void gateway_close(struct gateway *g)
{
	assert_true(smtpserver_stop(g->server, 1000));
	smtpserver_free(g->server);
	/* Its threads have left the server but may not be gone yet: what TLS keeps for each of
	 * them would look like a leak. */
	usleep(50000);
	tlsctx_free(g->tls);
	arena_free(g->arena);
}

struct client {
	struct stream s;
	char in[16 << 10], out[4096];
};

static void dial(struct client *c, const struct gateway *g)
{
	struct sockaddr_storage at;
	struct ip ip;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0 && ip_parse(STR("127.0.0.1"), &ip));
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sockaddr_fill(&at, ip, g->port)), 0);
	stream_init(&c->s, fd);
	stream_lend(&c->s, c->in, sizeof(c->in), c->out, sizeof(c->out));
}

static void hang_up(struct client *c)
{
	tlsstream_close(&c->s);
	fd_close(c->s.fd);
}

static bool says(struct client *c, const char *text)
{
	struct why why;

	return stream_write(&c->s, str_c(text), deadline_in(5000), &why) == STREAM_OK &&
	       stream_flush(&c->s, deadline_in(5000), &why) == STREAM_OK;
}

/* The next reply, all of its lines, begins with want. */
static bool hears(struct client *c, const char *want)
{
	struct why why;
	str line;

	do {
		if (stream_read_line(&c->s, 1000, deadline_in(5000), &line, &why) != STREAM_OK)
			return false;
	} while (line.n > 3 && line.p[3] == '-');
	return str_starts(line, str_c(want));
}

/* The same for a reply to EHLO that has the keyword. */
static bool offers(struct client *c, const char *keyword)
{
	bool found = false;
	struct why why;
	str line;

	do {
		if (stream_read_line(&c->s, 1000, deadline_in(5000), &line, &why) != STREAM_OK)
			return false;
		found |= str_starts(str_skip(line, 4), str_c(keyword));
	} while (line.n > 3 && line.p[3] == '-');
	return found;
}

static bool hears_end(struct client *c)
{
	struct why why;
	str rest;
	int r = stream_peek(&c->s, deadline_in(5000), &rest, &why);

	return r == STREAM_E_EOF || r < 0;
}

static bool go_secure(struct client *c)
{
	struct ssl_ctx_st *ctx;
	struct why why;
	bool ok;

	if (tlsctx_new_client(TLSCTX_1_2, &ctx, &why) < 0)
		return false;
	ok = tlsstream_connect(&c->s, ctx, STR("mx.hopital.example"), deadline_in(5000), &why) == 0;
	tlsctx_free(ctx);
	return ok;
}

static bool sends_a_message(struct client *c)
{
	return says(c, "MAIL FROM:<a@b.example>\r\nRCPT TO:<c@hopital.example>\r\nDATA\r\n") &&
	       hears(c, "250 2.1.0") && hears(c, "250 2.1.5") && hears(c, "354") &&
	       says(c, "Subject: x\r\n\r\ntext\r\n.\r\n") && hears(c, "250 2.0.0 Judged");
}

static void a_message_goes_through_in_clear_and_in_tls(void **state)
{
	struct gateway g = { 0 };
	struct client c;

	(void)state;
	gateway_open(&g, STR(""));
	dial(&c, &g);
	assert_true(hears(&c, "220 mx.hopital.example ESMTP") && says(&c, "EHLO c.example\r\n") &&
		    hears(&c, "250"));
	assert_true(sends_a_message(&c));
	assert_true(says(&c, "STARTTLS\r\n") && hears(&c, "220 2.0.0") && go_secure(&c));
	assert_true(says(&c, "MAIL FROM:<a@b.example>\r\n") &&
		    hears(&c, "503 5.5.1 Say EHLO first"));
	assert_true(says(&c, "EHLO c.example\r\n") && hears(&c, "250"));
	assert_true(says(&c, "STARTTLS\r\n") && hears(&c, "503 5.5.1"));
	assert_true(sends_a_message(&c));
	assert_true(says(&c, "QUIT\r\n") && hears(&c, "221") && hears_end(&c));
	hang_up(&c);
	assert_int_equal(judged, 2);
	gateway_close(&g);
}

static void what_was_slipped_in_before_tls_is_not_obeyed(void **state)
{
	struct gateway g = { 0 };
	struct client c;

	(void)state;
	gateway_open(&g, STR(""));
	dial(&c, &g);
	assert_true(hears(&c, "220") && says(&c, "EHLO c.example\r\n") && hears(&c, "250"));
	assert_true(says(&c, "STARTTLS\r\nEHLO evil.example\r\nMAIL FROM:<evil@b.example>\r\n"));
	assert_true(hears(&c, "220 2.0.0") && go_secure(&c));
	/* Had it been obeyed, its replies would come first, and RCPT would be next. */
	assert_true(says(&c, "RCPT TO:<c@hopital.example>\r\n") &&
		    hears(&c, "503 5.5.1 Say EHLO first"));
	hang_up(&c);
	gateway_close(&g);
}

static void garbage_instead_of_tls_ends_the_session(void **state)
{
	struct gateway g = { 0 };
	struct client c;

	(void)state;
	gateway_open(&g, STR(""));
	dial(&c, &g);
	assert_true(hears(&c, "220") && says(&c, "EHLO c.example\r\n") && hears(&c, "250"));
	assert_true(says(&c, "STARTTLS\r\n") && hears(&c, "220 2.0.0"));
	assert_true(says(&c, "MAIL FROM:<a@b.example>\r\nMAIL FROM:<a@b.example>\r\n"));
	while (!hears_end(&c)) /* an alert may come first */
		(void)stream_discard_input(&c.s);
	hang_up(&c);
	gateway_close(&g);
}

static void one_connection_too_many_is_told_so(void **state)
{
	struct gateway g = { 0 };
	struct client c[3];

	(void)state;
	gateway_open(&g, STR("smtp.max_connections_per_client=2\n"));
	for (int i = 0; i < 2; i++) {
		dial(&c[i], &g);
		assert_true(hears(&c[i], "220"));
	}
	dial(&c[2], &g);
	assert_true(hears(&c[2], "421 4.7.0 ") && hears_end(&c[2]));
	hang_up(&c[2]);
	assert_true(says(&c[0], "QUIT\r\n") && hears(&c[0], "221") && hears_end(&c[0]));
	hang_up(&c[0]);
	dial(&c[2], &g);
	assert_true(hears(&c[2], "220"));
	hang_up(&c[1]);
	hang_up(&c[2]);
	gateway_close(&g);
}

static void a_reload_is_for_the_sessions_that_follow(void **state)
{
	struct gateway g = { 0 };
	struct client before, after;

	(void)state;
	gateway_open(&g, STR(""));
	dial(&before, &g);
	assert_true(hears(&before, "220 mx.hopital.example"));
	smtpserver_reload(g.server, policy(&g, STR("hostname=new.example\ndomains=new.example\n")));
	dial(&after, &g);
	assert_true(hears(&after, "220 new.example"));
	assert_true(says(&before, "EHLO c\r\n") && hears(&before, "250"));
	assert_true(sends_a_message(&before));
	assert_true(says(&after, "EHLO c\r\n") && hears(&after, "250"));
	assert_true(says(&after, "MAIL FROM:<>\r\nRCPT TO:<c@hopital.example>\r\n"));
	assert_true(hears(&after, "250") && hears(&after, "550 5.7.1"));
	hang_up(&before);
	hang_up(&after);
	gateway_close(&g);
}

static void a_judge_that_dies_means_later(void **state)
{
	struct gateway g = { 0 };
	struct client c;

	(void)state;
	gateway_open(&g, STR("scan.deadline=100ms\n"));
	judge_is_dead = true;
	dial(&c, &g);
	assert_true(hears(&c, "220") && says(&c, "EHLO c.example\r\n") && hears(&c, "250"));
	assert_true(says(&c, "MAIL FROM:<>\r\nRCPT TO:<c@hopital.example>\r\nDATA\r\n"));
	assert_true(hears(&c, "250") && hears(&c, "250") && hears(&c, "354"));
	assert_true(says(&c, "x\r\n.\r\n") && hears(&c, "451 4.3.0"));
	hang_up(&c);
	gateway_close(&g);
}

static void silence_is_ended_politely(void **state)
{
	struct gateway g = { 0 };
	struct client c, sender;

	(void)state;
	gateway_open(&g, STR("smtp.command_timeout=1s\nsmtp.data_timeout=1s\n"));
	dial(&c, &g);
	dial(&sender, &g);
	assert_true(hears(&sender, "220") && says(&sender, "EHLO c\r\n") && hears(&sender, "250"));
	assert_true(says(&sender, "MAIL FROM:<>\r\nRCPT TO:<postmaster>\r\nDATA\r\n"));
	assert_true(hears(&sender, "250") && hears(&sender, "250") && hears(&sender, "354") &&
		    says(&sender, "x"));
	assert_true(hears(&c, "220") && hears(&c, "421 4.4.2 ") && hears_end(&c));
	assert_true(hears(&sender, "421 4.4.2 ") && hears_end(&sender));
	hang_up(&c);
	hang_up(&sender);
	gateway_close(&g);
}

static void requiretls_is_offered_in_tls_and_passed_on(void **state)
{
	struct gateway g = { 0 };
	struct client c;

	(void)state;
	gateway_open(&g, STR(""));
	dial(&c, &g);
	assert_true(hears(&c, "220") && says(&c, "EHLO c.example\r\n") && hears(&c, "250"));
	assert_true(says(&c, "MAIL FROM:<a@b.example> REQUIRETLS\r\n") && hears(&c, "530 5.7.10"));
	assert_true(sends_a_message(&c));
	assert_int_equal(last_wish, TLS_WISH_NONE);
	assert_true(says(&c, "STARTTLS\r\n") && hears(&c, "220") && go_secure(&c));
	assert_true(says(&c, "EHLO c.example\r\n") && offers(&c, "REQUIRETLS"));
	assert_true(says(&c, "MAIL FROM:<a@b.example> REQUIRETLS\r\nRCPT TO:<postmaster>\r\n") &&
		    hears(&c, "250") && hears(&c, "250"));
	assert_true(says(&c, "BDAT 3 LAST\r\nx\r\n") && hears(&c, "250 2.0.0 Judged"));
	assert_int_equal(last_wish, TLS_WISH_REQUIRED);
	hang_up(&c);
	gateway_close(&g);
}

static void the_client_is_the_one_behind_the_proxy(void **state)
{
	static const char v2[] =
		"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\2\7\xc6\x33\x64\1\0\1\0\x19";
	struct gateway g = { 0 };
	struct client c[4];
	struct why why;

	(void)state;
	gateway_open(&g,
		     STR("listen.smtp=127.0.0.1:2525 proxy\nsmtp.max_connections_per_client=1\n"));
	dial(&c[0], &g);
	assert_true(says(&c[0], "PROXY TCP4 192.0.2.7 198.51.100.1 4321 25\r\n") &&
		    hears(&c[0], "220") && says(&c[0], "EHLO c.example\r\n") &&
		    hears(&c[0], "250"));
	assert_true(sends_a_message(&c[0]));
	assert_string_equal(last_client, "192.0.2.7");
	/* The proxy's own address has no limit; that of the client has. */
	dial(&c[1], &g);
	assert_true(says(&c[1], "PROXY TCP4 192.0.2.8 198.51.100.1 4321 25\r\n") &&
		    hears(&c[1], "220"));
	dial(&c[2], &g);
	assert_int_equal(stream_write(&c[2].s, str_of(v2, sizeof(v2) - 1), deadline_in(5000), &why),
			 STREAM_OK);
	assert_true(says(&c[2], "") && hears(&c[2], "421 4.7.0") && hears_end(&c[2]));
	dial(&c[3], &g);
	assert_true(says(&c[3], "PROXY UNKNOWN\r\n") && hears(&c[3], "220"));
	for (size_t i = 0; i < ARRAY_LEN(c); i++)
		hang_up(&c[i]);
	gateway_close(&g);
}

static void without_a_valid_header_a_proxy_listener_says_nothing(void **state)
{
	struct gateway g = { 0 };
	struct client silent, wrong, early;

	(void)state;
	gateway_open(&g, STR("listen.smtp=127.0.0.1:2525 proxy\n"));
	dial(&silent, &g);
	dial(&wrong, &g);
	assert_true(says(&wrong, "EHLO c.example\r\n") && hears_end(&wrong));
	dial(&early, &g);
	assert_true(says(&early, "PROXY TCP4 192.0.2.7 198.51.100.1 1 25\r\nEHLO c\r\n") &&
		    hears(&early, "554 5.5.1") && hears_end(&early));
	assert_true(hears_end(&silent));
	hang_up(&silent);
	hang_up(&wrong);
	hang_up(&early);
	gateway_close(&g);
}

static void a_proxy_that_is_not_trusted_is_not_listened_to(void **state)
{
	struct gateway g = { 0 };
	struct client c;

	(void)state;
	gateway_open(&g, STR("listen.smtp=127.0.0.1:2525 proxy\nsmtp.trusted=192.0.2.0/24\n"));
	dial(&c, &g);
	assert_true(hears_end(&c));
	hang_up(&c);
	gateway_close(&g);
}

static void xclient_moves_the_count_to_the_client(void **state)
{
	struct gateway g = { 0 };
	struct client c[3];

	(void)state;
	gateway_open(
		&g, STR("listen.smtp=127.0.0.1:2525 xclient\nsmtp.max_connections_per_client=2\n"));
	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		dial(&c[i], &g);
		assert_true(hears(&c[i], "220") && says(&c[i], "EHLO p\r\n") &&
			    hears(&c[i], "250"));
		assert_true(says(&c[i], "XCLIENT ADDR=IPV6:2001:db8::1 HELO=c PROTO=ESMTP\r\n"));
		assert_true(i < 2 ? hears(&c[i], "220") && sends_a_message(&c[i])
				  : hears(&c[i], "421 4.7.0") && hears_end(&c[i]));
	}
	assert_string_equal(last_client, "2001:db8::1");
	for (size_t i = 0; i < ARRAY_LEN(c); i++)
		hang_up(&c[i]);
	gateway_close(&g);
}

enum { CROWD = 8, EACH = 12 };

static void *crowd_member(void *ctx)
{
	for (int i = 0; i < EACH; i++) {
		struct client c;
		bool ok;

		dial(&c, ctx);
		ok = hears(&c, "220") && says(&c, "EHLO c.example\r\n") && hears(&c, "250");
		if (i % 3 == 0)
			ok = ok && says(&c, "STARTTLS\r\n") && hears(&c, "220") && go_secure(&c) &&
			     says(&c, "EHLO c.example\r\n") && hears(&c, "250");
		ok = ok && sends_a_message(&c);
		hang_up(&c);
		if (!ok)
			return ctx;
	}
	return NULL;
}

static void a_crowd_is_served(void **state)
{
	struct gateway g = { 0 };
	pthread_t threads[CROWD];

	(void)state;
	gateway_open(&g, STR("smtp.threads=3\n"));
	for (int i = 0; i < CROWD; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, crowd_member, &g), 0);
	for (int i = 0; i < CROWD; i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	assert_int_equal(judged, CROWD * EACH);
	gateway_close(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_goes_through_in_clear_and_in_tls),
		cmocka_unit_test(what_was_slipped_in_before_tls_is_not_obeyed),
		cmocka_unit_test(garbage_instead_of_tls_ends_the_session),
		cmocka_unit_test(one_connection_too_many_is_told_so),
		cmocka_unit_test(a_reload_is_for_the_sessions_that_follow),
		cmocka_unit_test(a_judge_that_dies_means_later),
		cmocka_unit_test(silence_is_ended_politely),
		cmocka_unit_test(requiretls_is_offered_in_tls_and_passed_on),
		cmocka_unit_test(the_client_is_the_one_behind_the_proxy),
		cmocka_unit_test(without_a_valid_header_a_proxy_listener_says_nothing),
		cmocka_unit_test(a_proxy_that_is_not_trusted_is_not_listened_to),
		cmocka_unit_test(xclient_moves_the_count_to_the_client),
		cmocka_unit_test(a_crowd_is_served),
	};

	signal(SIGPIPE, SIG_IGN);
	scan = lanes_new(PROCESS_EDGE, PROCESS_SCAN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

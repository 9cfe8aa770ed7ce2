#include "tls/tlsstream.h"

#include "base/fd.h"
#include "tls/tlscert.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct server_side {
	struct arena *arena;
	struct ssl_ctx_st *ctx;
	str chain, key;
};

static void make_server(struct server_side *s, enum tlsctx_version min)
{
	struct why why = { 0 };

	s->arena = arena_new("test", 1 << 20);
	assert_int_equal(tlscert_make(s->arena, STR("mx.hopital.example"), clock_wall(), &s->chain,
				      &s->key, &why),
			 0);
	assert_int_equal(tlsctx_new_server(s->chain, s->key, min, &s->ctx, &why), 0);
}

static void end_server(struct server_side *s)
{
	tlsctx_free(s->ctx);
	arena_free(s->arena);
}

/* The client, in its own thread: shakes hands, sends text, waits for an answer, closes. */
struct client {
	int fd;
	enum tlsctx_version min;
	const char *text;
	int result;
	bool echoed;
	char version[16];
};

static void *run_client(void *arg)
{
	struct client *c = arg;
	struct ssl_ctx_st *ctx = NULL;
	char in[32 << 10], out[4096];
	struct why why = { 0 };
	struct stream s;
	str line;

	stream_init(&s, c->fd);
	stream_lend(&s, in, sizeof(in), out, sizeof(out));
	c->result = tlsctx_new_client(c->min, &ctx, &why);
	if (c->result == 0)
		c->result = tlsstream_connect(&s, ctx, STR("mx.hopital.example"), deadline_in(5000),
					      &why);
	if (c->result == 0) {
		snprintf(c->version, sizeof(c->version), "%.*s", STR_ARG(tlsstream_version(&s)));
		c->result = stream_write(&s, str_c(c->text), deadline_in(5000), &why);
	}
	if (c->result == 0)
		c->result = stream_flush(&s, deadline_in(5000), &why);
	if (c->result == 0)
		c->result = stream_read_line(&s, 1000, deadline_in(5000), &line, &why);
	c->echoed = c->result == 0 && str_eq(line, STR("seen\n"));
	tlsstream_close(&s);
	shutdown(c->fd, SHUT_RDWR);
	tlsctx_free(ctx);
	return NULL;
}

/* Reads lines only while there is something, as a parked session does. */
static int parked_line(struct stream *s, str *ret)
{
	struct why why;

	for (int i = 0; i < 1000; i++) {
		int r = stream_read_line(s, 1000, 0, ret, &why);

		if (r != STREAM_E_TIMEOUT)
			return r;
		/* What was decrypted has been handed out: waiting for the socket is enough. */
		assert_int_equal(s->ops->pending(s->ctx), 0);
		assert_int_equal(stream_wait(s->fd, POLLIN, deadline_in(5000), &why), STREAM_OK);
	}
	return STREAM_E_TIMEOUT;
}

static void both_sides_agree_and_talk(void **state)
{
	static const struct {
		enum tlsctx_version server, client;
		const char *version;
	} cases[] = { { TLSCTX_1_2, TLSCTX_1_2, "TLSv1.3" },
		      { TLSCTX_1_3, TLSCTX_1_2, "TLSv1.3" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct client c = { .min = cases[i].client, .text = "one\ntwo\n" };
		char in[64 << 10], out[4096];
		struct server_side server;
		struct why why = { 0 };
		struct stream s;
		pthread_t thread;
		int fds[2];
		str line;

		make_server(&server, cases[i].server);
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
		c.fd = fds[1];
		assert_int_equal(pthread_create(&thread, NULL, run_client, &c), 0);
		stream_init(&s, fds[0]);
		stream_lend(&s, in, sizeof(in), out, sizeof(out));
		assert_false(tlsstream_active(&s));
		assert_int_equal(tlsstream_accept(&s, server.ctx, &why), 0);
		assert_true(tlsstream_active(&s));
		assert_int_equal(tlsstream_version(&s).n, 0);
		assert_int_equal(parked_line(&s, &line), STREAM_OK);
		assert_true(str_eq(line, STR("one\n")));
		assert_true(str_eq(tlsstream_version(&s), str_c(cases[i].version)));
		assert_true(tlsstream_cipher(&s).n > 0);
		assert_int_equal(parked_line(&s, &line), STREAM_OK);
		assert_true(str_eq(line, STR("two\n")));
		assert_int_equal(stream_write(&s, STR("seen\n"), deadline_in(5000), &why),
				 STREAM_OK);
		assert_int_equal(stream_flush(&s, deadline_in(5000), &why), STREAM_OK);
		assert_int_equal(parked_line(&s, &line), STREAM_E_EOF);
		tlsstream_close(&s);
		assert_false(tlsstream_active(&s));
		assert_int_equal(stream_read_line(&s, 10, 0, &line, &why), STREAM_E_EOF);
		pthread_join(thread, NULL);
		assert_true(c.echoed);
		assert_string_equal(c.version, cases[i].version);
		fd_close(fds[0]);
		fd_close(fds[1]);
		end_server(&server);
	}
}

static void clear_text_is_no_handshake(void **state)
{
	struct server_side server;
	char in[4096], out[4096];
	struct why why = { 0 };
	struct stream s;
	int fds[2], r;
	str line;

	(void)state;
	make_server(&server, TLSCTX_1_2);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	stream_init(&s, fds[0]);
	stream_lend(&s, in, sizeof(in), out, sizeof(out));
	assert_int_equal(write(fds[1], "MAIL FROM:<a@b.example>\r\n", 25), 25);
	assert_int_equal(tlsstream_accept(&s, server.ctx, &why), 0);
	r = stream_read_line(&s, 1000, deadline_in(2000), &line, &why);
	assert_int_equal(r, -EPROTO);
	assert_int_equal(tlsstream_version(&s).n, 0);
	tlsstream_close(&s);
	fd_close(fds[0]);
	fd_close(fds[1]);
	end_server(&server);
}

static void a_silent_server_ends_at_the_deadline(void **state)
{
	char in[4096], out[4096];
	struct ssl_ctx_st *ctx;
	struct why why = { 0 };
	struct stream s;
	int fds[2];

	(void)state;
	assert_int_equal(tlsctx_new_client(TLSCTX_1_2, &ctx, &why), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	stream_init(&s, fds[0]);
	stream_lend(&s, in, sizeof(in), out, sizeof(out));
	assert_int_equal(tlsstream_connect(&s, ctx, STR("192.0.2.1"), deadline_in(50), &why),
			 -ETIMEDOUT);
	assert_true(str_starts(str_c(why.text), STR("TLS handshake: ")));
	tlsstream_close(&s);
	fd_close(fds[0]);
	fd_close(fds[1]);
	tlsctx_free(ctx);
}

static void certificates_and_keys_are_checked(void **state)
{
	struct server_side one, two;
	struct ssl_ctx_st *ctx = NULL;
	struct why why = { 0 };
	str garbage = STR("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

	(void)state;
	make_server(&one, TLSCTX_1_2);
	make_server(&two, TLSCTX_1_2);
	assert_int_equal(tlsctx_new_server(one.chain, two.key, TLSCTX_1_2, &ctx, &why),
			 -EKEYREJECTED);
	assert_int_equal(tlsctx_new_server(garbage, two.key, TLSCTX_1_2, &ctx, &why), -EINVAL);
	assert_int_equal(tlsctx_new_server(one.chain, one.chain, TLSCTX_1_2, &ctx, &why), -EINVAL);
	assert_int_equal(tlsctx_new_server(STR(""), one.key, TLSCTX_1_2, &ctx, &why), -EINVAL);
	assert_null(ctx);
	end_server(&one);
	end_server(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_agree_and_talk),
		cmocka_unit_test(clear_text_is_no_handshake),
		cmocka_unit_test(a_silent_server_ends_at_the_deadline),
		cmocka_unit_test(certificates_and_keys_are_checked),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

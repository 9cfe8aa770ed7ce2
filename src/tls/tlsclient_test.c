#include "tls/tlsclient.h"

#include "tls/tlscert.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
	struct arena *arena;
	str chain, key;
	struct ssl_ctx_st *server, *client, *rootless;
};

static int setup(void **state)
{
	struct arena *a = arena_new("test", 4 << 20);
	struct world *w = arena_make(a, struct world);
	struct why why;

	w->arena = a;
	assert_int_equal(
		tlscert_make(a, STR("mx.hopital.example"), clock_wall(), &w->chain, &w->key, &why),
		0);
	assert_int_equal(tlsctx_new_server(w->chain, w->key, TLSCTX_1_2, &w->server, &why), 0);
	assert_int_equal(tlsclient_new(w->chain, TLSCTX_1_2, &w->client, &why), 0);
	assert_int_equal(tlsclient_new(STR(""), TLSCTX_1_2, &w->rootless, &why), 0);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	tlsctx_free(w->server);
	tlsctx_free(w->client);
	tlsctx_free(w->rootless);
	arena_free(w->arena);
	return 0;
}

/* "usage selector matching" and the digest of the world's certificate or its key. */
static str tlsa(const struct world *w, unsigned char usage, unsigned char selector,
		unsigned char matching)
{
	BIO *in = BIO_new_mem_buf(w->chain.p, (int)w->chain.n);
	X509 *cert = PEM_read_bio_X509(in, NULL, NULL, NULL);
	unsigned char head[3] = { usage, selector, matching }, digest[64], *der = NULL;
	struct strbuf b = strbuf_make(w->arena, 8192);
	unsigned int n = 0;
	int len;

	len = selector ? i2d_PUBKEY(X509_get0_pubkey(cert), &der) : i2d_X509(cert, &der);
	assert_true(len > 0);
	strbuf_put(&b, str_of(head, 3));
	if (matching == 0) {
		strbuf_put(&b, str_of(der, (size_t)len));
	} else {
		const EVP_MD *md = matching == 1 ? EVP_sha256() : EVP_sha512();

		assert_int_equal(EVP_Digest(der, (size_t)len, digest, &n, md, NULL), 1);
		strbuf_put(&b, str_of(digest, n));
	}
	OPENSSL_free(der);
	X509_free(cert);
	BIO_free(in);
	return strbuf_str(&b);
}

struct serving {
	int fd;
	struct ssl_ctx_st *ctx;
};

static void *serve(void *arg)
{
	struct serving *s = arg;
	static char in[32 << 10], out[4096];
	struct stream stream;
	struct why why;
	str got;

	stream_init(&stream, s->fd);
	stream_lend(&stream, in, sizeof(in), out, sizeof(out));
	if (tlsstream_accept(&stream, s->ctx, &why) == 0)
		(void)!stream_peek(&stream, deadline_in(5000), &got, &why);
	tlsstream_close(&stream);
	close(s->fd);
	return NULL;
}

static enum tlsclient_finding ask(const struct world *w, struct ssl_ctx_st *ctx,
				  const struct tlsclient_demand *want)
{
	enum tlsclient_finding found = 99;
	struct serving serving = { .ctx = w->server };
	static char in[32 << 10], out[4096];
	struct stream s;
	struct why why = { "" };
	pthread_t thread;
	int fds[2], r;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	serving.fd = fds[1];
	assert_int_equal(pthread_create(&thread, NULL, serve, &serving), 0);
	stream_init(&s, fds[0]);
	stream_lend(&s, in, sizeof(in), out, sizeof(out));
	r = tlsclient_connect(&s, ctx, want, deadline_in(5000), &found, &why);
	tlsstream_close(&s);
	close(fds[0]);
	pthread_join(thread, NULL);
	if (r < 0)
		fail_msg("%s", why.text);
	assert_int_equal(found != TLSCLIENT_PROVEN, why.text[0] != 0);
	return found;
}

static void a_chain_and_a_name_prove_the_server(void **state)
{
	struct world *w = *state;
	struct tlsclient_demand want = { TLSCLIENT_NAMED,
					 STR("mx.hopital.example"),
					 { STR("other.example"), STR("mx.hopital.example") },
					 NULL,
					 0 };

	assert_int_equal(ask(w, w->client, &want), TLSCLIENT_PROVEN);
	assert_int_equal(ask(w, w->rootless, &want), TLSCLIENT_E_NOT_TRUSTED);
	want.names[1] = STR("hopital.example");
	assert_int_equal(ask(w, w->client, &want), TLSCLIENT_E_HOST_MISMATCH);
	want.proof = TLSCLIENT_ANYONE;
	assert_int_equal(ask(w, w->rootless, &want), TLSCLIENT_PROVEN);
}

static void a_tlsa_record_proves_the_server_without_any_root(void **state)
{
	struct world *w = *state;
	str wrong = arena_str(w->arena, tlsa(w, 3, 1, 1));
	str records[2];
	struct tlsclient_demand want = {
		TLSCLIENT_DANE, STR("another.example"), { STR("another.example") }, records, 1
	};

	((char *)(uintptr_t)wrong.p)[10] ^= 1;
	for (unsigned char selector = 0; selector < 2; selector++) {
		for (unsigned char matching = 0; matching < 3; matching++) {
			records[0] = tlsa(w, 3, selector, matching);
			assert_int_equal(ask(w, w->rootless, &want), TLSCLIENT_PROVEN);
		}
	}
	records[0] = wrong;
	assert_int_equal(ask(w, w->client, &want), TLSCLIENT_E_TLSA);
	records[1] = tlsa(w, 3, 1, 1);
	want.n_tlsa = 2;
	assert_int_equal(ask(w, w->rootless, &want), TLSCLIENT_PROVEN);
}

static void records_that_mail_does_not_use_are_known(void **state)
{
	struct world *w = *state;
	static const unsigned char odd[][3] = {
		{ 0, 1, 1 }, { 1, 1, 1 }, { 4, 1, 1 }, { 3, 2, 1 }, { 3, 1, 3 }
	};

	assert_true(tlsclient_tlsa_usable(tlsa(w, 3, 1, 1)));
	assert_true(tlsclient_tlsa_usable(tlsa(w, 2, 0, 2)));
	assert_false(tlsclient_tlsa_usable(STR("")));
	assert_false(tlsclient_tlsa_usable(str_of("\3\1\0", 3)));
	assert_false(tlsclient_tlsa_usable(str_of("\3\1\1abc", 6)));
	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		char record[35] = { 0 };

		memcpy(record, odd[i], 3);
		assert_false(tlsclient_tlsa_usable(str_of(record, sizeof(record))));
	}
}

static void a_demand_that_cannot_be_made_is_an_error(void **state)
{
	struct world *w = *state;
	struct tlsclient_demand want = { .proof = TLSCLIENT_NAMED, .host = STR("x.example") };
	enum tlsclient_finding found;
	struct stream s;
	struct why why;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	for (int i = 0; i < 2; i++) {
		stream_init(&s, fds[0]);
		assert_true(tlsclient_connect(&s, w->client, &want, deadline_in(0), &found, &why) <
			    0);
		tlsstream_close(&s);
		want.proof = TLSCLIENT_DANE;
	}
	close(fds[0]);
	close(fds[1]);
	assert_true(tlsclient_new(STR("no PEM"), TLSCTX_1_2, &w->rootless, &why) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_and_a_name_prove_the_server),
		cmocka_unit_test(a_tlsa_record_proves_the_server_without_any_root),
		cmocka_unit_test(records_that_mail_does_not_use_are_known),
		cmocka_unit_test(a_demand_that_cannot_be_made_is_an_error),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, setup, teardown);
}

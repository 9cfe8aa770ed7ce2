#include "tls/tlsserver.h"

#include "base/fd.h"
#include "sys/pembundle.h"
#include "tls/tlscert.h"
#include "tls/tlsstream.h"
#include "tls/tlstickets.h"

#include <errno.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>

#include <cmocka.h>

enum { DAY = 24 * 3600 };

struct bench {
	struct arena *arena;
	struct strbuf bundle;
};

static struct bench begin(void)
{
	struct arena *a = arena_new("test", 16 << 20);

	return (struct bench){ a, strbuf_make(a, 1 << 20) };
}

static str pem_of(struct arena *a, const X509 *cert)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *p;
	long n;
	str s;

	assert_int_equal(PEM_write_bio_X509(out, cert), 1);
	n = BIO_get_mem_data(out, &p);
	s = arena_str(a, str_of(p, (size_t)n));
	BIO_free(out);
	return s;
}

static X509 *read_cert(str pem)
{
	BIO *in = BIO_new_mem_buf(pem.p, (int)pem.n);
	X509 *cert = PEM_read_bio_X509(in, NULL, NULL, NULL);

	BIO_free(in);
	assert_non_null(cert);
	return cert;
}

/* Puts a certificate for host in, ends in TLSCERT_DAYS; also given to the caller. */
static void put(struct bench *b, const char *file, const char *host, struct pembundle_entry *ret)
{
	struct pembundle_entry e = { .file = str_c(file) };
	struct why why;

	assert_int_equal(tlscert_make(b->arena, str_c(host), clock_wall(), &e.chain, &e.key, &why),
			 0);
	pembundle_put(&b->bundle, &e);
	if (ret)
		*ret = e;
}

/* The same with an RSA key. */
static void put_rsa(struct bench *b, const char *file, const char *host)
{
	struct pembundle_entry e = { .file = str_c(file) };
	EVP_PKEY *key = EVP_RSA_gen(2048);
	BIO *out = BIO_new(BIO_s_mem());
	struct why why;
	X509 *cert;
	char *p;
	long n;

	assert_int_equal(tlscert_make(b->arena, str_c(host), clock_wall(), &e.chain, &e.key, &why),
			 0);
	cert = read_cert(e.chain);
	assert_int_equal(X509_set_pubkey(cert, key), 1);
	assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
	e.chain = pem_of(b->arena, cert);
	assert_int_equal(PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL), 1);
	n = BIO_get_mem_data(out, &p);
	e.key = str_of(p, (size_t)n);
	pembundle_put(&b->bundle, &e);
	BIO_free(out);
	X509_free(cert);
	EVP_PKEY_free(key);
}

static struct ssl_ctx_st *server(const struct bench *b, str tickets)
{
	struct tlsserver_spec spec = { strbuf_str(&b->bundle), tickets, TLSCTX_1_2 };
	struct ssl_ctx_st *ctx = NULL;
	struct why why = { "" };

	if (tlsserver_new(&spec, &ctx, &why) < 0)
		fail_msg("%s", why.text);
	return ctx;
}

/* One connection, both sides in this thread. */
struct meeting {
	const char *name, *sigalgs; /* of the client, may be NULL */
	int version;		    /* at most; 0: the newest */
	SSL_SESSION *session;	    /* offered; afterwards the one that was given. Owned */
	str client_chain, client_key;
	bool ask;
	bool replaced; /* a reload lets go of the server's context before the session ends */
	/* Found. */
	bool up, resumed, has_peer;
	int key_type;
	char common_name[128];
	struct arena *arena;
	struct tlsstream_peer peer;
};

static SSL *make_client(struct meeting *m, SSL_CTX *ctx, int fd)
{
	SSL *c = SSL_new(ctx);

	SSL_set_fd(c, fd);
	SSL_set_connect_state(c);
	if (m->version)
		SSL_set_max_proto_version(c, m->version);
	if (m->sigalgs)
		assert_int_equal(SSL_set1_sigalgs_list(c, m->sigalgs), 1);
	if (m->name)
		SSL_set_tlsext_host_name(c, m->name);
	if (m->session)
		assert_int_equal(SSL_set_session(c, m->session), 1);
	if (m->client_chain.n) {
		BIO *in = BIO_new_mem_buf(m->client_key.p, (int)m->client_key.n);
		EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
		X509 *cert = read_cert(m->client_chain);

		assert_int_equal(SSL_use_certificate(c, cert), 1);
		assert_int_equal(SSL_use_PrivateKey(c, key), 1);
		X509_free(cert);
		EVP_PKEY_free(key);
		BIO_free(in);
	}
	return c;
}

static void note(struct meeting *m, SSL *c)
{
	X509 *cert = SSL_get0_peer_certificate(c);

	m->up = true;
	m->resumed = SSL_session_reused(c);
	SSL_SESSION_free(m->session);
	m->session = SSL_get1_session(c);
	if (!cert)
		return;
	m->key_type = EVP_PKEY_get_base_id(X509_get0_pubkey(cert));
	X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, m->common_name,
				  sizeof(m->common_name));
}

static void meet(struct ssl_ctx_st *ctx, struct meeting *m)
{
	SSL_CTX *client_ctx = SSL_CTX_new(TLS_client_method());
	char in[32 << 10], out[4096], got[16];
	struct stream s, quiet;
	struct why why;
	int fds[2];
	str line;
	SSL *c;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	stream_init(&s, fds[0]);
	stream_init(&quiet, fds[1]); /* makes it non-blocking */
	stream_lend(&s, in, sizeof(in), out, sizeof(out));
	assert_int_equal(tlsstream_accept(&s, ctx, &why), 0);
	if (m->ask)
		tlsstream_ask_certificate(&s);
	c = make_client(m, client_ctx, fds[1]);
	m->up = m->resumed = false;
	for (int i = 0; i < 20 && !m->up; i++) {
		if (SSL_write(c, "hi\n", 3) == 3)
			i = i < 15 ? 15 : i;
		if (stream_read_line(&s, 100, 0, &line, &why) == STREAM_OK) {
			assert_int_equal(stream_write(&s, STR("ok\n"), 0, &why), STREAM_OK);
			assert_int_equal(stream_flush(&s, deadline_in(1000), &why), STREAM_OK);
		}
		if (SSL_read(c, got, sizeof(got)) == 3)
			note(m, c);
	}
	if (m->up) {
		assert_int_equal(tlsstream_resumed(&s), m->resumed);
		arena_free(m->arena);
		m->arena = arena_new("peer", 1 << 16);
		m->has_peer = tlsstream_peer(&s, m->arena, &m->peer);
	}
	SSL_shutdown(c);
	if (m->replaced)
		tlsctx_free(ctx);
	tlsstream_close(&s);
	SSL_free(c);
	SSL_CTX_free(client_ctx);
	fd_close(fds[0]);
	fd_close(fds[1]);
}

static void part(struct meeting *m)
{
	SSL_SESSION_free(m->session);
	m->session = NULL;
	m->arena = arena_free(m->arena);
}

static void the_name_chooses_the_certificate(void **state)
{
	static const struct {
		const char *asked, *served;
	} cases[] = {
		{ NULL, "mx.hopital.example" },
		{ "mx.hopital.example", "mx.hopital.example" },
		{ "MX.Clinique.Example", "mx.clinique.example" },
		{ "mail.clinique.example", "*.clinique.example" },
		{ "deep.mail.clinique.example", "mx.hopital.example" },
		{ "clinique.example", "mx.hopital.example" },
		{ "unknown.example", "mx.hopital.example" },
	};
	struct bench b = begin();
	struct ssl_ctx_st *ctx;

	(void)state;
	put(&b, "/a", "mx.hopital.example", NULL);
	put(&b, "/b", "*.clinique.example", NULL);
	put(&b, "/c", "mx.clinique.example", NULL);
	ctx = server(&b, STR(""));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
			struct meeting m = { .name = cases[i].asked, .version = version };

			meet(ctx, &m);
			assert_true(m.up);
			assert_string_equal(m.common_name, cases[i].served);
			part(&m);
		}
	}
	assert_true(tlsserver_has_name(ctx, STR("mail.clinique.example")));
	assert_false(tlsserver_has_name(ctx, STR("clinique.example")));
	tlsctx_free(ctx);
	arena_free(b.arena);
}

static void a_session_keeps_what_a_reload_lets_go(void **state)
{
	static const char *const names[] = { "mx.hopital.example", "mx.clinique.example" };
	struct bench b = begin();

	(void)state;
	put(&b, "/a", names[0], NULL);
	put(&b, "/b", names[1], NULL);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct meeting m = { .name = names[i], .replaced = true };

		meet(server(&b, STR("")), &m);
		assert_true(m.up);
		assert_string_equal(m.common_name, names[i]);
		part(&m);
	}
	arena_free(b.arena);
}

static void rsa_and_ecdsa_stand_side_by_side(void **state)
{
	struct bench b = begin();
	struct ssl_ctx_st *ctx;

	(void)state;
	put_rsa(&b, "/rsa", "mx.hopital.example");
	put(&b, "/ecdsa", "mx.hopital.example", NULL);
	ctx = server(&b, STR(""));
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
		struct meeting modern = { .version = version };
		struct meeting old = { .version = version, .sigalgs = "RSA-PSS+SHA256:RSA+SHA256" };

		meet(ctx, &modern);
		meet(ctx, &old);
		assert_true(modern.up && old.up);
		assert_int_equal(modern.key_type, EVP_PKEY_EC);
		assert_int_equal(old.key_type, EVP_PKEY_RSA);
		part(&modern);
		part(&old);
	}
	tlsctx_free(ctx);
	arena_free(b.arena);
}

/* Ticket keys as the supervisor makes them, newest first: each key is one letter repeated. */
static str keys(struct arena *a, const char *letters)
{
	struct strbuf b = strbuf_make(a, 1 << 10);

	for (; *letters; letters++) {
		for (int i = 0; i < TLSTICKETS_KEY_BYTES; i++)
			strbuf_char(&b, *letters);
	}
	return strbuf_str(&b);
}

static void tickets_are_opened_by_whoever_has_the_key(void **state)
{
	struct bench b = begin();
	struct ssl_ctx_st *first, *other, *rotated, *much_later;

	(void)state;
	put(&b, "/a", "mx.hopital.example", NULL);
	put(&b, "/b", "mx.clinique.example", NULL);
	first = server(&b, keys(b.arena, "cba"));
	other = server(&b, keys(b.arena, "cba"));
	rotated = server(&b, keys(b.arena, "edc"));
	much_later = server(&b, keys(b.arena, "fed"));
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
		struct meeting m = { .version = version, .name = "mx.clinique.example" };
		SSL_SESSION *of_c;

		meet(first, &m);
		assert_true(m.up && !m.resumed);
		of_c = SSL_SESSION_dup(m.session);
		meet(other, &m);
		assert_true(m.up && m.resumed);
		meet(rotated, &m); /* opened by the oldest key, answered with a new ticket */
		assert_true(m.up && m.resumed);
		meet(much_later, &m); /* so it goes on even when c is gone */
		assert_true(m.up && m.resumed);
		part(&m);
		m.session = of_c;
		meet(much_later, &m);
		assert_true(m.up && !m.resumed);
		part(&m);
	}
	tlsctx_free(first);
	tlsctx_free(other);
	tlsctx_free(rotated);
	tlsctx_free(much_later);
	arena_free(b.arena);
}

static void a_client_certificate_is_asked_for_and_never_insisted_on(void **state)
{
	struct bench b = begin();
	struct pembundle_entry client, stranger, authority = { .file = STR("/ca") };
	struct ssl_ctx_st *ctx;

	(void)state;
	put(&b, "/client", "client.partner.example", &client);
	put(&b, "/stranger", "stranger.example", &stranger);
	strbuf_clear(&b.bundle);
	put(&b, "/a", "mx.hopital.example", NULL);
	authority.chain = client.chain; /* self-signed: its own authority */
	pembundle_put(&b.bundle, &authority);
	ctx = server(&b, keys(b.arena, "a"));
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
		struct meeting known = { .version = version,
					 .ask = true,
					 .client_chain = client.chain,
					 .client_key = client.key };
		struct meeting unknown = { .version = version,
					   .ask = true,
					   .client_chain = stranger.chain,
					   .client_key = stranger.key };
		struct meeting none = { .version = version, .ask = true };
		struct meeting unasked = { .version = version,
					   .client_chain = client.chain,
					   .client_key = client.key };

		meet(ctx, &known);
		assert_true(known.up && known.has_peer && known.peer.verified);
		assert_true(str_find(known.peer.subject, STR("client.partner.example")) !=
			    STR_NONE);
		assert_int_equal(known.peer.fingerprint.n, 64);
		meet(ctx, &known); /* by a ticket: as before */
		assert_true(known.up && known.resumed && known.has_peer && known.peer.verified);
		meet(ctx, &unknown);
		assert_true(unknown.up && unknown.has_peer && !unknown.peer.verified);
		meet(ctx, &none);
		assert_true(none.up && !none.has_peer);
		meet(ctx, &unasked);
		assert_true(unasked.up && !unasked.has_peer);
		part(&known);
		part(&unknown);
		part(&none);
		part(&unasked);
	}
	tlsctx_free(ctx);
	arena_free(b.arena);
}

static void a_long_subject_is_cut(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("small", 4 << 10);
	struct bench b = begin();
	struct pembundle_entry e;
	X509_NAME *name;
	X509 *cert;

	(void)state;
	put(&b, "/a", "mx.hopital.example", &e);
	cert = read_cert(e.chain);
	name = X509_get_subject_name(cert);
	for (int i = 0; i < 1000; i++)
		X509_NAME_add_entry_by_NID(name, NID_organizationalUnitName, MBSTRING_ASC,
					   (const unsigned char *)"nobody believes this", -1, -1,
					   0);
	assert_int_equal(tlscert_subject(cert, a).n, TLSCERT_SUBJECT_MAX);
	X509_free(cert);
	arena_free(b.arena);
}

static void a_bad_certificate_is_refused_with_its_file(void **state)
{
	struct pembundle_entry good, other, bad[4];
	struct bench b = begin();

	(void)state;
	put(&b, "/good", "mx.hopital.example", &good);
	put(&b, "/other", "mx.hopital.example", &other);
	bad[0] = (struct pembundle_entry){ STR("/bad.pem"), good.chain, other.key };
	bad[1] = (struct pembundle_entry){ STR("/bad.pem"), STR("nothing"), good.key };
	bad[2] = (struct pembundle_entry){ STR("/bad.pem"), good.chain, STR("nothing") };
	bad[3] = (struct pembundle_entry){ STR("/bad.pem"), STR("no authority"), STR("") };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct tlsserver_spec spec = { .min = TLSCTX_1_2 };
		struct ssl_ctx_st *ctx = NULL;
		struct why why = { "" };

		strbuf_clear(&b.bundle);
		pembundle_put(&b.bundle, &good);
		pembundle_put(&b.bundle, &bad[i]);
		spec.bundle = strbuf_str(&b.bundle);
		assert_true(tlsserver_new(&spec, &ctx, &why) < 0);
		assert_true(str_starts(str_c(why.text), STR("/bad.pem: ")));
		assert_null(ctx);
		spec.bundle = str_sub(spec.bundle, 0, spec.bundle.n - 1);
		assert_true(tlsserver_new(&spec, &ctx, &why) < 0);
	}
	arena_free(b.arena);
}

static void the_end_of_a_certificate_is_announced_in_steps(void **state)
{
	static const struct {
		int64_t left;
		int warning;
	} cases[] = {
		{ 31 * DAY, TLSSERVER_NO_WARNING },
		{ 30 * DAY + 1, TLSSERVER_NO_WARNING },
		{ 30 * DAY, 30 },
		{ 15 * DAY + 1, 30 },
		{ 15 * DAY, 15 },
		{ 7 * DAY + 1, 15 },
		{ 7 * DAY, 7 },
		{ 1, 7 },
		{ 0, 0 },
		{ -DAY, 0 },
	};
	const struct tlsserver_certificate *known;
	struct bench b = begin();
	struct ssl_ctx_st *ctx;
	int64_t now = clock_wall();
	size_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(tlsserver_warning(now + cases[i].left, now), cases[i].warning);
	put(&b, "/a", "mx.hopital.example", NULL);
	ctx = server(&b, STR(""));
	known = tlsserver_certificates(ctx, &n);
	assert_int_equal(n, 1);
	assert_true(str_eq(known->file, STR("/a")));
	assert_true(str_eq(known->subject, STR("CN=mx.hopital.example")));
	assert_true(known->not_after - now - (int64_t)TLSCERT_DAYS * DAY < 60);
	assert_int_equal(tlsserver_seconds_left(ctx, known->not_after + 5), -5);
	tlsctx_free(ctx);
	arena_free(b.arena);
}

static void ticket_keys_come_whole(void **state)
{
	struct tlstickets t = { 0 };
	char bytes[TLSTICKETS_KEY_BYTES * (TLSTICKETS_GENERATIONS + 1)] = { 0 };

	(void)state;
	assert_true(tlstickets_set(&t, STR("")));
	assert_int_equal(t.n, 0);
	assert_true(tlstickets_set(&t, str_of(bytes, TLSTICKETS_KEY_BYTES)));
	assert_int_equal(t.n, 1);
	assert_false(tlstickets_set(&t, str_of(bytes, TLSTICKETS_KEY_BYTES - 1)));
	assert_false(tlstickets_set(&t, str_of(bytes, sizeof(bytes))));
	assert_int_equal(t.n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_name_chooses_the_certificate),
		cmocka_unit_test(a_session_keeps_what_a_reload_lets_go),
		cmocka_unit_test(rsa_and_ecdsa_stand_side_by_side),
		cmocka_unit_test(tickets_are_opened_by_whoever_has_the_key),
		cmocka_unit_test(a_client_certificate_is_asked_for_and_never_insisted_on),
		cmocka_unit_test(a_long_subject_is_cut),
		cmocka_unit_test(a_bad_certificate_is_refused_with_its_file),
		cmocka_unit_test(the_end_of_a_certificate_is_announced_in_steps),
		cmocka_unit_test(ticket_keys_come_whole),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tls/tlsstream.h"

#include "base/ip.h"
#include "base/strbuf.h"
#include "tls/tlscert.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

/* What an SSL call that did not succeed means to a stream: 0, or a negative errno. */
static ssize_t outcome(SSL *ssl, int r, short *want)
{
	int saved = errno;

	switch (SSL_get_error(ssl, r)) {
	case SSL_ERROR_WANT_READ:
		*want = POLLIN;
		return -EAGAIN;
	case SSL_ERROR_WANT_WRITE:
		*want = POLLOUT;
		return -EAGAIN;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_SYSCALL:
		return saved ? -saved : -ECONNRESET;
	default:
		return -EPROTO;
	}
}

static ssize_t tls_read(void *ctx, int fd, char *p, size_t n, short *want)
{
	size_t got;
	int r;

	(void)fd;
	ERR_clear_error();
	errno = 0;
	r = SSL_read_ex(ctx, p, n, &got);
	return r == 1 ? (ssize_t)got : outcome(ctx, r, want);
}

static ssize_t tls_write(void *ctx, int fd, const char *p, size_t n, short *want)
{
	size_t put;
	int r;

	(void)fd;
	ERR_clear_error();
	errno = 0;
	r = SSL_write_ex(ctx, p, n, &put);
	return r == 1 ? (ssize_t)put : outcome(ctx, r, want);
}

/* Records are read one at a time (no read-ahead), so what is decrypted is all there is. */
static size_t tls_pending(void *ctx)
{
	return (size_t)SSL_pending(ctx);
}

static const struct stream_ops tls_ops = { tls_read, tls_write, tls_pending };

static ssize_t ended_read(void *ctx, int fd, char *p, size_t n, short *want)
{
	(void)ctx;
	(void)fd;
	(void)p;
	(void)n;
	(void)want;
	return 0;
}

static ssize_t ended_write(void *ctx, int fd, const char *p, size_t n, short *want)
{
	(void)ctx;
	(void)fd;
	(void)p;
	(void)n;
	(void)want;
	return -EPIPE;
}

static size_t ended_pending(void *ctx)
{
	(void)ctx;
	return 0;
}

static const struct stream_ops ended_ops = { ended_read, ended_write, ended_pending };

static int begin(struct stream *s, SSL_CTX *ctx, SSL **ret, struct why *why)
{
	SSL *ssl = SSL_new(ctx);

	bug_if(tlsstream_active(s));
	if (!ssl || SSL_set_fd(ssl, s->fd) != 1) {
		SSL_free(ssl);
		return why_set(why, -ENOMEM, "TLS: %m");
	}
	s->ops = &tls_ops;
	s->ctx = ssl;
	*ret = ssl;
	return 0;
}

int tlsstream_accept(struct stream *s, SSL_CTX *ctx, struct why *why)
{
	SSL *ssl = NULL;
	int r = begin(s, ctx, &ssl, why);

	if (r == 0)
		SSL_set_accept_state(ssl);
	return r;
}

/* SMTP goes on whoever the client is; what was found out stays in the verify result. */
static int go_on(int ok, X509_STORE_CTX *found)
{
	(void)ok;
	(void)found;
	return 1;
}

void tlsstream_ask_certificate(struct stream *s)
{
	bug_if(!tlsstream_active(s));
	SSL_set_verify(s->ctx, SSL_VERIFY_PEER, go_on);
	SSL_set_verify_depth(s->ctx, TLSCTX_CHAIN_MAX);
	SSL_set_max_cert_list(s->ctx, TLSSTREAM_CLIENT_BYTES);
	/* Mail servers show the certificate they serve with: its purpose is not asked about. */
	bug_if(X509_VERIFY_PARAM_set_purpose(SSL_get0_param(s->ctx), X509_PURPOSE_ANY) != 1);
}

/* An address is not a name; neither is what holds a NUL or does not fit. */
static void send_name(SSL *ssl, str host)
{
	char name[TLSEXT_MAXLEN_host_name + 1];
	struct ip ip;

	if (host.n == 0 || host.n >= sizeof(name) || ip_parse(host, &ip))
		return;
	memcpy(name, host.p, host.n);
	name[host.n] = '\0';
	(void)SSL_set_tlsext_host_name(ssl, name); /* servers do without */
}

static int handshake(struct stream *s, SSL *ssl, deadline d, struct why *why)
{
	for (;;) {
		short want = 0;
		ssize_t e;
		int r;

		ERR_clear_error();
		errno = 0;
		r = SSL_do_handshake(ssl);
		if (r == 1)
			return 0;
		e = outcome(ssl, r, &want);
		if (e != -EAGAIN) {
			const char *text = ERR_reason_error_string(ERR_peek_error());

			return why_set(why, e ? (int)e : -ECONNRESET, "TLS handshake: %s",
				       text ? text : "the server closed the connection");
		}
		r = stream_wait(s->fd, want, d, why);
		if (r < 0)
			return r;
		if (r == STREAM_E_TIMEOUT)
			return why_set(why, -ETIMEDOUT, "TLS handshake: %m");
	}
}

int tlsstream_connect(struct stream *s, SSL_CTX *ctx, str host, deadline d, struct why *why)
{
	int r = tlsstream_begin_client(s, ctx, host, why);

	return r < 0 ? r : tlsstream_shake(s, d, why);
}

int tlsstream_begin_client(struct stream *s, SSL_CTX *ctx, str host, struct why *why)
{
	SSL *ssl = NULL;
	int r = begin(s, ctx, &ssl, why);

	if (r < 0)
		return r;
	SSL_set_connect_state(ssl);
	send_name(ssl, host);
	return 0;
}

int tlsstream_shake(struct stream *s, deadline d, struct why *why)
{
	bug_if(!tlsstream_active(s));
	return handshake(s, s->ctx, d, why);
}

void tlsstream_close(struct stream *s)
{
	if (!tlsstream_active(s))
		return;
	if (SSL_is_init_finished(s->ctx)) {
		ERR_clear_error();
		(void)SSL_shutdown(s->ctx); /* a peer that is gone misses nothing */
	}
	SSL_free(s->ctx);
	s->ctx = NULL;
	s->ops = &ended_ops;
}

bool tlsstream_active(const struct stream *s)
{
	return s->ops == &tls_ops;
}

static bool is_up(const struct stream *s)
{
	return tlsstream_active(s) && SSL_is_init_finished(s->ctx);
}

str tlsstream_version(const struct stream *s)
{
	return is_up(s) ? str_c(SSL_get_version(s->ctx)) : STR("");
}

str tlsstream_cipher(const struct stream *s)
{
	return is_up(s) ? str_c(SSL_get_cipher_name(s->ctx)) : STR("");
}

bool tlsstream_resumed(const struct stream *s)
{
	return is_up(s) && SSL_session_reused(s->ctx);
}

bool tlsstream_peer(const struct stream *s, struct arena *a, struct tlsstream_peer *ret)
{
	X509 *peer = is_up(s) ? SSL_get0_peer_certificate(s->ctx) : NULL;
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	struct strbuf hex = strbuf_make(a, 2 * EVP_MAX_MD_SIZE);

	if (!peer || X509_digest(peer, EVP_sha256(), digest, &n) != 1)
		return false;
	for (unsigned i = 0; i < n; i++)
		strbuf_fmt(&hex, "%02x", digest[i]);
	ret->subject = tlscert_subject(peer, a);
	ret->fingerprint = strbuf_str(&hex);
	ret->verified = SSL_get_verify_result(s->ctx) == X509_V_OK;
	return true;
}

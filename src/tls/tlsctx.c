#include "tls/tlsctx.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

/* TLS 1.2: forward secrecy always; AEAD first, CBC for servers that are old but not in
 * clear text: a refused handshake would make them send the mail unencrypted. AES-128 goes
 * first: nobody breaks it either, and its SHA-256 costs a tenth less of the handshake. */
static const char ciphers[] = "ECDHE+AESGCM+AES128:ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:"
			      "ECDHE+AES:!aNULL:!AESCCM:!SHA1";
/* With TLS 1.0: whose signatures are SHA-1, which only level 0 allows. Still no key exchange
 * without forward secrecy, and neither RC4 nor 3DES. */
static const char legacy_ciphers[] = "ECDHE+AESGCM+AES128:ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:"
				     "!aNULL:!AESCCM:@SECLEVEL=0";
static const char suites[] =
	"TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
static const unsigned char session_context[] = "smtp";
#define GROUPS "X25519:P-256:P-384"
/* A ticket is of no use longer than the keys of the supervisor live for certain. */
enum { SESSION_SECONDS = 12 * 3600 };

static const char *reason(void)
{
	unsigned long e = ERR_peek_last_error();
	const char *text = e ? ERR_reason_error_string(e) : NULL;

	return text ? text : "unknown error";
}

static int new_ctx(const SSL_METHOD *method, enum tlsctx_version min, SSL_CTX **ret,
		   struct why *why)
{
	int version = min == TLSCTX_1_3	  ? TLS1_3_VERSION
		      : min == TLSCTX_1_0 ? TLS1_VERSION
					  : TLS1_2_VERSION;
	SSL_CTX *ctx;

	if (!OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL))
		return why_set(why, -ENOMEM, "TLS library: %s", reason());
	ERR_clear_error();
	ctx = SSL_CTX_new(method);
	if (!ctx)
		return why_set(why, -ENOMEM, "TLS context: %s", reason());
	SSL_CTX_set_min_proto_version(ctx, version);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
				      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
	/* The chain is sent as it is configured; otherwise OpenSSL looks for one each time. */
	SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
	/* A peer that closes without close_notify reads as the end of the stream: SMTP has
	 * its own end of message, so nothing can be cut unseen. */
	SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
					 SSL_OP_IGNORE_UNEXPECTED_EOF);
	bug_if(SSL_CTX_set_cipher_list(ctx, min == TLSCTX_1_0 ? legacy_ciphers : ciphers) != 1 ||
	       SSL_CTX_set_ciphersuites(ctx, suites) != 1 ||
	       SSL_CTX_set1_groups_list(ctx, (char[]){ GROUPS }) != 1);
	*ret = ctx;
	return 0;
}

/* Encrypted keys are refused: nobody is there to type a password. */
static int no_password(char *buf, int size, int writing, void *ctx)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)ctx;
	return -1;
}

static int use_chain(SSL_CTX *ctx, BIO *in, struct why *why)
{
	X509 *cert = PEM_read_bio_X509_AUX(in, NULL, no_password, NULL);
	int ok, n = 1;

	if (!cert)
		return why_set(why, -EINVAL, "certificate: %s; a PEM certificate is expected",
			       reason());
	ok = SSL_CTX_use_certificate(ctx, cert);
	X509_free(cert);
	if (ok != 1)
		return why_set(why, -EINVAL, "certificate: %s", reason());
	while ((cert = PEM_read_bio_X509(in, NULL, no_password, NULL))) {
		if (++n > TLSCTX_CHAIN_MAX || SSL_CTX_add0_chain_cert(ctx, cert) != 1) {
			X509_free(cert);
			return why_set(why, -EINVAL, "certificate: chain of more than %d",
				       TLSCTX_CHAIN_MAX);
		}
	}
	ERR_clear_error(); /* the end of the text is an error to the PEM reader */
	return 0;
}

static int use_key(SSL_CTX *ctx, BIO *in, struct why *why)
{
	EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, no_password, NULL);
	int ok;

	if (!key)
		return why_set(why, -EINVAL, "private key: %s; an unencrypted PEM key is expected",
			       reason());
	/* Asked of the certificate itself: use_PrivateKey would put a key of another type
	 * beside it, where a certificate added before may have its place. */
	ok = X509_check_private_key(SSL_CTX_get0_certificate(ctx), key) == 1 &&
	     SSL_CTX_use_PrivateKey(ctx, key) == 1;
	EVP_PKEY_free(key);
	if (!ok || SSL_CTX_check_private_key(ctx) != 1)
		return why_set(why, -EKEYREJECTED,
			       "private key does not belong to the certificate: %s", reason());
	return 0;
}

static int with_pem(SSL_CTX *ctx, str pem, int (*use)(SSL_CTX *, BIO *, struct why *),
		    struct why *why)
{
	BIO *in = pem.n && pem.n <= INT_MAX ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
	int r;

	if (!in)
		return why_set(why, -EINVAL, "certificate or key is empty");
	r = use(ctx, in, why);
	BIO_free(in);
	return r;
}

int tlsctx_add_certificate(SSL_CTX *ctx, str chain, str key, struct why *why)
{
	int r = with_pem(ctx, chain, use_chain, why);

	return r < 0 ? r : with_pem(ctx, key, use_key, why);
}

int tlsctx_new_server(str chain, str key, enum tlsctx_version min, SSL_CTX **ret, struct why *why)
{
	SSL_CTX *ctx = NULL;
	int r = new_ctx(TLS_server_method(), min, &ctx, why);

	if (r < 0)
		return r;
	SSL_CTX_set_options(ctx, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
	/* Resumption by ticket: nothing is kept here. */
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(ctx, 1);
	SSL_CTX_set_timeout(ctx, SESSION_SECONDS);
	/* What may be resumed here; needed where certificates of clients are asked for. */
	bug_if(SSL_CTX_set_session_id_context(ctx, session_context, sizeof(session_context)) != 1);
	r = tlsctx_add_certificate(ctx, chain, key, why);
	if (r < 0) {
		SSL_CTX_free(ctx);
		return r;
	}
	*ret = ctx;
	return 0;
}

int tlsctx_new_client(enum tlsctx_version min, SSL_CTX **ret, struct why *why)
{
	SSL_CTX *ctx = NULL;
	int r = new_ctx(TLS_client_method(), min, &ctx, why);

	if (r < 0)
		return r;
	SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
	*ret = ctx;
	return 0;
}

SSL_CTX *tlsctx_ref(SSL_CTX *ctx)
{
	SSL_CTX_up_ref(ctx);
	return ctx;
}

SSL_CTX *tlsctx_free(SSL_CTX *ctx)
{
	SSL_CTX_free(ctx);
	return NULL;
}

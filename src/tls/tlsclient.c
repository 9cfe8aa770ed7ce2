#include "tls/tlsclient.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

enum { NAME_MAX_BYTES = 255, TLSA_HEAD = 3, DANE_TA = 2, DANE_EE = 3 };

/* The system's file has some hundred and fifty; one that cannot be read costs only itself. */
static int trust(SSL_CTX *ctx, str roots, struct why *why)
{
	BIO *in = roots.n <= INT_MAX ? BIO_new_mem_buf(roots.p, (int)roots.n) : NULL;
	X509_STORE *store = SSL_CTX_get_cert_store(ctx);
	size_t n = 0;
	X509 *cert;

	if (!in)
		return why_set(why, -ENOMEM, "certificates of authorities: no memory");
	while ((cert = PEM_read_bio_X509(in, NULL, NULL, NULL))) {
		n += X509_STORE_add_cert(store, cert) == 1;
		X509_free(cert);
	}
	BIO_free(in);
	ERR_clear_error();
	return n ? 0 : why_set(why, -EINVAL, "no PEM certificate of an authority in it");
}

int tlsclient_new(str roots, enum tlsctx_version min, SSL_CTX **ret, struct why *why)
{
	SSL_CTX *ctx = NULL;
	int r = tlsctx_new_client(min, &ctx, why);

	if (r < 0)
		return r;
	/* Head and body of a record in one read: these connections are never parked. */
	SSL_CTX_set_read_ahead(ctx, 1);
	if (SSL_CTX_dane_enable(ctx) != 1)
		r = why_set(why, -ENOMEM, "TLS context: no DANE");
	/* RFC 7672 3.1.1: the dates of a DANE-EE certificate, and its names, say nothing. */
	SSL_CTX_dane_set_flags(ctx, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
	if (r == 0 && roots.n)
		r = trust(ctx, roots, why);
	if (r < 0) {
		SSL_CTX_free(ctx);
		return r;
	}
	*ret = ctx;
	return 0;
}

bool tlsclient_tlsa_usable(str tlsa)
{
	static const size_t digest_bytes[] = { [1] = 32, [2] = 64 };
	unsigned usage, selector, matching;

	if (tlsa.n <= TLSA_HEAD)
		return false;
	usage = (unsigned char)tlsa.p[0];
	selector = (unsigned char)tlsa.p[1];
	matching = (unsigned char)tlsa.p[2];
	if ((usage != DANE_TA && usage != DANE_EE) || selector > 1 || matching > 2)
		return false;
	return matching == 0 || tlsa.n - TLSA_HEAD == digest_bytes[matching];
}

static bool name_c(str name, char *ret)
{
	if (name.n == 0 || name.n > NAME_MAX_BYTES || str_chr(name, '\0') != STR_NONE)
		return false;
	memcpy(ret, name.p, name.n);
	ret[name.n] = '\0';
	return true;
}

static bool add_name(SSL *ssl, str name)
{
	char text[NAME_MAX_BYTES + 1];

	return name_c(name, text) && SSL_add1_host(ssl, text) == 1;
}

static bool add_names(SSL *ssl, const struct tlsclient_demand *want)
{
	bool any = false;

	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	for (size_t i = 0; i < TLSCLIENT_NAMES; i++)
		any |= add_name(ssl, want->names[i]);
	return any;
}

static bool add_records(SSL *ssl, const struct tlsclient_demand *want)
{
	char base[NAME_MAX_BYTES + 1];
	bool any = false;

	if (!name_c(want->host, base) || SSL_dane_enable(ssl, base) != 1)
		return false;
	for (size_t i = 0; i < want->n_tlsa; i++) {
		str r = want->tlsa[i];
		const unsigned char *p = (const unsigned char *)r.p;

		if (tlsclient_tlsa_usable(r))
			any |= SSL_dane_tlsa_add(ssl, p[0], p[1], p[2], p + TLSA_HEAD,
						 r.n - TLSA_HEAD) == 1;
	}
	add_names(ssl, want);
	ERR_clear_error();
	return any;
}

/* Names and records must be in force before the handshake: a demand that cannot be made
 * must not pass for one that was met. */
static int demand(SSL *ssl, const struct tlsclient_demand *want, struct why *why)
{
	if (want->proof == TLSCLIENT_NAMED && !add_names(ssl, want))
		return why_set(why, -EINVAL, "TLS: no name to verify");
	if (want->proof == TLSCLIENT_DANE && !add_records(ssl, want))
		return why_set(why, -EINVAL, "TLS: no usable TLSA record");
	return 0;
}

static enum tlsclient_finding find(const SSL *ssl, enum tlsclient_proof proof, struct why *why)
{
	long result = SSL_get_verify_result(ssl);

	if (proof == TLSCLIENT_ANYONE)
		return TLSCLIENT_PROVEN;
	if (!SSL_get0_peer_certificate(ssl))
		result = X509_V_ERR_UNSPECIFIED;
	if (result == X509_V_OK)
		return TLSCLIENT_PROVEN;
	(void)why_set(why, 0, "TLS certificate: %s", X509_verify_cert_error_string(result));
	switch (result) {
	case X509_V_ERR_HOSTNAME_MISMATCH:
		return TLSCLIENT_E_HOST_MISMATCH;
	case X509_V_ERR_CERT_HAS_EXPIRED:
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return TLSCLIENT_E_EXPIRED;
	default:
		return proof == TLSCLIENT_DANE ? TLSCLIENT_E_TLSA : TLSCLIENT_E_NOT_TRUSTED;
	}
}

int tlsclient_connect(struct stream *s, SSL_CTX *ctx, const struct tlsclient_demand *want,
		      deadline d, enum tlsclient_finding *ret, struct why *why)
{
	int r = tlsstream_begin_client(s, ctx, want->host, why);

	if (r == 0)
		r = demand(s->ctx, want, why);
	if (r == 0)
		r = tlsstream_shake(s, d, why);
	if (r == 0)
		*ret = find(s->ctx, want->proof, why);
	return r;
}

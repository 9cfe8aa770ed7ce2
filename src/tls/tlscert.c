#include "tls/tlscert.h"

#include <errno.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

enum { SERIAL_BITS = 127, DAY_SECONDS = 24 * 3600, NAME_MAX_CN = 64 };

static bool set_serial(X509 *cert)
{
	BIGNUM *n = BN_new();
	bool ok = n && BN_rand(n, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) &&
		  BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert));

	BN_free(n);
	return ok;
}

static bool set_times(X509 *cert, int64_t now)
{
	time_t from = (time_t)(now - DAY_SECONDS); /* clocks of peers may be behind */
	time_t to = (time_t)(now + (int64_t)TLSCERT_DAYS * DAY_SECONDS);

	return ASN1_TIME_set(X509_getm_notBefore(cert), from) &&
	       ASN1_TIME_set(X509_getm_notAfter(cert), to);
}

static bool add_extension(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	bool ok = e && X509_add_ext(cert, e, -1);

	X509_EXTENSION_free(e);
	return ok;
}

/* The common name is for people; peers read the alternative name (RFC 6125 6.4.4). */
static bool set_names(struct arena *a, X509 *cert, str hostname)
{
	X509_NAME *name = X509_get_subject_name(cert);
	str cn = str_sub(hostname, 0, NAME_MAX_CN);
	char *alternative = arena_cz(a, arena_fmt(a, "DNS:%.*s", STR_ARG(hostname)));

	return alternative &&
	       X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
					  (const unsigned char *)cn.p, (int)cn.n, -1, 0) &&
	       X509_set_issuer_name(cert, name) &&
	       add_extension(cert, NID_subject_alt_name, alternative) &&
	       add_extension(cert, NID_basic_constraints, "critical,CA:FALSE") &&
	       add_extension(cert, NID_ext_key_usage, "serverAuth");
}

static str take_pem(struct arena *a, BIO *out)
{
	char *p;
	long n = BIO_get_mem_data(out, &p);

	return arena_str(a, str_of(p, (size_t)n));
}

int tlscert_make(struct arena *a, str hostname, int64_t now, str *ret_chain, str *ret_key,
		 struct why *why)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	BIO *cert_pem = BIO_new(BIO_s_mem()), *key_pem = BIO_new(BIO_s_mem());
	bool ok = key && cert && cert_pem && key_pem && X509_set_version(cert, X509_VERSION_3) &&
		  set_serial(cert) && set_times(cert, now) && set_names(a, cert, hostname) &&
		  X509_set_pubkey(cert, key) && X509_sign(cert, key, EVP_sha256()) &&
		  PEM_write_bio_X509(cert_pem, cert) &&
		  PEM_write_bio_PrivateKey(key_pem, key, NULL, NULL, 0, NULL, NULL);

	if (ok) {
		*ret_chain = take_pem(a, cert_pem);
		*ret_key = take_pem(a, key_pem);
	}
	BIO_free(cert_pem);
	BIO_free(key_pem);
	X509_free(cert);
	EVP_PKEY_free(key);
	if (!ok)
		return why_set(why, -EIO, "certificate for %.*s: %s", STR_ARG(hostname),
			       ERR_reason_error_string(ERR_peek_error()) ?: "refused");
	return 0;
}

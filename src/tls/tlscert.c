#include "tls/tlscert.h"

#include "base/strbuf.h"

#include <errno.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

enum {
	SERIAL_BITS = 127,
	DAY_SECONDS = 24 * 3600,
	NAME_MAX_CN = 64,
	PEM_MAX = 16 << 10,
	TLSA_MAX = 128
};

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

static str take_text(struct arena *a, BIO *out, size_t max)
{
	char *p;
	long n = BIO_get_mem_data(out, &p);

	return arena_str(a, str_sub(str_of(p, (size_t)n), 0, max));
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
		*ret_chain = take_text(a, cert_pem, PEM_MAX);
		*ret_key = take_text(a, key_pem, PEM_MAX);
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

str tlscert_subject(const X509 *cert, struct arena *a)
{
	BIO *out = BIO_new(BIO_s_mem());
	str text = STR("");

	if (out && X509_NAME_print_ex(out, X509_get_subject_name(cert), 0, XN_FLAG_RFC2253) >= 0)
		text = take_text(a, out, TLSCERT_SUBJECT_MAX);
	BIO_free(out);
	return text;
}

int64_t tlscert_not_after(const X509 *cert)
{
	struct tm tm;

	return ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

static void add_name(struct arena *a, const ASN1_STRING *name, struct tlscert_names *ret)
{
	str s = str_of(ASN1_STRING_get0_data(name), (size_t)ASN1_STRING_length(name));

	if (s.n && ret->n < TLSCERT_NAMES_MAX)
		ret->v[ret->n++] = arena_str(a, s);
}

void tlscert_names(const X509 *cert, struct arena *a, struct tlscert_names *ret)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	const X509_NAME *subject = X509_get_subject_name(cert);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);

	ret->n = 0;
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type == GEN_DNS)
			add_name(a, name->d.dNSName, ret);
	}
	GENERAL_NAMES_free(names);
	if (ret->n == 0 && at >= 0)
		add_name(a, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)), ret);
}

static str tlsa_of(struct arena *a, const X509 *cert)
{
	unsigned char *spki = NULL, digest[SHA256_DIGEST_LENGTH];
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &spki);
	struct strbuf b = strbuf_make(a, TLSA_MAX);

	if (n <= 0)
		return STR("");
	SHA256(spki, (size_t)n, digest);
	OPENSSL_free(spki);
	strbuf_put(&b, STR("3 1 1 "));
	for (size_t i = 0; i < sizeof(digest); i++)
		strbuf_fmt(&b, "%02x", digest[i]);
	return strbuf_str(&b);
}

int tlscert_read(struct arena *a, str pem, struct tlscert_facts *ret, struct why *why)
{
	BIO *in = BIO_new_mem_buf(pem.p, (int)str_sub(pem, 0, INT_MAX).n);
	X509 *cert = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;

	BIO_free(in);
	if (!cert)
		return why_set(why, -EINVAL, "found no certificate, expected PEM text");
	ret->tlsa = tlsa_of(a, cert);
	ret->not_after = tlscert_not_after(cert);
	tlscert_names(cert, a, &ret->names);
	X509_free(cert);
	return 0;
}

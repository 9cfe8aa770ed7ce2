#include "keys/keyfile.h"

#include "base/base64.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

enum { PEM_MAX = 16 << 10, STRING_MAX = 255, ED25519_BYTES = 32 };

struct keyfile {
	EVP_PKEY *pkey;
	enum signer_algorithm algorithm;
};

/* A key with a passphrase has nobody to ask for it. */
static int no_passphrase(char *buf, int size, int rwflag, void *ctx)
{
	(void)buf, (void)size, (void)rwflag;
	*(bool *)ctx = true;
	return -1;
}

static EVP_PKEY *parse(str pem, bool *ret_locked)
{
	BIO *in = BIO_new_mem_buf(pem.p, (int)pem.n);
	EVP_PKEY *pkey = in ? PEM_read_bio_PrivateKey(in, NULL, no_passphrase, ret_locked) : NULL;

	BIO_free(in);
	ERR_clear_error();
	return pkey;
}

static int check_kind(struct keyfile *k, struct why *why)
{
	int bits = EVP_PKEY_get_bits(k->pkey);

	k->algorithm = SIGNER_ED25519_SHA256;
	if (EVP_PKEY_is_a(k->pkey, "ED25519"))
		return 0;
	if (!EVP_PKEY_is_a(k->pkey, "RSA"))
		return why_set(why, -EINVAL, "found a key that is neither RSA nor Ed25519");
	k->algorithm = SIGNER_RSA_SHA256;
	if (bits < KEYFILE_RSA_MIN || bits > KEYFILE_RSA_MAX)
		return why_set(why, -EINVAL, "found an RSA key of %d bits, expected %d to %d", bits,
			       KEYFILE_RSA_MIN, KEYFILE_RSA_MAX);
	return 0;
}

static bool sign_rsa(EVP_PKEY *pkey, str digest, unsigned char *out, size_t *n)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
	bool ok = ctx && EVP_PKEY_sign_init(ctx) > 0 &&
		  EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) > 0 &&
		  EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) > 0 &&
		  EVP_PKEY_sign(ctx, out, n, (const unsigned char *)digest.p, digest.n) > 0;

	EVP_PKEY_CTX_free(ctx);
	return ok;
}

/* PureEdDSA of the digest (RFC 8463 3). */
static bool sign_ed25519(EVP_PKEY *pkey, str digest, unsigned char *out, size_t *n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, pkey) > 0 &&
		  EVP_DigestSign(ctx, out, n, (const unsigned char *)digest.p, digest.n) > 0;

	EVP_MD_CTX_free(ctx);
	return ok;
}

int keyfile_sign(const struct keyfile *k, struct arena *a, str digest, str *ret_signature,
		 struct why *why)
{
	unsigned char out[SIGNER_MAX_SIGNATURE];
	size_t n = sizeof(out);
	bool ok;

	bug_if(digest.n != SIGNER_DIGEST);
	ok = k->algorithm == SIGNER_RSA_SHA256 ? sign_rsa(k->pkey, digest, out, &n)
					       : sign_ed25519(k->pkey, digest, out, &n);
	ERR_clear_error();
	if (!ok)
		return why_set(why, -EIO, "the key could not sign");
	*ret_signature = arena_str(a, str_of(out, n));
	return 0;
}

static bool matches(EVP_PKEY *pkey, enum signer_algorithm algorithm, str digest, str signature)
{
	const unsigned char *s = (const unsigned char *)signature.p,
			    *d = (const unsigned char *)digest.p;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool ok;

	if (algorithm == SIGNER_ED25519_SHA256)
		ok = md && EVP_DigestVerifyInit(md, NULL, NULL, NULL, pkey) > 0 &&
		     EVP_DigestVerify(md, s, signature.n, d, digest.n) > 0;
	else
		ok = ctx && EVP_PKEY_verify_init(ctx) > 0 &&
		     EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) > 0 &&
		     EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) > 0 &&
		     EVP_PKEY_verify(ctx, s, signature.n, d, digest.n) > 0;
	EVP_PKEY_CTX_free(ctx);
	EVP_MD_CTX_free(md);
	ERR_clear_error();
	return ok;
}

static int try_it(const struct keyfile *k, struct why *why)
{
	static const char zeros[SIGNER_DIGEST];
	cleanup(arena_freep) struct arena *a = arena_new("key check", 1 << 16);
	str digest = str_of(zeros, sizeof(zeros)), signature;
	int r = keyfile_sign(k, a, digest, &signature, why);

	if (r == 0 && !matches(k->pkey, k->algorithm, digest, signature))
		return why_set(why, -EINVAL, "the two halves of the key do not fit");
	return r;
}

int keyfile_read(struct arena *a, str pem, struct keyfile **ret, struct why *why)
{
	struct keyfile *k;
	bool locked = false;
	EVP_PKEY *pkey;
	int r;

	if (pem.n > PEM_MAX)
		return why_set(why, -EFBIG, "found %zu bytes, expected a key in PEM", pem.n);
	pkey = parse(pem, &locked);
	if (!pkey)
		return why_set(why, -EINVAL, "found %s, expected a private key in PEM",
			       locked ? "a key with a passphrase" : "something else");
	k = arena_make(a, struct keyfile);
	k->pkey = pkey;
	r = check_kind(k, why);
	if (r == 0)
		r = try_it(k, why);
	if (r < 0)
		keyfile_close(k);
	else
		*ret = k;
	return r;
}

void keyfile_close(struct keyfile *k)
{
	EVP_PKEY_free(k->pkey);
	k->pkey = NULL;
}

enum signer_algorithm keyfile_algorithm(const struct keyfile *k)
{
	return k->algorithm;
}

int keyfile_make(struct arena *a, enum signer_algorithm algorithm, unsigned bits, str *ret_pem,
		 struct why *why)
{
	EVP_PKEY *pkey = algorithm == SIGNER_RSA_SHA256 ? EVP_RSA_gen(bits)
							: EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	BIO *out = BIO_new(BIO_s_mem());
	bool ok = pkey && out && PEM_write_bio_PrivateKey(out, pkey, NULL, NULL, 0, NULL, NULL);
	char *p;
	long n;

	if (ok) {
		n = BIO_get_mem_data(out, &p);
		*ret_pem = arena_str(a, str_of(p, (size_t)n));
	}
	BIO_free(out);
	EVP_PKEY_free(pkey);
	return ok ? 0 : why_set(why, -EIO, "no key could be made");
}

/* RSA: SubjectPublicKeyInfo, as everybody publishes it (RFC 6376 errata 3017); Ed25519: its 32
 * bytes alone (RFC 8463 4). */
static str public_half(const struct keyfile *k, struct arena *a)
{
	unsigned char raw[ED25519_BYTES], *der = NULL;
	size_t n = sizeof(raw);
	str half;
	int length;

	if (k->algorithm == SIGNER_ED25519_SHA256) {
		bug_if(EVP_PKEY_get_raw_public_key(k->pkey, raw, &n) <= 0);
		return arena_str(a, str_of(raw, n));
	}
	length = i2d_PUBKEY(k->pkey, &der);
	bug_if(length <= 0);
	half = arena_str(a, str_of(der, (size_t)length));
	OPENSSL_free(der);
	return half;
}

str keyfile_record(const struct keyfile *k, struct arena *a)
{
	struct strbuf b = strbuf_make(a, 4096);

	strbuf_put(&b, k->algorithm == SIGNER_RSA_SHA256 ? STR("v=DKIM1; k=rsa; p=")
							 : STR("v=DKIM1; k=ed25519; p="));
	base64_encode(&b, public_half(k, a));
	return strbuf_str(&b);
}

void keyfile_put_zone_line(struct strbuf *out, str domain, str selector, str record)
{
	strbuf_fmt(out, "%.*s._domainkey.%.*s. IN TXT (", STR_ARG(selector), STR_ARG(domain));
	for (size_t at = 0; at < record.n; at += STRING_MAX)
		strbuf_fmt(out, " \"%.*s\"", STR_ARG(str_sub(record, at, at + STRING_MAX)));
	strbuf_put(out, STR(" )\n"));
}

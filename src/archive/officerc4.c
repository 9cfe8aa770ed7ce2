#include "archive/officerc4.h"

#include "archive/utf16.h"
#include "base/reader.h"
#include "base/strbuf.h"

#include <openssl/evp.h>

enum {
	MD5_BYTES = 16,
	SHA1_BYTES = 20,
	SHORT_KEY = 5, /* the 40 bits that could be exported once */
	FULL_KEY = 16,
	SALT = 16,
	REPEATED = 16,
	RC4 = 0x6801, /* algorithm of an EncryptionHeader; 0: the default, the same */
};

static void digest(const EVP_MD *md, str x, str y, unsigned char *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	bug_if(!ctx || EVP_DigestInit_ex(ctx, md, NULL) != 1);
	EVP_DigestUpdate(ctx, x.p, x.n);
	EVP_DigestUpdate(ctx, y.p, y.n);
	bug_if(EVP_DigestFinal_ex(ctx, out, NULL) != 1);
	EVP_MD_CTX_free(ctx);
}

/* Our own: OpenSSL has it in a module that a process without files cannot load. */
static void rc4(str key, unsigned char *out, size_t n)
{
	unsigned char s[256], i = 0, j = 0, t;

	for (unsigned k = 0; k < sizeof(s); k++)
		s[k] = (unsigned char)k;
	for (unsigned k = 0; k < sizeof(s); k++) {
		t = s[k];
		j = (unsigned char)(j + t + (unsigned char)key.p[k % key.n]);
		s[k] = s[j];
		s[j] = t;
	}
	j = 0;
	for (size_t k = 0; k < n; k++) {
		t = s[++i];
		j = (unsigned char)(j + t);
		s[i] = s[j];
		s[j] = t;
		out[k] = s[(unsigned char)(s[i] + t)];
	}
}

void officerc4_stream(const struct officerc4 *c, uint32_t block, unsigned char *out, size_t n)
{
	const unsigned char number[4] = { (unsigned char)block, (unsigned char)(block >> 8),
					  (unsigned char)(block >> 16),
					  (unsigned char)(block >> 24) };
	unsigned char key[SHA1_BYTES];

	digest(c->crypto_api ? EVP_sha1() : EVP_md5(),
	       str_of(c->base, c->crypto_api ? SHA1_BYTES : SHORT_KEY),
	       str_of(number, sizeof(number)), key);
	/* 2.3.5.2: 40 bits are filled up with zeros. */
	if (c->key_n == SHORT_KEY)
		memset(key + SHORT_KEY, 0, FULL_KEY - SHORT_KEY);
	rc4(str_of(key, c->key_n == SHORT_KEY ? FULL_KEY : c->key_n), out, n);
}

/* Does the password decrypt the verifier to what its hash says? */
static bool verifies(const struct officerc4 *c, str verifier, str hash)
{
	unsigned char stream[SALT + SHA1_BYTES], plain[SALT], want[SHA1_BYTES];
	bool same = true;

	officerc4_stream(c, 0, stream, verifier.n + hash.n);
	for (size_t i = 0; i < verifier.n; i++)
		plain[i] = (unsigned char)verifier.p[i] ^ stream[i];
	digest(c->crypto_api ? EVP_sha1() : EVP_md5(), str_of(plain, sizeof(plain)), STR(""), want);
	for (size_t i = 0; i < hash.n; i++)
		same &= ((unsigned char)hash.p[i] ^ stream[verifier.n + i]) == want[i];
	return same;
}

/* 2.3.6.2: the hash, shortened, and the salt, sixteen times. */
static bool open_md5(struct arena *a, struct reader *r, str password, struct officerc4 *ret)
{
	str salt = reader_bytes(r, SALT), verifier = reader_bytes(r, SALT);
	str hash = reader_bytes(r, MD5_BYTES);
	struct strbuf b = strbuf_make(a, REPEATED * (SHORT_KEY + SALT));
	unsigned char h[SHA1_BYTES];

	if (r->bad)
		return false;
	digest(EVP_md5(), utf16_of(a, password), STR(""), h);
	for (int i = 0; i < REPEATED; i++) {
		strbuf_put(&b, str_of(h, SHORT_KEY));
		strbuf_put(&b, salt);
	}
	ret->key_n = FULL_KEY;
	digest(EVP_md5(), strbuf_str(&b), STR(""), ret->base);
	return verifies(ret, verifier, hash);
}

static bool open_crypto_api(struct arena *a, struct reader *r, str password, struct officerc4 *ret)
{
	struct reader header;
	str salt, verifier, hash;
	uint32_t algorithm, bits;

	reader_skip(r, 4);
	header = reader_make(reader_lstr(r, 4096));
	reader_skip(&header, 8);
	algorithm = reader_u32le(&header);
	reader_skip(&header, 4);
	bits = reader_u32le(&header);
	salt = reader_lstr(r, SALT);
	verifier = reader_bytes(r, SALT);
	reader_skip(r, 4);
	hash = reader_bytes(r, SHA1_BYTES);
	ret->key_n = bits ? bits / 8 : SHORT_KEY;
	if (r->bad || header.bad || (algorithm && algorithm != RC4) || bits % 8 ||
	    ret->key_n < SHORT_KEY || ret->key_n > FULL_KEY)
		return false;
	digest(EVP_sha1(), salt, utf16_of(a, password), ret->base);
	return verifies(ret, verifier, hash);
}

bool officerc4_open(struct arena *a, str header, str password, struct officerc4 *ret)
{
	struct reader r = reader_make(header);
	uint32_t major = reader_u16le(&r), minor = reader_u16le(&r);

	*ret = (struct officerc4){ .crypto_api = minor == 2 };
	if (r.bad)
		return false;
	if (major == 1 && minor == 1)
		return open_md5(a, &r, password, ret);
	return major >= 2 && major <= 4 && minor == 2 && open_crypto_api(a, &r, password, ret);
}

#include "document/pdfcrypt.h"

#include <openssl/evp.h>

enum { AES_BLOCK = 16, ROUNDS_MAX = 1024 };

static const unsigned char padding[32] = {
	0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00, 0x4e,
	0x56, 0xff, 0xfa, 0x01, 0x08, 0x2e, 0x2e, 0x00, 0xb6, 0xd0, 0x68,
	0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a,
};

/* Several slices, digested as one. */
static void digest(const EVP_MD *md, const str *in, size_t n, uint8_t *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	bug_if(!ctx || EVP_DigestInit_ex(ctx, md, NULL) != 1);
	for (size_t i = 0; i < n; i++)
		bug_if(EVP_DigestUpdate(ctx, in[i].p, in[i].n) != 1);
	bug_if(EVP_DigestFinal_ex(ctx, out, NULL) != 1);
	EVP_MD_CTX_free(ctx);
}

/* OpenSSL 3 keeps RC4 in a module that is loaded from a file, so it is written here. */
static void rc4(const uint8_t *key, size_t key_n, const uint8_t *in, size_t n, uint8_t *out)
{
	uint8_t s[256], t;
	uint8_t i = 0, j = 0;

	for (int k = 0; k < 256; k++)
		s[k] = (uint8_t)k;
	for (size_t k = 0; k < 256; k++) {
		j = (uint8_t)(j + s[k] + key[k % key_n]);
		t = s[k], s[k] = s[j], s[j] = t;
	}
	j = 0;
	for (size_t k = 0; k < n; k++) {
		i = (uint8_t)(i + 1);
		j = (uint8_t)(j + s[i]);
		t = s[i], s[i] = s[j], s[j] = t;
		out[k] = in[k] ^ s[(uint8_t)(s[i] + s[j])];
	}
}

/* CBC over whole blocks, without padding. */
static void aes(const EVP_CIPHER *cipher, bool encrypt, const uint8_t *key, const uint8_t *iv,
		const uint8_t *in, size_t n, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int done = 0;

	bug_if(!ctx || EVP_CipherInit_ex(ctx, cipher, NULL, key, iv, encrypt) != 1);
	bug_if(EVP_CIPHER_CTX_set_padding(ctx, 0) != 1);
	bug_if(EVP_CipherUpdate(ctx, out, &done, in, (int)n) != 1);
	EVP_CIPHER_CTX_free(ctx);
}

static str string_at(const struct pdflex_value *dict, str key)
{
	const struct pdflex_value *v = pdflex_get(dict, key);

	return v && v->kind == PDFLEX_STRING ? v->s : STR("");
}

static void pad_password(str password, uint8_t out[32])
{
	size_t n = password.n < 32 ? password.n : 32;

	memcpy(out, password.p ? password.p : "", n);
	memcpy(out + n, padding, 32 - n);
}

/* Revisions 2 to 4: algorithm 2. */
static void old_key(const struct pdflex_value *e, str id, str password, int64_t revision,
		    struct pdfcrypt *c)
{
	int64_t permissions = pdflex_number(e, STR("P"), 0);
	const struct pdflex_value *metadata = pdflex_get(e, STR("EncryptMetadata"));
	bool clear = metadata && str_eq(metadata->s, STR("false"));
	uint8_t padded[32], p[4], sum[EVP_MAX_MD_SIZE];
	str in[5] = { str_of(padded, 32), str_sub(string_at(e, STR("O")), 0, 32), str_of(p, 4), id,
		      STR("\xff\xff\xff\xff") };
	int64_t bits = pdflex_number(e, STR("Length"), 40);

	if (bits < 40) /* given in bytes by mistake */
		bits *= 8;
	c->key_n = revision == 2 ? 5 : bits > 128 ? 16 : bits < 40 ? 5 : (size_t)bits / 8;
	if (pdflex_number(e, STR("V"), 0) == 4)
		c->key_n = 16;
	pad_password(password, padded);
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)((uint64_t)permissions >> (8 * i));
	digest(EVP_md5(), in, revision >= 4 && clear ? 5 : 4, sum);
	for (int i = 0; i < 50 && revision >= 3; i++) {
		str again = str_of(sum, c->key_n);

		digest(EVP_md5(), &again, 1, sum);
	}
	memcpy(c->key, sum, c->key_n);
}

/* Algorithms 4 to 6. */
static bool old_password_fits(const struct pdflex_value *e, str id, int64_t revision,
			      const struct pdfcrypt *c)
{
	str user = string_at(e, STR("U"));
	uint8_t sum[EVP_MAX_MD_SIZE], key[16];
	str in[2] = { str_of(padding, 32), id };

	if (revision == 2) {
		rc4(c->key, c->key_n, padding, 32, sum);
		return str_eq(str_of(sum, 32), str_sub(user, 0, 32));
	}
	digest(EVP_md5(), in, 2, sum);
	for (int i = 0; i < 20; i++) {
		for (size_t k = 0; k < c->key_n; k++)
			key[k] = (uint8_t)(c->key[k] ^ i);
		rc4(key, c->key_n, sum, 16, sum);
	}
	return str_eq(str_of(sum, 16), str_sub(user, 0, 16));
}

/* Algorithm 2.B of revision 6. */
static void strong_hash(str password, str salt, uint8_t out[32])
{
	static const EVP_MD *(*const sums[3])(void) = { EVP_sha256, EVP_sha384, EVP_sha512 };
	static const size_t sizes[3] = { 32, 48, 64 };
	uint8_t k[EVP_MAX_MD_SIZE], block[64 * (PDFCRYPT_PASSWORD + 64)];
	str in[2] = { password, salt };
	size_t k_n = 32;

	digest(EVP_sha256(), in, 2, k);
	for (int round = 0; round < ROUNDS_MAX; round++) {
		size_t one = password.n + k_n;
		unsigned rest = 0;
		str all = str_of(block, 64 * one);

		memcpy(block, password.p ? password.p : "", password.n);
		memcpy(block + password.n, k, k_n);
		for (size_t i = 1; i < 64; i++)
			memcpy(block + i * one, block, one);
		aes(EVP_aes_128_cbc(), true, k, k + 16, block, 64 * one, block);
		for (int i = 0; i < 16; i++)
			rest += block[i];
		digest(sums[rest % 3](), &all, 1, k);
		k_n = sizes[rest % 3];
		if (round >= 63 && block[64 * one - 1] <= round - 31)
			break;
	}
	memcpy(out, k, 32);
}

/* Revisions 5 and 6: algorithm 2.A, user's part. */
static bool new_key(const struct pdflex_value *e, str password, int64_t revision,
		    struct pdfcrypt *c)
{
	str user = string_at(e, STR("U")), wrapped = string_at(e, STR("UE"));
	uint8_t sum[EVP_MAX_MD_SIZE], iv[AES_BLOCK] = { 0 };

	password = str_sub(password, 0, PDFCRYPT_PASSWORD);
	if (user.n < 48 || wrapped.n < 32)
		return false;
	for (int i = 0; i < 2; i++) {
		str in[2] = { password, str_sub(user, 32 + 8 * (size_t)i, 40 + 8 * (size_t)i) };

		if (revision >= 6)
			strong_hash(in[0], in[1], sum);
		else
			digest(EVP_sha256(), in, 2, sum);
		if (i == 0 && memcmp(sum, user.p, 32) != 0)
			return false;
	}
	aes(EVP_aes_256_cbc(), false, sum, iv, (const uint8_t *)wrapped.p, 32, c->key);
	c->key_n = 32;
	return true;
}

/* The method of a named crypt filter. */
static enum pdfcrypt_method method_of(const struct pdflex_value *e, str name)
{
	str cfm = pdflex_name(pdflex_get(pdflex_get(e, STR("CF")), name), STR("CFM"));

	if (str_eq(cfm, STR("V2")))
		return PDFCRYPT_RC4;
	if (str_eq(cfm, STR("AESV2")))
		return PDFCRYPT_AES128;
	if (str_eq(cfm, STR("AESV3")))
		return PDFCRYPT_AES256;
	return PDFCRYPT_NONE;
}

static void read_methods(const struct pdflex_value *e, struct pdfcrypt *c)
{
	str streams = pdflex_name(e, STR("StmF")), files = pdflex_name(e, STR("EFF"));

	c->strings = c->streams = c->files = PDFCRYPT_RC4;
	if (pdflex_number(e, STR("V"), 0) < 4)
		return;
	c->strings = method_of(e, pdflex_name(e, STR("StrF")));
	c->streams = method_of(e, streams);
	c->files = method_of(e, files.n ? files : streams);
}

bool pdfcrypt_open(const struct pdflex_value *encrypt, str id, str password, struct pdfcrypt *ret)
{
	int64_t revision = pdflex_number(encrypt, STR("R"), 0);
	str filter = pdflex_name(encrypt, STR("Filter"));

	memset(ret, 0, sizeof(*ret));
	if (!str_eq(filter, STR("Standard")) || revision < 2 || revision > 6)
		return false;
	read_methods(encrypt, ret);
	if (revision >= 5)
		return new_key(encrypt, password, revision, ret);
	old_key(encrypt, id, password, revision, ret);
	return old_password_fits(encrypt, id, revision, ret);
}

static str aes_decrypted(struct arena *a, const EVP_CIPHER *cipher, const uint8_t *key, str in)
{
	const uint8_t *bytes = (const uint8_t *)in.p;
	size_t n = in.n / AES_BLOCK * AES_BLOCK;
	uint8_t *out, last;

	if (n <= AES_BLOCK || n > INT32_MAX)
		return STR("");
	n -= AES_BLOCK;
	out = arena_alloc(a, n);
	aes(cipher, false, key, bytes, bytes + AES_BLOCK, n, out);
	last = out[n - 1];
	return str_of(out, last && last <= AES_BLOCK ? n - last : n);
}

str pdfcrypt_decrypt(struct arena *a, const struct pdfcrypt *c, enum pdfcrypt_method method,
		     uint32_t number, uint32_t generation, str in)
{
	uint8_t tail[9] = { (uint8_t)number,
			    (uint8_t)(number >> 8),
			    (uint8_t)(number >> 16),
			    (uint8_t)generation,
			    (uint8_t)(generation >> 8),
			    's',
			    'A',
			    'l',
			    'T' };
	uint8_t sum[EVP_MAX_MD_SIZE];
	str parts[2] = { str_of(c->key, c->key_n),
			 str_of(tail, method == PDFCRYPT_AES128 ? 9 : 5) };
	uint8_t *out;

	if (method == PDFCRYPT_NONE || !in.n)
		return in;
	if (method == PDFCRYPT_AES256)
		return aes_decrypted(a, EVP_aes_256_cbc(), c->key, in);
	digest(EVP_md5(), parts, 2, sum);
	if (method == PDFCRYPT_AES128)
		return aes_decrypted(a, EVP_aes_128_cbc(), sum, in);
	out = arena_alloc(a, in.n);
	rc4(sum, c->key_n + 5 < 16 ? c->key_n + 5 : 16, (const uint8_t *)in.p, in.n, out);
	return str_of(out, in.n);
}

#include "archive/officecrypt.h"

#include "archive/utf16.h"
#include "base/base64.h"
#include "base/reader.h"

#include <openssl/evp.h>

enum {
	HASH_MAX = 64,
	BLOCK = 16,	/* of AES */
	SEGMENT = 4096, /* of an agile package */
	SALT_MAX = 64,
	VALUE_MAX = 256,
	STANDARD_SPIN = 50000,
	STANDARD_HASH = 20,
	SHA512_COST = 2,
};

struct hash {
	unsigned char bytes[HASH_MAX];
	unsigned n;
};

static struct hash hash_two(const EVP_MD *md, str x, str y)
{
	struct hash h = { .n = 0 };
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	bug_if(!ctx || EVP_DigestInit_ex(ctx, md, NULL) != 1);
	EVP_DigestUpdate(ctx, x.p, x.n);
	EVP_DigestUpdate(ctx, y.p, y.n);
	bug_if(EVP_DigestFinal_ex(ctx, h.bytes, &h.n) != 1);
	EVP_MD_CTX_free(ctx);
	return h;
}

static str of_hash(const struct hash *h)
{
	return str_of(h->bytes, h->n);
}

static bool afford(uint64_t *effort, uint64_t cost)
{
	bool enough = cost <= *effort;

	*effort -= enough ? cost : *effort;
	return enough;
}

/* The password, hashed with a counter as often as the document asks. */
static struct hash spin(const EVP_MD *md, str salt, str password, uint32_t rounds)
{
	struct hash h = hash_two(md, salt, password);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	bug_if(!ctx);
	for (uint32_t i = 0; i < rounds; i++) {
		unsigned char counter[4] = { (unsigned char)i, (unsigned char)(i >> 8),
					     (unsigned char)(i >> 16), (unsigned char)(i >> 24) };

		EVP_DigestInit_ex(ctx, md, NULL);
		EVP_DigestUpdate(ctx, counter, sizeof(counter));
		EVP_DigestUpdate(ctx, h.bytes, h.n);
		EVP_DigestFinal_ex(ctx, h.bytes, &h.n);
	}
	EVP_MD_CTX_free(ctx);
	return h;
}

/* Whole blocks of in; out is as large. iv NULL: each block alone (ECB). */
static bool aes(str key, const unsigned char *iv, str in, unsigned char *out)
{
	const EVP_CIPHER *cipher = key.n == 16	 ? iv ? EVP_aes_128_cbc() : EVP_aes_128_ecb()
				     : key.n == 24 ? iv ? EVP_aes_192_cbc() : EVP_aes_192_ecb()
				     : key.n == 32 ? iv ? EVP_aes_256_cbc() : EVP_aes_256_ecb()
						   : NULL;
	EVP_CIPHER_CTX *ctx;
	int n = 0;

	if (!cipher || in.n > INT32_MAX || in.n % BLOCK)
		return false;
	ctx = EVP_CIPHER_CTX_new();
	bug_if(!ctx ||
	       EVP_DecryptInit_ex(ctx, cipher, NULL, (const unsigned char *)key.p, iv) != 1);
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	bug_if(EVP_DecryptUpdate(ctx, out, &n, (const unsigned char *)in.p, (int)in.n) != 1);
	EVP_CIPHER_CTX_free(ctx);
	return true;
}

/* The length in front of the package. */
static bool package_size(str package, uint64_t *ret)
{
	struct reader r = reader_make(package);

	*ret = reader_u64le(&r);
	return !r.bad && *ret <= package.n - 8;
}

/* An attribute of an XML element, its text decoded from base64 when it is bytes. */
static str attribute(str element, const char *name)
{
	size_t n = strlen(name), at = 0;

	for (;;) {
		str rest = str_skip(element, at);
		size_t hit = str_find(rest, str_of(name, n)), quote;
		str value;

		if (hit == STR_NONE)
			return STR_NULL;
		at += hit + n;
		value = str_skip(rest, hit + n);
		if (!hit || !str_is_space(rest.p[hit - 1]) || !str_starts(value, STR("=\"")))
			continue;
		value = str_skip(value, 2);
		quote = str_chr(value, '"');
		return str_sub(value, 0, quote == STR_NONE ? 0 : quote);
	}
}

static uint32_t number(str element, const char *name)
{
	str text = attribute(element, name);
	uint32_t v = 0;

	for (size_t i = 0; i < text.n && i < 8 && str_is_digit(text.p[i]); i++)
		v = v * 10 + (uint32_t)(text.p[i] - '0');
	return v;
}

static str bytes_of(struct arena *a, str element, const char *name)
{
	struct strbuf b = strbuf_make(a, VALUE_MAX);

	if (!base64_decode(&b, attribute(element, name)))
		return STR_NULL;
	return strbuf_str(&b);
}

static const EVP_MD *digest(str element)
{
	str name = attribute(element, "hashAlgorithm");

	if (str_eq(name, STR("SHA512")) || str_eq(name, STR("SHA-512")))
		return EVP_sha512();
	if (str_eq(name, STR("SHA384")) || str_eq(name, STR("SHA-384")))
		return EVP_sha384();
	if (str_eq(name, STR("SHA256")) || str_eq(name, STR("SHA-256")))
		return EVP_sha256();
	return str_eq(name, STR("SHA1")) || str_eq(name, STR("SHA-1")) ? EVP_sha1() : NULL;
}

static str element(str xml, const char *start)
{
	size_t at = str_find(xml, str_c(start));
	str rest = at == STR_NONE ? STR_NULL : str_skip(xml, at);

	return str_sub(rest, 0, str_chr(rest, '>') == STR_NONE ? 0 : str_chr(rest, '>'));
}

/* One of the values that the password unlocks (2.3.4.11 to 2.3.4.13). */
static bool unlock(str key_element, const EVP_MD *md, const struct hash *h, str purpose, str salt,
		   str value, unsigned char out[VALUE_MAX])
{
	struct hash key = hash_two(md, of_hash(h), purpose);
	unsigned char iv[BLOCK];
	size_t key_n = number(key_element, "keyBits") / 8;

	if (key_n > sizeof(key.bytes) || value.n > VALUE_MAX)
		return false;
	if (key_n > key.n)
		memset(key.bytes + key.n, 0x36, key_n - key.n);
	memset(iv, 0x36, sizeof(iv));
	memcpy(iv, salt.p, salt.n < BLOCK ? salt.n : BLOCK);
	return aes(str_of(key.bytes, key_n), iv, value, out);
}

static bool agile_key(struct arena *a, str e, str password, uint64_t *effort,
		      unsigned char key[VALUE_MAX])
{
	const EVP_MD *md = digest(e);
	uint32_t rounds = number(e, "spinCount"), salt_n = number(e, "saltSize");
	str salt = bytes_of(a, e, "saltValue");
	str input = bytes_of(a, e, "encryptedVerifierHashInput");
	str value = bytes_of(a, e, "encryptedVerifierHashValue");
	str locked = bytes_of(a, e, "encryptedKeyValue");
	unsigned char plain[VALUE_MAX], expected[VALUE_MAX];
	struct hash h;

	if (!md || !salt.n || salt.n > SALT_MAX || rounds > OFFICECRYPT_SPIN_MAX ||
	    !afford(effort, (uint64_t)rounds * SHA512_COST) || salt_n > input.n ||
	    number(e, "keyBits") / 8 > locked.n || value.n < (size_t)EVP_MD_size(md))
		return false;
	h = spin(md, salt, utf16_of(a, password), rounds);
	if (!unlock(e, md, &h, STR("\xfe\xa7\xd2\x76\x3b\x4b\x9e\x79"), salt, input, plain) ||
	    !unlock(e, md, &h, STR("\xd7\xaa\x0f\x6d\x30\x61\x34\x4e"), salt, value, expected) ||
	    !unlock(e, md, &h, STR("\x14\x6e\x0b\xe7\xab\xac\xd0\xd6"), salt, locked, key))
		return false;
	h = hash_two(md, str_of(plain, salt_n), STR(""));
	return memcmp(h.bytes, expected, h.n) == 0;
}

static bool agile_package(struct arena *a, str key_data, str key, str package, str *ret)
{
	const EVP_MD *md = digest(key_data);
	str salt = bytes_of(a, key_data, "saltValue");
	uint64_t size;
	unsigned char *out;

	if (!md || !package_size(package, &size))
		return false;
	package = str_skip(package, 8);
	package.n -= package.n % BLOCK;
	out = arena_alloc(a, package.n + 1);
	for (size_t at = 0; at < package.n; at += SEGMENT) {
		uint32_t i = (uint32_t)(at / SEGMENT);
		unsigned char counter[4] = { (unsigned char)i, (unsigned char)(i >> 8),
					     (unsigned char)(i >> 16), (unsigned char)(i >> 24) };
		struct hash iv = hash_two(md, salt, str_of(counter, sizeof(counter)));

		if (!aes(key, iv.bytes, str_sub(package, at, at + SEGMENT), out + at))
			return false;
	}
	*ret = str_of(out, size < package.n ? (size_t)size : package.n);
	return true;
}

static bool open_agile(struct arena *a, str xml, str package, str password, uint64_t *effort,
		       str *ret)
{
	str key_data = element(xml, "<keyData"), e = element(xml, "encryptedKey ");
	unsigned char key[VALUE_MAX];

	return agile_key(a, e, password, effort, key) &&
	       agile_package(a, key_data, str_of(key, number(e, "keyBits") / 8), package, ret);
}

/* 2.3.4.7: the hash, stretched to the length of a key. */
static void standard_key(struct hash h, unsigned char out[2 * STANDARD_HASH])
{
	struct hash last = hash_two(EVP_sha1(), of_hash(&h), STR("\0\0\0\0"));

	for (int half = 0; half < 2; half++) {
		unsigned char pad[64];
		struct hash x;

		memset(pad, half ? 0x5c : 0x36, sizeof(pad));
		for (unsigned i = 0; i < last.n; i++)
			pad[i] ^= last.bytes[i];
		x = hash_two(EVP_sha1(), str_of(pad, sizeof(pad)), STR(""));
		memcpy(out + half * STANDARD_HASH, x.bytes, STANDARD_HASH);
	}
}

static bool open_standard(struct arena *a, struct reader *r, str package, str password,
			  uint64_t *effort, str *ret)
{
	struct reader header = reader_make(reader_lstr(r, 4096));
	unsigned char key[2 * STANDARD_HASH], plain[BLOCK], expected[2 * BLOCK];
	uint32_t bits;
	str salt, verifier, locked;
	uint64_t size;
	struct hash h;
	unsigned char *out;

	reader_skip(&header, 16);
	bits = reader_u32le(&header);
	salt = reader_lstr(r, SALT_MAX);
	verifier = reader_bytes(r, BLOCK);
	reader_skip(r, 4);
	locked = reader_bytes(r, sizeof(expected));
	if (r->bad || header.bad || !package_size(package, &size) || !afford(effort, STANDARD_SPIN))
		return false;
	standard_key(spin(EVP_sha1(), salt, utf16_of(a, password), STANDARD_SPIN), key);
	if (bits > 256 || !aes(str_of(key, bits / 8), NULL, verifier, plain) ||
	    !aes(str_of(key, bits / 8), NULL, locked, expected))
		return false;
	h = hash_two(EVP_sha1(), str_of(plain, sizeof(plain)), STR(""));
	if (memcmp(h.bytes, expected, STANDARD_HASH) != 0)
		return false;
	package = str_skip(package, 8);
	package.n -= package.n % BLOCK;
	out = arena_alloc(a, package.n + 1);
	if (!aes(str_of(key, bits / 8), NULL, package, out))
		return false;
	*ret = str_of(out, size < package.n ? (size_t)size : package.n);
	return true;
}

bool officecrypt_open(struct arena *a, str info, str package, str password, uint64_t *effort,
		      str *ret)
{
	struct reader r = reader_make(info);
	uint32_t major = reader_u16le(&r), minor = reader_u16le(&r);

	reader_skip(&r, 4);
	if (r.bad)
		return false;
	if (major == 4 && minor == 4)
		return open_agile(a, str_skip(info, 8), package, password, effort, ret);
	return minor == 2 && open_standard(a, &r, package, password, effort, ret);
}

#include "archive/sevenzipkey.h"

#include "archive/utf16.h"
#include "base/reader.h"

#include <openssl/evp.h>

enum { IV_SIZE = 16, BLOCK = 64, SALT_MAX = 16, COUNTER = 8, AT_ONCE = 32 };

struct sevenzipkey sevenzipkey_make(struct arena *a, str password)
{
	return (struct sevenzipkey){ .password = utf16_of(a, password) };
}

/* Salt, password and a counter, again and again into one hash; AT_ONCE at a time. */
static void hash_rounds(struct sevenzipkey *k, str salt, uint64_t rounds)
{
	unsigned char units[AT_ONCE * (SALT_MAX + UTF16_BYTES_MAX * 2 + COUNTER)] = { 0 };
	size_t unit = salt.n + k->password.n + COUNTER;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	bug_if(!ctx || EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1);
	for (size_t i = 0; i < AT_ONCE; i++) {
		memcpy(units + i * unit, salt.p ? salt.p : "", salt.n);
		memcpy(units + i * unit + salt.n, k->password.p ? k->password.p : "",
		       k->password.n);
	}
	for (uint64_t at = 0; at < rounds; at += AT_ONCE) {
		uint64_t n = rounds - at < AT_ONCE ? rounds - at : AT_ONCE;

		for (uint64_t i = 0; i < n; i++) {
			for (int c = 0; c < COUNTER; c++)
				units[(i + 1) * unit - COUNTER + c] =
					(unsigned char)((at + i) >> (8 * c));
		}
		EVP_DigestUpdate(ctx, units, n * unit);
	}
	EVP_DigestFinal_ex(ctx, k->key, NULL);
	EVP_MD_CTX_free(ctx);
}

static bool derive(struct sevenzipkey *k, str salt, uint8_t power, uint64_t *effort)
{
	uint64_t cost;

	if (k->known && k->power == power && str_eq(k->salt, salt))
		return true;
	if (power > SEVENZIPKEY_POWER_MAX)
		return false;
	cost = ((uint64_t)(salt.n + k->password.n + COUNTER) << power) / BLOCK + 1;
	if (cost > *effort) {
		*effort = 0;
		return false;
	}
	*effort -= cost;
	hash_rounds(k, salt, 1ULL << power);
	k->salt = salt;
	k->power = power;
	k->known = true;
	return true;
}

bool sevenzipkey_decrypt(struct arena *a, struct sevenzipkey *k, str properties, str packed,
			 uint64_t *effort, str *ret)
{
	struct reader r = reader_make(properties);
	uint8_t first = reader_u8(&r), second = first & 0xc0 ? reader_u8(&r) : 0;
	str salt = reader_bytes(&r, (size_t)(first >> 7 & 1) + (second >> 4));
	str iv = reader_bytes(&r, (size_t)(first >> 6 & 1) + (second & 15));
	unsigned char start[IV_SIZE] = { 0 };
	unsigned char *out;
	EVP_CIPHER_CTX *ctx;
	int n = 0;

	if (r.bad || salt.n > SALT_MAX || iv.n > IV_SIZE || packed.n > INT32_MAX ||
	    !derive(k, salt, first & 0x3f, effort))
		return false;
	if (iv.n)
		memcpy(start, iv.p, iv.n);
	packed.n -= packed.n % IV_SIZE;
	out = arena_alloc(a, packed.n + IV_SIZE);
	ctx = EVP_CIPHER_CTX_new();
	bug_if(!ctx || EVP_DecryptInit_ex(ctx, EVP_aes_256_cbc(), NULL, k->key, start) != 1);
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	bug_if(EVP_DecryptUpdate(ctx, out, &n, (const unsigned char *)packed.p, (int)packed.n) !=
	       1);
	EVP_CIPHER_CTX_free(ctx);
	*ret = str_of(out, (size_t)n);
	return true;
}

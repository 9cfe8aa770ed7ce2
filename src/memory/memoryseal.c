#include "memory/memoryseal.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

enum { DIGEST_BYTES = 32 };

struct memoryseal {
	struct arena *arena;
	EVP_MAC *mac;
	EVP_MAC_CTX *rows; /* under a key of its own */
	uint8_t names[MEMORY_SECRET];
};

bool memoryseal_secret(str text, str *ret)
{
	*ret = str_trim(text);
	for (size_t i = 0; i < ret->n; i++) {
		if ((unsigned char)ret->p[i] <= ' ')
			return false;
	}
	return ret->n >= MEMORYSEAL_SECRET_MIN && ret->n <= MEMORYSEAL_SECRET_MAX;
}

static EVP_MAC_CTX *begin(EVP_MAC *mac, str key)
{
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_END
	};
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);

	bug_if(!ctx || !EVP_MAC_init(ctx, (const unsigned char *)key.p, key.n, params));
	return ctx;
}

static void finish(EVP_MAC_CTX *ctx, str a, str b, uint8_t ret[DIGEST_BYTES])
{
	size_t n;

	bug_if(!EVP_MAC_update(ctx, (const unsigned char *)a.p, a.n));
	bug_if(!EVP_MAC_update(ctx, (const unsigned char *)b.p, b.n));
	bug_if(!EVP_MAC_final(ctx, ret, &n, DIGEST_BYTES) || n != DIGEST_BYTES);
}

static void derive(EVP_MAC *mac, str secret, str what, uint8_t ret[DIGEST_BYTES])
{
	EVP_MAC_CTX *ctx = begin(mac, secret);

	finish(ctx, what, STR(""), ret);
	EVP_MAC_CTX_free(ctx);
}

struct memoryseal *memoryseal_new(str secret)
{
	struct arena *a = arena_new("seal", 4 << 10);
	struct memoryseal *s = arena_make(a, struct memoryseal);
	uint8_t rows[DIGEST_BYTES];

	_Static_assert((int)MEMORY_SECRET == (int)DIGEST_BYTES, "one digest is one secret");
	s->arena = a;
	s->mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	bug_if(!s->mac);
	derive(s->mac, secret, STR("poterne memory names"), s->names);
	derive(s->mac, secret, STR("poterne memory rows"), rows);
	s->rows = begin(s->mac, str_of(rows, sizeof(rows)));
	return s;
}

struct memoryseal *memoryseal_free(struct memoryseal *s)
{
	if (!s)
		return NULL;
	EVP_MAC_CTX_free(s->rows);
	EVP_MAC_free(s->mac);
	arena_free(s->arena);
	return NULL;
}

const uint8_t *memoryseal_names(const struct memoryseal *s)
{
	return s->names;
}

void memoryseal_make(struct memoryseal *s, str key, str row, uint8_t ret[MEMORYSEAL_BYTES])
{
	uint8_t digest[DIGEST_BYTES];

	bug_if(!EVP_MAC_init(s->rows, NULL, 0, NULL)); /* with the same key again */
	finish(s->rows, key, row, digest);
	memcpy(ret, digest, MEMORYSEAL_BYTES);
}

bool memoryseal_good(struct memoryseal *s, str key, str row, str seal)
{
	uint8_t right[MEMORYSEAL_BYTES];

	memoryseal_make(s, key, row, right);
	return seal.n == sizeof(right) && CRYPTO_memcmp(seal.p, right, sizeof(right)) == 0;
}

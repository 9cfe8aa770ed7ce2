#include "archive/officecrypt.h"
#include "base/base64.h"
#include "base/exact.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The reverse of what is tested, for the agile form with SHA-256 and AES-128. */
enum { SPIN = 10, BLOCK = 16, HASH = 32 };

#define SALT STR("0123456789abcdef")
#define KEY STR("the package key!")
#define PLAIN STR("PK and so on, to the end of a document")

static void sha256(str x, str y, unsigned char out[HASH])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
	EVP_DigestUpdate(ctx, x.p, x.n);
	EVP_DigestUpdate(ctx, y.p, y.n);
	EVP_DigestFinal_ex(ctx, out, NULL);
	EVP_MD_CTX_free(ctx);
}

static str aes(struct arena *a, str key, str iv, str in)
{
	unsigned char *out = arena_alloc(a, in.n + BLOCK);
	char *padded = arena_alloc(a, in.n + BLOCK);
	size_t n = (in.n + BLOCK - 1) / BLOCK * BLOCK;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int done = 0;

	memcpy(padded, in.p, in.n);
	EVP_EncryptInit_ex(ctx, EVP_aes_128_cbc(), NULL, (const unsigned char *)key.p,
			   (const unsigned char *)iv.p);
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	EVP_EncryptUpdate(ctx, out, &done, (const unsigned char *)padded, (int)n);
	EVP_CIPHER_CTX_free(ctx);
	return str_of(out, n);
}

/* As an attribute of the XML. */
static void put(struct strbuf *b, const char *name, str bytes)
{
	strbuf_fmt(b, " %s=\"", name);
	base64_encode(b, bytes);
	strbuf_put(b, STR("\""));
}

static str locked(struct arena *a, const unsigned char h[HASH], str purpose, str value)
{
	unsigned char key[HASH];

	sha256(str_of(h, HASH), purpose, key);
	return aes(a, str_of(key, 16), SALT, value);
}

static str info(struct arena *a, str password_utf16)
{
	struct strbuf b = strbuf_make(a, 4096);
	unsigned char h[HASH], verifier[HASH];

	sha256(SALT, password_utf16, h);
	for (uint8_t i = 0; i < SPIN; i++) {
		char counter[4] = { (char)i, 0, 0, 0 };
		unsigned char last[HASH];

		memcpy(last, h, HASH);
		sha256(str_of(counter, 4), str_of(last, HASH), h);
	}
	sha256(SALT, STR(""), verifier);
	strbuf_put(&b, STR("\4\0\4\0\x40\0\0\0<encryption><keyData saltSize=\"16\" keyBits=\"128\" "
			   "hashAlgorithm=\"SHA256\""));
	put(&b, "saltValue", SALT);
	strbuf_fmt(&b,
		   "/><p:encryptedKey spinCount=\"%d\" saltSize=\"16\" keyBits=\"128\" "
		   "hashAlgorithm=\"SHA256\"",
		   SPIN);
	put(&b, "saltValue", SALT);
	put(&b, "encryptedVerifierHashInput",
	    locked(a, h, STR("\xfe\xa7\xd2\x76\x3b\x4b\x9e\x79"), SALT));
	put(&b, "encryptedVerifierHashValue",
	    locked(a, h, STR("\xd7\xaa\x0f\x6d\x30\x61\x34\x4e"), str_of(verifier, HASH)));
	put(&b, "encryptedKeyValue", locked(a, h, STR("\x14\x6e\x0b\xe7\xab\xac\xd0\xd6"), KEY));
	strbuf_put(&b, STR("/></encryption>"));
	return strbuf_str(&b);
}

static str package(struct arena *a)
{
	struct strbuf b = strbuf_make(a, 4096);
	unsigned char iv[HASH];

	sha256(SALT, STR("\0\0\0\0"), iv);
	strbuf_char(&b, (char)PLAIN.n);
	strbuf_put(&b, STR("\0\0\0\0\0\0\0"));
	strbuf_put(&b, aes(a, KEY, str_of(iv, BLOCK), PLAIN));
	return strbuf_str(&b);
}

static void the_right_password_opens_and_no_other(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	cleanup(exact_freep) str i = exact_copy(info(a, STR("X\0y\0\xe9\0")));
	cleanup(exact_freep) str p = exact_copy(package(a));
	uint64_t effort = 1000;
	str plain;

	(void)state;
	assert_true(officecrypt_open(a, i, p, STR("Xy\xc3\xa9"), &effort, &plain));
	assert_true(str_eq(plain, PLAIN));
	assert_in_range(effort, 1, 999);
	assert_false(officecrypt_open(a, i, p, STR("Xye"), &effort, &plain));
	effort = 1;
	assert_false(officecrypt_open(a, i, p, STR("Xy\xc3\xa9"), &effort, &plain));
	assert_int_equal(effort, 0);
}

static void a_cut_file_is_no_document(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	str whole = info(a, STR("X\0"));

	(void)state;
	for (size_t n = 0; n < whole.n - 20; n++) {
		cleanup(exact_freep) str i = exact_copy(str_sub(whole, 0, n));
		uint64_t effort = 1000;
		str plain;

		assert_false(officecrypt_open(a, i, package(a), STR("X"), &effort, &plain));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_right_password_opens_and_no_other),
		cmocka_unit_test(a_cut_file_is_no_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

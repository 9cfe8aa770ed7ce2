#include "tls/tlstickets.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

enum { NAME_BYTES = 16, CIPHER_BYTES = 32, MAC_BYTES = 32 };
/* SSL_CTX_set_tlsext_ticket_key_evp_cb(3) */
enum { FAILED = -1, UNKNOWN = 0, GOOD = 1, GOOD_BUT_RENEW = 2 };

bool tlstickets_set(struct tlstickets *t, str bytes)
{
	if (bytes.n % TLSTICKETS_KEY_BYTES || bytes.n > sizeof(t->keys))
		return false;
	if (bytes.n)
		memcpy(t->keys, bytes.p, bytes.n);
	t->n = bytes.n / TLSTICKETS_KEY_BYTES;
	return true;
}

static bool key_mac(EVP_MAC_CTX *mac, const unsigned char *key)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, (void *)(uintptr_t)key,
						  MAC_BYTES),
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char[]){ "SHA256" }, 0),
		OSSL_PARAM_construct_end(),
	};

	return EVP_MAC_CTX_set_params(mac, params) == 1;
}

/* Tickets are random and public in name: comparing them leaks nothing. */
static size_t find(const struct tlstickets *t, const unsigned char *name)
{
	size_t i = 0;

	while (i < t->n && memcmp(t->keys[i], name, NAME_BYTES) != 0)
		i++;
	return i;
}

int tlstickets_prepare(const struct tlstickets *t, unsigned char *name, unsigned char *iv,
		       EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, bool seal)
{
	size_t i = seal ? 0 : find(t, name);
	const unsigned char *key = t->keys[i < t->n ? i : 0];

	if (i >= t->n)
		return UNKNOWN;
	if (seal) {
		memcpy(name, key, NAME_BYTES);
		if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1)
			return FAILED;
	}
	if (EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, key + NAME_BYTES, iv, seal) != 1 ||
	    !key_mac(mac, key + NAME_BYTES + CIPHER_BYTES))
		return FAILED;
	return i == 0 ? GOOD : GOOD_BUT_RENEW;
}

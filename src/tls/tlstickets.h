/* tls/tlstickets.h - the keys of session tickets (RFC 5077, RFC 8446 4.6.1): one set for all
 * processes, so a client resumes whichever process it meets.
 *
 * The first key seals new tickets, the others only open: a ticket they open is answered
 * with a new one. A ticket of a key that is gone means a full handshake, never an error.
 *
 * Input    trusted: keys from the supervisor; hostile: tickets (authenticated before use).
 * Memory   by value.   Limits  TLSTICKETS_GENERATIONS keys.
 * Threads  const.      Errors  false.
 */
#ifndef TLS_TLSTICKETS_H
#define TLS_TLSTICKETS_H

#include "base/str.h"

/* A name of 16 bytes, a key for AES-256, a key for HMAC-SHA-256. All random. */
enum { TLSTICKETS_KEY_BYTES = 16 + 32 + 32, TLSTICKETS_GENERATIONS = 3 };

struct tlstickets {
	unsigned char keys[TLSTICKETS_GENERATIONS][TLSTICKETS_KEY_BYTES]; /* newest first */
	size_t n; /* 0: OpenSSL makes its own */
};

struct evp_cipher_ctx_st;
struct evp_mac_ctx_st;

/* bytes: whole keys, newest first; empty for none. False: not whole, or too many. */
bool tlstickets_set(struct tlstickets *t, str bytes) must_use;
/* Does the work of SSL_CTX_set_tlsext_ticket_key_evp_cb(3), with its results. */
int tlstickets_prepare(const struct tlstickets *t, unsigned char *name, unsigned char *iv,
		       struct evp_cipher_ctx_st *cipher, struct evp_mac_ctx_st *mac, bool seal)
	must_use;

#endif

/* keys/signer.h - who signs: poterne-keys, asked over a lane, or in tests a keyring here.
 *
 * What kind of key a domain and selector name is known to the holder of the key only, so the
 * asker brings a digest for each kind, of the field as it would be for that kind, and is told
 * which one was signed.
 *
 * Input    answers come from poterne-keys, which is stronger than whoever asks.
 * Memory   signatures in the caller's arena.
 * Limits   SIGNER_MS for an answer.
 * Threads  as the lanes: internally locked.
 * Errors   negative errno and why: nothing is signed. -ENOENT: there is no such key.
 */
#ifndef KEYS_SIGNER_H
#define KEYS_SIGNER_H

#include "sys/lanes.h"

enum { SIGNER_MS = 5000, SIGNER_DIGEST = 32, SIGNER_MAX_SIGNATURE = 1024 };

/* RFC 8301 3.1, RFC 8463 3 */
enum signer_algorithm { SIGNER_RSA_SHA256, SIGNER_ED25519_SHA256 };
enum { SIGNER_ALGORITHMS = SIGNER_ED25519_SHA256 + 1 };

struct signer_question {
	str domain, selector;
	str digests[SIGNER_ALGORITHMS]; /* SHA-256 */
};

struct signer_answer {
	enum signer_algorithm algorithm;
	str signature;
};

struct signer {
	int (*sign)(void *ctx, struct arena *a, const struct signer_question *q,
		    struct signer_answer *ret, struct why *why);
	void *ctx;
};

/* Questions over lanes to poterne-keys; the lanes are borrowed. */
struct signer signer_over(struct lanes *lanes) must_use;
/* The other end: answers one message by asking another signer. */
int signer_answer(const struct signer *s, struct chan *c, const struct msg *m, struct arena *a,
		  struct why *why) must_use;

#endif

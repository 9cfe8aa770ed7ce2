/* scan/signing.h - what role out signs and role mx seals: the fields that go on top of all
 * others, made of what the worker saw and what poterne-keys signs.
 *
 * Role out: mail whose author's domain has keys is signed, or not sent (RFC 6376 5, requirement
 * Role mx: with arc.seal, what is delivered or held is sealed (RFC 8617 5.1); a seal
 * that cannot be made now is left out, since mail need not wait for it.
 *
 * Input    facts of a worker; answers of poterne-keys.
 * Memory   in the caller's arena.
 * Limits   those of keys/signmail.h.
 * Threads  as the signer.
 * Errors   below; negative errno and why: not now.
 */
#ifndef SCAN_SIGNING_H
#define SCAN_SIGNING_H

#include "auth/results.h"
#include "inspect/facts.h"
#include "keys/signmail.h"

enum {
	SIGNING_OK,	      /* the fields, or none where none are due */
	SIGNING_E_UNSIGNABLE, /* its header is none that could be signed: it never can be */
};

/* results: the value of our Authentication-Results. */
int signing_fields(struct arena *a, const struct conf *conf, const struct signer *signer,
		   const struct facts *f, const struct auth_results *auth, str results, int64_t now,
		   str *ret, struct why *why) must_use;

#endif

/* keys/signmail.h - the signature fields that a message of ours, or one that we pass on, gets on
 * top: which keys there are is the configuration's word, the making is dkim/dkimsign.h's, and
 * the secret is asked for.
 *
 * Input    material comes from a worker or from our own text.
 * Memory   in the caller's arena.
 * Limits   SIGNMAIL_KEYS signatures of one message.
 * Threads  as the signer.
 * Errors   negative errno and why: the message is not signed, and must not go on as if it were.
 */
#ifndef KEYS_SIGNMAIL_H
#define KEYS_SIGNMAIL_H

#include "conf/signkey.h"
#include "dkim/dkimsign.h"
#include "keys/signer.h"

enum { SIGNMAIL_KEYS = 4 };

/* A DKIM-Signature by each key of the domain (at least one: signkey_has), each with its line
 * end. */
int signmail_sign(struct arena *a, const struct conf *conf, const struct signer *signer, str domain,
		  const struct dkimsign_material *material, int64_t now, str *ret_fields,
		  struct why *why) must_use;
/* The same for a whole message of our own making. Empty when its domain has no key. */
int signmail_own(struct arena *a, const struct conf *conf, const struct signer *signer, str domain,
		 str message, int64_t now, str *ret_fields, struct why *why) must_use;

struct signmail_seal {
	uint32_t instance;
	str cv;	     /* "none", "pass" or "fail" */
	str chain;   /* canonical sets before (arcset_facts.chain) */
	str results; /* for ARC-Authentication-Results: what stands behind the field name of ours */
};

/* The three fields of one set by the key of arc.seal, on top of what material was made of. */
int signmail_seal(struct arena *a, const struct conf *conf, const struct signer *signer,
		  const struct signmail_seal *seal, const struct dkimsign_material *material,
		  int64_t now, str *ret_fields, struct why *why) must_use;

#endif

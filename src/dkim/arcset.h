/* dkim/arcset.h - the Authenticated Received Chain of a message: its sets found and put in order
 * (RFC 8617 5.2, steps 1 to 3), and the hash of each signature, so that only keys are missing.
 *
 * Seals cover all sets before them; one running hash is forked at each, so fifty sets cost what
 * they weigh and no more.
 *
 * Input    hostile: the message.
 * Memory   in the caller's arena; strings may point into the message.
 * Limits   ARCSET_MAX sets; the ARCSET_MAX_MESSAGES newest message signatures are hashed, older
 *          ones say so; ARCSET_MAX_CHAIN bytes of chain for the next seal. Linear in the message
 *          times those signatures.
 * Threads  pure.
 * Errors   arcset_facts.problem, in words.
 */
#ifndef DKIM_ARCSET_H
#define DKIM_ARCSET_H

#include "dkim/dkimhash.h"

enum {
	ARCSET_MAX = 50, /* RFC 8617 4.2.1 */
	ARCSET_MAX_MESSAGES = 10,
	ARCSET_MAX_CHAIN = 256 << 10,
};

struct arcset {
	struct dkim_facts message, seal;
	str cv;	     /* of the seal: "none", "pass", or what stands there */
	str results; /* what its ARC-Authentication-Results says behind "i=N;" */
};

struct arcset_facts {
	bool present;	     /* there is a field of ARC */
	str problem;	     /* the chain fails as it stands; the sets are then left out */
	bool sealed_fail;    /* the newest seal says cv=fail: nobody goes on from there */
	uint32_t highest;    /* instance; 0 when none could be read */
	struct arcset *sets; /* instance 1 first */
	size_t n;
	/* For who seals next: the canonical form of all sets. Empty when there is none, or it is
	 * too long. */
	str chain;
};

void arcset_find(struct arena *a, struct dkimhash_message *m, bool want_chain,
		 struct arcset_facts *ret);

/* "i=N;" in front of the value of an ARC-Authentication-Results (RFC 8617 3.9): 1 to
 * ARCSET_MAX, and the rest. */
bool arcset_instance(str value, uint32_t *ret_instance, str *ret_rest) must_use;

#endif

/* auth/dkimkey.h - key records (RFC 6376 3.6.1, RFC 8301, RFC 8463), and whether a key made a
 * signature.
 *
 * Input    hostile: TXT records.
 * Memory   strings in the caller's arena; the key is freed by dkimkey_close.
 * Limits   DKIMKEY_MAX_BITS of an RSA key, DKIMKEY_MAX_EXPONENT of its exponent; linear.
 * Threads  pure.
 * Errors   a reason in words.
 */
#ifndef AUTH_DKIMKEY_H
#define AUTH_DKIMKEY_H

#include "dkim/dkimsig.h"

enum {
	DKIMKEY_MIN_BITS = 1024, /* RFC 8301 3.2: less is no signature */
	DKIMKEY_MAX_BITS = 4096, /* and more need not be verified */
	DKIMKEY_MAX_EXPONENT = 33, /* bits */
};

struct dkimkey {
	bool ed25519; /* k= */
	bool sha1, sha256; /* h= allows them */
	bool testing; /* t=y */
	bool strict;  /* t=s: i= must be d= itself */
	bool email;   /* s= allows it */
	bool revoked; /* p= is empty */
	uint32_t bits;
	void *key; /* EVP_PKEY; NULL when revoked */
};

/* The record could be meant for a key: it says v=DKIM1, or no version and has a p=. What
 * stands beside keys at a name (SPF, a verification token) is not. */
bool dkimkey_is_record(str txt) must_use;
const char *dkimkey_parse(struct arena *a, str txt, struct dkimkey *ret) must_use;
void dkimkey_close(struct dkimkey *key);
/* Was it this key that signed the digest? The algorithm fits the key. */
bool dkimkey_verifies(const struct dkimkey *key, enum dkimsig_algorithm algorithm, str digest,
		      str signature) must_use;

#endif

/* auth/dkimkey.h - key records (RFC 6376 3.6.1, RFC 8301, RFC 8463), and whether a key made a
 * signature.
 *
 * Input    hostile: TXT records.
 * Memory   the key is freed by dkimkey_close; the rest are plain values.
 * Limits   DKIMKEY_MAX_BITS of an RSA key that is used, DKIMKEY_MAX_EXPONENT bits of its
 *          exponent; linear.
 * Threads  pure.
 * Errors   a reason in words.
 */
#ifndef AUTH_DKIMKEY_H
#define AUTH_DKIMKEY_H

#include "dkim/dkimsig.h"

enum {
	DKIMKEY_MIN_BITS = 1024, /* RFC 8301 3.2: less makes no valid signature... */
	DKIMKEY_MAX_BITS = 4096, /* ...and more need not be verified */
	DKIMKEY_MAX_EXPONENT = 33,
	DKIMKEY_MAX_BYTES = 4096, /* of p=, decoded */
};

struct dkimkey {
	bool ed25519;	   /* k= */
	bool sha1, sha256; /* h= allows them */
	bool testing;	   /* t=y */
	bool strict;	   /* t=s: the domain of i= must be that of d= */
	bool email;	   /* s= allows it */
	bool revoked;	   /* p= is empty */
	uint32_t bits;	   /* of an RSA modulus; 256 of Ed25519 */
	void *key;	   /* EVP_PKEY; NULL: revoked, or too long to be used */
};

/* It says v=DKIM..., or has a p= tag. Whatever else stands at a name (SPF, tokens) is not meant. */
bool dkimkey_is_record(str txt) must_use;
/* On error *ret is untouched. */
const char *dkimkey_parse(struct arena *a, str txt, struct dkimkey *ret) must_use;
void dkimkey_close(struct dkimkey *key);
/* May signatures of that algorithm be made with it? NULL, or what speaks against it. */
const char *dkimkey_suits(const struct dkimkey *key, enum dkimsig_algorithm algorithm) must_use;
/* Did it sign the digest? The key suits the algorithm. */
bool dkimkey_verifies(const struct dkimkey *key, enum dkimsig_algorithm algorithm, str digest,
		      str signature) must_use;

#endif

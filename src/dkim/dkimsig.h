/* dkim/dkimsig.h - the value of a DKIM-Signature field (RFC 6376 3.5), and of the fields of ARC
 * that are made like it (RFC 8617 4.1.2, 4.1.3), as one struct.
 *
 * Which tags each kind of field must and may have is one table (dkimsig.c).
 *
 * Input    hostile: the field's value as it stands, folding kept.
 * Memory   in the caller's arena; strings may point into the value.
 * Limits   DKIMSIG_MAX_SIGNATURE bytes of b=; linear.
 * Threads  pure.
 * Errors   a reason in words; then what could be read of domain and selector is there all
 *          the same, to say whose signature it was.
 */
#ifndef DKIM_DKIMSIG_H
#define DKIM_DKIMSIG_H

#include "base/arena.h"
#include "dkim/dkimcanon.h"

enum {
	DKIMSIG_MAX_SIGNATURE = 2048, /* bytes: RSA of 16384 bits */
	DKIMSIG_MAX_INSTANCE = 50,    /* i= of ARC (RFC 8617 4.2.1) */
};

enum dkimsig_kind { DKIMSIG_DKIM, DKIMSIG_ARC_MESSAGE, DKIMSIG_ARC_SEAL };

/* a= (RFC 6376 3.3, RFC 8463 3) */
enum dkimsig_algorithm { DKIMSIG_UNKNOWN, DKIMSIG_RSA_SHA1, DKIMSIG_RSA_SHA256, DKIMSIG_ED25519 };
enum { DKIMSIG_ALGORITHMS = DKIMSIG_ED25519 + 1 };

struct dkimsig {
	bool no_version; /* v= is missing or that of a draft; only drafts of before 2007 wrote so */
	enum dkimsig_algorithm algorithm;
	str algorithm_text; /* a= as written, lower case */
	str signature;	    /* b=, decoded */
	str signature_text; /* b= without white space */
	str body_hash;	    /* bh=, decoded */
	enum dkimcanon_kind header_canon, body_canon;
	str domain;   /* d=, ASCII in lower case; U-labels stay (RFC 8616) */
	str selector; /* s=, likewise */
	str identity; /* i= of DKIM, decoded; empty when absent */
	str fields;   /* h= as written, for taglist_item */
	bool signs_from;
	bool has_length, has_time, has_expiry;
	uint64_t length;       /* l= */
	uint64_t time, expiry; /* t= x= */
	uint32_t instance;     /* i= of ARC */
	str cv;		       /* cv= of ARC-Seal, as written */
};

const char *dkimsig_parse(struct arena *a, enum dkimsig_kind kind, str value, struct dkimsig *ret)
	must_use;
/* "rsa-sha256"; "" for what is none of ours. */
str dkimsig_algorithm_name(enum dkimsig_algorithm algorithm);

#endif

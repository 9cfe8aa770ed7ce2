/* dkim/dkimhash.h - what of a signature the message itself can tell, without any key: the hash
 * that was signed, and whether the body still has the hash that the signature claims.
 *
 * The list of fields is made once for a message; a body's hash once for each canonical form,
 * hash and length; fields of one name are found from the bottom upwards (RFC 6376 5.4.2).
 *
 * Input    hostile: the message.
 * Memory   in the caller's arena; slices point into the message.
 * Limits   DKIMHASH_MAX_FIELDS fields are seen, DKIMHASH_MAX_BODIES different hashes of the body
 *          made, DKIMHASH_MAX_SIGNATURES signatures kept and DKIMHASH_MAX_TRIED hashed: the
 *          others are named, not tried. Linear in message times signatures.
 * Threads  one at a time.
 * Errors   dkim_facts.problem, in words.
 */
#ifndef DKIM_DKIMHASH_H
#define DKIM_DKIMHASH_H

#include "dkim/dkimsig.h"
#include "mail/header.h"

enum {
	DKIMHASH_MAX_FIELDS = 2000,
	DKIMHASH_MAX_BODIES = 8,
	DKIMHASH_MAX_SIGNATURES = 16,
	DKIMHASH_MAX_TRIED = 8, /* RFC 6376 6.1 lets a verifier limit them */
	DKIMHASH_MAX_DIGEST = 32,
	DKIMHASH_START = 8, /* characters of b= that tell signatures apart (RFC 6008 4) */
};

/* One signature (DKIM-Signature, ARC-Message-Signature, ARC-Seal) as the message shows it:
 * plain values, which travel from the worker. */
struct dkim_facts {
	str problem;	/* empty when digest is there: it can be verified with the key */
	bool malformed; /* the field breaks the grammar */
	enum dkimsig_algorithm algorithm;
	str algorithm_text;   /* a= */
	str domain, selector; /* d= s=, as in struct dkimsig */
	str identity;	      /* i=, decoded; empty when absent */
	str signature;	      /* b=, decoded */
	str signature_start;  /* the first characters of b= as written, for header.b */
	str digest;	      /* hash of the canonical fields: 20 or 32 bytes */
	bool body_matches;    /* bh= is right; true for what has none (ARC-Seal) */
	bool no_version;      /* v= is missing, or a draft's */
	bool signs_from;      /* From is in h=; true for what has none */
	bool has_length, has_time, has_expiry;
	uint64_t uncovered; /* bytes of the canonical body behind l= */
	uint64_t time, expiry;
};

/* A digest being made, for whoever feeds it canonical fields. */
struct dkimhash;
struct dkimhash *dkimhash_begin(struct arena *a, enum dkimsig_algorithm algorithm) must_use;
struct dkimcanon_sink dkimhash_sink(struct dkimhash *h) must_use;
/* Ends it; 20 or 32 bytes. */
str dkimhash_finish(struct arena *a, struct dkimhash *h) must_use;

struct dkimhash_message;
struct dkimhash_message *dkimhash_open(struct arena *a, str message) must_use;
/* The fields from the top; without a name ("") what is no field at all. */
const struct header_field *dkimhash_fields(const struct dkimhash_message *m, size_t *ret_n);
/* The hash of the first length bytes of the body's canonical form (UINT64_MAX: all of it), and
 * the length of the whole form. STR_NULL: DKIMHASH_MAX_BODIES others were made. */
str dkimhash_body(struct dkimhash_message *m, enum dkimcanon_kind kind,
		  enum dkimsig_algorithm algorithm, uint64_t length, uint64_t *ret_whole) must_use;
/* What h= selects, and then the signature's own field with an empty b=. */
str dkimhash_signed(struct dkimhash_message *m, const struct dkimsig *sig,
		    const struct header_field *own) must_use;
/* One signature's field, read and hashed. Of an ARC-Seal only what its own field says. */
void dkimhash_signature(struct dkimhash_message *m, enum dkimsig_kind kind,
			const struct header_field *field, struct dkim_facts *ret);
/* All DKIM-Signature fields from the top. */
struct dkim_facts *dkimhash_signatures(struct dkimhash_message *m, size_t *ret_n) must_use;

#endif

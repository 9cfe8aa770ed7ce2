/* dkim/dkimsign.h - signature fields of our own: DKIM-Signature (RFC 6376 5),
 * ARC-Message-Signature and ARC-Seal (RFC 8617 5.1). Two halves, since who sees the message, who
 * decides and who has the key are three processes:
 *
 *	dkimsign_collect	the message	-> material: canonical fields, hash of the body
 *	dkimsign_draft		material	-> the field without its b=, and the digest to sign
 *	dkimsign_finish		a signature	-> the whole field
 *
 * Always relaxed/relaxed and SHA-256. A DKIM-Signature covers the fields that readers see and
 * programs obey, each once more than it is there, so that none can be added (RFC 6376 8.15);
 * Sender and List- fields only when they are there, since mailing lists add them. An
 * ARC-Message-Signature covers them as they are, and the DKIM-Signature fields (RFC 8617 4.1.2).
 *
 * Input    collect: hostile. draft and finish: our own names and numbers.
 * Memory   in the caller's arena.
 * Limits   DKIMSIGN_MAX_NAMES fields, DKIMSIGN_MAX_HEADERS bytes of them; linear.
 * Threads  pure.
 * Errors   dkimsign_collect: a reason in words, NULL when there is none.
 */
#ifndef DKIM_DKIMSIGN_H
#define DKIM_DKIMSIGN_H

#include "base/strbuf.h"
#include "dkim/dkimhash.h"

enum {
	DKIMSIGN_MAX_NAMES = 100,
	DKIMSIGN_MAX_NAME_BYTES = 4096, /* all names and the colons between them */
	DKIMSIGN_MAX_HEADERS = 256 << 10,
	DKIMSIGN_HASH = 32,
};

struct dkimsign_material {
	str names;     /* for h=: "from:from:to" */
	str headers;   /* their canonical form */
	str body_hash; /* DKIMSIGN_HASH bytes */
};

const char *dkimsign_collect(struct arena *a, struct dkimhash_message *m, enum dkimsig_kind kind,
			     struct dkimsign_material *ret) must_use;
/* The same of fields of the caller's choice, from the bottom upwards for each name. */
const char *dkimsign_collect_names(struct arena *a, struct dkimhash_message *m, str names,
				   struct dkimsign_material *ret) must_use;

struct dkimsign_request {
	enum dkimsig_kind kind;
	str domain, selector;
	int64_t time;	   /* seconds since 1970 */
	uint32_t instance; /* of ARC */
	str cv;		   /* of ARC-Seal */
	/* Of ARC-Seal only headers: the canonical chain that it covers. */
	struct dkimsign_material material;
};

struct dkimsign_draft {
	str head, tail; /* the signature goes between them */
	str digest;
};

/* DKIMSIG_RSA_SHA256 or DKIMSIG_ED25519. */
void dkimsign_draft(struct arena *a, const struct dkimsign_request *q,
		    enum dkimsig_algorithm algorithm, struct dkimsign_draft *ret);
/* The field with its line end. */
str dkimsign_finish(struct arena *a, const struct dkimsign_draft *d, str signature) must_use;

/* "ARC-Authentication-Results: i=1; PAYLOAD" with its line end. */
str dkimsign_arc_results(struct arena *a, uint32_t instance, str payload) must_use;
/* Does a DKIM-Signature of ours cover fields of that name? */
bool dkimsign_covers(str name);
/* Appends the relaxed form of a field, with CRLF. */
void dkimsign_put_canonical(struct strbuf *out, str field);

#endif

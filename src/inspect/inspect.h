/* inspect/inspect.h - message bytes in, facts out. The worker's whole work.
 *
 * Input    hostile: the message as received (CRLF line ends, dot-unstuffed).
 * Memory   facts live in the arena and may point into message, which must outlive them.
 * Limits   struct inspect_limits; each one reached is named in facts.limits_hit.
 * Threads  pure; one message at a time per arena and pattern set.
 * Errors   none: what could not be inspected is a fact (facts.error, part flags).
 */
#ifndef INSPECT_INSPECT_H
#define INSPECT_INSPECT_H

#include "inspect/facts.h"
#include "inspect/luarules.h"
#include "inspect/patterns.h"
#include "inspect/yarascan.h"

/* What only some messages need. */
enum inspect_wants {
	INSPECT_WANTS_REPORTS = 1 << 0, /* it is for the address of reports: read them */
	INSPECT_WANTS_SIGNING = 1 << 1, /* it will be signed: prepare that */
	INSPECT_WANTS_SEALING = 1 << 2, /* it will be sealed: prepare that */
	/* Other services are asked about them: extract them. */
	INSPECT_WANTS_ATTACHMENTS = 1 << 3, /* files as they were attached */
	INSPECT_WANTS_DOCUMENTS = 1 << 4,   /* office documents, in archives too */
};

struct inspect_limits {
	uint32_t max_depth; /* nested parts and archives */
	uint32_t max_parts;
	uint32_t max_headers;
	uint64_t max_unpacked_bytes; /* decoded and unpacked, all parts together */
	struct yarascan *yara;	     /* or NULL */
	const struct luarules *lua;  /* or NULL */
	struct patterns *candidate;  /* of candidate rules, or NULL... */
	uint64_t candidate_set;	     /* ...and which that are (facts_candidate) */
	char *note;	       /* FACTS_NOTE_BYTES to say in what is being looked at, or NULL */
	uint32_t wants;	       /* enum inspect_wants */
	uint64_t features_key; /* of features/features.h; 0: no features */
};

extern const struct inspect_limits inspect_default_limits;

/* patterns may be NULL. */
void inspect_message(struct arena *a, str message, struct patterns *patterns,
		     const struct inspect_limits *limits, struct facts *ret);

/* Facts of the links in what the QR codes of one image say (FACTS_URL_QR), the image being part 0;
 * or of the URLs that links lead to (FACTS_URL_HOP). */
void inspect_codes(struct arena *a, enum facts_url_where where, const str *codes, size_t n,
		   struct patterns *patterns, const struct inspect_limits *limits,
		   struct facts *ret);

#endif

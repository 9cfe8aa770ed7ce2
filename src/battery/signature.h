/* battery/signature.h - signs messages of the battery: DKIM (RFC 6376, RFC 8463) and ARC
 * (RFC 8617), rightly and in the wrong ways that its cases are about.
 *
 * Each domain's key is made from its name, so that the same seed gives the same bytes and no
 * private key stands in the source; the public halves are in zone.h.
 *
 * Input    trusted: messages of ours.
 * Memory   in the kit's arena.
 * Limits   none.   Threads  pure.   Errors  none.
 */
#ifndef BATTERY_SIGNATURE_H
#define BATTERY_SIGNATURE_H

#include "battery/kit.h"

struct signature {
	const char *domain;
	const char *selector;  /* NULL: SIGNATURE_SELECTOR */
	const char *algorithm; /* a=; NULL: the key's own, ed25519-sha256 */
	const char *fields;    /* h=; NULL: those of an ordinary signature */
	int64_t expiry;	       /* x=; 0: none */
	bool with_length;      /* l= of the body as it is */
};

#define SIGNATURE_SELECTOR "s1"

/* The message with the signature's field on top. */
str signature_dkim(struct kit *k, str message, const struct signature *how);
/* The same with one more set of ARC, the first, by that sealer; results is what it saw:
 * "mx.example; spf=pass ...". */
str signature_arc(struct kit *k, str message, const char *sealer, const char *results);
/* "v=DKIM1; k=ed25519; p=..." of a domain. */
str signature_record(struct arena *a, const char *domain);

#endif

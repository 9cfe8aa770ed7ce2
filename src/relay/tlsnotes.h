/* relay/tlsnotes.h - how the TLS sessions of one delivery came out, as texts for the reports of
 * RFC 8460: the domain, a tab, and a row of reporting/tlsrow.h.
 *
 * Input    names and policies of strangers.
 * Memory   in the arena of the notes.
 * Limits   TLSNOTES_MAX texts of TLSNOTES_BYTES; further sessions are not told.
 * Threads  one at a time.
 * Errors   cannot fail.
 */
#ifndef RELAY_TLSNOTES_H
#define RELAY_TLSNOTES_H

#include "relay/stspolicy.h"
#include "reporting/tlsrow.h"
#include "tls/tlsclient.h"

enum {
	TLSNOTES_MAX = 8, /* as in sys/messages.def */
	/* Of all texts: they travel beside what must not be too large to be sent. */
	TLSNOTES_BYTES = 8 << 10,
};

struct tlsnotes {
	struct arena *arena;
	str v[TLSNOTES_MAX];
	size_t n, bytes;
};

void tlsnotes_add(struct tlsnotes *notes, str domain, const struct tlsrow *row);
/* The policy as it was published, into the row. */
void tlsnotes_put_tlsa(struct arena *a, struct tlsrow *row, const struct tlsclient_demand *demand);
void tlsnotes_put_sts(struct arena *a, struct tlsrow *row, const struct stspolicy *policy);

#endif

/* spool/spoolstate.h - how far the delivery of one message has come. Losing a state
 * only repeats attempts that were made already.
 *
 * Input    spoolstate_decode: bytes from a disk.
 * Memory   the arrays are in the arena, texts point into the input.
 * Limits   SPOOLMETA_MAX_RECIPIENTS, SPOOLMETA_MAX_TEXT.
 * Threads  pure.   Errors  false, and the output untouched.
 */
#ifndef SPOOL_SPOOLSTATE_H
#define SPOOL_SPOOLSTATE_H

#include "spool/spoolmeta.h"

enum spool_recipient {
	SPOOL_PENDING,
	SPOOL_DONE,
	SPOOL_FAILED, /* for good: its sender is to be told, or the message held */
	SPOOL_TOLD,   /* failed, and nobody need be told any more */
	SPOOL_RECIPIENT_STATES
};

/* The attempts for one recipient. */
struct spool_progress {
	uint32_t attempts;
	int64_t next_at; /* seconds since 1970 */
	str reply;	 /* what the next hop said last */
	str next_hop;
};

struct spool_state {
	uint8_t *recipients;		 /* enum spool_recipient, in the order of the envelope */
	struct spool_progress *progress; /* of each */
	size_t n_recipients;
	bool held;   /* by a person: not tried until released */
	bool warned; /* its sender was told that it is late */
};

/* Nothing tried yet. */
struct spool_state spoolstate_fresh(struct arena *a, size_t n_recipients);
size_t spoolstate_count(const struct spool_state *s, enum spool_recipient which);
/* Framed, as it is in a state record. */
void spoolstate_encode(const struct spool_state *s, struct strbuf *out);
bool spoolstate_decode(struct arena *a, str file, size_t n_recipients, struct spool_state *ret)
	must_use;

#endif

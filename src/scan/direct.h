/* scan/direct.h - the direct hand-over, seen from poterne-scan: the relay delivers while the
 * sender waits, so that nothing has to be kept. A domain whose next hop was slow or absent is
 * left to the spool for a while, then tried again with one message.
 *
 * Input    what poterne-relay answers; outcomes are checked against the question.
 * Memory   outcomes and texts in the caller's arena.
 * Limits   DIRECT_DOMAINS troubled domains are remembered, a later one takes an older one's
 *          place; the caller's patience.
 * Threads  internally locked.
 * Errors   DIRECT_NOT: nothing is known to be delivered; the same id may be spooled, and must be
 *          when the answer says so.
 */
#ifndef SCAN_DIRECT_H
#define SCAN_DIRECT_H

#include "sys/lanes.h"

#include <pthread.h>

enum {
	DIRECT_DELIVERED, /* to every recipient */
	DIRECT_REFUSED,	  /* for good, for every recipient */
	DIRECT_REST,	  /* outcome says what is left to do */
	DIRECT_NOT,
};
enum {
	DIRECT_DOMAINS = 256,
	/* An answer that takes longer is taken, but its domain rests: senders that wait hold
	 * threads that others need. */
	DIRECT_SLOW_MS = 1500,
	DIRECT_REST_MS = 2000, /* after the first trouble; twice as long each time */
	DIRECT_REST_MAX_MS = 60000,
};

struct direct {
	struct lanes *relay;
	pthread_mutex_t lock;
	struct direct_domain {
		uint64_t key;
		int64_t until, rest_ms; /* clock_now_ms; the pause that led to it */
	} domains[DIRECT_DOMAINS];
};

struct direct_answer {
	const uint64_t *outcome; /* of each recipient: 0 delivered, 4 later, 5 never */
	str next_hop, reply, tls;
	struct msg_texts tls_results; /* for reports, also with DIRECT_NOT */
	/* With DIRECT_NOT: the relay may deliver it yet, or will never try it this way. Were the
	 * sender told to come again, it would be delivered twice, or never. */
	bool must_spool;
};

void direct_init(struct direct *d, struct lanes *relay);
/* fd is the sealed message (-1: its bytes are in m), m all the rest but patience_ms. */
int direct_try(struct direct *d, struct arena *a, struct msg_handover *m, int fd,
	       int64_t patience_ms, struct direct_answer *ret) must_use;

#endif

/* scan/workers.h - the sandboxed workers as the conductor uses them.
 *
 * Each worker is one lane and one piece of shared memory for facts. A worker that dies,
 * is late or answers nonsense is given up; the message is tried on one other worker, and
 * when that fails too it is "could not be inspected", never tried a third time.
 *
 * Input    what a worker says is hostile: lengths are checked, facts decoded from a copy.
 * Memory   facts live in the caller's arena.
 * Limits   as many messages at a time as workers; more wait, until their deadline.
 * Threads  internally locked.
 * Errors   WORKERS_E_FAILED: the message killed two workers or made them late (why says
 *          how, and what the last one was looking at). Negative errno: no worker was to be had,
 *          which says nothing about the message.
 */
#ifndef SCAN_WORKERS_H
#define SCAN_WORKERS_H

#include "base/clock.h"
#include "base/why.h"
#include "inspect/facts.h"
#include "sys/msg.h"

enum { WORKERS_OK, WORKERS_E_FAILED };

struct workers;

/* Called when a worker must die: by the supervisor, or by poterne scan itself. */
struct workers_host {
	void *ctx;
	void (*kill)(void *ctx, uint64_t id, const char *why);
};

struct workers *workers_new(struct workers_host host) must_use;
/* The compiled patterns of messages from now on. Hits are numbers of symbols of just these rules:
 * *ret_generation says which patterns they are, so that a message is inspected by those of the
 * rules that judge it. The ones before are kept for messages on their way. By one thread. */
int workers_set_patterns(struct workers *w, str blob, uint64_t *ret_generation, struct why *why)
	must_use;
/* Key of the classifier (features/features.h), for the messages that follow; 0: no features. */
void workers_set_features_key(struct workers *w, uint64_t key);
/* Swallows fd, the conductor's end of the lane to worker id. */
void workers_add(struct workers *w, int fd, uint64_t id);
/* Closes the idle lanes; none may be in use. */
struct workers *workers_free(struct workers *w);

/* A message on its way through a worker: begin, do something else meanwhile, end. */
struct inspection {
	struct workers *workers;
	struct worker *worker;
	struct msg question;
	uint64_t generation;
	int64_t patience_ms; /* per attempt */
	deadline until;	     /* for all of it */
	struct why why;
	int result; /* of begin, told by end */
};

/* fd: the sealed message, or -1 for one of at most MSG_INLINE_MAX bytes; it stays until end. wants:
 * bits of enum inspect_wants. */
void workers_begin(struct workers *w, uint64_t generation, str mid, int fd, str message,
		   uint32_t wants, int64_t patience_ms, deadline until, struct inspection *ret);
/* The same for what the QR codes of an image say, or for where links lead (FACTS_URL_HOP). */
void workers_begin_codes(struct workers *w, uint64_t generation, enum facts_url_where where,
			 const struct msg_texts *codes, int64_t patience_ms, deadline until,
			 struct inspection *ret);
/* Extracts have their bytes, in the arena. */
int workers_end(struct inspection *in, struct arena *a, struct facts *ret, struct why *why)
	must_use;

#endif

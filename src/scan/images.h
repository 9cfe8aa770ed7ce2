/* scan/images.h - pictures that the inspector extracted, shown to the workers that read QR codes.
 *
 * A picture goes to one image worker; what its codes say, to an inspection worker, which makes
 * facts of it. Here nothing is looked at, only handed on. A worker that dies or is late costs its
 * picture a finding, IMAGE_UNINSPECTED, and is killed; the other pictures are shown to another.
 *
 * Input    what workers say is hostile: it is bounded by the messages' table and facts_decode.
 * Memory   facts live in the caller's arena.
 * Limits   FACTS_MAX_EXTRACTS pictures; the caller's deadline for all of them.
 * Threads  internally locked.
 * Errors   none: findings.
 */
#ifndef SCAN_IMAGES_H
#define SCAN_IMAGES_H

#include "scan/workers.h"
#include "sys/lanes.h"

struct images {
	struct lanes *lanes;	  /* one for each image worker */
	struct workers_host host; /* ends one of them */
	int64_t patience_ms;	  /* for one picture */
	uint64_t generation;	  /* of the patterns, for what is read (scan/workers.h) */
};

/* Adds what is found to facts; without a picture among its extracts it asks nobody. */
void images_look(const struct images *i, struct workers *inspectors, struct arena *a,
		 struct facts *facts, int64_t inspect_ms, deadline until);

#endif

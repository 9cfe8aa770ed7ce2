/* memory/memorylane.h - memory asked over a lane: both ends of the messages recall, recalled and
 * remember.
 *
 * Input    answers come from poterne-memory; what it is asked and told comes from processes that
 *          read names out of mail, so every number is bounded again.
 * Memory   in the arenas of question and answer.
 * Limits   those of messages.def; NOTE_MS to send a note.
 * Threads  as the lanes: internally locked.
 * Errors   negative errno and why.
 */
#ifndef MEMORY_MEMORYLANE_H
#define MEMORY_MEMORYLANE_H

#include "memory/memory.h"
#include "sys/lanes.h"

/* Questions over lanes to poterne-memory; the lanes are borrowed. */
struct memory memorylane_over(struct lanes *lanes) must_use;
/* The other end: answers or takes over one message; returns as lanes_answer_fn. */
int memorylane_answer(const struct memory *m, struct chan *c, const struct msg *q, struct arena *a,
		      struct why *why) must_use;

#endif

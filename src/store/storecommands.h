/* store/storecommands.h - what the command line may ask of the running gateway.
 *
 *   quarantine list | show ID | message ID | release ID... | drop ID...
 *   queue list | show ID | message ID | retry [ID...] | hold ID... | drop ID... with the
 *         options of queuecommands.h
 *   memory show NAME... | forget NAME...
 *   explain ID
 *
 * Lists are JSON, one object a line; a message is its bytes.
 *
 * Input    words of a permitted user (ctl/ctlserver.h); ids are parsed.
 * Memory   answers live in the arena of the question.
 * Limits   those of messages.def.
 * Threads  any number.
 * Errors   in the answer: status 1 when there is no such message, 2 for unknown words,
 *          3 when the disk or the records failed.
 */
#ifndef STORE_STORECOMMANDS_H
#define STORE_STORECOMMANDS_H

#include "store/question.h"

/* The handler of struct ctlserver; ctx is a struct store. */
void storecommands_handle(void *ctx, struct arena *a, const struct ctlserver_question *q,
			  struct ctlserver_answer *ret);

#endif

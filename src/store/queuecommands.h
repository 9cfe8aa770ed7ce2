/* store/queuecommands.h - what the command line may ask of the queue.
 *
 *   list [--destination=D] [--state=S] [--older-than=SECONDS] [--recipient=R] [--summary]
 *   show ID | message ID
 *   retry [ID...] [--destination=D] [--held]     neither: all that are not held
 *   hold ID... | --destination=D | --all
 *   drop ID... [--yes]                           without it: what would be dropped
 *
 * A state is waiting, unreachable (its destination answers nobody), delivering or held. A
 * message that is retried by its id is released when it is held.
 *
 * Input    words of a permitted user; texts of messages are hostile and escaped.
 * Memory   that of the question.
 * Limits   the queue is looked at in slices of QUEUECOMMANDS_SLICE messages, so nobody waits
 *          for the lock longer than that takes.
 * Threads  any number.
 * Errors   in the answer.
 */
#ifndef STORE_QUEUECOMMANDS_H
#define STORE_QUEUECOMMANDS_H

#include "store/question.h"

enum { QUEUECOMMANDS_SLICE = 500 };

void queuecommands_list(struct question *q);
void queuecommands_show(struct question *q);
void queuecommands_message(struct question *q);
void queuecommands_retry(struct question *q);
void queuecommands_hold(struct question *q);
void queuecommands_drop(struct question *q);

#endif

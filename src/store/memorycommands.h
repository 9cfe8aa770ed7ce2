/* store/memorycommands.h - what is remembered of names, and forgetting it: asked of poterne-memory
 * for the command line.
 *
 *   memory show NAME...     rows of every kind under these names, as JSON
 *   memory forget NAME...   takes them out
 *
 * Input    words of a permitted user.   Memory  in the arena of the question.
 * Limits   those of messages.def.       Threads  any number.
 * Errors   in the answer: status 1 when nothing is known, 3 when poterne-memory did not answer.
 */
#ifndef STORE_MEMORYCOMMANDS_H
#define STORE_MEMORYCOMMANDS_H

#include "store/question.h"

void memorycommands_show(struct question *q);
void memorycommands_forget(struct question *q);

#endif

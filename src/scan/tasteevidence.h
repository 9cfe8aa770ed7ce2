/* scan/tasteevidence.h - what the recipient taught (learn/taste.h), over the classifier's opinion.
 *
 * There is one verdict for all recipients of a message. So lessons count only when every one of
 * them has some that speak, and all say the same; then as much as the least of them.
 *
 * Input    recipients of an envelope, hostile; features from a worker, which can only spoil its own
 *          message.
 * Memory   texts in the caller's arena.
 * Limits   TASTEEVIDENCE_RECIPIENTS; for more, nothing is said.
 * Threads  pure.
 * Errors   none.
 */
#ifndef SCAN_TASTEEVIDENCE_H
#define SCAN_TASTEEVIDENCE_H

#include "learn/model.h"
#include "learn/tastetable.h"
#include "policy/envelope.h"
#include "policy/evidence.h"

enum { TASTEEVIDENCE_RECIPIENTS = 8 };

/* Adds to the opinion when it is one, and says so in the evidence. */
void tasteevidence_collect(const struct tastetable *t, struct arena *a, const struct envelope *env,
			   const struct features *f, struct model_opinion *o, struct evidence *e);

#endif

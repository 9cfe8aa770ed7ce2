/* learn/trainer.h - makes a model of examples: logistic regression with a step of its own for each
 * weight (AdaGrad), a model for each view, averaged over a few orders of the examples.
 *
 * The model is a function of the set of examples: their order of arrival does not matter, an
 * example counts once, and what was forgotten leaves nothing behind.
 *
 * Input    examples: features of hostile mail, valid.
 * Memory   in the arena: about 40 MB, and four bytes for each bucket of all examples in the view
 *          that has most (5 MB per thousand ordinary messages).
 * Limits   time: TRAINER_ROUNDS times the buckets of all examples.
 * Threads  pure.   Errors  none.
 */
#ifndef LEARN_TRAINER_H
#define LEARN_TRAINER_H

#include "learn/examples.h"
#include "learn/model.h"

/* What comes last in an order weighs more; this many orders leave little of that. */
enum { TRAINER_ROUNDS = 15 };

void trainer_run(struct arena *a, const struct examples *e, struct model *ret);

#endif

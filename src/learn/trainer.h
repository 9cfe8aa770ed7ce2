/* learn/trainer.h - makes a model of examples: logistic regression with a step of its own for each
 * weight (AdaGrad), a model for each view, averaged over a few orders of the examples.
 *
 * The model is a function of the set of examples: their order of arrival does not matter, an
 * example counts once, and what was forgotten leaves nothing behind.
 *
 * Input    examples: features of hostile mail, valid.
 * Memory   in the arena: about 24 MB.
 * Limits   time: TRAINER_ROUNDS times the buckets of all examples; of few, TRAINER_LESSONS in all
 *          but at most TRAINER_ROUNDS_MOST times.
 * Threads  pure.   Errors  none.
 */
#ifndef LEARN_TRAINER_H
#define LEARN_TRAINER_H

#include "learn/examples.h"
#include "learn/model.h"

/* Rounds of few examples cost little, and steady what so few teach. */
enum { TRAINER_ROUNDS = 7, TRAINER_ROUNDS_MOST = 20, TRAINER_LESSONS = 5000 };

void trainer_run(struct arena *a, const struct examples *e, struct model *ret);

#endif

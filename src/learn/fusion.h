/* learn/fusion.h - in which shares the logits of the views are added: each is divided by how far
 * such logits spread, then slope and offset make a probability of the sum.
 *
 * What a view is worth is fixed: that was better, on messages that were not learned, than any
 * weights found by regression, which with few examples follow chance.
 *
 * Input    what models thought of messages that they had not learned yet.
 * Memory   none.   Limits  FUSION_ROUNDS times the rows.
 * Threads  pure.   Errors  none: too few rows give a slope of 1.
 */
#ifndef LEARN_FUSION_H
#define LEARN_FUSION_H

#include "learn/model.h"

enum { FUSION_ROUNDS = 20 };

struct fusion_row {
	double logits[FEATURES_VIEWS];
	bool bad;
};

/* Sets the shares and the offset of the model. */
void fusion_fit(const struct fusion_row *rows, size_t n, struct model *ret);

#endif

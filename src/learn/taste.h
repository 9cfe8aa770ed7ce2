/* learn/taste.h - what one recipient wants that others do not: few lessons of his own, over the
 * opinion of the organisation's model.
 *
 * A message is a sample of its buckets (features/features.h), taken alike from all messages. The
 * more such codes two messages share, the more a lesson says of the other; how much each lesson
 * weighs is found by a logistic regression that starts from what the organisation thought, so a
 * lesson that the organisation knew already weighs nothing.
 *
 * Input    features of hostile mail, valid; lessons of whoever may teach.
 * Memory   in the caller's structs, 30 KB of stack.
 * Limits   TASTE_CODES of a message, TASTE_LESSONS of a recipient, TASTE_MOST of the logit.
 * Threads  pure.   Errors  none.
 */
#ifndef LEARN_TASTE_H
#define LEARN_TASTE_H

#include "features/features.h"

enum {
	TASTE_CODES = 200,
	TASTE_LESSONS = 50, /* the oldest go */
	TASTE_FEW = 5,	    /* lessons: before that, silence */
	TASTE_MOST = 3, /* of the logit, either way: nobody alone makes wanted what is clearly spam,
			   nor the reverse */
};

/* Ascending. */
struct taste_codes {
	uint16_t n, v[TASTE_CODES];
};

/* As it lies in the file "tastes". */
struct taste_lesson {
	uint64_t digest; /* of the codes */
	uint32_t at;	 /* wall clock, seconds */
	float logit;	 /* of the organisation when it was taught, 0: it had no opinion */
	float weight;	 /* what taste_fit found */
	uint8_t bad, spare;
	struct taste_codes codes;
};

void taste_sample(const struct features *f, struct taste_codes *ret);
/* Sorts them by time and weighs them. False: taken one after the other, those before told less of
 * the next than the organisation did alone, or there are few: they should be silent. */
bool taste_fit(struct taste_lesson *v, size_t n) must_use;
/* What they add to the logit of a message. */
double taste_weigh(const struct taste_lesson *v, size_t n, const struct taste_codes *codes);

#endif

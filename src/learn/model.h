/* learn/model.h - what the classifier has learned, and its opinion of a message.
 *
 * For each view of a message (features/features.h) a weight for each bucket. The logit of a view
 * is the sum of the weights of its buckets, scaled by their number (model_scale); they are added in
 * shares that the trainer finds. A model knows what it has
 * learned from and says nothing of what is unlike it.
 *
 * Input    model_decode: our own file, perhaps damaged; model_judge: features of hostile mail.
 * Memory   weights point into the file's bytes or into the trainer's arena.
 * Limits   sizes are fixed; linear in the buckets of the message.
 * Threads  const once made.
 * Errors   model_decode: false for anything but what model_encode wrote.
 */
#ifndef LEARN_MODEL_H
#define LEARN_MODEL_H

#include "features/features.h"

enum {
	MODEL_FEW = 50,	  /* of good or bad mail: before that, no opinion */
	MODEL_STEPS = 32, /* in which shares of unknown buckets are counted */
	MODEL_BYTES = 4096 + FEATURES_VIEWS * FEATURES_BUCKETS * 4,
};

/* Of one view. */
struct model_view {
	double share; /* of its logit in the sum */
	/* How many such messages had that share of buckets that had never been seen. */
	uint32_t unknown[MODEL_STEPS];
};

struct model {
	uint64_t key; /* of the features it was made from */
	uint32_t good, bad;
	uint32_t wrong, tried; /* of the newest messages, judged before they were learned */
	double offset;	       /* logit = offset + sum of share * logit of a view */
	struct model_view views[FEATURES_VIEWS];
	const float *weights[FEATURES_VIEWS]; /* FEATURES_BUCKETS each */
};

enum model_silence {
	MODEL_SPEAKS,
	MODEL_HAS_FEW,	/* learned too little of one kind */
	MODEL_DRIFTED,	/* the newest messages surprised it too often */
	MODEL_STRANGER, /* the message is unlike those that were learned */
	MODEL_EMPTY,	/* there is nothing to judge */
};

struct model_opinion {
	enum model_silence silence;
	double logit; /* not clamped; positive: bad */
	double probability;
	double views[FEATURES_VIEWS];	/* what each view adds to the logit */
	double unknown[FEATURES_VIEWS]; /* share of buckets that no learned message had */
};

void model_judge(const struct model *m, const struct features *f, struct model_opinion *ret);
/* What silences it whatever the message: too little was learned, or it drifted. */
enum model_silence model_state(const struct model *m);
const char *model_silence_name(enum model_silence s);

/* What each of n buckets counts: a long message is hardly surer than a short one by its length
 * alone, and of a very short one little is known. */
double model_scale(uint32_t n);
/* Logit and share of unknown buckets of one view. */
double model_logit(const float *weights, str encoded, double *ret_unknown);

str model_encode(struct arena *a, const struct model *m) must_use;
bool model_decode(str bytes, struct model *ret) must_use;

#endif

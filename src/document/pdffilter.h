/* document/pdffilter.h - the codings of PDF streams (ISO 32000-1, 7.4).
 *
 * Flate, LZW, ASCII hex, ASCII 85 and run lengths, with their predictors; images stay as
 * they are. What is damaged is decoded as far as it goes, as readers do.
 *
 * Input    hostile.
 * Memory   the answer is in the arena.
 * Limits   *left bytes come out of all codings together; PDFFILTER_CHAIN codings.
 * Threads  pure.
 * Errors   enum pdffilter_outcome.
 */
#ifndef DOCUMENT_PDFFILTER_H
#define DOCUMENT_PDFFILTER_H

#include "document/pdflex.h"

enum { PDFFILTER_CHAIN = 8 };

enum pdffilter_outcome {
	PDFFILTER_OK,
	PDFFILTER_CUT,	   /* more came out than was left */
	PDFFILTER_IMAGE,   /* an image's coding is left over: out holds it */
	PDFFILTER_UNKNOWN, /* a coding nobody knows */
	PDFFILTER_BROKEN,  /* nothing came out */
};

struct pdffilter_step {
	str name;
	int64_t predictor, colors, bits, columns, early_change;
};

/* Where a value refers to another object, find looks it up. */
typedef const struct pdflex_value *pdffilter_find_fn(void *ctx, const struct pdflex_value *v);

/* The codings a stream's dictionary names, in order. */
size_t pdffilter_steps(const struct pdflex_value *dict, pdffilter_find_fn *find, void *ctx,
		       struct pdffilter_step ret[PDFFILTER_CHAIN]);
/* *left goes down by what came out of each coding. */
enum pdffilter_outcome pdffilter_decode(struct arena *a, str in, const struct pdffilter_step *steps,
					size_t n, size_t *left, str *ret) must_use;

#endif

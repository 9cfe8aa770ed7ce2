/* fuzzy/fuzzytext.h - the digest of a text by its words, three in a row (a shingle).
 *
 * What differs between the copies of a campaign counts less: a link is its host, an address of a
 * person is one word whoever it is, figures are alike. The order of paragraphs hardly matters.
 *
 * Input    hostile text, folded (mime/fold.h).
 * Memory   in the caller's arena.
 * Limits   FUZZYTEXT_WORDS_MAX words; linear.
 * Threads  one at a time per text.
 * Errors   fewer than FUZZYTEXT_SHINGLES_MIN different shingles: there is no digest, since so short
 *          a text ("Please find attached") means nothing.
 */
#ifndef FUZZY_FUZZYTEXT_H
#define FUZZY_FUZZYTEXT_H

#include "base/arena.h"
#include "fuzzy/fuzzy.h"

enum { FUZZYTEXT_WORDS_MAX = 3000, FUZZYTEXT_SHINGLES_MIN = 18 };

struct fuzzytext;

struct fuzzytext *fuzzytext_new(struct arena *a) must_use;
/* One stretch of text: no shingle reaches into the next. */
void fuzzytext_add(struct fuzzytext *t, str folded);
/* More text would change nothing. */
bool fuzzytext_full(const struct fuzzytext *t);
bool fuzzytext_digest(const struct fuzzytext *t, enum fuzzy_kind kind, uint32_t part,
		      struct fuzzy_digest *ret) must_use;

#endif

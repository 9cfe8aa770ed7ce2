/* mime/fold.h - text as rules compare it, and what is odd in its characters.
 *
 * Folded text is NFKD (Unicode Annex 15) without marks, in lower case, without invisible
 * characters, each run of white space one blank. Letters of other scripts that stand in a
 * Latin word for Latin ones they resemble are written as those. Typographic quotes and dashes
 * become ASCII ones. Punctuation stays.
 *
 * Input    hostile: UTF-8; what is none is skipped byte by byte.
 * Memory   the folded text is in the arena, evidence points into the input.
 * Limits   twice the size of the input; one pass.
 * Threads  pure.
 * Errors   cannot fail.
 */
#ifndef MIME_FOLD_H
#define MIME_FOLD_H

#include "base/arena.h"

enum fold_script {
	FOLD_LATIN,
	FOLD_CYRILLIC,
	FOLD_GREEK,
	FOLD_HEBREW,
	FOLD_ARABIC,
	FOLD_THAI,
	FOLD_HANGUL,
	FOLD_KANA,
	FOLD_HAN,
	FOLD_OTHER,
	FOLD_SCRIPTS
};

/* How often something was seen, and the first place. */
struct fold_seen {
	uint32_t n;
	str first;
};

struct fold_facts {
	uint32_t letters[FOLD_SCRIPTS];
	struct fold_seen mixed;	    /* words in which letters of another script play Latin ones */
	struct fold_seen invisible; /* characters nobody sees, inside of Latin words */
	struct fold_seen hyphens;   /* soft hyphens */
	struct fold_seen bidi;	    /* embeddings, overrides and isolates of direction */
	struct fold_seen stacked;   /* letters that bear three marks or more */
	struct fold_seen styled;    /* letters of ASCII in fancy dress: mathematical, full width */
	struct fold_seen spaces;    /* runs of two blanks or more between words */
};

str fold_text(struct arena *a, str text, struct fold_facts *ret) must_use;

#endif

/* mime/foldchars.h - what single characters are to mime/fold.h.
 *
 * Input    any code point.   Memory  const tables.   Limits  constant time.
 * Threads  pure.   Errors  none.
 */
#ifndef MIME_FOLDCHARS_H
#define MIME_FOLDCHARS_H

#include "mime/fold.h"

enum foldchars_kind {
	FOLDCHARS_OTHER,
	FOLDCHARS_LATIN, /* foldchars_latin knows it */
	FOLDCHARS_ASIAN, /* a letter that is as it is: ideogram, syllable */
	FOLDCHARS_MARK,	 /* stands on the letter before it */
	FOLDCHARS_BLANK,
	FOLDCHARS_BIDI, /* changes the reading direction */
	FOLDCHARS_INVISIBLE,
	FOLDCHARS_PUNCTUATION, /* foldchars_punctuation knows it */
};

enum foldchars_kind foldchars_kind(uint32_t cp);
/* The one or two small letters of ASCII for a Latin letter with marks; their number. */
size_t foldchars_latin(uint32_t cp, char out[2]);
/* The punctuation of ASCII that typography writes so. */
char foldchars_punctuation(uint32_t cp);
/* The ASCII letter that a letter of another script resembles, or 0. *ret_weak: that means
 * nothing, since scientists put it into Latin words, or the likeness is weak. */
char foldchars_alike(uint32_t cp, bool *ret_weak);
/* Decomposes into ASCII that it only dresses up: mathematical, full width, circled. */
bool foldchars_is_styled(uint32_t cp);
enum fold_script foldchars_script(uint32_t cp);

#endif

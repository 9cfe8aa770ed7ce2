/* mime/language.h - which language a text is written in, guessed.
 *
 * Scripts tell most languages apart; those in Latin letters are told by how often their
 * commonest short words stand in the text: fr en de es it nl pt.
 *
 * Input    hostile: a text folded by mime/fold.h and its facts.
 * Memory   the result is a literal.   Limits  the first words only; linear.
 * Threads  pure.   Errors  empty: too little text, or none of those.
 */
#ifndef MIME_LANGUAGE_H
#define MIME_LANGUAGE_H

#include "mime/fold.h"

/* A code of ISO 639-1, or empty. */
str language_guess(str folded, const struct fold_facts *facts);

#endif

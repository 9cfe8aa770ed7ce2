/* inspect/inspect_words.h - what is said in a text, and how its characters are written.
 *
 * Input    hostile.   Memory  facts in w->arena.   Limits  linear.
 * Threads  one walk at a time.   Errors  none: facts.
 */
#ifndef INSPECT_WORDS_H
#define INSPECT_WORDS_H

#include "inspect/inspect_private.h"
#include "mime/content.h"

/* What the header of a leaf says against its bytes: body as it stands in the message. */
void inspect_words_part(struct walk *w, uint32_t index, const struct content *c, str body);
/* Bytes of a text as UTF-8 for the reader, in the arena or as they are. True: *ret_other is
 * another text, which readers see who do not follow the charset. */
bool inspect_words_decode(struct walk *w, struct arena *a, uint32_t index, str charset, str bytes,
			  str *ret_text, str *ret_other);
/* Text the reader sees: tricks of characters, and the patterns of PATTERN_WORDS. */
void inspect_words_read(struct walk *w, uint32_t index, str text);
/* The begin of an attached text: the patterns of PATTERN_WORDS only. */
void inspect_words_attached(struct walk *w, uint32_t index, str bytes);
/* A line that lists of messages show: the Subject, or the sender's display name. */
void inspect_words_shown(struct walk *w, str text, bool subject);
/* When all parts are known: what alternatives there are, the language. */
void inspect_words_end(struct walk *w);

#endif

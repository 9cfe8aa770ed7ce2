/* document/script.h - what kind of script or of running file a text is, by its words.
 *
 * People write about scripts, so no single word decides but those that have no other use:
 * signs are added up, and lines of code tell more than words in a line.
 *
 * Input    hostile, in bytes or in UTF-16.
 * Memory   answers are literals; script_text's is in the arena.
 * Limits   the first SCRIPT_WINDOW characters are looked at; linear.
 * Threads  pure.
 * Errors   none: an empty type is no script.
 */
#ifndef DOCUMENT_SCRIPT_H
#define DOCUMENT_SCRIPT_H

#include "base/arena.h"

enum { SCRIPT_WINDOW = 16 << 10 };

/* By what stands in it and nowhere else: settings, shortcuts, markup that runs. */
str script_signature(str bytes) must_use;
/* By its lines: JavaScript, VBScript, PowerShell, batch, Python. */
str script_language(str bytes) must_use;
bool script_is_wide(str bytes);
/* JavaScript (script_text) such as pages have: it neither reaches for Windows nor hides what it
 * does without a word of browsers. No proof: whoever knows the words can add them. */
bool script_may_be_of_page(str text) must_use;
/* The text in one byte a character where it was UTF-16, without its byte order mark. */
str script_text(struct arena *a, str bytes) must_use;
/* The same, as far as it fits into out; returns its length. */
size_t script_narrow(str bytes, char *out, size_t max);

#endif

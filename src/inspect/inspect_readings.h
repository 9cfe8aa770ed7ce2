/* inspect/inspect_readings.h - what other mail programs make of the same body.
 *
 * Readers differ in what they do with damaged base64 and quoted-printable, with transfer
 * encodings they do not know or that stand there twice, and with line ends. Each reading
 * that gives a file, and another one than ours, becomes a part "PARENT?N" and is judged
 * like any other; so whoever the reader is, what he would open was seen.
 *
 * Input    hostile.   Memory  decoded in short-lived arenas.
 * Limits   READINGS_MAX in one message, and a few times its bytes; a reading is decoded whole only
 * when its start is that of a file; linear. Threads  one walk at a time.   Errors  none: facts.
 */
#ifndef INSPECT_READINGS_H
#define INSPECT_READINGS_H

#include "inspect/inspect_private.h"
#include "mime/content.h"

/* body as it stands in the message, ours as we decoded it, or STR_NULL when we did not. False: it
 * is called text and no reading is a file, so that whoever decodes it in yet another way opens a
 * text. */
bool inspect_readings_body(struct walk *w, uint32_t index, const struct content *c, str body,
			   str ours, uint32_t depth);
/* inspect_stray.c: headers of parts, and their bodies, where no part of ours is: in a
 * preamble, behind the end, behind a boundary that only some readers see. The headers in
 * w->sections from first_section on are ours. */
void inspect_stray_search(struct walk *w, uint32_t index, str text, size_t first_section,
			  uint32_t depth);
/* The part for another text that some program reads in a part, or WALK_NO_PART. */
uint32_t inspect_readings_text(struct walk *w, uint32_t index);
/* The same part under another name that some program takes for it. */
void inspect_readings_name(struct walk *w, uint32_t index, str name);

#endif

/* inspect/inspect_office.h - what the glue of all Office formats shares: from what the
 * readers of the room document found to findings, links, patterns and child parts.
 *
 * inspect_ole.c opens compound files (doc, xls, ppt, msg, VBA), inspect_ooxml.c the members
 * of zipped documents and flat XML, inspect_rtf.c RTF, inspect_office.c the small formats.
 *
 * Input    hostile.   Memory  facts in w->arena; o->scratch dies with the opened file.
 * Limits   the walk's depth, parts and budget.   Threads  one walk at a time.
 * Errors   none: facts.
 */
#ifndef INSPECT_OFFICE_H
#define INSPECT_OFFICE_H

#include "document/ole1.h"
#include "inspect/inspect_private.h"
#include "inspect/inspect_url.h"

struct office {
	struct walk *w;
	uint32_t index; /* the document's part */
	uint32_t depth;
	uint32_t number; /* of the last child part */
	struct arena *scratch;
};

/* False: the depth is spent, which is said. */
bool inspect_office_may_open(struct walk *w, uint32_t index, uint32_t depth);
/* An embedded file as a child part, judged by its own type; WALK_NO_PART at a limit. */
uint32_t inspect_office_child(struct office *o, str name, str bytes);
/* The text of macros: patterns and links. */
void inspect_office_code(struct office *o, str code);
/* Text as the reader sees it: links. */
void inspect_office_text(struct office *o, str text);
/* The same, of what the author of the document wrote, by which it is known again. */
void inspect_office_words(struct office *o, str text);
/* One field code of Word. */
void inspect_office_field(struct office *o, str instruction);
/* What is fetched from elsewhere, otherwise than by a click. */
void inspect_office_external(struct office *o, enum finding what, str target);
/* A function that asks a web site, empty: none, and what shows it. */
void inspect_office_web(struct office *o, str function, str formula);
/* An object by its class or program name, never empty. */
void inspect_office_kind(struct office *o, enum ole1_kind kind, str evidence);
/* The content of an embedded object: a packaged file, a compound file or anything else. */
void inspect_office_object(struct office *o, str class_name, str data);
/* The document could not be read to its end. */
void inspect_office_broken(struct office *o, str what);

/* The document asks for a password. */
void inspect_office_encrypted(struct office *o);
/* More than a reader's limit: what stands behind it was not seen. */
void inspect_office_cut(struct office *o, bool cut);
/* The records of a workbook. */
void inspect_biff_read(struct office *o, str stream);
/* Members of a zipped document. */
void inspect_ooxml_member(struct walk *w, uint32_t index, str name, str bytes, uint32_t depth);
/* A member that is a file of its own: it would stand in a mail as well. */
bool inspect_ooxml_is_file(str name, str bytes);
/* A picture that may hold a QR code; *seen is how many there were. */
bool inspect_ooxml_is_picture(struct walk *w, uint32_t index, str bytes, uint32_t *seen);
/* RTF that is part of another file. */
void inspect_rtf_read(struct office *o, str bytes);
/* A stream or storage of an Outlook message; false: it is none. inspect_msg.c */
struct cfb;
struct cfb_entry;
bool inspect_msg_entry(struct office *o, struct cfb *c, const struct cfb_entry *e);

#endif

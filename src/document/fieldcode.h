/* document/fieldcode.h - what the field codes of Word's documents fetch or start
 * (ECMA-376 part 1, 17.16.5; the same words in doc, docx and RTF).
 *
 * Input    hostile: the text of a document with its field marks, or one instruction, UTF-8.
 * Memory   borrows.   Limits  linear.   Threads  pure.   Errors  FIELDCODE_OTHER.
 */
#ifndef DOCUMENT_FIELDCODE_H
#define DOCUMENT_FIELDCODE_H

#include "base/str.h"

/* Marks of a field in the text of old documents (MS-DOC 2.8.25). */
enum { FIELDCODE_BEGIN = 0x13, FIELDCODE_SEPARATE = 0x14, FIELDCODE_END = 0x15 };

enum fieldcode_kind {
	FIELDCODE_OTHER,
	FIELDCODE_DDE,	     /* starts a program and asks it */
	FIELDCODE_PICTURE,   /* INCLUDEPICTURE */
	FIELDCODE_INCLUDE,   /* INCLUDETEXT, IMPORT, LINK, RD */
	FIELDCODE_HYPERLINK, /* waits for a click */
};

struct fieldcode {
	enum fieldcode_kind kind;
	str target; /* its first argument, without quotation marks; for DDE all of them */
};

struct fieldcode fieldcode_read(str instruction);
/* The next instruction of a text with field marks: what stands between the beginning of a
 * field, or the end of one within it, and the next mark. False at the end. */
bool fieldcode_next(str *rest, str *ret_instruction);
/* A spreadsheet formula that asks a program: =application|'topic'!item. */
bool fieldcode_is_dde_formula(str formula);
/* "WEBSERVICE" or "IMAGE": what a formula, or the name of a function, asks a web site for without
 * anybody's click; else empty. IMAGE only as Excel stores it, "_xlfn.IMAGE": others may have that
 * name, too. */
str fieldcode_web_function(str formula);

#endif

/* document/xlsb.h - the binary parts of an Excel workbook of 2007 (MS-XLSB): records like
 * those of old workbooks, in the members of a zip file.
 *
 * Input    hostile: one member, whatever its name.
 * Memory   in the caller's arena.   Limits  XLSB_TEXT_MAX bytes of formulas. Linear.
 * Threads  pure.   Errors  none: a bad record ends the reading.
 */
#ifndef DOCUMENT_XLSB_H
#define DOCUMENT_XLSB_H

#include "base/arena.h"

enum { XLSB_TEXT_MAX = 16 << 20, XLSB_ITEMS_MAX = 1000 };

struct xlsb {
	str formulas;	    /* constants, then functions by name, a line for each cell */
	str text;	    /* cells and shared strings */
	ARENA_VEC(str) dde; /* "application|topic" */
	str web;	    /* the function that asks a web site: "WEBSERVICE", "IMAGE" */
	bool cut;	    /* more than XLSB_TEXT_MAX */
};

/* The bytes begin like such a part. */
bool xlsb_is_part(str part) must_use;
void xlsb_read(struct arena *a, str part, struct xlsb *ret);

#endif

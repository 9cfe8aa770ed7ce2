/* document/biff.h - the records of an old Excel workbook (MS-XLS, and BIFF 2 to 5 before it).
 *
 * Input    hostile: the "Workbook" or "Book" stream, or a file that consists of it.
 * Memory   in the caller's arena.
 * Limits   BIFF_TEXT_MAX bytes of formulas and of text, BIFF_ITEMS_MAX links. Linear.
 * Threads  pure.      Errors  none: a bad record ends the reading, broken is set.
 */
#ifndef DOCUMENT_BIFF_H
#define DOCUMENT_BIFF_H

#include "base/arena.h"

enum { BIFF_TEXT_MAX = 16 << 20, BIFF_ITEMS_MAX = 20000 };

struct biff {
	bool cut; /* more than BIFF_TEXT_MAX */
	bool encrypted, broken;
	bool macro_sheet;     /* Excel 4.0 macros */
	bool hidden;	      /* ...on a sheet that is hidden or very hidden */
	bool auto_open;	      /* a name that makes Excel run them */
	str web;	      /* the function that asks a web site: "WEBSERVICE", "IMAGE" */
	str formulas;	      /* of macro sheets and names: constants, then functions by name */
	str text;	      /* cells */
	ARENA_VEC(str) dde;   /* "application|topic" */
	ARENA_VEC(str) links; /* addresses behind cells */
};

void biff_read(struct arena *a, str stream, struct biff *ret);

#endif

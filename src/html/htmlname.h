/* html/htmlname.h - what is to be known of elements by their names, in one look.
 *
 * Input    a name in lower case, hostile.   Memory  none.
 * Limits   a few comparisons.   Threads  pure.   Errors  0 for names that nothing is known of.
 */
#ifndef HTML_HTMLNAME_H
#define HTML_HTMLNAME_H

#include "base/str.h"

enum htmlname_property {
	HTMLNAME_VOID = 1 << 0,	   /* has no content and no end tag (13.1.2) */
	HTMLNAME_BLOCK = 1 << 1,   /* ends a paragraph */
	HTMLNAME_BREAKS = 1 << 2,  /* begins and ends a line */
	HTMLNAME_SCOPE = 1 << 3,   /* what is open outside is not ended by what comes inside */
	HTMLNAME_LEAVES = 1 << 4,  /* ends svg or math (13.2.6.5) */
	HTMLNAME_SPECIAL = 1 << 5, /* its presence or its attributes are facts */
	HTMLNAME_IMPLIES = 1 << 6, /* ends the one before it */
	HTMLNAME_FOREIGN = 1 << 7, /* svg, math */
	/* How the text in it is read. */
	HTMLNAME_RCDATA = 1 << 8,
	HTMLNAME_RAWTEXT = 1 << 9,
	HTMLNAME_SCRIPT = 1 << 10,
	HTMLNAME_PLAINTEXT = 1 << 11,
	HTMLNAME_TEXT_MODES = 0xf << 8,
};
enum { HTMLNAME_ID_SHIFT = 16, HTMLNAME_IDS = 256 };

/* Its properties, and from HTMLNAME_ID_SHIFT on a number of its own below HTMLNAME_IDS. */
uint32_t htmlname_properties(str name);

#endif

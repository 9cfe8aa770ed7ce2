/* html/htmlsheet.h - the rules of <style> elements that a simple selector applies.
 *
 * Selectors of one tag, class or id, or a tag with one of these, also behind plain tags
 * ("body p.x"). Others are passed over, and so are @media blocks with a condition: what they
 * hide, they hide on some screens only.
 *
 * Input    hostile.
 * Memory   in the arena.
 * Limits   HTMLSHEET_RULES_MAX selectors, HTMLSHEET_CLASSES_MAX classes of one element; linear.
 * Threads  one at a time per sheet.   Errors  none.
 */
#ifndef HTML_HTMLSHEET_H
#define HTML_HTMLSHEET_H

#include "base/map.h"
#include "html/htmlstyle.h"

enum { HTMLSHEET_RULES_MAX = 4096, HTMLSHEET_CLASSES_MAX = 8, HTMLSHEET_NAME_MAX = 100 };

struct htmlsheet {
	struct arena *arena;
	bool tagged;	  /* there are rules for a tag with a class or id */
	struct map rules; /* "p", ".x", "#x", "p.x", "p#x" to struct htmlstyle */
};

struct htmlsheet htmlsheet_make(struct arena *a);
void htmlsheet_add(struct htmlsheet *s, str css);
/* What the rules say of an element, the more specific over the others. */
void htmlsheet_style(const struct htmlsheet *s, str tag, str classes, str id,
		     struct htmlstyle *ret);

#endif

/* inspect/inspect_html.h - pages, shown as bodies or attached: what is seen of them becomes
 * facts, what they carry becomes parts.
 *
 * Input    hostile.
 * Memory   the view is in the caller's scratch arena, facts in w->arena.
 * Limits   those of html/htmlview.h and html/htmlscript.h; INSPECT_HTML_PAYLOADS_MAX parts.
 * Threads  one walk at a time.   Errors  none: facts.
 */
#ifndef INSPECT_HTML_H
#define INSPECT_HTML_H

#include "html/htmlview.h"
#include "inspect/inspect_private.h"

enum { INSPECT_HTML_PAYLOADS_MAX = 40 };

/* A page in UTF-8. Hidden text is scanned here; visible text is the caller's. */
void inspect_html_read(struct walk *w, uint32_t index, str page, uint32_t depth,
		       struct arena *scratch, struct htmlview *ret);
/* The character set that a page declares of itself (HTML 13.2.3.2), or empty. */
str inspect_html_charset(str bytes);
/* Whether a browser would open an attachment as a page by its name or declared type. */
bool inspect_html_is_page(const struct facts_part *p);

#endif

/* html/htmlview.h - one page as its reader sees it, and what it loads, links to and runs.
 *
 * Walks the tokens with a stack of open elements, without a tree: enough for inherited styles
 * and for where an element ends, not for how browsers repair tables and formatting.
 *
 * Input    hostile, UTF-8: HTML, XHTML or SVG.
 * Memory   everything is in the arena or points into the page.
 * Limits   HTMLVIEW_DEPTH_MAX open elements, HTMLVIEW_LINKS_MAX links, HTMLVIEW_SCRIPTS_MAX
 *          scripts: beyond, HTMLVIEW_CUT is seen. Linear.
 * Threads  pure.   Errors  none.
 */
#ifndef HTML_HTMLVIEW_H
#define HTML_HTMLVIEW_H

#include "base/arena.h"

enum {
	HTMLVIEW_DEPTH_MAX = 512,
	HTMLVIEW_LINKS_MAX = 2000,
	HTMLVIEW_SCRIPTS_MAX = 500,
	HTMLVIEW_SHOWN_MAX = 200 /* bytes of a link's text that are kept */
};

enum htmlview_link_kind {
	HTMLVIEW_ANCHOR, /* followed by a click */
	HTMLVIEW_IMAGE,
	HTMLVIEW_FORM, /* where a form is sent */
	HTMLVIEW_FRAME,
	HTMLVIEW_SCRIPT,
	HTMLVIEW_OBJECT,
	HTMLVIEW_REFRESH, /* followed without a click */
	HTMLVIEW_STYLE,
	HTMLVIEW_BASE,
	HTMLVIEW_OTHER,
};

struct htmlview_link {
	enum htmlview_link_kind kind;
	str url;   /* as written, references decoded, blanks at the ends cut */
	str shown; /* of an anchor: what the reader sees */
};

struct htmlview_script {
	str text;
	bool handler; /* an attribute: onload=, or a javascript: address */
};

/* What was seen at least once; .evidence says what. */
enum htmlview_seen {
	HTMLVIEW_HAS_FORM,
	HTMLVIEW_HAS_TYPED_FORM, /* more than one field to type into, or more than a line */
	HTMLVIEW_HAS_PASSWORD_FIELD,
	HTMLVIEW_HAS_SCRIPT,
	HTMLVIEW_HAS_HANDLER,
	HTMLVIEW_HAS_SCRIPT_URL, /* javascript:, vbscript: */
	HTMLVIEW_HAS_REFRESH,	 /* to another page */
	HTMLVIEW_HAS_FRAME,
	HTMLVIEW_HAS_OBJECT,
	HTMLVIEW_HAS_DATA_URL, /* that is no picture or font, or that opens as a page */
	HTMLVIEW_HAS_SVG_SCRIPT,
	HTMLVIEW_HAS_SVG_HTML, /* foreignObject */
	HTMLVIEW_HAS_ENTITY,   /* an XML entity is declared */
	HTMLVIEW_HAS_HTA,
	HTMLVIEW_HAS_AUTOPLAY,
	HTMLVIEW_HAS_PREFETCH,
	HTMLVIEW_HAS_TRACKING_PIXEL,
	HTMLVIEW_HAS_BASE,
	HTMLVIEW_HAS_CUT_TAG,	  /* the page ends inside a tag that links */
	HTMLVIEW_HAS_BROKEN_LINK, /* an address runs over markup: its quote is missing */
	HTMLVIEW_HAS_REVERSED,	  /* text written backwards */
	HTMLVIEW_HAS_HIDDEN,	  /* htmlstyle: not displayed, or away */
	HTMLVIEW_HAS_TINY,
	HTMLVIEW_HAS_CAMOUFLAGED,
	HTMLVIEW_HAS_HIDDEN_IN_WORD, /* hidden letters between two letters that are seen */
	HTMLVIEW_HAS_INVISIBLE,	     /* characters without width in words */
	HTMLVIEW_CUT,		     /* a limit was reached */
	HTMLVIEW_SEEN_N
};

struct htmlview {
	str text;   /* visible, one line a block */
	str hidden; /* in the page's text, and not to be seen */
	str aside;  /* what only some programs show: titles, conditional comments, no-frames */
	str base;   /* the first <base href>, or empty */
	ARENA_VEC(struct htmlview_link) links;
	ARENA_VEC(struct htmlview_script) scripts;
	uint32_t seen; /* 1 << enum htmlview_seen */
	str evidence[HTMLVIEW_SEEN_N];
	size_t images;	/* img elements, pixels not counted */
	size_t letters; /* visible letters and digits */
	size_t hidden_letters;
};

void htmlview_read(struct arena *a, str page, struct htmlview *ret);

static inline bool htmlview_saw(const struct htmlview *v, enum htmlview_seen what)
{
	return v->seen & 1u << what;
}

#endif

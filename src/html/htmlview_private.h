/* html/htmlview_private.h - what the files of the view share.
 *
 * htmlview.c walks the tokens; htmlview_open.c keeps the open elements and their looks;
 * htmlview_attr.c reads what attributes link to, load and run; htmlview_link.c keeps links.
 *
 * Input    hostile.   Memory  the arena's.   Limits  htmlview.h.
 * Threads  one at a time.   Errors  none.
 */
#ifndef HTML_HTMLVIEW_PRIVATE_H
#define HTML_HTMLVIEW_PRIVATE_H

#include "html/htmlname.h"
#include "html/htmlout.h"
#include "html/htmlsheet.h"
#include "html/htmltok.h"
#include "html/htmlview.h"

enum { HTMLVIEW_BUCKETS = 1024, HTMLVIEW_NO_LINK = UINT32_MAX };

struct htmlview_element {
	str name;
	uint32_t known; /* enum htmlname_property */
	uint16_t bucket;
	bool foreign; /* svg, math and what is in them */
	struct htmlstyle_look look;
};

/* The elements that are open, and how many of each name (by hash). */
struct htmlview_open {
	struct htmlview_element v[HTMLVIEW_DEPTH_MAX];
	size_t n;
	size_t excess; /* that did not fit */
	uint32_t count[HTMLVIEW_BUCKETS];
};

enum htmlview_sink {
	HTMLVIEW_TO_READER,
	HTMLVIEW_TO_ASIDE,
	HTMLVIEW_TO_SCRIPT,
	HTMLVIEW_TO_STYLE,
	HTMLVIEW_TO_INNER
};

struct htmlview_walk {
	struct arena *arena;
	struct htmlview *view;
	struct htmltok *tok;
	struct htmlsheet sheet;
	struct htmlview_open *open;
	struct htmlout *text, *hidden, *aside;
	enum htmlview_sink sink;
	str script;		      /* that is being read */
	struct strbuf pieces;	      /* of it, when it is more than one */
	bool data;		      /* it is no program: JSON, a template */
	bool inner;		      /* this walks the inside of a conditional comment */
	bool hid_in_word;	      /* hidden letters stand behind a visible one */
	size_t form_fields;	      /* of the form that is open */
	uint32_t link;		      /* the anchor that is open, or HTMLVIEW_NO_LINK */
	struct htmlview_walk *inside; /* for the next inner page */
};

void htmlview_see(struct htmlview_walk *w, enum htmlview_seen what, str evidence);

/* htmlview_open.c */
struct htmlstyle_look htmlview_open_look(const struct htmlview_walk *w);
bool htmlview_open_foreign(const struct htmlview_walk *w);
/* Styles, then the stack; known are the properties of its name. */
void htmlview_open_start(struct htmlview_walk *w, const struct htmltok_token *token,
			 uint32_t known);
void htmlview_open_end(struct htmlview_walk *w, str name, uint32_t known);
void htmlview_open_clear(struct htmlview_walk *w);

/* htmlview_attr.c: all that a start tag links to, loads and runs. */
void htmlview_attr_read(struct htmlview_walk *w, const struct htmltok_token *token, uint32_t known);

/* htmlview_link.c */
void htmlview_link_add(struct htmlview_walk *w, enum htmlview_link_kind kind, str url);
void htmlview_link_srcset(struct htmlview_walk *w, str value);
void htmlview_link_css(struct htmlview_walk *w, str css);
void htmlview_link_refresh(struct htmlview_walk *w, str content);
void htmlview_link_script(struct htmlview_walk *w, str text, bool handler);
/* Text inside the open anchor. */
void htmlview_link_shown(struct htmlview_walk *w, str text);

#endif

/* html/htmlstyle.h - what styles make of text: whether a reader sees it.
 *
 * Not CSS: the properties by which text is hidden, inherited as CSS does (CSS 2.1 6,
 * CSS Color 4). What is not understood hides nothing.
 *
 * Input    hostile declarations, "color: red; font-size: 0".
 * Memory   none.   Limits  linear.
 * Threads  pure.   Errors  none.
 */
#ifndef HTML_HTMLSTYLE_H
#define HTML_HTMLSTYLE_H

#include "base/str.h"

enum htmlstyle_hidden {
	HTMLSTYLE_SHOWN,
	HTMLSTYLE_NOT_DISPLAYED, /* display: none, visibility: hidden, opacity: 0 */
	HTMLSTYLE_AWAY,		 /* off the screen, clipped, in a box without size */
	HTMLSTYLE_TINY,		 /* too small to be seen */
	HTMLSTYLE_CAMOUFLAGED,	 /* of the colour of its background */
};

enum htmlstyle_property {
	HTMLSTYLE_DISPLAY = 1 << 0,
	HTMLSTYLE_VISIBILITY = 1 << 1,
	HTMLSTYLE_OPACITY = 1 << 2,
	HTMLSTYLE_POSITION = 1 << 3, /* off-screen, by any property */
	HTMLSTYLE_WIDTH = 1 << 4,
	HTMLSTYLE_HEIGHT = 1 << 5,
	HTMLSTYLE_OVERFLOW = 1 << 6,
	HTMLSTYLE_FONT = 1 << 7,
	HTMLSTYLE_COLOUR = 1 << 8,
	HTMLSTYLE_BACKGROUND = 1 << 9,
	HTMLSTYLE_REVERSED = 1 << 10, /* unicode-bidi: bidi-override */
	HTMLSTYLE_MSO_HIDE = 1 << 11,
};

enum { HTMLSTYLE_NO_COLOUR = -1 };

/* The declarations of one rule or one attribute. Zeroed: none. */
struct htmlstyle {
	uint32_t set, important; /* HTMLSTYLE_DISPLAY... */
	uint32_t off;		 /* of those: they hide (display: none, overflow: hidden) */
	double font;		 /* pixels, or times the parent's */
	bool font_relative;
	int32_t colour, background; /* 0xrrggbb, or HTMLSTYLE_NO_COLOUR: unknown */
};

/* How the text of an element looks. */
struct htmlstyle_look {
	enum htmlstyle_hidden hidden; /* by what cannot be undone below */
	bool invisible;		      /* visibility: hidden */
	double font;
	int32_t colour, background;
};

/* Adds to *s; a later declaration of a property replaces an earlier one. */
void htmlstyle_parse(str declarations, struct htmlstyle *s);
/* The later declarations win, but for the earlier important ones. */
void htmlstyle_merge(struct htmlstyle *earlier, const struct htmlstyle *later);

struct htmlstyle_look htmlstyle_root(void);
/* The look of an element with these styles inside one that looks like parent. */
struct htmlstyle_look htmlstyle_look(const struct htmlstyle_look *parent,
				     const struct htmlstyle *own);
enum htmlstyle_hidden htmlstyle_hides(const struct htmlstyle_look *look);
/* As attributes give them ("#fff", "white", "FFFFFF"), or HTMLSTYLE_NO_COLOUR. */
int32_t htmlstyle_colour(str value);

#endif

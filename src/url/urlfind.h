/* url/urlfind.h - the links of plain text, as mail programs make them clickable: URLs with
 * a scheme, "www." names, bare names under a top-level domain that exists; and links that
 * were defused on purpose (hxxp, [.]), which nobody's program follows.
 *
 * Input    hostile, valid UTF-8.
 * Memory   text and url are slices of the input, or new in the arena.
 * Limits   URLFIND_MAX bytes of one link are kept; URLFIND_MAX_NAMES words are looked up as
 *          bare names, then names says so. Linear.
 * Threads  one search at a time.
 * Errors   none; what is found may still be no URL: url_parse judges.
 */
#ifndef URL_URLFIND_H
#define URL_URLFIND_H

#include "base/arena.h"

enum { URLFIND_MAX = 8192, URLFIND_MAX_NAMES = 3000 };

struct urlfind {
	struct arena *arena;
	str rest;
	str token; /* a piece without blanks that may hold more links */
	bool defanged, turned;
	unsigned names; /* that were looked up */
};

struct urlfind_link {
	str text;      /* as it stands there, or without the marks that defused it */
	str url;       /* for url_parse: with a scheme, no longer defused */
	bool defanged; /* it was defused */
	bool bare;     /* a name without scheme or "www." */
	bool turned;   /* urlfind_turns at it */
};

struct urlfind urlfind_make(struct arena *a, str text);
bool urlfind_next(struct urlfind *f, struct urlfind_link *ret);
/* The first link when the whole text is one and nothing else, as in <a>www.x.example</a>. */
bool urlfind_whole(struct arena *a, str text, struct urlfind_link *ret);
/* Without characters that take no room on the screen (zero width, soft hyphen, marks of
 * direction); the same slice when there are none. */
str urlfind_visible(struct arena *a, str s) must_use;

/* Holds a character that changes the reading direction (U+202E and the like). Those that
 * programs put around names by themselves (U+2068, U+200E) do not count. */
bool urlfind_turns(str s);

#endif

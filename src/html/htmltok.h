/* html/htmltok.h - the tokens of HTML as browsers cut them (WHATWG HTML 13.2.5).
 *
 * The caller plays the part of the tree constructor: it says with htmltok_set what kind of
 * text follows a start tag, and with .foreign whether CDATA sections exist here.
 *
 * Input    hostile; UTF-8 is expected but nothing breaks without it.
 * Memory   tokens point into the input, or into the arena where something had to be decoded. What
 *          one call gave is valid until the next; input with CR is copied once.
 * Limits   HTMLTOK_ATTRS_MAX attributes of one tag are kept, then .attrs_cut; linear.
 * Threads  one at a time per tokenizer.
 * Errors   none: every sequence of bytes is HTML.
 */
#ifndef HTML_HTMLTOK_H
#define HTML_HTMLTOK_H

#include "base/arena.h"

enum { HTMLTOK_ATTRS_MAX = 1000 };

enum htmltok_kind {
	HTMLTOK_END,  /* of the input */
	HTMLTOK_TEXT, /* adjacent characters may come in several tokens */
	HTMLTOK_START,
	HTMLTOK_CLOSE,
	HTMLTOK_COMMENT, /* also a bogus one: "<?", "<![if", "</1" */
	HTMLTOK_DOCTYPE,
	/* The input ended inside a tag. To browsers there is nothing; others guess. */
	HTMLTOK_CUT,
};

/* What text is (13.2.5.1 to 5, 69). All but DATA and CDATA end at the appropriate end tag. */
enum htmltok_mode {
	HTMLTOK_DATA,
	HTMLTOK_RCDATA,
	HTMLTOK_RAWTEXT,
	HTMLTOK_SCRIPT,
	HTMLTOK_PLAINTEXT,
	HTMLTOK_CDATA,
};

struct htmltok_attr {
	str name; /* lower case */
	str value;
};

struct htmltok_token {
	enum htmltok_kind kind;
	str name; /* of a tag or DOCTYPE, lower case; DOCTYPE: p is NULL when missing */
	str text; /* TEXT, COMMENT */
	const struct htmltok_attr *attrs;
	size_t n_attrs;
	bool self_closing;
	bool attrs_cut;
	bool force_quirks;	  /* DOCTYPE */
	str public_id, system_id; /* DOCTYPE: p is NULL when missing */
};

struct htmltok;

struct htmltok *htmltok_new(struct arena *a, str html) must_use;
/* The same tokenizer for another page. */
void htmltok_restart(struct htmltok *t, str html);
/* last_start is the element whose end tag ends RCDATA, RAWTEXT and SCRIPT; it is borrowed. */
void htmltok_set(struct htmltok *t, enum htmltok_mode mode, str last_start);
/* Inside svg or math, "<![CDATA[" begins text instead of a comment. */
void htmltok_set_foreign(struct htmltok *t, bool foreign);
/* False at the end, with kind END. */
bool htmltok_next(struct htmltok *t, struct htmltok_token *ret);

/* p is NULL when the tag has no such attribute. */
str htmltok_attr(const struct htmltok_token *token, str name);

#endif

/* html/htmltok_private.h - what the files of the tokenizer share.
 *
 * htmltok.c decides what comes next and cuts text; htmltok_tag.c reads tags,
 * htmltok_markup.c comments and DOCTYPE. Input, memory and limits: htmltok.h.
 *
 * Input    hostile.   Memory  the arena's.   Limits  htmltok.h.
 * Threads  one at a time.   Errors  none.
 */
#ifndef HTML_HTMLTOK_PRIVATE_H
#define HTML_HTMLTOK_PRIVATE_H

#include "html/charref.h"
#include "html/htmltok.h"

enum { HTMLTOK_FEW_ATTRS = 12, HTMLTOK_SLOTS = 2048 };

enum htmltok_escape { HTMLTOK_PLAIN, HTMLTOK_ESCAPED, HTMLTOK_DOUBLE_ESCAPED };

struct htmltok {
	struct arena *arena;
	str in;
	size_t at;
	size_t lt;	/* the next "<" from .at on, or in.n; searched once */
	size_t raw_end; /* of RAWTEXT, or STR_NONE: not yet searched */
	enum htmltok_mode mode;
	enum htmltok_escape escape; /* of script data */
	str last_start;
	bool foreign;
	struct charref ref; /* what the last token may point to */
	struct htmltok_attr attrs[HTMLTOK_ATTRS_MAX];
	size_t n_attrs;
	/* Names of a tag with many attributes, by hash: an index of .attrs and whose it is. */
	uint32_t tag;
	struct {
		uint32_t tag, index;
	} slots[HTMLTOK_SLOTS];
};

static inline bool htmltok_is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\f';
}

/* s with each NUL as U+FFFD. */
str htmltok_without_nul(struct htmltok *t, str s);

/* htmltok_tag.c: .at is behind "<" or "</", at the first letter. */
void htmltok_tag_read(struct htmltok *t, enum htmltok_kind kind, struct htmltok_token *ret);

/* htmltok_markup.c: .at is behind "<!". False when it was the start of a CDATA section. */
bool htmltok_markup_read(struct htmltok *t, struct htmltok_token *ret);
/* From .at to ">". */
void htmltok_markup_bogus(struct htmltok *t, struct htmltok_token *ret);

#endif

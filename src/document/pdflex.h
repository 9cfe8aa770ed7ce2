/* document/pdflex.h - the words and values of a PDF file (ISO 32000-1, 7.2 and 7.3).
 *
 * As lenient as the most lenient reader: comments anywhere, missing ends, odd strings.
 *
 * Input    hostile.
 * Memory   the values live in the arena; strings and names without escapes borrow from
 *          the input.
 * Limits   PDFLEX_DEPTH: what is nested deeper belongs to the last level;
 *          PDFLEX_VALUES_MAX and PDFLEX_OBJECTS_MAX in one value, then cut is set; linear.
 * Threads  pure.
 * Errors   none: what is no value is passed over, PDFLEX_END at the end.
 */
#ifndef DOCUMENT_PDFLEX_H
#define DOCUMENT_PDFLEX_H

#include "base/arena.h"

enum {
	PDFLEX_DEPTH = 64,
	PDFLEX_VALUES_MAX = 500000,
	PDFLEX_OBJECTS_MAX = 8, /* that begin before a value ends, since its end is missing */
};

enum pdflex_kind {
	PDFLEX_END,
	PDFLEX_NUMBER,
	PDFLEX_NAME,   /* decoded, without its slash */
	PDFLEX_STRING, /* decoded bytes */
	PDFLEX_REF,    /* number and generation of another object */
	PDFLEX_ARRAY,
	PDFLEX_DICT,
	PDFLEX_WORD, /* true, null, stream, an operator... */
	/* Tokens only, never values: */
	PDFLEX_OPEN_ARRAY,
	PDFLEX_CLOSE_ARRAY,
	PDFLEX_OPEN_DICT,
	PDFLEX_CLOSE_DICT,
};

struct pdflex_value {
	enum pdflex_kind kind;
	str s;		     /* name, string, word */
	int64_t number;	     /* or the object's number */
	uint32_t generation; /* of a reference */
	str key;	     /* in a dictionary */
	struct pdflex_value *first, *next;
};

struct pdflex {
	str in;
	size_t at;
	struct arena *arena;
	bool cut;
	bool hidden_name; /* a letter of a name was written as #xx, which nobody needs */
};

static inline struct pdflex pdflex_make(struct arena *a, str in, size_t at)
{
	return (struct pdflex){ .in = in, .at = at, .arena = a };
}

struct pdflex_value pdflex_token(struct pdflex *l);
/* The next value with all that is in it. */
struct pdflex_value *pdflex_value(struct pdflex *l) must_use;
/* An entry of a dictionary, or NULL. */
const struct pdflex_value *pdflex_get(const struct pdflex_value *dict, str key);
/* The name that stands at key, or an empty one. */
str pdflex_name(const struct pdflex_value *dict, str key);
/* The number that stands at key, or other. */
int64_t pdflex_number(const struct pdflex_value *dict, str key, int64_t other);

#endif

/* audit/arrival.h - what became of a message on its way: the same body, the same parts, and
 * which marks the gateway added.
 *
 * Bodies are compared without CRs, blanks at line ends and empty last lines, which deliveries
 * add and take away. Pieces are what stands between lines that begin with "--", as the
 * delimiters of MIME do (RFC 2046 5.1.1): no MIME is parsed, so a gateway that repairs
 * structures is seen to have done so.
 *
 * Input    hostile: a mailbox, or what a server hands over.
 * Memory   in the caller's arena.
 * Limits   ARRIVAL_PIECES pieces, ARRIVAL_FIELDS fields that were there before, ARRIVAL_MARKS_MAX
 *          bytes of marks. Linear.
 * Threads  pure.   Errors  none.
 */
#ifndef AUDIT_ARRIVAL_H
#define AUDIT_ARRIVAL_H

#include "base/arena.h"

enum { ARRIVAL_PIECES = 256, ARRIVAL_FIELDS = 512, ARRIVAL_MARKS_MAX = 4096 };

/* Of a message, as it was sent or as it came. Hashes are of this process only. */
struct arrival_print {
	uint64_t body;
	uint64_t pieces[ARRIVAL_PIECES];
	size_t n_pieces, largest; /* index of the piece with most bytes */
	uint64_t fields[ARRIVAL_FIELDS];
	size_t n_fields;
	uint64_t subject; /* its text */
};

void arrival_print(struct arena *a, str message, struct arrival_print *ret);

struct arrival {
	bool marked; /* a field or the subject says that it is spam or worse */
	bool hinted; /* a field gives it points, or names what was looked for */
	bool altered;
	bool defused; /* altered, and its largest piece is not there any more */
	bool bare;    /* has bare CRs or LFs */
	size_t kept, pieces;
	str marks; /* the fields that were added: "X-Spam-Flag: YES; ..." */
};

/* symbols: "A|B", what was looked for in marks; may be empty. */
void arrival_compare(struct arena *a, const struct arrival_print *sent, str symbols, str message,
		     struct arrival *ret);

#endif

/* smtp/chunk.h - a message that comes in chunks of announced length (RFC 3030).
 *
 * The bytes behind BDAT are read to the last in every case, also when the command is
 * refused: they are never read as commands. BINARYMIME is not offered, so lines end in CRLF
 * as behind DATA; a missing one at the very end of the message is added.
 *
 * Input    hostile.   Memory  the transaction's.
 * Limits   as smtp/reception.h.
 * Threads  as the session.   Errors  answered to the client.
 */
#ifndef SMTP_CHUNK_H
#define SMTP_CHUNK_H

#include <stdbool.h>
#include <stdint.h>

struct smtpsession;

/* The one that comes now. */
struct chunk {
	uint64_t left; /* bytes of it still to come */
	bool last;
	bool stray;	/* belongs to no message: thrown away, then refused */
	unsigned after; /* the state it came in, SMTPSESSION_* */
};

void chunk_begin(struct smtpsession *s, uint64_t size, bool last);
/* Takes the bytes that are there. At the end of the chunk: answers. */
void chunk_take(struct smtpsession *s);

#endif

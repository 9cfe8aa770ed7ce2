/* document/xmlscan.h - what an XML document's own declarations would make a parser do.
 *
 * Only the internal subset is read (XML 1.0, 2.8 and 4.2): nothing is ever expanded.
 *
 * Input    hostile, in bytes or in UTF-16.
 * Memory   the external identifier found is in the arena.
 * Limits   XMLSCAN_ENTITIES declarations; linear.
 * Threads  pure.
 * Errors   none: a document without declarations has nothing to say.
 */
#ifndef DOCUMENT_XMLSCAN_H
#define DOCUMENT_XMLSCAN_H

#include "base/arena.h"

enum {
	XMLSCAN_ENTITIES = 1000,
	XMLSCAN_BOMB = 1 << 20, /* bytes that one entity may stand for... */
	XMLSCAN_LEVELS = 3,  /* ...and one that is made of entities, of entities, of entities... */
	XMLSCAN_GROWTH = 16, /* ...times the document's size */
};

struct xmlscan {
	str external; /* the first entity that is read from elsewhere, or empty */
	str subset;   /* where the document type itself is read from, or empty */
	bool bomb;    /* an entity grows beyond the limit, or refers to itself */
};

void xmlscan_read(struct arena *a, str bytes, struct xmlscan *ret);

#endif

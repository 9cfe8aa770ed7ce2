/* mime/cms.h - what a CMS wrapper (RFC 5652; S/MIME, RFC 8551) holds, without verifying it.
 *
 * Input    hostile: DER or BER, indefinite lengths and octet strings in pieces included.
 * Memory   content points into the input, or is put together in the arena.
 * Limits   linear; elements may be nested CMS_DEPTH deep.
 * Threads  pure.   Errors  CMS_NONE: no such wrapper, or one that makes no sense.
 */
#ifndef MIME_CMS_H
#define MIME_CMS_H

#include "base/arena.h"

enum { CMS_DEPTH = 16 };

enum cms_kind {
	CMS_NONE,
	CMS_SIGNED,	/* content: what is signed; empty when it stands elsewhere */
	CMS_ENCRYPTED,	/* for a recipient's key */
	CMS_COMPRESSED, /* RFC 3274 */
	CMS_OTHER
};

struct cms {
	enum cms_kind kind;
	str content;
};

/* A look at the first bytes. */
bool cms_begins(str bytes);
void cms_open(struct arena *a, str bytes, struct cms *ret);

#endif

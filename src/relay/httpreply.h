/* relay/httpreply.h - the answer to one GET of a short text (RFC 9110, RFC 9112): 200, and a
 * body of known length. Redirects, caches, encodings and the rest of HTTP are left alone.
 *
 * Input    hostile: bytes from a web server.
 * Memory   the body points into the input, or into the arena when it came in chunks.
 * Limits   HTTPREPLY_HEAD_MAX bytes before the body; the body is the caller's limit. Linear.
 * Threads  pure.
 * Errors   HTTPREPLY_E_MORE: not all of it is here; HTTPREPLY_E_BAD and a why.
 */
#ifndef RELAY_HTTPREPLY_H
#define RELAY_HTTPREPLY_H

#include "base/arena.h"
#include "base/why.h"

enum { HTTPREPLY_OK, HTTPREPLY_E_MORE, HTTPREPLY_E_BAD };
enum { HTTPREPLY_HEAD_MAX = 16 << 10 };

/* so_far is everything that came; max is of the body. Only text/plain is taken. */
int httpreply_body(struct arena *a, str so_far, size_t max, str *ret, struct why *why) must_use;

#endif

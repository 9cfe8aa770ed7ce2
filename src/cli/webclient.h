/* cli/webclient.h - asks poterne-web over its UNIX socket.
 *
 * Input    the answer of poterne-web: bounded, not trusted to be text.
 * Memory   in the arena.
 * Limits   WEBCLIENT_MAX bytes, WEBCLIENT_MS for all of it.
 * Errors   negative errno and why: no gateway, no permission, no answer.
 */
#ifndef CLI_WEBCLIENT_H
#define CLI_WEBCLIENT_H

#include "base/strbuf.h"
#include "base/why.h"

enum { WEBCLIENT_MAX = 2 << 20, WEBCLIENT_MS = 10000 };

/* The body behind GET page, from the socket at path. */
int webclient_get(const char *path, const char *page, struct arena *a, str *ret, struct why *why)
	must_use;
/* The body of a whole answer with status 200 (RFC 9112 4, 6.3: it ends with the connection);
 * false: it is none. */
bool webclient_body(str answer, str *ret) must_use;

#endif

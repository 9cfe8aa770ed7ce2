/* cli/authtext.h - what sender authentication found, in words with every step, for a terminal.
 *
 * Input    results; what of them is hostile is made printable.
 * Memory   into the caller's buffer.
 * Limits   the buffer's.   Threads  pure.   Errors  none.
 */
#ifndef CLI_AUTHTEXT_H
#define CLI_AUTHTEXT_H

#include "auth/results.h"
#include "base/strbuf.h"
#include "conf/conf.h"

struct authtext {
	enum conf_lang lang;
	bool colour;
};

void authtext_put(struct strbuf *out, const struct auth_results *r, struct authtext how);

#endif

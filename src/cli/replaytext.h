/* cli/replaytext.h - what poterne replay says: one entry for each message that would be treated
 * otherwise, then the sums; as text or as JSON lines.
 *
 * Input    verdicts and what was kept of messages: hostile text, made printable.
 * Memory   in the caller's strbuf.
 * Limits   the strbuf's maximum.   Threads  pure.   Errors  cannot fail.
 */
#ifndef CLI_REPLAYTEXT_H
#define CLI_REPLAYTEXT_H

#include "replay/replay.h"

/* One message; name is its id or file. */
struct replaytext_message {
	str name, from, subject;
	int64_t at;
};

void replaytext_put_message(struct strbuf *out, const struct replaytext_message *m,
			    const struct replay_result *r, bool json);
/* all: every symbol that fired, not only those that differ. */
void replaytext_put_sums(struct strbuf *out, const struct replay *r, bool json, bool all);

#endif

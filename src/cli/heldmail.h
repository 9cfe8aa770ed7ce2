/* cli/heldmail.h - messages of the quarantine of the running gateway, for what is done with files
 * otherwise.
 *
 * Input    ids of the caller; the message is hostile and is passed on as it is.
 * Memory   the message is in the arena.
 * Limits   one question to the gateway (ctl/ctlclient.h).
 * Errors   negative and why: no gateway, no such message.
 */
#ifndef CLI_HELDMAIL_H
#define CLI_HELDMAIL_H

#include "cli/messages.h"
#include "conf/conf.h"

int heldmail_add(struct messages *m, struct arena *a, const struct conf *conf, const char *id,
		 struct why *why) must_use;
/* Those that came to spam traps only (traps.h). */
int heldmail_add_traps(struct messages *m, struct arena *a, const struct conf *conf,
		       struct why *why) must_use;

#endif

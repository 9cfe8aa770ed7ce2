/* conf/spfexception.h - rows of spf.exceptions: "ADDRESS-OR-NETWORK DOMAIN", clients whose SPF
 * result for that domain (of the envelope sender) counts for nothing.
 *
 * Input    rows of the administrator; address and domain of a stranger.
 * Memory   none.   Limits  CONF_LIST_MAX rows, one after another.
 * Threads  pure.
 * Errors   negative errno and a why with the row.
 */
#ifndef CONF_SPFEXCEPTION_H
#define CONF_SPFEXCEPTION_H

#include "conf/conf.h"

int spfexception_check(const struct conf *c, struct why *why) must_use;
bool spfexception_has(const struct conf *c, struct ip client, str domain) must_use;

#endif

/* cli/recipientcheck.h - the table of recipients as the gateway would read it.
 *
 * Input    trusted: the administrator's configuration and file.
 * Memory   the table is open until its caller closes it; names in the arena.
 * Limits   those of lists/recipientfile.h.   Threads  one.
 * Errors   negative errno and a why with FILE:LINE:COL.
 */
#ifndef CLI_RECIPIENTCHECK_H
#define CLI_RECIPIENTCHECK_H

#include "conf/conf.h"
#include "lists/recipientfile.h"

/* The file alone. -EACCES: it is not for this user to read. */
int recipientcheck_conf(const struct conf *conf, struct why *why) must_use;
/* The first of domains that no row is about, so that nobody there gets mail; empty: none. */
str recipientcheck_silent(const struct conf *conf, const struct recipients *table, struct arena *a);

#endif

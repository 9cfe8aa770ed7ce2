/* cli/keycheck.h - would poterne-keys take these keys?
 *
 * Input    trusted: the supervisor's bundle, or the administrator's configuration.
 * Memory   none.
 * Limits   those of sys/keybundle.h.   Threads  one.
 * Errors   negative errno and a why that names the file.
 */
#ifndef CLI_KEYCHECK_H
#define CLI_KEYCHECK_H

#include "conf/conf.h"

/* fd: a bundle of sys/keybundle.h. */
int keycheck(int fd, struct why *why) must_use;
/* The keys that the configuration names. -EACCES: they are not for this user to read. */
int keycheck_conf(const struct conf *conf, struct why *why) must_use;

#endif

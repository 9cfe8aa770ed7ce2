/* cli/bundlecheck.h - would the edge take these certificates?
 *
 * Input    trusted: the supervisor's bundle, or the administrator's configuration.
 * Memory   what is returned ends by tlsctx_free.
 * Limits   those of sys/pembundle.h.   Threads  one.
 * Errors   negative errno and a why that names the file.
 */
#ifndef CLI_BUNDLECHECK_H
#define CLI_BUNDLECHECK_H

#include "conf/conf.h"
#include "tls/tlsserver.h"

/* fd: a bundle of sys/pembundle.h. */
int bundlecheck(int fd, struct ssl_ctx_st **ret, struct why *why) must_use;
/* The certificates that the configuration names; none is made. -EACCES: they are not for
 * this user to read. */
int bundlecheck_conf(const struct conf *conf, struct why *why) must_use;

#endif

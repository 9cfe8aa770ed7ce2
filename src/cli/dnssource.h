/* cli/dnssource.h - who answers a command's questions to the DNS: a file, a zone in memory, or
 * the network as the configuration says.
 *
 * Input    the caller's options.
 * Memory   in the caller's arena; a resolver of the network lives as long as the process.
 * Threads  the resolver may be shared.
 * Errors   negative errno and why.
 */
#ifndef CLI_DNSSOURCE_H
#define CLI_DNSSOURCE_H

#include "base/why.h"
#include "conf/conf.h"
#include "dns/dns.h"

/* zone: answers as JSON text and nothing else, or STR_NULL for those of file, of the
 * configuration or of the network. file may be NULL. */
int dnssource_open(struct arena *a, const struct conf *conf, const char *file, str zone,
		   struct dns_resolver *ret, struct why *why) must_use;

#endif

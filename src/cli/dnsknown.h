/* cli/dnsknown.h - what the DNS records of our domains are made from besides the configuration:
 * certificates and the public halves of DKIM keys.
 *
 * Input    files of the administrator.
 * Memory   in the caller's arena.
 * Limits   1 MiB a file.   Threads  one.
 * Errors   a file that cannot be read is said on standard error, and left out.
 */
#ifndef CLI_DNSKNOWN_H
#define CLI_DNSKNOWN_H

#include "publish/survey.h"

struct dnsknown {
	struct plan_input input; /* its conf is set before */
	struct survey_certificate *certificates;
	struct plan plan;
	bool unread; /* a key could not be read */
};

void dnsknown_read(struct arena *a, struct dnsknown *k);

#endif

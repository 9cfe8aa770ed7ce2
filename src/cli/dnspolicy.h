/* cli/dnspolicy.h - fetches the MTA-STS policies of our own domains for poterne dns --check and
 * poterne audit --self, as any sender does (relay/stsfetch.h).
 *
 * Input    a web server's answer: hostile.
 * Memory   in the caller's arena; a TLS context that lives as long as the process.
 * Limits   DNSPOLICY_MS for one policy; those of relay/stsfetch.h.
 * Threads  one.
 * Errors   nothing is fetched when the authorities of tls.ca cannot be read, or when the DNS is a
 *          file: its names are not those of the network.
 */
#ifndef CLI_DNSPOLICY_H
#define CLI_DNSPOLICY_H

#include "publish/survey.h"

enum { DNSPOLICY_MS = 10000 };

/* Sets in->sts_policy when policies can be fetched; in->dns and in->made_from are set. */
void dnspolicy_offer(struct arena *a, const char *dns_file, struct survey_input *in);

#endif

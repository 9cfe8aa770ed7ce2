/* dns/dnsclient.h - the DNS as seen by every process but poterne-dns: questions go to it
 * over a lane.
 *
 * Input    answers come from poterne-dns, which reads the network: they are checked.
 * Memory   as dns.h.
 * Limits   DNSCODEC_MAX_QUESTIONS a message; more are several messages, one after the other.
 * Threads  as the lanes: internally locked.
 * Errors   poterne-dns gone, late or nonsensical: SERVFAIL or TIMEOUT, both temporary.
 */
#ifndef DNS_DNSCLIENT_H
#define DNS_DNSCLIENT_H

#include "dns/dns.h"
#include "sys/lanes.h"

/* Questions over lanes to poterne-dns; the lanes are borrowed. */
struct dns_resolver dnsclient_resolver(struct lanes *lanes) must_use;

/* The other end: answers one question message; for lanes_serve's answer function. */
int dnsclient_answer(const struct dns_resolver *r, struct chan *c, const struct msg *m,
		     struct arena *a, struct why *why) must_use;

#endif

/* scan/urlevidence.h - what the DNS says of the domains of links: do they take mail, has a host the
 * address of its domain, and which addresses do they have (for lists of the DNS).
 *
 * Input    hostile facts and records.
 * Memory   in the caller's arena.
 * Limits   URLEVIDENCE_HOSTS hosts, three questions each in one batch, the first links first;
 *          URLEVIDENCE_ADDRESSES addresses are kept.
 * Threads  pure but for the resolver.
 * Errors   cannot fail: what was not answered weighs nothing.
 */
#ifndef SCAN_URLEVIDENCE_H
#define SCAN_URLEVIDENCE_H

#include "conf/conf.h"
#include "dns/dns.h"
#include "inspect/facts.h"
#include "policy/evidence.h"

enum { URLEVIDENCE_HOSTS = 8, URLEVIDENCE_ADDRESSES = 8 };

/* Adds URL_NO_MX, URL_HOST_IS_DOMAIN, and link_addresses. */
void urlevidence_collect(struct arena *a, const struct dns_resolver *dns,
			 const struct conf_strings *own_domains, const struct facts *f, deadline d,
			 struct evidence *e);

#endif

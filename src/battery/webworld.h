/* battery/webworld.h - the web world of the battery: what the servers say that its links lead to,
 * without any network. Names are those of zone.h, and addresses inside are refused as in earnest.
 *
 * Input    links of the battery, and of whoever writes a link to one of these hosts.
 * Memory   in the arena.   Limits  those of fetch/visitor.h.
 * Threads  any number.     Errors  none.
 */
#ifndef BATTERY_WEBWORLD_H
#define BATTERY_WEBWORLD_H

#include "dns/dns.h"
#include "net/visit.h"

/* A host whose pages have to be read (url_check.get). */
#define WEBWORLD_GET "page.example"

/* dns outlives the source. */
struct visit_source webworld_source(struct arena *a, struct dns_resolver dns) must_use;

#endif

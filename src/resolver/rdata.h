/* resolver/rdata.h - the data of one record as it came off the wire (RFC 1035 3.3).
 *
 * Input    hostile; names are not compressed.
 * Memory   values are in the arena or point INTO the input.
 * Limits   DNS_MAX_RDATA bytes; linear.
 * Threads  pure.
 * Errors   false: malformed for its type; drop the record.
 */
#ifndef RESOLVER_RDATA_H
#define RESOLVER_RDATA_H

#include "dns/dns.h"

bool rdata_read(struct arena *a, enum dns_type type, str rdata, struct dns_record *ret) must_use;

#endif

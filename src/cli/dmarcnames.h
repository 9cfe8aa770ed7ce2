/* cli/dmarcnames.h - whose servers the sources of reports are: the names of their addresses.
 *
 * A name counts when it leads back to the address (RFC 1912 2.1): the owner of an address may
 * write any name.
 *
 * Input    JSON lines of records/reportsin.h; names from the DNS are hostile.
 * Memory   in the arena.   Limits  DMARCNAMES_MAX sources, DMARCNAMES_MS.
 * Threads  pure.           Errors  none: a source without a name has none.
 */
#ifndef CLI_DMARCNAMES_H
#define CLI_DMARCNAMES_H

#include "dns/dns.h"

#include <jansson.h>

enum { DMARCNAMES_MAX = 100, DMARCNAMES_MS = 10000 };

/* Adds "name" to the objects of kind source in the array. */
void dmarcnames_find(const struct dns_resolver *dns, struct arena *a, json_t *lines);

#endif

/* dns/zonefile.h - a test file of names in place of the DNS, the DNS FILE of poterne(1):
 *
 *   {"example.org": {"A": ["192.0.2.1"], "AAAA": ["2001:db8::1"], "secure": true,
 *                    "MX": [[10, "mx.example.org"]], "TXT": ["one", ["joined ", "two"]],
 *                    "PTR": ["example.org"], "TLSA": ["3 1 1 00ff.."]},
 *    "www.example.org": {"CNAME": "example.org"},
 *    "slow.example": {"TXT": "timeout"}, "broken.example": {"*": "servfail"}}
 *
 * A name that is not there is NXDOMAIN; a type that is not there is NODATA. "*" answers
 * every type that is not named, and the name "*" for every name that is not there. "nodata",
 * "nxdomain", "servfail", "timeout", "bogus" may stand for a list; they answer at once. A CNAME is
 * followed, and the answer is secure when each name on the way is.
 *
 * Input    the administrator's or a test's own file; still every mistake has a why.
 * Memory   all in the caller's arena.
 * Limits   ZONEFILE_MAX_BYTES a file, ZONEFILE_MAX_CNAMES in a row, then SERVFAIL.
 * Threads  read-only once made: any number of threads may ask.
 * Errors   negative errno and a why.
 */
#ifndef DNS_ZONEFILE_H
#define DNS_ZONEFILE_H

#include "base/why.h"
#include "dns/dns.h"

enum { ZONEFILE_MAX_BYTES = 16 << 20, ZONEFILE_MAX_CNAMES = 10, ZONEFILE_TTL = 300 };

struct zonefile;

int zonefile_parse(struct arena *a, str json, struct zonefile **ret, struct why *why) must_use;
int zonefile_load(struct arena *a, const char *path, struct zonefile **ret, struct why *why)
	must_use;
struct dns_resolver zonefile_resolver(struct zonefile *z) must_use;

#endif

/* relay/stspolicy.h - the texts of MTA-STS (RFC 8461): the TXT record that says whether there
 * is a policy, and the policy.
 *
 * Input    hostile: DNS records, and bytes from a web server.
 * Memory   patterns are copied into the caller's arena.
 * Limits   STSPOLICY_BYTES, STSPOLICY_MX_MAX patterns, STSPOLICY_AGE_MAX. Linear.
 * Threads  pure.
 * Errors   false or a why: it is no policy, and an older one stays in force.
 */
#ifndef RELAY_STSPOLICY_H
#define RELAY_STSPOLICY_H

#include "base/arena.h"
#include "base/why.h"

enum {
	STSPOLICY_BYTES = 64 << 10, /* RFC 8461 3.3 */
	STSPOLICY_MX_MAX = 100,
	STSPOLICY_ID_MAX = 32,
	STSPOLICY_AGE_MAX = 31557600, /* RFC 8461 3.2: a year, in seconds */
};

enum stspolicy_mode { STSPOLICY_NONE, STSPOLICY_TESTING, STSPOLICY_ENFORCE };

struct stspolicy {
	enum stspolicy_mode mode;
	int64_t max_age; /* seconds */
	str mx[STSPOLICY_MX_MAX];
	size_t n_mx;
};

/* "v=STSv1; id=20160831085700Z;" (RFC 8461 3.1). */
bool stspolicy_record_id(str txt, str *ret_id) must_use;
/* RFC 8461 3.2. */
int stspolicy_parse(struct arena *a, str text, struct stspolicy *ret, struct why *why) must_use;
/* RFC 8461 4.1: "*.example.org" stands for exactly one label more. */
bool stspolicy_matches(const struct stspolicy *p, str host);

#endif

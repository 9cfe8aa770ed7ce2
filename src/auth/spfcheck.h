/* auth/spfcheck.h - check_host() of RFC 7208 4: may this address send for this domain?
 *
 * The result says each step it took, so that it can be explained.
 *
 * Input    hostile: the envelope and every record.
 * Memory   the result is in the caller's arena; domain and local part may point into the
 *          input.
 * Limits   SPFCHECK_MAX_LOOKUPS terms that ask the DNS, SPFCHECK_MAX_VOIDS of them answered
 *          by nothing, SPFCHECK_MAX_NAMES hosts of one mx or ptr (RFC 7208 4.6.4);
 *          SPFCHECK_MAX_TRACE steps kept. The deadline bounds the time.
 * Threads  pure but for the resolver.
 * Errors   cannot fail; temperror and permerror are results.
 */
#ifndef AUTH_SPFCHECK_H
#define AUTH_SPFCHECK_H

#include "base/ip.h"
#include "dns/dns.h"

enum {
	SPFCHECK_MAX_LOOKUPS = 10,
	SPFCHECK_MAX_VOIDS = 2,
	SPFCHECK_MAX_NAMES = 10,
	SPFCHECK_MAX_TRACE = 100,
	SPFCHECK_MAX_EXPLANATION = 1000,
};

/* RFC 7208 2.6 */
enum spfcheck_code {
	SPFCHECK_NONE,
	SPFCHECK_NEUTRAL,
	SPFCHECK_PASS,
	SPFCHECK_FAIL,
	SPFCHECK_SOFTFAIL,
	SPFCHECK_TEMPERROR,
	SPFCHECK_PERMERROR,
};

struct spf_input {
	struct ip ip;
	str helo;
	str mail_from; /* without brackets; empty for the null reverse-path: HELO is checked */
	str receiver;  /* our name, for %{r} */
	int64_t wall;  /* seconds since 1970, for %{t} */
};

struct spf_result {
	enum spfcheck_code result;
	str domain;	 /* that was checked */
	str identity;	 /* "mailfrom" or "helo" */
	str mechanism;	 /* the term that decided, as written; "default" when none did */
	str explanation; /* the sender's words (6.2), only on fail; "" when there are none */
	str problem;	 /* why none, temperror or permerror; "" otherwise */
	unsigned lookups, voids;
	str *trace; /* printable, in order */
	size_t n_trace;
};

struct spf_result spfcheck_run(struct arena *a, const struct dns_resolver *dns,
			       const struct spf_input *in, deadline d) must_use;
/* "pass", "softfail"... */
str spfcheck_name(enum spfcheck_code code);

#endif

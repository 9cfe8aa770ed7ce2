/* auth/dmarcreport.h - may aggregate reports about a domain go to this address? (RFC 9990 4)
 * An address outside its organization must have agreed, or a domain could have the whole
 * world write to a victim.
 *
 * Input    hostile: the record's address, every answer.
 * Memory   in the caller's arena.
 * Limits   two tree walks and one question.   Threads  pure but for the resolver.
 * Errors   DMARCREPORT_LATER: the DNS did not answer, ask again later.
 */
#ifndef AUTH_DMARCREPORT_H
#define AUTH_DMARCREPORT_H

#include "auth/dmarcrecord.h"

enum dmarcreport_answer {
	DMARCREPORT_INSIDE,  /* of the same organization: nobody needs to be asked */
	DMARCREPORT_AGREED,  /* outside, and says that it wants these reports */
	DMARCREPORT_REFUSED, /* outside, and does not */
	DMARCREPORT_LATER,
};

/* policy_domain: where the record was found. On AGREED *ret_instead may hold the addresses that
 * the other side wants instead, of the same host; n is 0 when it wants none other. */
enum dmarcreport_answer dmarcreport_may(struct arena *a, const struct dns_resolver *dns,
					str policy_domain, const struct dmarcrecord_uri *to,
					deadline d, struct dmarcrecord_uri **ret_instead,
					size_t *ret_n) must_use;

#endif

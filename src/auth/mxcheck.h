/* auth/mxcheck.h - can the domain of a sender take an answer? Where its mail goes (RFC 5321 5.1):
 * to MX hosts, without them to its own address; nowhere by a null MX (RFC 7505).
 *
 * Input    hostile: the domain and every record.
 * Memory   the result is in the caller's arena and may point into the input.
 * Limits   MXCHECK_HOSTS hosts are looked up. The deadline bounds the time.
 * Threads  pure but for the resolver.
 * Errors   cannot fail; an answer that the DNS did not give is MXCHECK_TEMPERROR.
 */
#ifndef AUTH_MXCHECK_H
#define AUTH_MXCHECK_H

#include "dns/dns.h"

enum { MXCHECK_HOSTS = 5, MXCHECK_QUESTIONS = 3 };

enum mxcheck_code {
	MXCHECK_NOTHING,  /* no domain to ask about */
	MXCHECK_GOOD,	  /* an MX host has an address */
	MXCHECK_IMPLICIT, /* no MX, but an address */
	MXCHECK_MISSING,  /* neither, or a null MX */
	MXCHECK_INVALID,  /* MX hosts without a usable address */
	MXCHECK_UNKNOWN,  /* the domain does not exist */
	MXCHECK_TEMPERROR,
};

struct mxcheck_result {
	enum mxcheck_code code;
	str domain;
	str seen; /* printable: the host, "null MX"... */
};

struct mxcheck_result mxcheck_run(struct arena *a, const struct dns_resolver *dns, str domain,
				  deadline d) must_use;
/* What it will ask for sure, to be asked ahead. */
void mxcheck_questions(str domain, struct dns_question q[MXCHECK_QUESTIONS]);

#endif

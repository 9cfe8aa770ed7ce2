/* auth/clientname.h - the names of a client: the one it gives (HELO, RFC 5321 4.1.1.1), and the one
 * its address has in the DNS, forward-confirmed (RFC 1912 2.1). Names that providers give to lines
 * of subscribers are graded by how much they look like one.
 *
 * Input    hostile: the name given and every record.
 * Memory   results are in the caller's arena or point into the input.
 * Limits   CLIENTNAME_QUESTIONS questions ahead, then at most 2 * CLIENTNAME_NAMES for the names
 *          of the address and 2 * MXCHECK_HOSTS for MX hosts; linear in the names.
 * Threads  pure but for the resolver.
 * Errors   cannot fail; what the DNS did not answer is CLIENTNAME_DNSFAIL, never the client's
 * fault.
 */
#ifndef AUTH_CLIENTNAME_H
#define AUTH_CLIENTNAME_H

#include "auth/mxcheck.h"
#include "base/ip.h"

enum {
	CLIENTNAME_NAMES = 3, /* names of one address that are confirmed */
	CLIENTNAME_QUESTIONS = 1 + MXCHECK_QUESTIONS,
	CLIENTNAME_GRADES = 5,
};

enum clientname_helo {
	CLIENTNAME_HELO_GOOD,	   /* a name with an address, which is the client's */
	CLIENTNAME_HELO_BADIP,	   /* its own machine, or an address of no public network */
	CLIENTNAME_HELO_BAREIP,	   /* an address without the brackets it needs */
	CLIENTNAME_HELO_NOT_FQDN,  /* no name of the Internet: no dot */
	CLIENTNAME_HELO_NOTHING,   /* neither MX nor address (NORES_A_OR_MX) */
	CLIENTNAME_HELO_NORESOLVE, /* MX hosts without an address (NORESOLVE_MX) */
	CLIENTNAME_HELO_OTHER,	   /* an address, but not the client's (IP_A) */
	CLIENTNAME_HELO_OPEN,	   /* no answer, or the client's address literal */
};

enum clientname_host {
	CLIENTNAME_CONFIRMED,
	CLIENTNAME_UNKNOWN, /* the address has no name, or none that leads back */
	CLIENTNAME_DNSFAIL,
};

struct clientname_result {
	enum clientname_helo helo;
	enum clientname_host host;
	str name;  /* of the address: confirmed, else the first; may be empty */
	int grade; /* 0 to CLIENTNAME_GRADES: how much the worse name looks like a subscriber's */
	bool grade_of_helo; /* that name is the one given */
};

/* What clientname_check will ask first, to be asked ahead; returns how many. */
size_t clientname_questions(struct arena *a, struct ip client, str helo,
			    struct dns_question q[CLIENTNAME_QUESTIONS]);
struct clientname_result clientname_check(struct arena *a, const struct dns_resolver *dns,
					  struct ip client, str helo, deadline d) must_use;
/* How much the name looks like one of a subscriber's line: 0 not at all. */
int clientname_grade(str name) must_use;
/* An address of one's own networks, which nobody outside knows (RFC 1918, 4193, 6598...). */
bool clientname_inside(struct ip ip) must_use;

#endif

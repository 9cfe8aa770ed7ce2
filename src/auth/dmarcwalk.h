/* auth/dmarcwalk.h - the DNS tree walk (RFC 9989 4.10): the DMARC records of a domain and of
 * the names above it, and which of these names is the organizational domain.
 *
 * Input    any name; the DNS lies.
 * Memory   in the caller's arena.
 * Limits   DMARCWALK_MAX questions, however many labels the name has.
 * Threads  pure but for the resolver.
 * Errors   cannot fail; a step that the DNS did not answer ends the walk: temporary.
 */
#ifndef AUTH_DMARCWALK_H
#define AUTH_DMARCWALK_H

#include "auth/dmarcrecord.h"
#include "auth/steps.h"

enum { DMARCWALK_MAX = 8 };

/* One name of the walk. */
struct dmarcwalk_stop {
	str domain;
	bool found;   /* exactly one DMARC record */
	bool several; /* more than one, all discarded */
	struct dmarcrecord record;
};

struct dmarcwalk {
	struct dmarcwalk_stop stops[DMARCWALK_MAX]; /* the domain itself first */
	size_t n;
	bool temporary; /* the DNS did not answer for the last stop */
	/* The domain itself when no record says otherwise; empty: temporary. */
	str organizational;
	/* Above the organizational domain: the record of its public suffix, or NULL. */
	const struct dmarcwalk_stop *suffix;
};

/* The domain in lower case and A-labels (RFC 9989 5.3.1). False when it is no domain name. */
bool dmarcwalk_domain(struct arena *a, str domain, str *ret) must_use;
/* The same of what readers take for the domain: what stands in no name is left out. */
bool dmarcwalk_shown(struct arena *a, str domain, str *ret) must_use;
/* The names that a walk may ask for TXT; returns how many. */
size_t dmarcwalk_questions(struct arena *a, str domain, struct dns_question q[DMARCWALK_MAX]);
/* domain as dmarcwalk_domain returns it. */
void dmarcwalk_run(struct arena *a, const struct dns_resolver *dns, str domain, deadline d,
		   struct steps *steps, struct dmarcwalk *ret);
/* The stop at that domain, or NULL. */
const struct dmarcwalk_stop *dmarcwalk_at(const struct dmarcwalk *w, str domain);

#endif

/* auth/dmarccheck.h - DMARC (RFC 9989 5.3): is one of the authenticated identifiers of this
 * message in line with its author's domain, and what does that domain ask for if not?
 *
 * Input    hostile: the author domains, what SPF and DKIM found, every record.
 * Memory   the result is in the caller's arena and may point into the input.
 * Limits   DMARCCHECK_MAX_AUTHORS domains are looked at (11.5); a tree walk each, and one for
 *          an identifier below the organizational domain. The deadline bounds the time.
 * Threads  pure but for the resolver.
 * Errors   cannot fail. An answer that the DNS did not give never makes a fail (5.3.6).
 */
#ifndef AUTH_DMARCCHECK_H
#define AUTH_DMARCCHECK_H

#include "auth/results.h"

enum { DMARCCHECK_MAX_AUTHORS = 3, DMARCCHECK_MAX_QUESTIONS = 9 * DMARCCHECK_MAX_AUTHORS };

struct dmarc_input {
	const str *authors; /* domains of the mailboxes in From, as written */
	size_t n_authors;
	size_t n_from_fields;
	const struct spf_result *spf;
	const struct dkim_result *dkim;
	size_t n_dkim;
};

/* With several authors the result is that of the one that fares worst. */
struct dmarc_result dmarccheck_run(struct arena *a, const struct dns_resolver *dns,
				   const struct dmarc_input *in, deadline d) must_use;
/* What it will ask about the authors, to be asked ahead; returns how many. */
size_t dmarccheck_questions(struct arena *a, const struct dmarc_input *in,
			    struct dns_question q[DMARCCHECK_MAX_QUESTIONS]) must_use;

#endif

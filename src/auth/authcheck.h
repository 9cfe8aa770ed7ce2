/* auth/authcheck.h - all checks of one message's sender: SPF, DKIM, ARC, DMARC over one view of
 * the DNS. SPF needs the envelope only and may run while the message is still inspected; the
 * rest asks what it needs in one batch.
 *
 * Input    hostile: the envelope, facts of a worker that may be taken over, every record.
 * Memory   results in the arena given to authcheck_open; they may point into the facts. The
 *          struct is the caller's.
 * Limits   AUTHCHECK_MAX_QUESTIONS to the DNS, of which SPF may use AUTHCHECK_MAX_SPF_QUESTIONS:
 *          a sender cannot use up what the author's policy needs. Later ones count as
 *          temporary errors. The deadlines bound the time.
 * Threads  one at a time.
 * Errors   cannot fail; temperror, permerror... are results.
 */
#ifndef AUTH_AUTHCHECK_H
#define AUTH_AUTHCHECK_H

#include "auth/results.h"
#include "dns/dnsmemo.h"
#include "inspect/facts.h"

enum { AUTHCHECK_MAX_QUESTIONS = 100, AUTHCHECK_MAX_SPF_QUESTIONS = 50 };

struct authcheck {
	struct arena *arena;
	struct dnsmemo memo;
	struct dns_resolver dns; /* over the memo, for other questions about this message */
	int64_t wall;		 /* seconds since 1970 */
	bool legacy;		 /* dkimcheck.h: for old test suites only */
	const str *trusted;	 /* domains whose ARC seals are believed */
	size_t n_trusted;
	const struct dns_question *more; /* asked in the same batch, for who uses dns after */
	size_t n_more;
};

/* Only the arena, the DNS and the clock are needed; what else there is may be set after. */
void authcheck_open(struct authcheck *c, struct arena *a, const struct dns_resolver *dns,
		    int64_t wall);
/* Sets ret->spf. */
void authcheck_envelope(struct authcheck *c, const struct spf_input *in, deadline d,
			struct auth_results *ret);
/* Sets all the rest; ret->spf is there. */
void authcheck_message(struct authcheck *c, const struct facts *f, deadline d,
		       struct auth_results *ret);

#endif

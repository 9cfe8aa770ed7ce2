/* scan/memorynames.h - by what names a message, its sender and its links are remembered.
 *
 * Input    envelope and facts are hostile; what authenticates the author comes from auth.
 * Memory   texts in the caller's arena, or borrowed.
 * Limits   the enums below: MEMORY_MAX_NAMES in all.
 * Threads  pure.   Errors  cannot fail: what has no name is not asked for.
 */
#ifndef SCAN_MEMORYNAMES_H
#define SCAN_MEMORYNAMES_H

#include "auth/results.h"
#include "inspect/facts.h"
#include "memory/memory.h"
#include "policy/envelope.h"

enum {
	MEMORYNAMES_SIGNERS = 4,
	MEMORYNAMES_URLS = 20,
	MEMORYNAMES_RECIPIENTS = 16, /* whose correspondent the author may be */
	MEMORYNAMES_IDS = 4	     /* of In-Reply-To the first, of References the last */
};

/* The one author of a message. */
struct memorynames_author {
	str mailbox, domain; /* empty: there is none, or several */
	bool authenticated;  /* DMARC, an aligned signature or aligned SPF speaks for the domain */
	/* At least the envelope says the same, and nothing speaks against it. */
	bool plausible;
};

struct memorynames {
	struct memory_name v[MEMORY_MAX_NAMES];
	size_t n;
	struct memorynames_author author;
};

/* Of a message that comes in. */
void memorynames_incoming(struct arena *a, const struct conf *conf, const struct envelope *env,
			  const struct facts *f, const struct auth_results *auth,
			  struct memorynames *ret);
/* "mailbox id" of a message to, or said to answer one of, that mailbox. */
str memorynames_sent(struct arena *a, str mailbox, str id);
str memorynames_pair(struct arena *a, str ours, str theirs);
str memorynames_domain(str address);
/* The next "<...>" of a field value (RFC 5322 3.6.4). */
bool memorynames_next_id(str *rest, str *ret) must_use;

#endif

/* policy/listed.h - what of a message stands in the lists that rules name: the client, names
 * and addresses of envelope and header, links, files.
 *
 * Input    envelope and facts are hostile.
 * Memory   in the arena; texts may point into the input.
 * Limits   those of the facts; each thing is looked up once in each list that is asked for it.
 * Threads  pure.
 * Errors   cannot fail: what has no normal form is in no list.
 */
#ifndef POLICY_LISTED_H
#define POLICY_LISTED_H

#include "inspect/facts.h"
#include "policy/envelope.h"
#include "rules/rules.h"

struct listed {
	const struct rules_symbol *symbol;
	str evidence; /* "http://evil.example/a (deny-urls.txt: evil.example)" */
};

struct listed_found {
	ARENA_VEC(struct listed) v; /* a symbol may be there more than once */
};

/* now is a wall clock. */
void listed_find(struct arena *a, const struct rules *rules, const struct envelope *envelope,
		 const struct facts *facts, int64_t now, struct listed_found *ret);

#endif

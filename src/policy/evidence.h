/* policy/evidence.h - what the checks outside the message answered.
 *
 * Each source (SPF, antivirus, ...) adds symbols named in rules/evidence.def.
 *
 * Memory   in the caller's arena; texts are borrowed.
 * Threads  one at a time; sources that work in parallel are collected by their caller.
 */
#ifndef POLICY_EVIDENCE_H
#define POLICY_EVIDENCE_H

#include "base/arena.h"
#include "lists/dnslist.h"

struct evidence_symbol {
	str name; /* of rules/evidence.def */
	str text; /* what was seen; may be hostile, may be empty */
};

/* What a list of the DNS replied. */
struct evidence_reply {
	const struct dnslist *list;
	uint32_t code; /* the address as a number: 127.0.0.2 is 0x7f000002 */
	bool refused;  /* it says that we may not ask */
	str asked;     /* about what; hostile */
};

struct evidence {
	ARENA_VEC(struct evidence_symbol) symbols;
	ARENA_VEC(struct evidence_reply) replies;
	str client_asn;		       /* "AS64500", when a database of the site says */
	str client_country;	       /* "FR" */
	ARENA_VEC(str) link_addresses; /* that hosts of links have, text */
	bool temporary;		       /* a source did not answer in time; its question is open */
};

static inline void evidence_add(struct arena *a, struct evidence *e, str name, str text)
{
	*arena_push(a, &e->symbols) = (struct evidence_symbol){ name, text };
}

#endif

/* scan/fields.h - the header fields we add to a message, and the forged copies of them
 * that we take out first (RFC 8601 5, requirement R-060).
 *
 * Input    the message and its envelope are hostile: what is copied into a field is cut
 *          and reduced to printable ASCII that cannot end a comment or a line.
 * Memory   in the caller's arena.
 * Limits   FIELDS_MAX_BYTES of added fields, FIELDS_MAX_CUTS taken out.
 * Threads  pure.
 * Errors   cannot fail; more forged copies than FIELDS_MAX_CUTS set too_many, and the
 *          message is then not delivered.
 */
#ifndef SCAN_FIELDS_H
#define SCAN_FIELDS_H

#include "auth/results.h"
#include "conf/conf.h"
#include "policy/verdict.h"

enum {
	FIELDS_MAX_BYTES = 16384,
	FIELDS_MAX_RESULTS_BYTES = 8192, /* of what we say of sender authentication */
	FIELDS_MAX_SYMBOL_BYTES = 4096,	 /* of names of what weighed; one more may begin */
	FIELDS_MAX_CUTS = 128,
	FIELDS_MAX_HOPS = 100, /* RFC 5321 6.3: no fewer, lest a long way is taken for a circle */
};

struct fields_cuts {
	uint64_t *ranges; /* offset, length, offset, length ... ascending */
	size_t n;	  /* numbers, twice the ranges */
	bool too_many;
	size_t hops;	   /* Received fields */
	bool loops;	   /* more Received fields than FIELDS_MAX_HOPS */
	bool tls_optional; /* "TLS-Required: No" (RFC 8689 5) */
};

/* Fields of the message that claim to be ours, in role out also those that tell of the inside
 * (scan/cleaning.h), and what its header says to its transport. */
struct fields_cuts fields_to_cut(struct arena *a, str message, const struct conf *conf) must_use;
/* The value of Authentication-Results, in our name. */
str fields_results(struct arena *a, str hostname, const struct auth_results *auth) must_use;
/* Received, Authentication-Results, X-Poterne-Verdict, with fields.symbols X-Poterne-Symbols,
 * X-Spam-Flag, each with its CRLF. */
str fields_to_add(struct arena *a, const struct conf *conf, const struct envelope *env, str results,
		  const struct verdict *v) must_use;
/* In role out: Received alone, which names nobody inside; and one that says nothing for each of the
 * hops that were taken out, so that mail that goes round in a circle is still noticed. */
str fields_to_add_out(struct arena *a, const struct conf *conf, const struct envelope *env,
		      size_t hops) must_use;

#endif

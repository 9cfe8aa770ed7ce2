/* auth/spfmacro.h - the macro language of SPF (RFC 7208 7).
 *
 * Input    hostile: records and envelope are the sender's.
 * Memory   results in the caller's arena.
 * Limits   the max given to spfmacro_expand; linear in input and output.
 * Threads  pure, but for the function that answers %{p}.
 * Errors   false, and the output untouched.
 */
#ifndef AUTH_SPFMACRO_H
#define AUTH_SPFMACRO_H

#include "base/ip.h"

/* What the macro letters stand for (RFC 7208 7.2). */
struct spfmacro_env {
	str local;	   /* l */
	str sender_domain; /* o; s is l "@" o */
	str domain;	   /* d: the domain whose record is being read */
	str helo;	   /* h */
	str receiver;	   /* r */
	struct ip ip;	   /* i, c, v */
	int64_t wall;	   /* t */
	/* p: asks the DNS, so only when the letter occurs. */
	str (*validated_name)(void *ctx, str domain);
	void *ctx;
};

/* domain-spec (7.1): macro letters c, r, t are refused, and it ends in a macro or a
 * top-level label. */
bool spfmacro_domain_spec_valid(str spec) must_use;
/* macro-string; with is_explanation also spaces and the letters c, r, t. */
bool spfmacro_string_valid(str s, bool is_explanation) must_use;
/* s has been found valid. False when the result is longer than max. */
bool spfmacro_expand(struct arena *a, const struct spfmacro_env *env, str s, size_t max, str *ret)
	must_use;

#endif

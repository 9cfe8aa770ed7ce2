/* auth/results.h - what sender authentication found out about one message: plain values,
 * shared by who finds them, who judges them and who shows them.
 *
 * Input    strings quote hostile records and headers; what is for people (reason, trace) is
 *          printable.
 * Memory   in the arena of the check that made them.
 * Limits   those of the checks.   Threads  const once made.
 */
#ifndef AUTH_RESULTS_H
#define AUTH_RESULTS_H

#include "auth/spfcheck.h"

/* Results of a method (RFC 8601 2.7). A temporary error is never "no". */
enum auth_code {
	AUTH_NONE,
	AUTH_PASS,
	AUTH_FAIL,
	AUTH_POLICY, /* valid, but not by our policy: a weak key, expired */
	AUTH_NEUTRAL,
	AUTH_TEMPERROR,
	AUTH_PERMERROR,
};
enum { AUTH_CODES = AUTH_PERMERROR + 1 };

/* The steps that were taken, in order. */
struct auth_trace {
	str *v;
	size_t n;
};

/* One DKIM-Signature (RFC 6376), in the order of the header. */
struct dkim_result {
	enum auth_code result;
	str domain, selector; /* d=, s= */
	str identity;	      /* i=, or "@" and the domain */
	str algorithm;	      /* a= */
	str signature;	      /* the first characters of b=, for header.b (RFC 6008) */
	str reason;	      /* why it is no pass; empty otherwise */
	bool testing;	      /* t=y in the key record */
	uint32_t key_bits;
	uint64_t uncovered; /* bytes of the body behind l= */
	struct auth_trace trace;
};

/* One instance of an ARC chain (RFC 8617 4.2). */
struct arc_set {
	uint32_t instance;
	str domain, selector;	      /* of the seal */
	enum auth_code seal, message; /* AS and AMS */
	bool signs_from;	      /* AMS covers the author */
	bool open;		      /* AMS leaves a part of the body open (l=) */
	str cv;			      /* as the sealer saw the chain before */
	str results;		      /* payload of its ARC-Authentication-Results */
};

struct arc_result {
	enum auth_code result; /* none, pass, fail or temperror */
	struct arc_set *sets;  /* instance 1 first */
	size_t n;
	uint32_t oldest_pass; /* RFC 8617 5.2 step 5; 0: every message signature passes */
	str reason;
	struct auth_trace trace;
};

enum dmarc_policy { DMARC_POLICY_NONE, DMARC_POLICY_QUARANTINE, DMARC_POLICY_REJECT };

/* RFC 9989 */
struct dmarc_result {
	enum auth_code result;	  /* none: no policy was found, or nobody to apply one to */
	str domain;		  /* the author domain */
	str policy_domain;	  /* where the record was found; empty: nowhere */
	str organizational;	  /* organizational domain of the author domain */
	str record;		  /* as published */
	enum dmarc_policy policy; /* p, sp or np, whichever applies */
	/* What the domain owner asks for now: t=y and the pct of RFC 7489 are applied. */
	enum dmarc_policy disposition;
	bool testing;
	bool aligned_spf, aligned_dkim;
	bool strict_spf, strict_dkim; /* aspf=s, adkim=s */
	/* Passed, but SPF or a signature of the organizational domain did not. */
	bool with_failures;
	bool bad_record; /* none, because the record is broken or there are several */
	bool bad_from;	 /* not one From field with valid domains: never a pass */
	str reason;
	struct auth_trace trace;
};

struct auth_results {
	struct spf_result spf;
	struct dkim_result *dkim;
	size_t n_dkim;
	struct arc_result arc;
	bool arc_trusted; /* the chain passes and a sealer that we trust made its newest seal */
	struct dmarc_result dmarc;
};

/* "none", "pass", "fail"... */
str results_code_name(enum auth_code code);
/* "none", "quarantine", "reject" */
str results_policy_name(enum dmarc_policy policy);

#endif

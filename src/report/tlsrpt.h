/* report/tlsrpt.h - one SMTP TLS report: how sessions of a sender with a domain's hosts went
 * (RFC 8460 4).
 *
 * Input    tlsrpt_read: hostile JSON.
 * Memory   everything is in the arena; texts are UTF-8 without control characters.
 * Limits   TLSRPT_MAX_*; what is above is left out, a document above TLSRPT_MAX_BYTES is none.
 * Threads  pure.
 * Errors   TLSRPT_E_* and in words what is wrong.
 */
#ifndef REPORT_TLSRPT_H
#define REPORT_TLSRPT_H

#include "base/arena.h"
#include "base/why.h"

enum {
	TLSRPT_MAX_BYTES = 4 << 20,
	TLSRPT_MAX_POLICIES = 100,
	TLSRPT_MAX_FAILURES = 1000, /* of one report */
	TLSRPT_MAX_STRINGS = 20,    /* lines of a policy, patterns of MX names */
	TLSRPT_MAX_TEXT = 255,
};

enum { TLSRPT_OK, TLSRPT_E_OTHER /* JSON, but no such report */, TLSRPT_E_BROKEN };

/* failure-details (RFC 8460 4.4); result is one of 4.3 or another word, lower case. */
struct tlsrpt_failure {
	str result, sending_ip, receiving_mx, receiving_helo, receiving_ip;
	uint64_t sessions;
	str information, reason;
};

struct tlsrpt_policy {
	str type; /* "tlsa", "sts", "no-policy-found" or another word, lower case */
	str domain;
	str *strings, *mx_hosts;
	size_t n_strings, n_mx_hosts;
	uint64_t successful, failed; /* sessions */
	ARENA_VEC(struct tlsrpt_failure) failures;
};

struct tlsrpt {
	str org, contact, id;
	int64_t begin, end; /* seconds since 1970 */
	ARENA_VEC(struct tlsrpt_policy) policies;
};

int tlsrpt_read(struct arena *a, str json, struct tlsrpt *ret, struct why *why) must_use;

#endif

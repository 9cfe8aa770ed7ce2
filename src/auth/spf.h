/* auth/spf.h - SPF records read (RFC 7208 4.5, 4.6, 5, 6, 12): text in, terms out.
 *
 * Input    hostile: a TXT record, any bytes.
 * Memory   terms in the caller's arena; strings point INTO the record.
 * Limits   the record's own size (DNS_MAX_RDATA); linear.
 * Threads  pure.
 * Errors   SPF_E_* with the reason in words.
 */
#ifndef AUTH_SPF_H
#define AUTH_SPF_H

#include "base/ip.h"

enum { SPF_OK, SPF_E_SYNTAX };

enum spf_mechanism {
	SPF_ALL,
	SPF_INCLUDE,
	SPF_A,
	SPF_MX,
	SPF_PTR,
	SPF_IP4,
	SPF_IP6,
	SPF_EXISTS,
};

/* A directive: a qualifier and a mechanism. */
struct spf_term {
	enum spf_mechanism mechanism;
	char qualifier; /* '+' '-' '~' '?' */
	str text;	/* as written */
	str spec;	/* domain-spec; empty: the current domain */
	struct ip net;	/* ip4, ip6 */
	unsigned prefix4, prefix6;
};

struct spf_record {
	struct spf_term *terms;
	size_t n;
	str redirect, exp; /* domain-specs; p is NULL when absent */
};

/* The text is an SPF record of this version: "v=spf1" and then a space or nothing. */
bool spf_is_record(str txt) must_use;
/* The whole record is checked before any of it is believed. On SPF_E_SYNTAX only
 * ret_reason is set: words of ours and the term that broke the rules, made printable. */
int spf_parse(struct arena *a, str txt, struct spf_record *ret, str *ret_reason) must_use;

#endif

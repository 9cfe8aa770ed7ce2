/* resolver/dnswire.h - one DNS message to and from a resolver (RFC 1035 4, RFC 6891).
 *
 * Input    dnswire_read: hostile bytes of the network.
 * Memory   everything in the caller's arena.
 * Limits   DNSWIRE_MAX_LABELS labels behind pointers, DNSWIRE_MAX_CNAMES aliases in a row,
 *          DNS_MAX_RECORDS records; at most two passes over the message for each alias.
 * Threads  pure.
 * Errors   DNSWIRE_E_*.
 */
#ifndef RESOLVER_DNSWIRE_H
#define RESOLVER_DNSWIRE_H

#include "dns/dns.h"

enum {
	DNSWIRE_OK,
	DNSWIRE_E_FOREIGN,   /* malformed, or not the answer to this question: keep waiting */
	DNSWIRE_E_TRUNCATED, /* ask again over TCP */
};

enum { DNSWIRE_UDP_BYTES = 1232, DNSWIRE_MAX_LABELS = 256, DNSWIRE_MAX_CNAMES = 10 };

/* A query with RD, AD (RFC 6840 5.7) and an EDNS buffer size. The name is normalised. */
str dnswire_query(struct arena *a, uint16_t id, const struct dns_question *q) must_use;
/* The answer to that query; secure is the AD bit. */
int dnswire_read(struct arena *a, str message, uint16_t id, const struct dns_question *q,
		 struct dns_answer *ret) must_use;

#endif

/* dns/dns.h - questions to the DNS and their answers, as values; and the one interface
 * by which every room asks, whoever answers (a test zone, poterne-dns, libunbound).
 *
 * A temporary failure (SERVFAIL, TIMEOUT, BOGUS) is never the same as "no" (NODATA,
 * NXDOMAIN): who decides on an answer asks dns_temporary first.
 *
 * Input    names in questions may be hostile; one that breaks DNS syntax (dnsname.h)
 *          is answered NXDOMAIN without being asked. Records are hostile bytes.
 * Memory   answers live in the arena given to the lookup.
 * Limits   DNS_MAX_RECORDS records an answer are kept; a lookup of any number of
 *          questions is legal.
 * Threads  a resolver says for itself; all of ours may be shared by threads.
 * Errors   a lookup cannot fail: failures are statuses.
 */
#ifndef DNS_DNS_H
#define DNS_DNS_H

#include "base/arena.h"
#include "base/clock.h"

enum {
	DNS_MAX_NAME = 253,    /* RFC 1035 3.1, written without the trailing dot */
	DNS_MAX_RECORDS = 256, /* kept of one answer */
	DNS_MAX_RDATA = 16384, /* bytes kept of one record; a longer one is dropped */
};

/* RFC 1035 3.2.2, RFC 3596, RFC 6698: the numbers of the wire. */
enum dns_type {
	DNS_A = 1,
	DNS_CNAME = 5,
	DNS_PTR = 12,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_TLSA = 52,
};

enum dns_status {
	DNS_OK,	      /* at least one record */
	DNS_NODATA,   /* the name exists, without this type */
	DNS_NXDOMAIN, /* the name does not exist */
	DNS_SERVFAIL, /* temporary: servers failed, or we did */
	DNS_TIMEOUT,  /* temporary: nobody answered before the deadline */
	DNS_BOGUS,    /* temporary: DNSSEC validation failed */
};
enum { DNS_STATUSES = DNS_BOGUS + 1 };

struct dns_question {
	str name; /* with or without the trailing dot, any case */
	enum dns_type type;
};

/* What value holds depends on the type that was asked:
 *   A          4 address bytes               AAAA  16 address bytes
 *   MX         host name; pref is set        TXT   all character-strings joined
 *   PTR CNAME  name                          TLSA  usage, selector, matching type, data
 * Names are lower case without the trailing dot; the root is "". */
struct dns_record {
	uint16_t pref;
	str value;
};

struct dns_answer {
	enum dns_status status;
	struct dns_record *records; /* empty unless DNS_OK; in the order of the answer */
	size_t n;
	uint32_t ttl;  /* seconds this answer may be kept */
	bool secure;   /* DNSSEC-validated, by us or by the trusted resolver (AD) */
	str canonical; /* the name that answered, at the end of CNAMEs; never NULL */
};

struct dns_resolver {
	/* Blocks until all n answers are there or d has passed; ret holds n answers. */
	void (*lookup)(void *ctx, struct arena *a, const struct dns_question *q, size_t n,
		       deadline d, struct dns_answer *ret);
	void *ctx;
};

static inline bool dns_temporary(enum dns_status s)
{
	return s == DNS_SERVFAIL || s == DNS_TIMEOUT || s == DNS_BOGUS;
}

/* One question. */
struct dns_answer dns_ask(const struct dns_resolver *r, struct arena *a, str name,
			  enum dns_type type, deadline d) must_use;
/* An answer without records; canonical is the name. */
struct dns_answer dns_no_answer(enum dns_status status, str name) must_use;
/* All of it in the arena. */
struct dns_answer dns_copy_answer(struct arena *a, const struct dns_answer *from) must_use;

/* "A", "MX"...; "TYPE?" for what is none of ours. */
str dns_type_name(enum dns_type type);
/* Any case. False for what is none of ours. */
bool dns_type_parse(str s, enum dns_type *ret) must_use;
/* True for a number of the wire that is one of ours. */
bool dns_type_known(uint32_t number);
/* "ok", "nodata", "nxdomain", "servfail", "timeout", "bogus". */
str dns_status_name(enum dns_status status);
bool dns_status_parse(str s, enum dns_status *ret) must_use;

#endif

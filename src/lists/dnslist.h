/* lists/dnslist.h - lists that are asked over the DNS (RFC 5782): the description of one, the
 * names to ask for, and what a reply means.
 *
 * Input    descriptions: the administrator's; names, addresses and replies: hostile.
 * Memory   in the caller's arena.
 * Limits   DNSLIST_MAX lists, DNSLIST_BLOCKED codes of refusal each.
 * Threads  pure.
 * Errors   what makes no valid name of the DNS: false.
 */
#ifndef LISTS_DNSLIST_H
#define LISTS_DNSLIST_H

#include "base/ip.h"

enum { DNSLIST_MAX = 64, DNSLIST_BLOCKED = 8 };

/* What of a message is asked about. */
enum dnslist_ask {
	DNSLIST_CLIENT = 1 << 0,	/* the client's address */
	DNSLIST_HELO = 1 << 1,		/* the name it gave */
	DNSLIST_REVERSE_PATH = 1 << 2,	/* the domain of the envelope sender */
	DNSLIST_FROM = 1 << 3,		/* the domain of an author */
	DNSLIST_DKIM = 1 << 4,		/* the domain of a valid signature */
	DNSLIST_URL_HOST = 1 << 5,	/* the host of a link */
	DNSLIST_URL_DOMAIN = 1 << 6,	/* the organizational domain of a link */
	DNSLIST_URL_ADDRESS = 1 << 7,	/* the host of a link that is an address */
	DNSLIST_FROM_ADDRESS = 1 << 8,	/* the hash of an author's mailbox */
	DNSLIST_REPLY_ADDRESS = 1 << 9, /* the hash of a mailbox for answers */
	DNSLIST_RECEIVED = 1 << 10,	/* clients of the servers on the way (Received) */
	DNSLIST_URL_RESOLVED = 1 << 11, /* addresses that hosts of links have (links.resolve) */
};

enum dnslist_hash { DNSLIST_SHA1, DNSLIST_MD5 };

struct dnslist {
	str name, zone;
	uint32_t index; /* in rules.dns_lists */
	bool enabled;
	bool ipv6;     /* IPv6 addresses may be asked for */
	uint32_t asks; /* of enum dnslist_ask */
	enum dnslist_hash hash;
	uint32_t blocked[DNSLIST_BLOCKED]; /* replies that say: you may not ask */
	size_t n_blocked;
};

bool dnslist_name_of_ip(struct arena *a, const struct dnslist *l, struct ip ip, str *ret) must_use;
/* A domain, or the host of a link that is a name; any spelling. */
bool dnslist_name_of_domain(struct arena *a, const struct dnslist *l, str domain, str *ret)
	must_use;
bool dnslist_name_of_address(struct arena *a, const struct dnslist *l, str local, str domain,
			     str *ret) must_use;

enum dnslist_meaning {
	DNSLIST_LISTED,
	DNSLIST_REFUSED, /* we may not ask: too often, by a public resolver, without a contract */
	DNSLIST_FALSE,	 /* no reply of a list (RFC 5782 2.1): somebody else answered */
};

/* code is the address of an A record as a number. */
enum dnslist_meaning dnslist_meaning(const struct dnslist *l, uint32_t code);

/* "127.0.0.2" */
bool dnslist_code(str text, uint32_t *ret) must_use;
bool dnslist_ask_of_name(str name, enum dnslist_ask *ret) must_use;
bool dnslist_hash_of_name(str name, enum dnslist_hash *ret) must_use;

#endif

/* publish/plan.h - the DNS records that this configuration needs: where mail for our domains
 * goes (MX), who sends for them (SPF, RFC 7208), whose signatures are ours (DKIM, RFC 6376), what
 * to do with what is neither (DMARC, RFC 9989), and how to reach us safely (MTA-STS, RFC 8461;
 * TLS reports, RFC 8460; DANE, RFC 7672).
 *
 * Input    trusted: the configuration, and what was read of our own keys.
 * Memory   the plan is in the caller's arena and borrows from the input.
 * Limits   those of the configuration.
 * Threads  pure.
 * Errors   cannot fail.
 */
#ifndef PUBLISH_PLAN_H
#define PUBLISH_PLAN_H

#include "base/ip.h"
#include "conf/conf.h"
#include "dns/dns.h"

enum plan_purpose {
	PLAN_HOST, /* addresses of this gateway */
	PLAN_PTR,
	PLAN_MX,
	PLAN_SPF,
	PLAN_DKIM,
	PLAN_DMARC,
	PLAN_STS,
	PLAN_TLSRPT,
	PLAN_TLSA,
};
enum { PLAN_PURPOSES = PLAN_TLSA + 1 };

/* The public part of a key that signs for a domain. */
struct plan_key {
	str domain, selector;
	str record; /* "v=DKIM1; k=rsa; p=..." */
};

struct plan_input {
	const struct conf *conf;
	const struct plan_key *keys;
	size_t n_keys;
	const str *tlsa; /* "3 1 1 HEX", one for each certificate */
	size_t n_tlsa;
};

struct plan_record {
	enum plan_purpose purpose;
	str domain; /* that it is for: one of ours, or the host name */
	str name;
	enum dns_type type;
	uint16_t pref; /* MX */
	str value;     /* host name, address, text, or TLSA as text */
};

struct plan {
	ARENA_VEC(struct plan_record) records;
	str sts_policy; /* the file of every domain's MTA-STS web server */
};

void plan_make(struct arena *a, const struct plan_input *in, struct plan *ret);
/* The addresses that listen.smtp names, without those that no stranger can reach. */
size_t plan_addresses(struct arena *a, const struct conf *conf, struct ip **ret);
/* "mx", "spf"... */
const char *plan_purpose_name(enum plan_purpose p);
/* The DMARC records to follow one another as reports show that nothing honest fails. */
str plan_dmarc(struct arena *a, const struct conf *conf, str policy);

#endif

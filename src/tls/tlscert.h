/* tls/tlscert.h - a self-signed certificate, so that STARTTLS works from the first start; and
 * what stands in any certificate.
 *
 * Self-signed: ECDSA P-256, SHA-256, TLSCERT_DAYS days, the host name as its only name. It
 * encrypts; it proves nothing to anyone.
 *
 * Input    trusted: our host name and the time; a certificate to read may be hostile.
 * Memory   PEM text in the caller's arena.
 * Limits   none.   Threads  pure.   Errors  negative errno and a why.
 */
#ifndef TLS_TLSCERT_H
#define TLS_TLSCERT_H

#include "base/arena.h"
#include "base/why.h"

enum { TLSCERT_DAYS = 825, TLSCERT_SUBJECT_MAX = 256, TLSCERT_NAMES_MAX = 256 };

struct tlscert_names {
	str v[TLSCERT_NAMES_MAX]; /* more are passed over */
	size_t n;
};

int tlscert_make(struct arena *a, str hostname, int64_t now, str *ret_chain, str *ret_key,
		 struct why *why) must_use;

struct x509_st; /* OpenSSL's X509 */

/* RFC 4514 text in the arena, at most TLSCERT_SUBJECT_MAX bytes of it. */
str tlscert_subject(const struct x509_st *cert, struct arena *a);
/* Seconds since 1970 of the end of its time; 0 when it cannot be read. */
int64_t tlscert_not_after(const struct x509_st *cert);
/* The DNS names it is for, "*." at most in front; without any, its common name (RFC 6125). */
void tlscert_names(const struct x509_st *cert, struct arena *a, struct tlscert_names *ret);

struct tlscert_facts {
	str tlsa; /* "3 1 1 HEX": SHA-256 of its public key (RFC 7672 3.1.1) */
	int64_t not_after;
	struct tlscert_names names;
};

/* Of the first certificate of a PEM chain. */
int tlscert_read(struct arena *a, str pem, struct tlscert_facts *ret, struct why *why) must_use;

#endif

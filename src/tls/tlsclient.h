/* tls/tlsclient.h - TLS as the client that wants to know who the server is: by the
 * system's certification authorities (RFC 6125), or by TLSA records (DANE, RFC 7672 3).
 *
 * The handshake ends well whoever the server is; whether it is the one that was asked for
 * is a finding beside it. So a caller that only wants encryption goes on, and one that
 * wants more says why it does not.
 *
 * Input    hostile server; the records come from a secure DNS answer, the roots from us.
 * Memory   a context by counted references (tlsctx_free).
 * Limits   TLSCLIENT_NAMES names; chains as deep as OpenSSL lets them be.
 * Threads  a context: internally locked; a stream: one at a time.
 * Errors   negative errno and a why: no TLS came about.
 */
#ifndef TLS_TLSCLIENT_H
#define TLS_TLSCLIENT_H

#include "tls/tlsstream.h"

enum { TLSCLIENT_NAMES = 3 };

/* What is asked of the server's certificate. */
enum tlsclient_proof {
	TLSCLIENT_ANYONE, /* nothing (RFC 7435) */
	TLSCLIENT_NAMED,  /* a chain to one of the roots, and one of the names */
	TLSCLIENT_DANE,	  /* one of the TLSA records */
};

/* What was found; in the words of RFC 8460 4.3. */
enum tlsclient_finding {
	TLSCLIENT_PROVEN, /* with TLSCLIENT_ANYONE: nothing was asked */
	TLSCLIENT_E_HOST_MISMATCH,
	TLSCLIENT_E_EXPIRED,
	TLSCLIENT_E_NOT_TRUSTED,
	TLSCLIENT_E_TLSA, /* no record matches */
};

struct tlsclient_demand {
	enum tlsclient_proof proof;
	str host;		    /* of the server: sent to it, and the DANE base name */
	str names[TLSCLIENT_NAMES]; /* NAMED, DANE-TA(2): any of them; empty ones are skipped */
	const str *tlsa;	    /* DANE: records as in DNS, usage first */
	size_t n_tlsa;
};

/* A context for connections out; roots: PEM certificates of those who are believed, may be
 * empty. -EINVAL when not one of them can be read. */
int tlsclient_new(str roots, enum tlsctx_version min, struct ssl_ctx_st **ret, struct why *why)
	must_use;
/* True for a record that mail uses (RFC 7672 3.1.3): DANE-TA(2) or DANE-EE(3) of the
 * certificate or its key, whole or as SHA-256 or SHA-512, and of the right length. */
bool tlsclient_tlsa_usable(str tlsa);
/* The whole handshake. *ret is valid on 0; then why says more about what is not PROVEN. On
 * error s is useless: close it. */
int tlsclient_connect(struct stream *s, struct ssl_ctx_st *ctx, const struct tlsclient_demand *want,
		      deadline d, enum tlsclient_finding *ret, struct why *why) must_use;

#endif

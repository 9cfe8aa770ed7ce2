/* tls/tlsserver.h - all that our server shows: several certificates chosen by the name the
 * client asks for (RFC 6066 3), the keys of tickets, the authorities of client certificates.
 *
 * The result is a context for tlsstream_accept; it never changes, a new one replaces it, and
 * sessions keep theirs.
 *
 * Input    trusted: the supervisor's bundle and keys. Server names are hostile.
 * Memory   tlsctx_free of the context ends all of it.
 * Limits   those of sys/pembundle.h, TLSCERT_NAMES_MAX names a certificate.
 * Threads  const once made.
 * Errors   negative errno and a why that begins with the file.
 */
#ifndef TLS_TLSSERVER_H
#define TLS_TLSSERVER_H

#include "tls/tlsctx.h"

struct tlsserver_spec {
	str bundle;  /* of sys/pembundle.h; its first certificate is for unknown names */
	str tickets; /* of tls/tlstickets.h; empty: tickets that only this context opens */
	enum tlsctx_version min;
};

/* Certificates for the same names with keys of different types (ECDSA, RSA) are shown as the
 * peer understands them. */
int tlsserver_new(const struct tlsserver_spec *spec, struct ssl_ctx_st **ret, struct why *why)
	must_use;

struct tlsserver_certificate {
	str file, subject;
	int64_t not_after; /* seconds since 1970 */
};

/* In the order of the bundle. */
const struct tlsserver_certificate *tlsserver_certificates(const struct ssl_ctx_st *ctx,
							   size_t *ret_n);
/* Does one of them name host, exactly or by a wildcard of one label (RFC 6125 6.4.3)? */
bool tlsserver_has_name(const struct ssl_ctx_st *ctx, str host);
/* Seconds until the first of them ends; negative when one has. */
int64_t tlsserver_seconds_left(const struct ssl_ctx_st *ctx, int64_t now);

/* The warning that is due for what ends then: 30, 15 or 7 days before it, 0 when it has
 * ended, TLSSERVER_NO_WARNING else. */
enum { TLSSERVER_NO_WARNING = -1 };
int tlsserver_warning(int64_t not_after, int64_t now);

#endif

/* tls/tlsctx.h - what TLS connections have in common: versions, ciphers, certificate.
 *
 * Input    trusted: our certificate and key, as PEM bytes. No file is opened, neither
 *          here nor later, so a context works behind a sandbox.
 * Memory   counted references: tlsctx_ref, tlsctx_free; a connection keeps its own.
 * Limits   TLSCTX_CHAIN_MAX certificates.
 * Threads  internally locked once made.
 * Errors   negative errno and a why.
 */
#ifndef TLS_TLSCTX_H
#define TLS_TLSCTX_H

#include "base/why.h"

enum { TLSCTX_CHAIN_MAX = 10 };
/* TLSCTX_1_0 is for servers only: it also takes suites and signatures with SHA-1. */
enum tlsctx_version { TLSCTX_1_2, TLSCTX_1_3, TLSCTX_1_0 };

struct ssl_ctx_st; /* OpenSSL's SSL_CTX */

/* chain: our certificate first, then its issuers. -EKEYREJECTED when the key is another's. */
int tlsctx_new_server(str chain, str key, enum tlsctx_version min, struct ssl_ctx_st **ret,
		      struct why *why) must_use;
/* One more certificate for a server that has one already, with a key of another type: the
 * peer gets the one it understands. Errors as above. */
int tlsctx_add_certificate(struct ssl_ctx_st *ctx, str chain, str key, struct why *why) must_use;
/* Opportunistic (RFC 7435): encrypts without asking who the server is. */
int tlsctx_new_client(enum tlsctx_version min, struct ssl_ctx_st **ret, struct why *why) must_use;
struct ssl_ctx_st *tlsctx_ref(struct ssl_ctx_st *ctx);
/* Takes NULL; returns NULL. */
struct ssl_ctx_st *tlsctx_free(struct ssl_ctx_st *ctx);

#endif

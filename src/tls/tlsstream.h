/* tls/tlsstream.h - TLS under a struct stream: the same calls, other bytes on the wire.
 *
 * Input    hostile peer.
 * Memory   one SSL object for each connection, made here, ended by tlsstream_close; its
 *          record buffers are released while it is idle (about 14 KiB stay).
 * Limits   those of the stream; TLSSTREAM_CLIENT_BYTES for the certificates of a client,
 *          which stay for the session. No renegotiation.
 * Threads  one at a time for each stream. SIGPIPE must be ignored or blocked.
 * Errors   negative errno and a why; afterwards reads and writes answer -EPROTO when the
 *          peer breaks the protocol.
 */
#ifndef TLS_TLSSTREAM_H
#define TLS_TLSSTREAM_H

#include "base/arena.h"
#include "sys/stream.h"
#include "tls/tlsctx.h"

enum { TLSSTREAM_CLIENT_BYTES = 32 << 10 };

/* From here on s speaks TLS as the server. The handshake happens inside the reads that
 * follow, so it can be parked and runs under their deadlines. Plaintext input must have
 * been discarded and output flushed. */
int tlsstream_accept(struct stream *s, struct ssl_ctx_st *ctx, struct why *why) must_use;
/* Behind tlsstream_accept: asks the client for a certificate. The handshake goes on without
 * one, or with one that nobody vouches for; tlsstream_peer tells. */
void tlsstream_ask_certificate(struct stream *s);
/* The whole handshake as the client. host is sent as the name of the server when it is
 * not an address (RFC 6066 3). On error s is useless: close it. */
int tlsstream_connect(struct stream *s, struct ssl_ctx_st *ctx, str host, deadline d,
		      struct why *why) must_use;
/* Its two halves, for who has demands on the server's certificate (tls/tlsclient.h). */
int tlsstream_begin_client(struct stream *s, struct ssl_ctx_st *ctx, str host, struct why *why)
	must_use;
int tlsstream_shake(struct stream *s, deadline d, struct why *why) must_use;
/* Says goodbye when that does not wait, and frees; s then reads as ended. No-op on a
 * stream without TLS. */
void tlsstream_close(struct stream *s);

/* True once TLS was begun; version and cipher are "" until the handshake is done. */
bool tlsstream_active(const struct stream *s);
str tlsstream_version(const struct stream *s);
str tlsstream_cipher(const struct stream *s);
/* The session was taken up again by a ticket (RFC 8446 2.2, RFC 5077). */
bool tlsstream_resumed(const struct stream *s);

struct tlsstream_peer {
	str subject;	 /* RFC 4514, hostile text */
	str fingerprint; /* SHA-256 of the certificate, lower case hexadecimal */
	bool verified;	 /* by an authority of tls.client_ca */
};

/* The client's certificate, texts in a. False: it sent none, or there is no TLS. */
bool tlsstream_peer(const struct stream *s, struct arena *a, struct tlsstream_peer *ret);

#endif

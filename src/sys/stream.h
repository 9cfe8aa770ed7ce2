/* sys/stream.h - bytes over a connected socket, in straight lines, under absolute deadlines.
 *
 * The only place (with the lobby and the resolver) that waits for a socket. A stream has
 * no buffers of its own while nobody works on it: a thread lends it buffers for one burst
 * (stream_lend) and takes them back before the connection is parked, so an idle
 * connection costs no memory here.
 *
 * Input    hostile peer.
 * Memory   lines and chunks point into the lent input buffer, valid until the next read.
 * Limits   the lent buffers; a line longer than asked is STREAM_E_LONG.
 * Threads  one at a time.
 * Errors   STREAM_E_* positive: the peer's doing; negative errno with why: ours or the network's.
 */
#ifndef SYS_STREAM_H
#define SYS_STREAM_H

#include "base/clock.h"
#include "base/why.h"

#include <sys/types.h>

enum {
	STREAM_OK = 0,
	STREAM_E_EOF,	  /* the peer closed */
	STREAM_E_TIMEOUT, /* the deadline passed */
	STREAM_E_LONG,	  /* no line end within the asked maximum */
};

/* How bytes move; plain sockets and TLS (tls/tls.h) each have one. read and write answer
 * the number of bytes, 0 for end of stream, -EAGAIN with *want set to POLLIN or POLLOUT,
 * or another negative errno. */
struct stream_ops {
	ssize_t (*read)(void *ctx, int fd, char *p, size_t n, short *want);
	ssize_t (*write)(void *ctx, int fd, const char *p, size_t n, short *want);
	/* Bytes that were read from the socket but not yet handed out. */
	size_t (*pending)(void *ctx);
};

struct stream {
	int fd;	      /* non-blocking unless patient; owned by the stream's owner */
	bool patient; /* its owner made it blocking, with a short timeout in the kernel */
	const struct stream_ops *ops;
	void *ctx;
	char *in, *out;
	size_t in_cap, in_at, in_end; /* in[in_at, in_end) was read and not yet taken */
	size_t out_cap, out_n;
};

/* Takes a connected socket and makes it non-blocking, TCP_NODELAY when it is TCP. */
void stream_init(struct stream *s, int fd);
void stream_lend(struct stream *s, char *in, size_t in_cap, char *out, size_t out_cap);
/* True when nothing is buffered in or out, here or in TLS: only then may it be parked. */
bool stream_is_drained(const struct stream *s);
void stream_take_back(struct stream *s);

/* One line up to and with its LF, at most max bytes. The line may end in CRLF, LF, or
 * hold bare CRs: strictness is the caller's. */
int stream_read_line(struct stream *s, size_t max, deadline d, str *ret, struct why *why) must_use;
/* What is there: at least one byte, at most what the buffer holds. stream_consume says
 * how much of it was used; the rest comes again. */
int stream_peek(struct stream *s, deadline d, str *ret, struct why *why) must_use;
/* The same, with at least n bytes; STREAM_E_LONG when the buffer does not hold so many. */
int stream_peek_least(struct stream *s, size_t n, deadline d, str *ret, struct why *why) must_use;
void stream_consume(struct stream *s, size_t n);
/* True when input is already buffered, so a pipelined command waits. */
bool stream_has_input(const struct stream *s);
/* Throws buffered input away (STARTTLS: RFC 3207 4.2); returns how many bytes. */
size_t stream_discard_input(struct stream *s);

/* Buffers; flushes by itself when the output buffer is full. */
int stream_write(struct stream *s, str data, deadline d, struct why *why) must_use;
int stream_flush(struct stream *s, deadline d, struct why *why) must_use;

/* Waits until fd is ready for events (POLLIN, POLLOUT): STREAM_OK or STREAM_E_TIMEOUT. */
int stream_wait(int fd, short events, deadline d, struct why *why) must_use;
/* Waits for input or an end on either of two; true when first has it. */
bool stream_wait_first(int first, int second);

#endif

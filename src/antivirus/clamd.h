/* antivirus/clamd.h - asks clamd whether a message holds a virus (zINSTREAM).
 *
 * That it could not be asked, or would not look, is never the same as clean.
 *
 * Input    the message is hostile; clamd is trusted to judge, its reply is still checked.
 * Memory   the name is in the caller's arena.
 * Limits   max_bytes of the caller, before anything is sent; CLAMD_MAX_REPLY bytes of
 *          reply; the deadline bounds connecting, sending and waiting together.
 * Threads  pure apart from its own connection.
 * Errors   outcomes are values; CLAMD_ERROR has a why.
 */
#ifndef ANTIVIRUS_CLAMD_H
#define ANTIVIRUS_CLAMD_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/why.h"

enum { CLAMD_MAX_REPLY = 4096, CLAMD_CHUNK = 128 << 10 };

enum clamd_code {
	CLAMD_CLEAN,
	CLAMD_VIRUS,	 /* name says which */
	CLAMD_ENCRYPTED, /* it could not look inside (Heuristics.Encrypted.*) */
	CLAMD_TOO_LARGE, /* above our limit, or clamd's StreamMaxLength or a scan limit */
	CLAMD_ERROR,	 /* not there, too slow, or nonsense */
};

struct clamd_result {
	enum clamd_code code;
	str name; /* printable; "" unless VIRUS or ENCRYPTED, or TOO_LARGE by a scan limit */
};

struct clamd_server {
	str path; /* a UNIX socket; empty: TCP, to */
	str host; /* an address, not a name */
	uint16_t port;
	uint64_t max_bytes;
};

/* head comes first: mailhead before a message, nothing before another file. */
struct clamd_result clamd_scan(struct arena *a, const struct clamd_server *server, str head,
			       str message, deadline d, struct why *why) must_use;
/* The same over a socket that is already connected and stays the caller's. */
struct clamd_result clamd_talk(struct arena *a, int fd, str head, str message, deadline d,
			       struct why *why) must_use;
/* One reply without its NUL: "stream: OK", "stream: Eicar-Test-Signature FOUND",
 * "INSTREAM size limit exceeded. ERROR". */
struct clamd_result clamd_parse(struct arena *a, str reply, struct why *why) must_use;
/* Its version and the day of its signatures, printable: "ClamAV 1.0.7/27462/Sat Nov 21 09:30:00
 * 2026". */
int clamd_version(struct arena *a, const struct clamd_server *server, deadline d, str *ret,
		  struct why *why) must_use;
/* "clean", "virus", "encrypted", "too large", "error". */
str clamd_name(enum clamd_code code);

#endif

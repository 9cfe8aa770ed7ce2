/* audit/watchimap.h - watches a mailbox by IMAP (RFC 9051; servers of RFC 3501 do): what came since
 * the audit began, and what has the mark of any audit. Messages are read without being marked as
 * read, and stay where they are.
 *
 * A password goes over TLS whose certificate names the host, or to this machine.
 *
 * Input    hostile server.
 * Memory   buffers in the caller's arena; a message until it was shown.
 * Limits   WATCHIMAP_LINE bytes of a line, WATCHIMAP_MESSAGES messages of a mailbox,
 *          WATCH_MESSAGE_MAX of one, WATCHIMAP_MS for each answer.
 * Threads  one at a time.
 * Errors   negative errno and a why. A connection that was lost is made again by the next look.
 */
#ifndef AUDIT_WATCHIMAP_H
#define AUDIT_WATCHIMAP_H

#include "audit/watch.h"
#include "base/ip.h"

struct ssl_ctx_st;

enum {
	WATCHIMAP_LINE = 256 << 10,
	WATCHIMAP_MESSAGES = 100000,
	WATCHIMAP_MS = 30000,
	WATCHIMAP_PORT = 143,
	WATCHIMAP_TLS_PORT = 993,
};

struct watchimap_spec {
	struct ip ip;
	uint16_t port;
	str host, user, password, mailbox;
	bool tls;		    /* at once; else STARTTLS */
	struct ssl_ctx_st *tls_ctx; /* with the roots that are believed */
};

/* "imaps://USER@HOST[:PORT][/MAILBOX]", or imap: fills all but ip, password and tls_ctx. */
bool watchimap_parse(str url, struct watchimap_spec *ret) must_use;
struct watch watchimap_new(struct arena *a, const struct watchimap_spec *spec);
void watchimap_close(struct watch w);

#endif

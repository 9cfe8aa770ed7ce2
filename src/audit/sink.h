/* audit/sink.h - a small SMTP server that takes what the gateway hands over, for an audit of a
 * gateway whose next hop it may be.
 *
 * It accepts everything and keeps it as it came: only <CRLF>.<CRLF> ends a message, and a bare CR
 * or LF inside is left for the audit to see. No TLS.
 *
 * Input    hostile client: listens on loopback unless told otherwise.
 * Memory   messages in arenas of their own until they were shown.
 * Limits   SINK_CLIENTS connections, SINK_WAITING messages that were not shown yet (then 452),
 *          WATCH_MESSAGE_MAX bytes of one, SINK_IDLE_MS between two lines.
 * Threads  one for each connection; sink_watch may be used by one thread.
 * Errors   negative errno and a why.
 */
#ifndef AUDIT_SINK_H
#define AUDIT_SINK_H

#include "audit/watch.h"
#include "base/ip.h"

enum { SINK_CLIENTS = 32, SINK_WAITING = 256, SINK_IDLE_MS = 120000 };

struct sink;

/* port 0: any; *ret_port is the one. */
int sink_start(struct ip ip, uint16_t port, struct sink **ret, uint16_t *ret_port, struct why *why)
	must_use;
struct watch sink_watch(struct sink *s);
/* Takes NULL. */
void sink_stop(struct sink *s);

#endif

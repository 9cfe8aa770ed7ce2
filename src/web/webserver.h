/* web/webserver.h - HTTP for monitoring: GET /metrics (Prometheus text, format 0.0.4) and
 * GET /healthz, nothing else. No password: the listeners are private.
 *
 * Input    requests: hostile (RFC 9110). Blocks of metrics: any bits.
 * Memory   the struct is the caller's and outlives the process's service.
 * Limits   WEBSERVER_CONNECTIONS for each listener, WEBSERVER_REQUEST_BYTES of memory each,
 *          WEBSERVER_IDLE_S without a byte; bodies of requests are not read.
 * Threads  one for each listener, started by webserver_listen.
 * Errors   negative errno and a why, at the start only.
 */
#ifndef WEB_WEBSERVER_H
#define WEB_WEBSERVER_H

#include "sys/metricstext.h"

enum {
	WEBSERVER_CONNECTIONS = 32,
	WEBSERVER_REQUEST_BYTES = 16 << 10,
	WEBSERVER_IDLE_S = 10,
	WEBSERVER_SOURCES_MAX = 512,
};

struct webserver {
	struct metricstext_source sources[WEBSERVER_SOURCES_MAX];
	size_t n;
};

/* The block behind fd, counted by process (its name, as msg_process_name); fd stays the
 * caller's. What is no block is left out. */
void webserver_add(struct webserver *w, str process, int fd);
/* Swallows a listening socket and serves it until the process ends. */
int webserver_listen(struct webserver *w, int fd, struct why *why) must_use;

#endif

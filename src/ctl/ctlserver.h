/* ctl/ctlserver.h - the control socket's side in the process that is asked.
 *
 * One question a connection: message command in, message answer out.
 *
 * Input    root and our own user only (SO_PEERCRED); words are bounded by messages.def.
 * Memory   an answer lives in the arena of its question.
 * Limits   one connection at a time, CTLSERVER_MS each.
 * Threads  ctlserver_run is one thread's work; the handler runs in it.
 * Errors   a failed connection is dropped; the next one is served.
 */
#ifndef CTL_CTLSERVER_H
#define CTL_CTLSERVER_H

#include "sys/chan.h"

enum { CTLSERVER_MS = 10000, CTLSERVER_TEXT_MAX = 4096 };

struct ctlserver_question {
	const str *words;
	size_t n;
	int fd; /* a document in sealed memory, or -1; closed after the answer */
};

struct ctlserver_answer {
	int status; /* the exit status of the command line */
	str text;   /* for people */
	int fd;	    /* a document, or -1; closed after it was sent */
};

struct ctlserver {
	int listener; /* SOCK_SEQPACKET */
	enum process me;
	void *ctx;
	void (*handle)(void *ctx, struct arena *a, const struct ctlserver_question *q,
		       struct ctlserver_answer *ret);
};

/* Serves for ever; ctx is a struct ctlserver. */
void ctlserver_run(void *server);
/* Accepts and serves one connection; negative when the listener cannot be waited for. */
int ctlserver_step(const struct ctlserver *s, struct why *why) must_use;

#endif

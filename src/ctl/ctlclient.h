/* ctl/ctlclient.h - a question to the running gateway, for the command line.
 *
 * Input    the answer comes from poterne-store and is bounded by messages.def.
 * Memory   text is in the arena; a document is mapped: ctlclient_end unmaps it.
 * Limits   CTLCLIENT_MS for the answer.
 * Threads  pure.
 * Errors   negative errno and why: no gateway, or no permission.
 */
#ifndef CTL_CTLCLIENT_H
#define CTL_CTLCLIENT_H

#include "base/arena.h"
#include "base/why.h"

enum { CTLCLIENT_MS = 60000 };

struct ctlclient_answer {
	int status; /* exit status */
	str text;
	str document; /* p == NULL: none */
};

/* path: the control socket. document: sealed memory that goes with the question, or -1. */
int ctlclient_ask(const char *path, const str *words, size_t n, int document, struct arena *a,
		  struct ctlclient_answer *ret, struct why *why) must_use;
void ctlclient_end(struct ctlclient_answer *answer);

#endif

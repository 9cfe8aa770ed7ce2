/* scan/passage.h - one message on its way through poterne-scan, from the edge's question to
 * our answer.
 *
 * Memory   everything lives in the lane's arena.
 * Threads  one at a time.
 */
#ifndef SCAN_PASSAGE_H
#define SCAN_PASSAGE_H

#include "scan/conduct.h"
#include "scan/fields.h"
#include "sys/chan.h"

struct passage {
	const struct conduct_policy *policy;
	struct arena *arena;
	const struct msg_submit *submit;
	struct envelope env;
	struct judgement j;
	struct fields_cuts cuts;
	int fd; /* the message, sealed; -1: only its bytes */
	str message;
	const struct chan *edge;
	int64_t began; /* clock_now_ms */
	str prepend;   /* fields that go before the message */
	str next_hop;  /* where it was handed over directly; empty: it was not */
	str tls_out;   /* and with what TLS */
	str line;      /* what the log says of it, JSON (scan/doneevent.h) */
};

#endif

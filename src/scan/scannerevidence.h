/* scan/scannerevidence.h - what other services of the site say of a message, as evidence: all are
 * asked at the same time, each by a thread, those that want the message while it is inspected.
 *
 * Each word a service says is evidence three times: of that service, of its protocol, of any
 * (rules_scanner_finding). That there is no answer is the word "failed", or "down" when the message
 * may not be judged without one.
 *
 * Input    the message and what the inspector extracted; answers.
 * Memory   a struct scannerevidence and the arena stay until scannerevidence_end; texts are copied.
 * Limits   the timeout of each row, the conductor's deadline; connections of the row at a time.
 * Threads  one for a message; gates are shared by all.
 * Errors   cannot fail: each outcome is evidence.
 */
#ifndef SCAN_SCANNEREVIDENCE_H
#define SCAN_SCANNEREVIDENCE_H

#include "inspect/facts.h"
#include "policy/envelope.h"
#include "policy/evidence.h"
#include "scan/gate.h"
#include "scanner/scanner.h"

struct scannerevidence_gates {
	struct gate of[SCANNERROW_ROWS]; /* by place of the row */
};

/* One service with what it is asked about. */
struct scannerevidence_task {
	const struct scannerrow *row;
	struct gate *gate;
	struct scanner_subject *subjects;
	str *places; /* of the subjects: "", or the path of their part */
	size_t n;
	deadline until;
	bool missing; /* there is more that it was to be asked about */
	pthread_t thread;
	bool has_thread;
	struct arena *arena; /* its own, with all below; a question has another for itself */
	struct scanner_answer *answers;
	str *whys; /* NULL: there is an answer */
};

struct scannerevidence {
	struct scannerevidence_gates *gates;
	const struct scannerrows *rows;
	struct scanner_envelope envelope;
	struct scannerevidence_task tasks[SCANNERROW_ROWS];
	size_t n;
	deadline until;
};

void scannerevidence_gates_init(struct scannerevidence_gates *g);
/* Bits of enum inspect_wants. */
uint32_t scannerevidence_wants(const struct scannerrows *rows);
void scannerevidence_begin(struct scannerevidence *s, struct scannerevidence_gates *gates,
			   const struct scannerrows *rows, struct arena *a, str hostname,
			   const struct envelope *env, str message, deadline d);
/* When the facts are there: about the files. */
void scannerevidence_files(struct scannerevidence *s, struct arena *a, const struct facts *f);
void scannerevidence_end(struct scannerevidence *s, struct arena *a, struct evidence *e);

#endif

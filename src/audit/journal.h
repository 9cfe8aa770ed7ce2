/* audit/journal.h - what an audit has done so far, on disk, so that it can be taken up again:
 * one JSON object a line, the first one saying which audit it is.
 *
 * Input    a file of ours; what stands in it came from a server and is checked.
 * Memory   entries borrow from the arena given to journal_open.
 * Limits   JOURNAL_MAX bytes of file.
 * Threads  one at a time.
 * Errors   negative errno and a why. A last line that was not written whole is left out.
 */
#ifndef AUDIT_JOURNAL_H
#define AUDIT_JOURNAL_H

#include "audit/fate.h"
#include "base/why.h"

enum { JOURNAL_MAX = 256 << 20 };

/* Which audit: another one is not taken up. */
struct journal_head {
	str run;
	str target, from, rcpt;
	uint64_t seed;
};

enum journal_what { JOURNAL_SENT, JOURNAL_ARRIVED, JOURNAL_DIALOGUE };

struct journal_entry {
	enum journal_what what;
	str id;
	struct posting posting;	       /* SENT */
	struct arrival arrival;	       /* ARRIVED */
	enum fate_judgement judgement; /* DIALOGUE */
	str transcript, note;	       /* DIALOGUE */
};

typedef void journal_take_fn(void *ctx, const struct journal_entry *e);

struct journal {
	int fd;
	unsigned unsynced;
};

/* Shows what was done, then is ready for more. head->run is that of the file, when there is one.
 * -EEXIST: the file is of another audit. */
int journal_open(const char *path, struct arena *a, struct journal_head *head,
		 journal_take_fn *take, void *ctx, struct journal *ret, struct why *why) must_use;
int journal_add(struct journal *j, struct arena *a, const struct journal_entry *e, struct why *why)
	must_use;
void journal_close(struct journal *j);

#endif

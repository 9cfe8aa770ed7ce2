/* scan/greylist.h - a stranger with doubtful mail is asked to come back later, once.
 *
 * What is asked is whether there is a mail server with a queue behind it. A sender has several
 * origins: the network of the client (/19 or /64), the domain that SPF or a signature confirms,
 * and the Message-ID; so a retry from another address of the same provider is known again. Each
 * with recipient and reverse-path is a row of memory; with any of them old enough the message is
 * taken for all its recipients, and the client's address and the confirmed domains are not asked
 * again for greylist.keep.
 *
 * Rows of this kind have a fixed share of memory, and who floods it would make others strangers
 * again for as long. So a message makes few of them, and once its network made GREYLIST_HOUR in
 * about an hour only those of its first recipient: enough to be known again by.
 *
 * Input    envelope and facts are hostile.
 * Memory   in the caller's arena; one question and some notes to room memory, for mail that would
 *          be put off only.
 * Limits   GREYLIST_ORIGINS; recipients: GREYLIST_ASKED asked about and noted; GREYLIST_HOUR;
 *          MEMORY_MS for the answer.
 * Threads  pure but for the memory.
 * Errors   cannot fail: when memory cannot be asked, or told, nobody is put off.
 */
#ifndef SCAN_GREYLIST_H
#define SCAN_GREYLIST_H

#include "auth/results.h"
#include "inspect/facts.h"
#include "memory/memory.h"
#include "policy/envelope.h"
#include "policy/evidence.h"

enum {
	GREYLIST_SIGNERS = 2,
	GREYLIST_ORIGINS = 3 + GREYLIST_SIGNERS, /* network, Message-ID, SPF, signers */
	GREYLIST_ASKED = 10,
	GREYLIST_HOUR = 500, /* rows */
};

/* For a message that the verdict would put off. Adds one of GREYLIST_NEW, _EARLY (it is put off),
 * _CAME_BACK, _KNOWN, _UNASKED (it is not, by the rules); *ret_wait_s is how long the sender has
 * to wait, 0 when it has not. */
void greylist_ask(const struct memory *m, struct arena *a, const struct conf *conf,
		  const struct envelope *env, const struct facts *f,
		  const struct auth_results *auth, int64_t now, int64_t *ret_wait_s,
		  struct evidence *e);

#endif

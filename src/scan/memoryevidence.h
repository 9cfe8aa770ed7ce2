/* scan/memoryevidence.h - what is remembered of a message's sender, links and thread, as
 * evidence; and what is to be remembered of the message.
 *
 * What is learned is what was asked: the same names are counted as good or bad by what became of
 * the message, judged without the symbols of group "memory", so that an opinion never feeds
 * itself. A network teaches MEMORYEVIDENCE_HOURLY opinions an hour at most; names of links learn
 * nothing good from mail that nobody vouches for, a domain that is not authenticated nothing at
 * all.
 *
 * Input    envelope and facts are hostile.
 * Memory   in the caller's arena.
 * Limits   one question, MEMORY_MS for it; the enums below.
 * Threads  pure but for the memory.
 * Errors   cannot fail: what cannot be asked is no evidence.
 */
#ifndef SCAN_MEMORYEVIDENCE_H
#define SCAN_MEMORYEVIDENCE_H

#include "policy/evidence.h"
#include "policy/verdict.h"
#include "scan/memorynames.h"

enum {
	MEMORYEVIDENCE_SAMPLES = 5, /* below, there is no opinion (requirement R-146) */
	MEMORYEVIDENCE_DAYS = 14,   /* before, everybody is a stranger, and that means nothing */
	MEMORYEVIDENCE_MAILS = 50,  /* of late, for the same reason */
	MEMORYEVIDENCE_HOURLY = 60,
	MEMORYEVIDENCE_CORRESPONDENTS = 100, /* of one message: with more it is no correspondence */
};

/* What was asked about one message, and answered. */
struct memoryevidence {
	struct memorynames names;
	struct memory_fact facts[MEMORY_MAX_NAMES];
};

/* Adds REPLY, KNOWN_CORRESPONDENT, KNOWN_ELSEWHERE, KNOWN_UNCONFIRMED, FIRST_CONTACT,
 * FIRST_CONTACT_DOMAIN and
 * {IP,DOMAIN,SIGNER,URL}_REPUTATION_{WHITE,NEUTRAL,GREY,BLACK}. */
void memoryevidence_collect(const struct memory *m, struct arena *a, const struct conf *conf,
			    const struct envelope *env, const struct facts *f,
			    const struct auth_results *auth, int64_t now,
			    struct memoryevidence *ret, struct evidence *e);
/* After a message came in; delivered: its recipients have it, or it waits for them. */
void memoryevidence_learn(const struct memory *m, const struct envelope *env,
			  const struct memoryevidence *asked, const struct evidence *e,
			  const struct verdict *v, bool delivered, int64_t now);
/* After a message of ours went out: whom we know from now on, and which answers we expect. */
void memoryevidence_sent(const struct memory *m, struct arena *a, const struct conf *conf,
			 const struct envelope *env, const struct facts *f, int64_t now);

#endif

/* scan/senderevidence.h - what follows from the checks of the sender for the judgement: whose
 * signature is valid, exceptions of this site, and whether the sender can be answered.
 *
 * Input    hostile envelope and facts; results of auth/authcheck.h.
 * Memory   in the arena of the checks.
 * Limits   two domains are looked up, of the envelope and of the author.
 * Threads  pure but for the resolver.
 * Errors   cannot fail: what was not answered is no evidence.
 */
#ifndef SCAN_SENDEREVIDENCE_H
#define SCAN_SENDEREVIDENCE_H

#include "auth/authcheck.h"
#include "auth/mxcheck.h"
#include "conf/conf.h"
#include "policy/envelope.h"
#include "policy/evidence.h"

enum { SENDEREVIDENCE_QUESTIONS = MXCHECK_QUESTIONS, SENDEREVIDENCE_OTHERS = 8 };

/* Asks at once what the checks of the envelope will ask one after another, and the n others. */
void senderevidence_prefetch(struct authcheck *c, const struct envelope *env,
			     const struct dns_question *others, size_t n, deadline d);
/* What senderevidence_collect will ask about the author, to be asked with the rest. */
size_t senderevidence_questions(const struct facts *f,
				struct dns_question q[SENDEREVIDENCE_QUESTIONS]);
/* Adds SPF_EXCEPTED, DKIM_ALIGNED, DKIM_UNCOVERED, ARC_VOUCHED, SENDER_DOMAIN_UNKNOWN, MX_*. */
void senderevidence_collect(struct authcheck *c, const struct conf *conf,
			    const struct envelope *env, const struct facts *f,
			    const struct auth_results *found, deadline d, struct evidence *e);
/* Is a signature of that domain one of the author's, even when nothing says how strict he is?
 * One of the two is the other or below it. */
bool senderevidence_aligned(str signer, str author);

#endif

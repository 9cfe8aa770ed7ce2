/* policy/lure.h - what a page is made to bring its reader to, as evidence: a link to a site that
 * is not the author's and hardly a word beside it, the reader's own address in the subject or
 * behind the # of a link.
 *
 * Input    hostile values.   Memory  texts are in the arena or point into the input.
 * Limits   linear in text and links, for LURE_RECIPIENTS recipients; one symbol of each name.
 * Threads  pure.   Errors  cannot fail.
 */
#ifndef POLICY_LURE_H
#define POLICY_LURE_H

#include "inspect/facts.h"
#include "policy/envelope.h"
#include "policy/evidence.h"

enum { LURE_RECIPIENTS = 10 };

/* Adds PAGE_LEADS_ELSEWHERE, PAGE_OF_FEW_WORDS or TEXT_OF_FEW_WORDS, SUBJECT_NAMES_READER and
 * LINK_KNOWS_READER as they apply. */
void lure_evidence(struct arena *a, const struct envelope *envelope, const struct facts *facts,
		   struct evidence *out);

#endif

/* fetch/visitor.h - follows one link to where it leads, with as little noise as possible: HEAD
 * unless its content is wanted, no cookie, no referrer, no second visit; each hop's addresses are
 * looked at anew, and nothing inside is ever connected to.
 *
 * Input    links of hostile mail, answers of hostile servers.
 * Memory   in the caller's arena.
 * Limits   VISITOR_PAGE bytes of a page; the deadline; VISIT_HOPS.
 * Threads  any number.
 * Errors   none: VISIT_UNANSWERED.
 */
#ifndef FETCH_VISITOR_H
#define FETCH_VISITOR_H

#include "fetch/httpget.h"
#include "net/visit.h"

enum { VISITOR_PAGE = 64 << 10 };

/* Asks one server: httpget_run over a struct httpget_ways, or a world of one's own for tests. */
typedef int visitor_get_fn(const void *ctx, struct arena *a, const struct httpget *q,
			   struct httpget_answer *ret, struct why *why);

struct visitor {
	visitor_get_fn *get;
	const void *ctx;
	str ca;
	size_t hops; /* that are followed, at most VISIT_HOPS */
};

/* By httpget_run; ctx is a struct httpget_ways. */
visitor_get_fn visitor_by_http;
/* Who it says it is: what everybody says, for who shows scanners something else. */
str visitor_agent(void);

void visitor_follow(const struct visitor *v, struct arena *a, const struct visit_question *q,
		    deadline d, struct visit *ret);

#endif

/* net/visit.h - following a link to its end, as asked by who judges mail and answered by who speaks
 * HTTP; and how that travels on lanes.
 *
 * Input    visit_heard: what poterne-fetch says of hostile servers, hostile itself.
 * Memory   in the caller's arena, or slices of the message.
 * Limits   VISIT_HOPS redirections, VISIT_URL bytes of a URL, the others below. What is longer is
 *          cut, a URL left out.
 * Threads  pure; a source says for itself.
 * Errors   visit_heard: false, and nothing is believed.
 */
#ifndef NET_VISIT_H
#define NET_VISIT_H

#include "base/clock.h"
#include "sys/msg.h"

enum { VISIT_HOPS = 8, VISIT_URL = 4096, VISIT_TYPE = 127, VISIT_FILENAME = 255 };

enum visit_end {
	VISIT_PAGE,	  /* a server answered, and leads no further */
	VISIT_TOO_MANY,	  /* it leads further than is followed */
	VISIT_LOOP,	  /* it leads in a circle */
	VISIT_INTERNAL,	  /* the link, or the last hop, has an address that is not the Internet's */
	VISIT_UNANSWERED, /* nothing is known of the link, or of the last hop */
	VISIT_ENDS
};

struct visit {
	enum visit_end end;
	str hops[VISIT_HOPS]; /* where it leads, one after the other */
	size_t n;
	uint32_t code; /* status code of the last answer */
	str type;      /* of its content: "text/html", lower case; may be empty */
	str filename;  /* that the server says it is kept under; may be empty */
	bool download; /* the server says: attachment */
};

struct visit_question {
	str url;  /* http or https */
	bool get; /* its content is wanted too: HEAD says nothing there */
};

/* Who follows links. begin may be NULL: nobody does. */
struct visit_source {
	void *ctx;
	/* Begins n visits that are to be over by d, and does not wait for them. */
	void *(*begin)(void *ctx, struct arena *a, const struct visit_question *q, size_t n,
		       deadline d);
	/* Waits; ret holds as many. begun is what begin gave. */
	void (*end)(void *ctx, void *begun, struct arena *a, struct visit *ret);
};

/* Points into v. */
struct msg visit_tell(struct arena *a, const struct visit *v);
bool visit_heard(const struct msg *m, struct visit *ret) must_use;

#endif

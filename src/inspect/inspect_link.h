/* inspect/inspect_link.h - the judgement of one link: where it leads, whether it says so.
 *
 * Input    hostile.
 * Memory   facts in w->arena; scratch is for what is forgotten afterwards.
 * Limits   URLUNWRAP_MAX_DEPTH links inside one another.
 * Threads  one walk at a time.   Errors  none: facts.
 */
#ifndef INSPECT_LINK_H
#define INSPECT_LINK_H

#include "inspect/inspect_private.h"

struct inspect_link {
	uint32_t part;
	enum facts_url_where where;
	str base, url, shown;
	bool turned;   /* the text around it is written in the other direction */
	bool defanged; /* in plain text, where nobody can follow it */
};

void inspect_link_judge(struct walk *w, struct arena *scratch, const struct inspect_link *link);

#endif

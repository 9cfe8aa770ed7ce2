/* scan/urlcheck.h - where the links of a message lead, as somebody who follows them finds: a few of
 * them, and never those whose visit would do something in the name of the reader.
 *
 * What a link leads to is judged by a worker like a link of the message itself, so that lists and
 * rules see it; the rest is evidence.
 *
 *	urlcheck_begin ... something else meanwhile ... urlcheck_end
 *
 * Input    facts and what was found are hostile.
 * Memory   in the arena.
 * Limits   url_check.max_links of a message, one of each domain first; url_check.timeout.
 * Threads  as the source and the workers.
 * Errors   cannot fail: a link that nobody could follow is no evidence.
 */
#ifndef SCAN_URLCHECK_H
#define SCAN_URLCHECK_H

#include "conf/conf.h"
#include "net/visit.h"
#include "policy/evidence.h"
#include "rules/rules.h"
#include "scan/workers.h"

enum { URLCHECK_MAX = 50 };

/* Lists of lists/: links that are never visited; extensions of files a link should not lead to. */
#define URLCHECK_NEVER "link-check-never.txt"
#define URLCHECK_EXTENSIONS "link-extensions.txt"

struct urlcheck {
	const struct visit_source *source;
	const struct rules *rules;
	struct arena *arena;
	struct visit_question questions[URLCHECK_MAX];
	uint32_t parts[URLCHECK_MAX];
	size_t n;
	int64_t now;
	void *begun;
};

void urlcheck_begin(struct urlcheck *u, const struct visit_source *source, struct arena *a,
		    const struct conf *conf, const struct rules *rules, const struct facts *f,
		    int64_t now, deadline d);
/* generation: of the patterns (scan/workers.h). */
void urlcheck_end(struct urlcheck *u, struct workers *w, uint64_t generation, int64_t patience_ms,
		  deadline d, struct facts *f, struct evidence *e);

#endif

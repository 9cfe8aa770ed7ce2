#include "scan/morefacts.h"

/* All of them, of the same candidate, or nothing is known of it. */
static void add_candidate(struct arena *a, struct facts_candidate *c,
			  const struct facts_candidate *found, uint32_t part)
{
	if (c->set != found->set || found->hits.n > FACTS_MAX_HITS - c->hits.n) {
		c->set = 0;
		return;
	}
	for (size_t i = 0; i < found->hits.n; i++) {
		struct facts_hit *h = arena_push(a, &c->hits);

		*h = found->hits.v[i];
		h->part = part;
	}
}

void morefacts_add(struct arena *a, struct facts *f, const struct facts *found, uint32_t part)
{
	for (size_t i = 0; i < found->findings.n && f->findings.n < FACTS_MAX_FINDINGS; i++) {
		struct facts_finding *x = arena_push(a, &f->findings);

		*x = found->findings.v[i];
		x->part = part;
		x->offset = f->parts.n ? f->parts.v[part].offset : 0;
	}
	for (size_t i = 0; i < found->urls.n && f->urls.n < FACTS_MAX_URLS; i++) {
		struct facts_url *u = arena_push(a, &f->urls);

		*u = found->urls.v[i];
		u->part = part;
	}
	add_candidate(a, &f->candidate, &found->candidate, part);
	for (size_t i = 0; i < found->hits.n && f->hits.n < FACTS_MAX_HITS; i++) {
		struct facts_hit *h = arena_push(a, &f->hits);

		*h = found->hits.v[i];
		h->part = part;
	}
}

#include "scan/morefacts.h"

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
	for (size_t i = 0; i < found->hits.n && f->hits.n < FACTS_MAX_HITS; i++) {
		struct facts_hit *h = arena_push(a, &f->hits);

		*h = found->hits.v[i];
		h->part = part;
	}
}

#include "net/visit.h"

struct msg visit_tell(struct arena *a, const struct visit *v)
{
	struct msg m = { .type = MSG_visited };

	m.visited.end = v->end;
	m.visited.hops.v = arena_array(a, str, VISIT_HOPS);
	for (size_t i = 0; i < v->n; i++) {
		if (v->hops[i].n <= VISIT_URL)
			m.visited.hops.v[m.visited.hops.n++] = v->hops[i];
	}
	m.visited.code = v->code;
	m.visited.content_type = str_sub(v->type, 0, VISIT_TYPE);
	m.visited.filename = str_sub(v->filename, 0, VISIT_FILENAME);
	m.visited.download = v->download;
	return m;
}

bool visit_heard(const struct msg *m, struct visit *ret)
{
	const struct msg_visited *v = &m->visited;

	if (m->type != MSG_visited || v->end >= VISIT_ENDS || v->hops.n > VISIT_HOPS)
		return false;
	*ret = (struct visit){ .end = (enum visit_end)v->end,
			       .n = v->hops.n,
			       .code = (uint32_t)v->code,
			       .type = v->content_type,
			       .filename = v->filename,
			       .download = v->download != 0 };
	for (size_t i = 0; i < v->hops.n; i++)
		ret->hops[i] = v->hops.v[i];
	return true;
}

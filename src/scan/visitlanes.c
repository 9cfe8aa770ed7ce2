#include "scan/visitlanes.h"

#include "conf/exportrow.h"
#include "sys/metrics.h"

#include <errno.h>

enum { MARGIN_MS = 500 }; /* the other side gives up first */

struct begun {
	deadline until;
	size_t n;
	struct {
		struct chan *lane; /* NULL: not asked */
		uint64_t id;
	} v[];
};

/* A lane whose process has died has seen no question. */
static struct chan *ask(struct lanes *l, const struct msg *m, uint64_t *ret_id)
{
	for (;;) {
		struct chan *c = lanes_take_spared(l, EXPORTROW_LANES, ret_id);
		int r;

		if (!c)
			return NULL;
		r = chan_send(c, m, NULL);
		if (r == 0)
			return c;
		lanes_close(l, c, r);
		if (r != -EPIPE)
			return NULL;
	}
}

static void *begin(void *ctx, struct arena *a, const struct visit_question *q, size_t n, deadline d)
{
	struct begun *b = arena_alloc(a, sizeof(*b) + n * sizeof(b->v[0]));

	b->until = d + MARGIN_MS;
	b->n = n;
	for (size_t i = 0; i < n; i++) {
		struct msg m = { .type = MSG_visit,
				 .visit = { q[i].url, q[i].get, (uint64_t)clock_left(d) } };

		b->v[i].lane = ask(ctx, &m, &b->v[i].id);
	}
	return b;
}

static bool hear(struct lanes *l, struct chan *c, uint64_t id, struct arena *a, deadline until,
		 struct visit *ret)
{
	struct msg m;
	int r = chan_receive(c, a, until, &m, NULL);

	if (r == 0 && !visit_heard(&m, ret))
		r = -EPROTO;
	if (r < 0)
		lanes_close(l, c, r);
	else
		lanes_give(l, c, id);
	return r == 0;
}

static void end(void *ctx, void *begun, struct arena *a, struct visit *ret)
{
	struct begun *b = begun;

	for (size_t i = 0; i < b->n; i++) {
		ret[i] = (struct visit){ .end = VISIT_UNANSWERED };
		if (!b->v[i].lane)
			metrics_add(METRIC_scan_links_not_asked, 1);
		else if (!hear(ctx, b->v[i].lane, b->v[i].id, a, b->until, &ret[i]))
			metrics_add(METRIC_scan_links_failed, 1);
		else
			metrics_add(METRIC_scan_links_visited, 1);
	}
}

struct visit_source visitlanes_source(struct lanes *lanes)
{
	return (struct visit_source){ .ctx = lanes, .begin = begin, .end = end };
}

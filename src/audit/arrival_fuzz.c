#include "audit/arrival.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A message compared with itself is unaltered and unmarked, whatever it is; the same with more
 * behind it keeps no more pieces than it had. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 256 << 20);
	struct arrival_print *p = arena_make(a, struct arrival_print);
	str in = str_of(data, size);
	struct arrival same, more;

	arrival_print(a, in, p);
	bug_if(p->n_pieces > ARRIVAL_PIECES || p->n_fields > ARRIVAL_FIELDS);
	arrival_compare(a, p, STR("A|B"), in, &same);
	bug_if(same.altered || same.kept != same.pieces);
	bug_if(same.marked && p->n_fields < ARRIVAL_FIELDS);
	arrival_compare(a, p, STR(""), str_sub(in, 0, size / 2), &more);
	bug_if(more.kept > more.pieces || (more.defused && !more.altered));
	return 0;
}

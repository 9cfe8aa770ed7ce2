#include "conf/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Rows, and behind the first LF a domain: a table that was made sends each domain somewhere,
 * by a name that fits the message to the relay. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 256 << 20);
	struct conf *c = conf_new_default(a);
	str in = str_of(data, size), rows = str_sub(in, 0, str_chr(in, '\n'));
	str domain = str_skip(in, rows.n + 1), to;
	struct route_table t;
	struct why why;

	if (conf_set(c, STR("delivery.routes"), rows, &why) < 0 ||
	    route_table_make(a, c, &t, &why) < 0)
		return 0;
	to = route_destination(a, &t, domain);
	bug_if(to.n == 0 || to.n > ROUTE_DESTINATION_MAX);
	bug_if(!str_eq(to, route_destination(a, &t, domain)));
	return 0;
}

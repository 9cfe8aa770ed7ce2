/* What is taken for a row is within its bounds, and is the same row with more space in it. */
#include "conf/raterow.h"

#include <stddef.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("row", 4 * CONF_FILE_MAX);
	struct strbuf wider = strbuf_make(a, SIZE_MAX);
	str in = str_of(data, size);
	struct raterow row, again;
	size_t space;

	if (size > CONF_FILE_MAX || !raterow_parse(in, &row))
		return 0;
	bug_if(row.what >= RATEROW_WHATS || row.count > RATEROW_COUNT_MAX);
	bug_if((row.count == 0) != (row.period_s == 0) || row.period_s > 24 * 3600);
	bug_if(row.count == 0 && row.name.n == 0);
	space = str_chr(in, ' ');
	strbuf_put(&wider, str_sub(in, 0, space));
	strbuf_put(&wider, STR("  "));
	strbuf_put(&wider, str_skip(in, space + 1));
	in = strbuf_str(&wider);
	bug_if(!raterow_parse(in, &again) || again.what != row.what || again.count != row.count ||
	       again.period_s != row.period_s || !str_eq(again.name, row.name));
	return 0;
}

#include "lists/listfeed.h"
#include "lists/listtext.h"

/* Whatever a feed holds, what is made of it is the text of a list: each line one entry, as many
 * as were counted, each with its end. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_as(struct arena *a, unsigned format, str in, struct strbuf *out,
		   struct listfeed_count *count)
{
	struct listfeed_page page;
	struct why why;

	if (format == LISTFEED_FORMATS)
		return listfeed_taxii(a, in, STR("2026-12-01"), out, count, &page, &why);
	return listfeed_read(a, (enum listfeed_format)format, in, STR("2026-12-01"), out, count,
			     &why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 1 << 30);
	struct strbuf out = strbuf_make(a, 64 << 20);
	struct listfeed_count count = { 0 };
	struct listtext_bad bad;
	struct listentry e;
	struct listtext t;
	enum listtext_step step;

	if (size == 0 || size > 65536)
		return 0;
	if (read_as(a, data[0] % (LISTFEED_FORMATS + 1), str_of(data + 1, size - 1), &out, &count) <
	    0)
		return 0;
	t = listtext_make(strbuf_str(&out));
	while ((step = listtext_next(&t, a, &e, &bad)) != LISTTEXT_END) {
		bug_if(step == LISTTEXT_BAD || e.until == INT64_MAX);
		count.entries--;
	}
	bug_if(count.entries != 0);
	return 0;
}

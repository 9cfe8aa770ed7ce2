/* What an XML document declares does not depend on what stands before its declarations. */
#include "base/strbuf.h"
#include "document/xmlscan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 256 << 20);
	struct strbuf b = strbuf_make(a, size + 200);
	struct xmlscan one, two;

	for (size_t i = 0; i < size; i++) {
		if (!data[i] || data[i] > '~')
			return 0;
	}
	xmlscan_read(a, str_of(data, size), &one);
	strbuf_put(&b, STR("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"no\" ?>  "
			   "<!-- a comment that is longer than a probe, by far, indeed -->"));
	strbuf_put(&b, str_of(data, size));
	xmlscan_read(a, strbuf_str(&b), &two);
	bug_if(!str_eq(one.external, two.external) || one.bomb != two.bomb);
	return 0;
}

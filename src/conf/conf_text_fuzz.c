#include "conf/conf.h"

/* What decodes is written again as text that decodes to the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 512 << 20);
	struct conf *c = conf_new_default(a), *back = conf_new_default(a);
	struct strbuf x = strbuf_make(a, 64 << 20), y = strbuf_make(a, 64 << 20);
	struct why why;

	if (conf_text_decode(c, str_of(data, size), &why) < 0)
		return 0;
	conf_text_encode(c, CONF_FOR_ALL, &x);
	bug_if(conf_text_decode(back, strbuf_str(&x), &why) < 0);
	conf_text_encode(back, CONF_FOR_ALL, &y);
	bug_if(!str_eq(strbuf_str(&x), strbuf_str(&y)));
	return 0;
}

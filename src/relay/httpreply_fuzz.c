#include "relay/httpreply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A body is within its limit, and more bytes behind a whole answer do not change it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	enum { MAX = 1000 };
	str in = str_of(data, size), body, again;
	struct why why;

	if (httpreply_body(a, in, MAX, &body, &why) != HTTPREPLY_OK)
		return 0;
	bug_if(body.n > MAX);
	bug_if(httpreply_body(a, arena_fmt(a, "%.*sx", STR_ARG(in)), MAX, &again, &why) !=
		       HTTPREPLY_OK &&
	       str_chr(in, '\0') == STR_NONE);
	return 0;
}

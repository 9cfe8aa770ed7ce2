/* What is accepted is written so that it reads as the same URL again, and so does a
 * reference against itself as the base. */
#include "url/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 256 << 20);
	str in = str_of(data, size), first;
	struct url base, u, again;

	/* Two lines: a base and what is relative to it; or one. */
	bool two = str_chr(in, '\n') != STR_NONE && str_split(&in, '\n', &first) &&
		   url_parse(a, first, NULL, &base);

	if (!url_parse(a, in, two ? &base : NULL, &u))
		return 0;
	bug_if(!urlhost_ascii(u.href));
	bug_if(!url_parse(a, u.href, NULL, &again));
	bug_if(!str_eq(u.href, again.href) || !str_eq(u.host.text, again.host.text));
	bug_if(u.host.kind != again.host.kind || u.port != again.port);
	bug_if(!str_eq(u.path, again.path));
	return 0;
}

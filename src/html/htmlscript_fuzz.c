/* Payloads are no longer than what they are coded in allows, in number within the limit, and each
 * use has its word. */
#include "html/htmlscript.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 256 << 20);
	struct htmlscript s = htmlscript_make(a, size);

	htmlscript_read(&s, str_of(data, size));
	htmlscript_end(&s);
	bug_if(s.payloads.n > HTMLSCRIPT_PAYLOADS_MAX || s.urls.n > HTMLSCRIPT_URLS_MAX);
	bug_if(s.all.overflow);
	for (size_t i = 0; i < s.payloads.n; i++)
		bug_if(s.payloads.v[i].n > 4 * size);
	for (size_t i = 0; i < 12; i++)
		bug_if(!!(s.uses & 1u << i) != (s.words[i].n > 0));
	return 0;
}

/* Objects are no longer than their text, and nothing is reported twice without need. */
#include "document/rtf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 512 << 20);
	str in = str_of(data, size);
	struct rtf r;

	rtf_read(a, in, &r);
	bug_if(r.objects.n > RTF_OBJECTS_MAX || r.fields.n > RTF_FIELDS_MAX);
	bug_if(r.text.n > RTF_TEXT_MAX || r.markup.n > RTF_TEXT_MAX);
	for (size_t i = 0; i < r.objects.n; i++) {
		bug_if(r.objects.v[i].data.n > size || r.objects.v[i].all.n > size);
		bug_if(r.objects.v[i].all.n && r.objects.v[i].all.n < r.objects.v[i].data.n);
	}
	return 0;
}

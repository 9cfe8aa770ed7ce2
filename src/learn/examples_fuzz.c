/* Any bytes are read up to the damage; what was read is written again as it was. */
#include "learn/examples.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 256 << 20);
	struct strbuf out = strbuf_make(a, 64 << 20);
	str head = examples_head(a, 42);
	struct examples e;

	if (examples_read(a, str_of(data, size), &e))
		bug_if(e.sound > size);
	/* behind a head of ours, since no input guesses its checksum */
	strbuf_put(&out, head);
	strbuf_put(&out, str_of(data, size));
	bug_if(!examples_read(a, strbuf_str(&out), &e));
	bug_if(e.sound > out.n || e.sound < head.n || (!e.damaged && e.sound != out.n));
	for (size_t i = 0; i < e.v.n; i++) {
		for (int v = 0; v < FEATURES_VIEWS; v++)
			bug_if(!features_valid(e.v.v[i]->features.view[v]));
	}
	return 0;
}

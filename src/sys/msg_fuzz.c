/* Whatever decodes encodes again, to the same bytes. */
#include "sys/msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 16 << 20);
	struct strbuf out = strbuf_make(a, CHAN_MAX_BYTES);
	str in = str_of(data, size);
	struct msg m;

	if (size <= CHAN_MAX_BYTES && msg_decode(in, a, &m))
		bug_if(!msg_encode(&m, &out) || !str_eq(strbuf_str(&out), in));
	return 0;
}

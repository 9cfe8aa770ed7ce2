/* Strict text is canonical: it encodes to itself; lenient reading agrees with strict. */
#include "base/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	struct strbuf strict = strbuf_make(a, size), lenient = strbuf_make(a, size);
	struct strbuf text = strbuf_make(a, size * 2 + 4), back = strbuf_make(a, size);
	str in = str_of(data, size);
	struct base64_seen seen;

	base64_decode_lenient(&lenient, in, &seen);
	bug_if(lenient.overflow || lenient.n > size * 3 / 4 + 3);
	if (base64_decode(&strict, in)) {
		base64_encode(&text, strbuf_str(&strict));
		bug_if(!str_eq(strbuf_str(&text), in));
		bug_if(!str_eq(strbuf_str(&strict), strbuf_str(&lenient)));
		bug_if(seen.foreign || seen.data_after_pad || seen.truncated);
		strbuf_clear(&text);
	}
	base64_encode(&text, in);
	bug_if(!base64_decode(&back, strbuf_str(&text)) || !str_eq(strbuf_str(&back), in));
	return 0;
}

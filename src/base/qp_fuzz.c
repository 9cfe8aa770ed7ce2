/* What is encoded comes back, but for line ends, which all become CRLF. */
#include "base/qp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	struct strbuf plain = strbuf_make(a, size), word = strbuf_make(a, size);
	struct strbuf text = strbuf_make(a, size * 4 + 16), back = strbuf_make(a, size * 4 + 16);
	struct strbuf wanted = strbuf_make(a, size * 2);
	str in = str_of(data, size);

	bug_if(qp_decode(&plain, in) > size || plain.overflow);
	bug_if(qp_decode_word(&word, in) > size || word.overflow);
	qp_encode(&text, in);
	bug_if(qp_decode(&back, strbuf_str(&text)) != 0);
	for (size_t i = 0; i < in.n; i++) {
		if (in.p[i] == '\n' && (i == 0 || in.p[i - 1] != '\r'))
			strbuf_char(&wanted, '\r');
		strbuf_char(&wanted, in.p[i]);
	}
	bug_if(!str_eq(strbuf_str(&back), strbuf_str(&wanted)));
	return 0;
}

#include "relay/maildirname.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Decoding gives back what was encoded; the name is one visible path component. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 1 << 20);
	struct strbuf back = strbuf_make(a, 1024);
	struct maildir_name name, again;
	str in = str_of(data, size);

	if (maildirname_encode(in, &name)) {
		bug_if(name.text[0] == '.' || strchr(name.text, '/') || !name.text[0]);
		bug_if(!maildirname_decode(&back, str_c(name.text)) ||
		       !str_eq(strbuf_str(&back), in));
	}
	strbuf_clear(&back);
	if (size <= MAILDIRNAME_MAX && maildirname_decode(&back, in)) {
		/* Lower-case digits decode to the same bytes, and encode with upper-case ones. */
		if (maildirname_encode(strbuf_str(&back), &again))
			bug_if(!str_caseeq(str_c(again.text), in));
	}
	return 0;
}

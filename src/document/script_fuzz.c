/* A text is the same script in bytes and in UTF-16. */
#include "document/script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	char *wide = arena_alloc(a, 2 * size + 2);
	str bytes = str_of(data, size), both;

	wide[0] = '\xff';
	wide[1] = '\xfe';
	for (size_t i = 0; i < size; i++) {
		if (data[i] != '\n' && (data[i] < ' ' || data[i] > '~'))
			return 0;
		wide[2 * i + 2] = bytes.p[i];
	}
	both = str_of(wide, 2 * size + 2);
	bug_if(!str_eq(script_text(a, both), bytes));
	bug_if(!str_eq(script_language(both), script_language(bytes)));
	bug_if(script_may_be_of_page(bytes) && str_casefind(bytes, STR("wscript")) != STR_NONE);
	bug_if(!str_eq(script_signature(both), script_signature(bytes)));
	return 0;
}

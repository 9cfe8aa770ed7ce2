/* Whatever comes in, UTF-8 comes out. */
#include "base/utf8.h"
#include "mime/encoded_word.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 256 << 20);
	struct charsets charsets = { 0 };
	uint32_t seen = 0;

	bug_if(!utf8_valid(encoded_word_decode(&charsets, a, str_of(data, size), &seen)));
	charset_close(&charsets);
	return 0;
}

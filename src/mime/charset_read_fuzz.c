/* Whatever bytes are declared to be, their text is UTF-8. The first byte is the length of the
 * declared name, which follows it. */
#include "base/utf8.h"
#include "mime/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 256 << 20);
	cleanup(charset_close) struct charsets charsets = { 0 };
	str in = str_of(data, size), text;
	size_t name = in.n ? (unsigned char)in.p[0] % 24 : 0;

	(void)charset_read(&charsets, a, str_sub(in, 1, 1 + name), str_skip(in, 1 + name), &text);
	bug_if(!utf8_valid(text));
	return 0;
}

/* A body part's header: the type is lower case and whole, the name is UTF-8. */
#include "base/utf8.h"
#include "mime/content.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 256 << 20);
	struct header_reader r = header_reader_make(str_of(data, size));
	struct charsets charsets = { 0 };
	struct content c;

	content_read(&charsets, a, &r, STR("text/plain"), &c);
	bug_if(str_chr(c.type, '/') == STR_NONE || str_chr(c.type, ';') != STR_NONE);
	bug_if(!utf8_valid(c.filename));
	charset_close(&charsets);
	return 0;
}

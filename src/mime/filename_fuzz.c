/* Readings of valid UTF-8 are valid UTF-8, each with an extension of its own. */
#include "base/utf8.h"
#include "mime/filename.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	str name = str_of(data, size);
	struct filename_readings r;

	filename_read(a, name, &r);
	bug_if(r.n > FILENAME_READINGS_MAX);
	for (size_t i = 0; i < r.n; i++) {
		str extension = filename_extension(a, r.v[i]);

		bug_if(!extension.n || str_eq(extension, filename_extension(a, name)));
	}
	return 0;
}

/* What is said of a zip file lies inside it, and looking twice says the same. */
#include "archive/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 256 << 20);
	str bytes = str_of(data, size), clear;
	struct zip_report report, again;
	struct zip z;

	if (!zip_open(bytes, &z))
		return 0;
	bug_if(z.directory > size || z.end > size || z.before > size);
	zip_examine(a, &z, &report);
	zip_examine(a, &z, &again);
	bug_if(report.flags != again.flags || report.members != again.members);
	bug_if(report.unlisted_n > ZIP_UNLISTED_MAX || report.renamed_n > ZIP_RENAMED_MAX);
	for (uint32_t i = 0; i < report.unlisted_n; i++)
		bug_if(report.unlisted[i] >= size);
	clear = zip_without_encryption(a, &z);
	bug_if(clear.n != size);
	for (size_t i = 0; i < size; i++) /* at most that one bit is missing */
		bug_if((clear.p[i] ^ (char)data[i]) & ~1);
	return 0;
}

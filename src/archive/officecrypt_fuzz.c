/* No stream and no header makes it read behind its end, or work longer than it may. */
#include "archive/officecrypt.h"
#include "archive/olestream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 256 << 20);
	str bytes = str_of(data, size), info, package, plain;
	uint64_t effort = 60000;

	info = olestream_read(a, bytes, STR("EncryptionInfo"));
	package = olestream_read(a, bytes, STR("EncryptedPackage"));
	if (!info.n)
		info = package = bytes;
	if (officecrypt_open(a, info, package, STR("x"), &effort, &plain))
		bug_if(plain.n > package.n);
	bug_if(effort > 60000);
	return 0;
}

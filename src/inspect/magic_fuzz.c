/* A type is known together with its family, and is one that the codec carries. */
#include "base/utf8.h"
#include "inspect/magic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct magic m = magic_detect(str_of(data, size));
	struct magic script = magic_detect_script(str_of(data, size));
	struct magic text = magic_detect_text(str_of(data, size));

	bug_if((m.type.n == 0) != (m.family == MAGIC_UNKNOWN) || !utf8_valid(m.type));
	bug_if((script.type.n == 0) != (script.family == MAGIC_UNKNOWN));
	bug_if((text.type.n == 0) != (text.family == MAGIC_UNKNOWN));
	return 0;
}

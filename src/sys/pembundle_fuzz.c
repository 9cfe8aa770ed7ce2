/* Property: every entry lies within the block, and reading moves forward to its end. */
#include "sys/pembundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str rest = str_of(data, size);
	struct pembundle_entry e;
	size_t before = rest.n;

	while (pembundle_next(&rest, &e)) {
		bug_if(rest.n >= before);
		bug_if(e.file.n + e.chain.n + e.key.n > before - rest.n);
		before = rest.n;
	}
	return 0;
}

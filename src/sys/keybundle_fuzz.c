/* Property: every entry lies within the block, and reading moves forward to its end. */
#include "sys/keybundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str rest = str_of(data, size);
	struct keybundle_entry e;
	size_t before = rest.n;

	while (keybundle_next(&rest, &e)) {
		bug_if(rest.n >= before);
		bug_if(e.domain.n + e.selector.n + e.file.n + e.key.n > before - rest.n);
		before = rest.n;
	}
	return 0;
}

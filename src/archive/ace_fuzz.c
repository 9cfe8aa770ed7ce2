/* Each step goes forward and stays inside. */
#include "archive/ace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ace_member m;
	size_t at = 0, before = 0;

	while (ace_next(str_of(data, size), &at, &m)) {
		bug_if(at <= before || at > size || m.data.n > size || m.name.n > size);
		before = at;
	}
	return 0;
}

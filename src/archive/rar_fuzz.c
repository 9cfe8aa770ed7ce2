/* Each step goes forward and stays inside. */
#include "archive/rar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rar_member m;
	struct rar r;
	size_t before = 0;

	if (!rar_open(str_of(data, size), &r))
		return 0;
	while (rar_next(&r, &m)) {
		bug_if(r.at <= before || r.at > size || m.name.n > size);
		before = r.at;
	}
	return 0;
}

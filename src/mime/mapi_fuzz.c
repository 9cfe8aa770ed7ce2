/* Values lie inside the list, and the list has an end. */
#include "mime/mapi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mapi m = mapi_make(str_of(data, size));
	struct mapi_property p;
	size_t n = 0;

	while (mapi_next(&m, &p))
		bug_if(p.value.n > size || ++n > size / 4);
	return 0;
}

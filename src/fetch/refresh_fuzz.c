#include "fetch/refresh.h"

/* What is found lies within the page, and is found in time that is linear. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(str in, str found)
{
	bug_if(found.n && (found.p < in.p || found.p + found.n > in.p + in.n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str in = str_of(data, size);

	check(in, refresh_of_field(in));
	check(in, refresh_of_page(in));
	return 0;
}

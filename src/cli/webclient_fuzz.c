#include "cli/webclient.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A body is what stands at the end of the answer. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str answer = str_of(data, size), body;

	if (webclient_body(answer, &body)) {
		bug_if(body.n + 16 > size || body.p + body.n != answer.p + answer.n);
		bug_if(!str_ends(str_sub(answer, 0, size - body.n), STR("\r\n\r\n")));
	}
	return 0;
}

#include "audit/imapline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read stands in the line; identifiers are numbers; what was quoted is found again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str in = str_of(data, size), rest;
	struct imapline l;
	char quoted[512];
	uint32_t uid;
	size_t n = 0;

	if (imapline_read(in, STR("a1"), &l) == IMAPLINE_UNTAGGED) {
		bug_if(l.rest.n > in.n);
		rest = l.rest;
		while (imapline_next_uid(&rest, &uid))
			bug_if(uid == 0 || ++n > in.n);
	}
	if (imapline_quote(in, quoted, sizeof(quoted), &n)) {
		bug_if(n > sizeof(quoted) || n < in.n + 2);
		for (size_t i = 1, at = 0; i < n - 1; i++, at++) {
			i += quoted[i] == '\\';
			bug_if(quoted[i] != in.p[at]);
		}
	}
	return 0;
}

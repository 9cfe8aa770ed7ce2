#include "reporting/tlsrptrecord.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Addresses are slices of the record, none is empty, and none holds what would end a header. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str txt = str_of(data, size);
	struct tlsrptrecord record;

	if (!tlsrptrecord_parse(txt, &record))
		return 0;
	bug_if(!tlsrptrecord_is(txt) || record.n == 0 || record.n > TLSRPTRECORD_URIS);
	for (size_t i = 0; i < record.n; i++) {
		str uri = record.uris[i];

		bug_if(uri.n == 0 || uri.p < txt.p || uri.p + uri.n > txt.p + txt.n);
		for (size_t k = 0; k < uri.n; k++)
			bug_if(uri.p[k] <= ' ' || uri.p[k] == ',' || uri.p[k] == ';');
	}
	return 0;
}

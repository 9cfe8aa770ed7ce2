#include "auth/spf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Terms are slices of the record, and a refused record has a printable reason. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new("fuzz", 64 << 20);
	str txt = str_of(data, size), reason;
	struct spf_record record;

	if (size > 16384)
		goto out;
	if (spf_parse(a, txt, &record, &reason) == SPF_OK) {
		for (size_t i = 0; i < record.n; i++) {
			const struct spf_term *t = &record.terms[i];

			bug_if(t->text.p < txt.p || t->text.p + t->text.n > txt.p + txt.n);
			bug_if(t->prefix4 > 32 || t->prefix6 > 128);
		}
		bug_if(!spf_is_record(txt));
	} else {
		for (size_t i = 0; i < reason.n; i++)
			bug_if((unsigned char)reason.p[i] < 0x20);
	}
out:
	arena_free(a);
	return 0;
}

#include "auth/dmarcrecord.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(str inner, str outer)
{
	bug_if(inner.n && (inner.p < outer.p || inner.p + inner.n > outer.p + outer.n));
}

/* Lists are bounded, what is quoted stands in the record, problems are printable, and a record
 * that cannot be used asks for nothing. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new("fuzz", 64 << 20);
	str txt = str_of(data, size);
	struct dmarcrecord r;

	if (size > 16384 || !dmarcrecord_parse(a, txt, &r))
		goto out;
	bug_if(!dmarcrecord_is(txt));
	bug_if(r.n_rua > DMARCRECORD_MAX_URIS || r.n_ruf > DMARCRECORD_MAX_URIS);
	for (size_t i = 0; i < r.n_rua; i++) {
		within(r.rua[i].uri, txt);
		bug_if(r.rua[i].host.n > r.rua[i].mailbox.n);
	}
	for (size_t i = 0; i < r.n_problems; i++)
		for (size_t k = 0; k < r.problems[i].n; k++)
			bug_if((unsigned char)r.problems[i].p[k] < 0x20);
	bug_if(r.n_problems > DMARCRECORD_MAX_PROBLEMS);
	bug_if(!r.usable && (r.n_rua || r.psd == 'y') && r.p != DMARC_POLICY_NONE);
	bug_if(dmarcrecord_for_subdomain(&r, true) > DMARC_POLICY_REJECT);
out:
	arena_free(a);
	return 0;
}

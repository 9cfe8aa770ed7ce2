#include "relay/stspolicy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What passes for a policy is in bounds, and names hosts only. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 16 << 20);
	str in = str_of(data, size), id;
	struct stspolicy p;
	struct why why;

	if (stspolicy_record_id(in, &id))
		bug_if(id.n == 0 || id.n > STSPOLICY_ID_MAX);
	if (stspolicy_parse(a, in, &p, &why) < 0)
		return 0;
	bug_if(p.max_age < 0 || p.max_age > STSPOLICY_AGE_MAX || p.n_mx > STSPOLICY_MX_MAX);
	bug_if(p.mode != STSPOLICY_NONE && p.n_mx == 0);
	for (size_t i = 0; i < p.n_mx; i++) {
		bool wild = str_starts(p.mx[i], STR("*."));

		bug_if(str_chr(p.mx[i], ' ') != STR_NONE || str_chr(p.mx[i], '\r') != STR_NONE);
		bug_if(!wild && !stspolicy_matches(&p, p.mx[i]));
	}
	return 0;
}

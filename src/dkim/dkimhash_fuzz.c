/* Whatever the message, each signature has a digest or a reason, and a body's hash is one. */
#include "dkim/dkimhash.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 1 << 28);
	struct dkimhash_message *m;
	struct dkim_facts *f;
	size_t n;

	if (size > 1 << 18)
		return 0;
	m = dkimhash_open(a, str_of(data, size));
	f = dkimhash_signatures(m, &n);
	bug_if(n > DKIMHASH_MAX_SIGNATURES);
	for (size_t i = 0; i < n; i++) {
		size_t digest = f[i].algorithm == DKIMSIG_RSA_SHA1 ? 20 : 32;

		bug_if(f[i].malformed && !f[i].problem.n);
		bug_if(f[i].digest.n != (f[i].problem.n ? 0 : digest));
		bug_if(!f[i].problem.n && !f[i].domain.n);
		bug_if(f[i].uncovered && !f[i].has_length);
		bug_if(f[i].problem.n && f[i].body_matches);
	}
	return 0;
}

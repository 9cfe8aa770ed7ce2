/* Property: a chain without a problem has sets 1 to n, each with its parts read from the
 * message; with a problem it has none; and its canonical form is that of 3 n fields. */
#include "dkim/arcset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t lines_of(str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new("fuzz", 64 << 20);
	struct arcset_facts f;

	if (size <= 65536) {
		arcset_find(a, dkimhash_open(a, str_of(data, size)), true, &f);
		bug_if(f.n > ARCSET_MAX || f.highest > ARCSET_MAX);
		bug_if(f.problem.n && (f.n || f.chain.n || !f.present));
		bug_if(!f.problem.n && f.n != f.highest);
		bug_if(f.present && !f.problem.n && !f.n);
		bug_if(f.chain.n && lines_of(f.chain) != 3 * f.n);
		for (size_t i = 0; i < f.n; i++)
			bug_if(!f.sets[i].seal.problem.n && f.sets[i].seal.digest.n != 32);
	}
	arena_free(a);
	return 0;
}

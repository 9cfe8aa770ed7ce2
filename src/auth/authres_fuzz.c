#include "auth/authres.h"

#include "base/strbuf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static str written(struct arena *a, str value, bool folded)
{
	struct strbuf b = strbuf_make(a, 64 << 20);
	struct authres r;

	if (!authres_parse(a, value, &r))
		return STR_NULL;
	bug_if(r.n > AUTHRES_MAX_RESULTS);
	for (size_t i = 0; i < r.n; i++)
		bug_if(r.results[i].n > AUTHRES_MAX_PROPERTIES);
	authres_put(&b, &r, folded);
	return strbuf_str(&b);
}

/* What is written is printable ASCII and reads back as the same, folded or not. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new("fuzz", 1 << 30);
	str once = written(a, str_of(data, size), false);

	if (once.p) {
		for (size_t i = 0; i < once.n; i++)
			bug_if(once.p[i] < ' ' || once.p[i] >= 0x7f);
		bug_if(!str_eq(written(a, once, false), once));
		bug_if(!str_eq(written(a, written(a, once, true), false), once));
	}
	arena_free(a);
	return 0;
}

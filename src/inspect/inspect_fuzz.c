/* Any message gives facts that keep their promises and survive the codec. */
#include "base/utf8.h"
#include "inspect/findings.h"
#include "inspect/inspect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct inspect_limits limits = { 6, 50, 100, 4 << 20, .features_key = 42 };
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 512 << 20);
	struct facts f, again;

	inspect_message(a, str_of(data, size), NULL, &limits, &f);
	bug_if(f.parts.n == 0 || f.parts.n > limits.max_parts);
	bug_if(f.headers.n > limits.max_headers || f.message_size != size);
	bug_if(!utf8_valid(f.text) || f.text.n > FACTS_MAX_TEXT);
	for (size_t i = 1; i < f.parts.n; i++)
		bug_if(f.parts.v[i].parent >= i || !utf8_valid(f.parts.v[i].filename));
	for (size_t i = 0; i < f.findings.n; i++)
		bug_if(!findings_known(f.findings.v[i].name) || f.findings.v[i].part >= f.parts.n);
	bug_if(!facts_decode(a, facts_encode(a, &f), &again));
	bug_if(again.parts.n != f.parts.n || again.findings.n != f.findings.n);
	bug_if(again.headers.n != f.headers.n || !str_eq(again.text, f.text));
	return 0;
}

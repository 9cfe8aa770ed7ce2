/* A date that parses is written and parses to the same second; numbers keep their bounds. */
#include "base/clock.h"
#include "base/num.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 1 << 20);
	struct strbuf b = strbuf_make(a, 100);
	str in = str_of(data, size);
	int64_t wall, again, i;
	uint64_t u, v;
	double d;

	if (clock_parse_rfc5322(in, &wall)) {
		clock_put_rfc5322(&b, wall);
		bug_if(!clock_parse_rfc5322(strbuf_str(&b), &again) || again != wall);
	}
	strbuf_clear(&b);
	if (clock_parse_rfc3339(in, &wall)) {
		clock_put_rfc3339(&b, wall);
		bug_if(!clock_parse_rfc3339(strbuf_str(&b), &again) || again != wall);
	}
	bug_if(num_u64(in, &u) && !num_size(in, &v));
	bug_if(num_double(in, &d) && (d > 1e15 || d < -1e15));
	bug_if(num_u64_max(in, 10, &u) && u > 10);
	bug_if(num_i64(in, &i) && i < 0 && in.p[0] != '-');
	bug_if(num_hex(in, &u) && size == 0);
	bug_if(num_duration(in, &u) && num_u64(in, &v));
	return 0;
}

#include "sys/metricstext.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was understood of any text is put and got again as the same numbers. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new("fuzz", 64 << 20);
	struct metricstext_values first, again;
	struct strbuf text = strbuf_make(a, METRICSTEXT_MAX);

	if (size <= METRICSTEXT_MAX && metricstext_get(a, str_of(data, size), &first)) {
		metricstext_put(&text, &first);
		bug_if(text.overflow);
		bug_if(!metricstext_get(a, strbuf_str(&text), &again));
		bug_if(memcmp(&first, &again, sizeof(first)) != 0);
	}
	arena_free(a);
	return 0;
}

/* What is valid is walked in ascending order, within the buckets, and is written again as it was.
 */
#include "features/features.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_encoding(str encoded)
{
	struct features_cursor c = features_begin(encoded);
	uint32_t bucket;
	int64_t last = -1;
	size_t n = 0;

	while (features_next(&c, &bucket)) {
		bug_if(bucket >= FEATURES_BUCKETS || bucket <= last);
		last = bucket;
		n++;
	}
	bug_if(n > FEATURES_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	struct features_set *s = features_new(a, 42, FEATURES_TEXT);
	str encoded;

	if (features_valid(str_of(data, size)))
		check_encoding(str_of(data, size));
	features_grams(s, 6, str_of(data, size));
	features_token(s, 't', str_of(data, size), str_of(data, size / 2));
	encoded = features_encode(a, s);
	bug_if(!features_valid(encoded));
	check_encoding(encoded);
	return 0;
}

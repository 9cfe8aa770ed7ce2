#include "rules/rules_loader.h"

/* Every entry that was read is found again, in whatever case, before it expires. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 512 << 20);
	struct rules *rules = arena_make(a, struct rules);
	struct why why;
	struct rules_loader l = { .arena = a, .rules = rules, .why = &why };
	const struct map_slot *slot;
	size_t at = 0;

	if (rules_list_load_text(&l, "l.txt", str_of(data, size)) < 0)
		return 0;
	while ((slot = map_next(&rules->lists.v[0]->entries, &at))) {
		bug_if(slot->key.n == 0);
		bug_if(!rules_list_has(rules->lists.v[0], slot->key, INT64_MIN));
	}
	return 0;
}

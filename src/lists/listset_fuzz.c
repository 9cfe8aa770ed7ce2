#include "lists/listset.h"

/* Text becomes a set that finds every entry again before it expires; and a block of any bytes
 * is searched without harm. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool find(const struct listset *s, const struct listentry *e, struct listset_hit *hit)
{
	struct listkey_set keys = { .n = 1, .v = { e->key } };

	if (e->key.kind == LISTKEY_NETWORK) {
		keys.n = 0;
		keys.ip = ip_of(e->key.text.p + 1, e->key.text.n - 1);
	}
	return listset_find(s, &keys, INT64_MIN, hit);
}

static void from_text(struct arena *a, str text)
{
	struct listtext t = listtext_make(text);
	size_t room = listset_room(text.n + 1, text.n);
	struct listbuilder b = listset_begin(arena_alloc(a, room), room, text.n + 1, 7);
	struct listtext_bad bad;
	struct listentry e;
	struct listset_hit hit;
	struct listset s;
	enum listtext_step step;

	while ((step = listtext_next(&t, a, &e, &bad)) != LISTTEXT_END) {
		if (step == LISTTEXT_ENTRY && listset_add(&b, &e) == LISTSET_ADDED &&
		    e.key.kind != LISTKEY_GLOB)
			bug_if(!find(&b.set, &e, &hit));
	}
	bug_if(!listset_open(listset_end(&b, 0), &s));
	for (size_t at = 0; listset_next(&s, &at, &hit);)
		s.n--;
	bug_if(s.n != 0);
}

static void from_block(struct arena *a, str block)
{
	struct listkey_set keys;
	struct listset_hit hit;
	struct listset s;

	if (!listset_open(block, &s))
		return;
	listkey_domain(a, STR("a.example"), &keys);
	defs_ignore(listset_find(&s, &keys, 0, &hit));
	listkey_client((struct ip){ 4, { 192, 0, 2, 1 } }, &keys);
	defs_ignore(listset_find(&s, &keys, 0, &hit));
	for (size_t at = 0; listset_next(&s, &at, &hit);)
		bug_if(hit.text.n > block.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 1 << 30);

	if (size > 65536)
		return 0;
	from_text(a, str_of(data, size));
	from_block(a, str_of(data, size));
	return 0;
}

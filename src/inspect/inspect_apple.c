#include "inspect/inspect_private.h"

#include "base/reader.h"

enum { ENTRIES_MAX = 64, DATA_FORK = 1, REAL_NAME = 3, HEADER = 24 };

/* AppleSingle and AppleDouble (RFC 1740 appendix A): the file is one of the entries. */
void inspect_apple_open(struct walk *w, uint32_t index, str bytes, struct magic m, uint32_t depth)
{
	struct reader r = reader_make(bytes);
	str data = STR_NULL, name = STR("");
	uint32_t n, part;
	str text;

	(void)m;
	reader_skip(&r, HEADER);
	n = reader_u16be(&r);
	for (uint32_t i = 0; i < n && i < ENTRIES_MAX && !r.bad; i++) {
		uint32_t id = reader_u32be(&r), at = reader_u32be(&r), size = reader_u32be(&r);
		str entry = str_sub(str_skip(bytes, at), 0, size);

		if (id == DATA_FORK)
			data = entry;
		if (id == REAL_NAME)
			name = entry;
	}
	if (r.bad || n > ENTRIES_MAX || depth >= w->limits.max_depth) {
		walk_part(w, index)->flags |= FACTS_PART_UNINSPECTED;
		walk_find(w, FINDING_ARCHIVE_BROKEN, index, STR("AppleSingle"));
		return;
	}
	part = data.n ? walk_add_part(w, index, '/', 1) : WALK_NO_PART;
	if (part == WALK_NO_PART)
		return;
	(void)charset_to_utf8(&w->charsets, w->arena, STR("utf-8"), name, &text);
	walk_part(w, part)->type = STR("application/octet-stream");
	walk_part(w, part)->flags = FACTS_PART_ATTACHMENT | FACTS_PART_IN_ARCHIVE;
	walk_part(w, part)->filename = arena_str(w->arena, text);
	if (text.n)
		inspect_name_check(w, part, walk_part(w, part)->filename, false);
	inspect_leaf_examine(w, part, data, depth + 1);
}

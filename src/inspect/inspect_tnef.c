#include "inspect/inspect_private.h"

#include "base/reader.h"

/* Attributes of MS-OXTNEF 2.1.3.3. */
enum {
	ATT_TITLE = 0x00018010,
	ATT_DATA = 0x0006800f,
	ATT_REND_DATA = 0x00069002, /* begins an attachment */
	ATT_PROPERTIES = 0x00069005
};

struct tnef {
	struct walk *w;
	uint32_t index, depth, number;
	str title, data;
	bool has_data;
};

static void take_attachment(struct tnef *t, str name, str data)
{
	uint32_t part = walk_add_part(t->w, t->index, '/', ++t->number);
	struct facts_part *p;
	str text;

	if (part == WALK_NO_PART)
		return;
	(void)charset_to_utf8(&t->w->charsets, t->w->arena, STR("windows-1252"),
			      str_sub(name, 0, str_chr(name, '\0')), &text);
	p = walk_part(t->w, part);
	p->flags = FACTS_PART_ATTACHMENT | FACTS_PART_IN_ARCHIVE;
	p->type = STR("application/octet-stream");
	p->filename = arena_str(t->w->arena, text);
	inspect_name_check(t->w, part, p->filename, false);
	inspect_leaf_examine(t->w, part, data, t->depth + 1);
}

static void end_attachment(struct tnef *t)
{
	if (t->has_data)
		take_attachment(t, t->title, t->data);
	t->title = t->data = STR("");
	t->has_data = false;
}

/* A message that is attached stands among the properties, as TNEF of its own. */
static void look_into_properties(struct tnef *t, str data)
{
	size_t at = str_find(data, STR("\x78\x9f\x3e\x22"));

	if (at != STR_NONE)
		take_attachment(t, STR(""), str_skip(data, at));
}

static void take_attribute(struct tnef *t, uint32_t id, str data)
{
	if (id == ATT_REND_DATA)
		end_attachment(t);
	if (id == ATT_TITLE)
		t->title = data;
	if (id == ATT_PROPERTIES)
		look_into_properties(t, data);
	if (id == ATT_DATA) {
		if (t->has_data)
			end_attachment(t);
		t->data = data;
		t->has_data = true;
	}
}

void inspect_tnef_open(struct walk *w, uint32_t index, str bytes, struct magic m, uint32_t depth)
{
	struct tnef t = { .w = w, .index = index, .depth = depth };
	struct reader r = reader_make(bytes);

	if (depth >= w->limits.max_depth) {
		walk_limit(w, STR("archive.depth"));
		walk_find(w, FINDING_ARCHIVE_TOO_DEEP, index, walk_part(w, index)->filename);
		walk_part(w, index)->flags |= FACTS_PART_UNINSPECTED;
		return;
	}
	(void)m;
	reader_skip(&r, 6); /* signature and key */
	while (!r.bad && reader_left(&r) > 11) {
		uint32_t id;
		str data;

		reader_skip(&r, 1); /* level */
		id = reader_u32le(&r);
		data = reader_bytes(&r, reader_u32le(&r));
		reader_skip(&r, 2); /* checksum */
		if (!r.bad)
			take_attribute(&t, id, data);
	}
	end_attachment(&t);
	if (r.bad) {
		walk_part(w, index)->flags |= FACTS_PART_UNINSPECTED;
		walk_find(w, FINDING_ARCHIVE_BROKEN, index, STR("TNEF"));
	}
}

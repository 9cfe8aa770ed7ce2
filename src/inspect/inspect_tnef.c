#include "inspect/inspect_readings.h"

#include "base/reader.h"
#include "document/lzfu.h"
#include "mime/filename.h"
#include "mime/mapi.h"

/* Attributes of MS-OXTNEF 2.1.3.3. */
enum {
	ATT_BODY = 0x0002800c,
	ATT_TITLE = 0x00018010,
	ATT_DATA = 0x0006800f,
	ATT_REND_DATA = 0x00069002, /* begins an attachment */
	ATT_MESSAGE_PROPERTIES = 0x00069003,
	ATT_PROPERTIES = 0x00069005
};

enum { HEADER = 6, ATTRIBUTE = 11, INTERFACE = 16 };

struct tnef {
	struct walk *w;
	uint32_t index, depth, number;
	/* of the attachment that is being read */
	str title, name, data;
	bool has_data;
};

static str text_of(struct tnef *t, str bytes, bool wide)
{
	str text;

	(void)charset_to_utf8(&t->w->charsets, t->w->arena,
			      wide ? STR("utf-16le") : STR("windows-1252"), bytes, &text);
	return arena_str(t->w->arena, str_sub(text, 0, str_chr(text, '\0')));
}

/* Both names of an attachment are judged. */
static void check_names(struct tnef *t, uint32_t part)
{
	str name = walk_part(t->w, part)->filename;

	if (name.n)
		inspect_name_check(t->w, part, name, false);
	if (t->title.n && !str_eq(filename_extension(t->w->arena, t->title),
				  filename_extension(t->w->arena, name)))
		inspect_readings_name(t->w, part, t->title);
}

static void end_attachment(struct tnef *t)
{
	uint32_t part =
		t->has_data ? walk_add_part(t->w, t->index, '/', ++t->number) : WALK_NO_PART;
	struct facts_part *p;

	if (part != WALK_NO_PART) {
		p = walk_part(t->w, part);
		p->flags = FACTS_PART_ATTACHMENT | FACTS_PART_IN_ARCHIVE;
		p->type = STR("application/octet-stream");
		p->filename = t->name.n ? t->name : t->title;
		check_names(t, part);
		inspect_leaf_examine(t->w, part, t->data, t->depth + 1);
	}
	t->title = t->name = STR("");
	t->data = STR_NULL;
	t->has_data = false;
}

static void set_data(struct tnef *t, str data)
{
	t->data = data;
	t->has_data = true;
}

/* An embedded message stands behind the name of its interface, as TNEF of its own. */
static void set_object(struct tnef *t, const struct mapi_property *p)
{
	str data = p->value;

	if (p->type == MAPI_OBJECT && data.n > INTERFACE)
		data = str_skip(data, INTERFACE);
	if (!t->has_data || data.n > t->data.n)
		set_data(t, data);
}

static void read_attachment(struct tnef *t, str list)
{
	struct mapi m = mapi_make(list);
	struct mapi_property p;

	while (mapi_next(&m, &p)) {
		bool wide = p.type == MAPI_STRING;

		if (p.id == MAPI_ATTACH_LONG_FILENAME)
			t->name = text_of(t, p.value, wide);
		if (p.id == MAPI_ATTACH_FILENAME && !t->title.n)
			t->title = text_of(t, p.value, wide);
		if (p.id == MAPI_ATTACH_DATA)
			set_object(t, &p);
	}
}

/* One form of the message's text, which Outlook shows. */
static void take_body(struct tnef *t, str type, str charset, str bytes)
{
	uint32_t part = walk_add_part(t->w, t->index, '/', ++t->number);

	if (part == WALK_NO_PART)
		return;
	walk_part(t->w, part)->type = type;
	inspect_leaf_examine(t->w, part, bytes, t->depth + 1);
	if (str_starts(type, STR("text/")))
		inspect_text_read(t->w, part, charset, bytes, t->depth + 1);
}

static void take_rtf(struct tnef *t, str compressed)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(t->w);
	str rtf = lzfu_unpack(scratch, compressed, t->w->budget);

	if (!rtf.n)
		return;
	walk_spend(t->w, rtf.n);
	take_body(t, STR("application/rtf"), STR(""), rtf);
}

static void read_message(struct tnef *t, str list)
{
	struct mapi m = mapi_make(list);
	struct mapi_property p;

	while (mapi_next(&m, &p)) {
		if (p.id == MAPI_RTF_COMPRESSED)
			take_rtf(t, p.value);
		if (p.id == MAPI_HTML)
			take_body(t, STR("text/html"), STR(""), p.value);
		if (p.id == MAPI_BODY)
			take_body(t, STR("text/plain"),
				  p.type == MAPI_STRING ? STR("utf-16le") : STR("windows-1252"),
				  p.value);
	}
}

static void take_attribute(struct tnef *t, uint32_t id, str data)
{
	switch (id) {
	case ATT_REND_DATA:
		end_attachment(t);
		break;
	case ATT_TITLE:
		t->title = text_of(t, data, false);
		break;
	case ATT_PROPERTIES:
		read_attachment(t, data);
		break;
	case ATT_MESSAGE_PROPERTIES:
		read_message(t, data);
		break;
	case ATT_BODY:
		take_body(t, STR("text/plain"), STR("windows-1252"), data);
		break;
	case ATT_DATA:
		if (t->has_data)
			end_attachment(t);
		set_data(t, data);
		break;
	default:
		break;
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
	reader_skip(&r, HEADER); /* signature and key */
	while (!r.bad && reader_left(&r) >= ATTRIBUTE) {
		uint32_t id, size;

		reader_skip(&r, 1); /* level */
		id = reader_u32le(&r);
		size = reader_u32le(&r);
		if (size > reader_left(&r)) { /* cut off: readers show what there is */
			take_attribute(&t, id, reader_bytes(&r, reader_left(&r)));
			r.bad = true;
			break;
		}
		take_attribute(&t, id, reader_bytes(&r, size));
		reader_skip(&r, 2); /* checksum */
	}
	end_attachment(&t);
	r.bad |= r.at == HEADER; /* a signature and nothing that follows from it */
	if (r.bad) {
		walk_part(w, index)->flags |= FACTS_PART_UNINSPECTED;
		walk_find(w, FINDING_ARCHIVE_BROKEN, index, STR("TNEF"));
	}
}

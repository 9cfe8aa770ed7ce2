#include "inspect/inspect_readings.h"

#include "inspect/testmarks.h"
#include "mime/transfer.h"

enum {
	READINGS_MAX = 64,    /* in one message... */
	BYTES_TIMES = 2,      /* ...all together so many times its size... */
	BYTES_FREE = 1 << 20, /* ...and this */
	LOOK = 6 << 10,	      /* coded bytes, enough to know a file by */
	WAYS_MAX = 16
};

struct body {
	struct walk *w;
	uint32_t index, depth;
	const struct content *content;
	str coded, ours;
	bool file;
};

static bool is_file(str bytes)
{
	switch (magic_detect(bytes).family) {
	case MAGIC_PROGRAM:
	case MAGIC_ARCHIVE:
	case MAGIC_COMPRESSED:
	case MAGIC_OFFICE:
	case MAGIC_PDF:
		return true;
	default:
		return testmarks_eicar(bytes);
	}
}

/* Declared as text and called so: whatever a reader decodes, he opens it as text. */
static bool is_called_text(const struct content *c)
{
	static const str names[] = { STR(".txt"), STR(".csv"), STR(".ics"), STR(".vcf"),
				     STR(".log"), STR(".asc"), STR(".eml") };
	bool called = !c->filename.n;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		called |= str_caseends(c->filename, names[i]);
	return called && str_starts(c->type, STR("text/"));
}

static bool count(struct walk *w)
{
	if (w->readings < READINGS_MAX) {
		w->readings++;
		return true;
	}
	walk_limit(w, STR("mime.readings"));
	return false;
}

/* One of the readings before gave the same bytes. */
static bool is_known(const struct body *b, str bytes)
{
	uint8_t sha256[32];

	if (str_eq(bytes, b->ours))
		return true;
	inspect_leaf_hash(bytes, sha256);
	for (uint32_t i = b->index + 1; i < b->w->facts->parts.n; i++) {
		const struct facts_part *p = walk_part(b->w, i);

		if (p->parent == b->index && !memcmp(p->sha256, sha256, sizeof(sha256)))
			return true;
	}
	return false;
}

static void take(struct body *b, str bytes)
{
	struct facts_part *p;
	uint32_t part;

	if (is_known(b, bytes) || !count(b->w))
		return;
	part = walk_add_part(b->w, b->index, '?', b->w->readings);
	if (part == WALK_NO_PART)
		return;
	p = walk_part(b->w, part);
	p->type = arena_str(b->w->arena, b->content->type);
	p->filename = arena_str(b->w->arena, b->content->filename);
	p->flags = FACTS_PART_ATTACHMENT;
	if (!b->ours.p)
		inspect_name_check_all(b->w, part, b->content);
	walk_spend(b->w, bytes.n);
	inspect_leaf_examine(b->w, part, bytes, b->depth + 1);
}

/* Whole bodies that are decoded once more are paid for. */
static bool may_decode(struct body *b)
{
	uint64_t allowed = b->w->facts->message_size * BYTES_TIMES + BYTES_FREE;

	b->w->reread += b->coded.n;
	if (b->w->reread <= allowed)
		return true;
	walk_limit(b->w, STR("mime.readings"));
	return false;
}

static void decode_whole(struct body *b, enum content_encoding encoding)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(b->w);
	struct transfer t;

	transfer_decode(scratch, encoding, b->coded, b->w->budget, &t);
	take(b, t.bytes);
}

static void try_encoding(struct body *b, enum content_encoding encoding)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(b->w);
	struct transfer t;

	if (b->ours.p && encoding == b->content->encoding)
		return;
	transfer_decode(scratch, encoding, str_sub(b->coded, 0, LOOK), LOOK, &t);
	/* What is quoted as it stands holds its parts in the same text. */
	if ((is_file(t.bytes) ||
	     ((b->ours.p || encoding != CONTENT_IDENTITY) && inspect_leaf_is_message(t.bytes))) &&
	    may_decode(b))
		decode_whole(b, encoding);
}

static void try_ways(struct body *b, enum content_encoding encoding)
{
	for (unsigned i = 0; i < WAYS_MAX; i++) {
		cleanup(arena_freep) struct arena *scratch = walk_scratch(b->w);
		str bytes;

		if (!transfer_reading(scratch, encoding, i, str_sub(b->coded, 0, LOOK), LOOK,
				      &bytes))
			return;
		if (!is_file(bytes))
			continue;
		b->file = true;
		if (may_decode(b) &&
		    transfer_reading(scratch, encoding, i, b->coded, b->w->budget, &bytes))
			take(b, bytes);
	}
}

bool inspect_readings_body(struct walk *w, uint32_t index, const struct content *c, str body,
			   str ours, uint32_t depth)
{
	struct body b = { .w = w,
			  .index = index,
			  .depth = depth,
			  .content = c,
			  .coded = body,
			  .ours = ours,
			  .file = !is_called_text(c) || is_file(ours) };
	bool guess = c->encoding == CONTENT_UNKNOWN || c->flags & CONTENT_CONFLICTING_ENCODING;

	if (depth >= w->limits.max_depth)
		return b.file;
	if (!ours.p && !guess)
		try_encoding(&b, c->encoding);
	if (guess) {
		try_encoding(&b, CONTENT_IDENTITY);
		try_encoding(&b, CONTENT_BASE64);
		try_encoding(&b, CONTENT_QP);
		try_encoding(&b, CONTENT_UUENCODE);
	}
	if (guess || c->encoding == CONTENT_BASE64)
		try_ways(&b, CONTENT_BASE64);
	if (guess || c->encoding == CONTENT_QP)
		try_ways(&b, CONTENT_QP);
	if (guess || c->encoding == CONTENT_IDENTITY)
		try_ways(&b, CONTENT_IDENTITY);
	return b.file;
}

uint32_t inspect_readings_text(struct walk *w, uint32_t index)
{
	uint32_t part = count(w) ? walk_add_part(w, index, '?', w->readings) : WALK_NO_PART;
	const struct facts_part *of = walk_part(w, index);
	struct facts_part *p;

	if (part == WALK_NO_PART)
		return part;
	p = walk_part(w, part);
	p->type = of->type;
	p->filename = of->filename;
	p->flags = of->flags & (FACTS_PART_ATTACHMENT | FACTS_PART_IN_ARCHIVE);
	return part;
}

void inspect_readings_name(struct walk *w, uint32_t index, str name)
{
	struct facts_part *p, *of = walk_part(w, index);
	uint32_t part;

	(void)charset_to_utf8(&w->charsets, w->arena, STR("utf-8"), name, &name);
	if (str_eq(name, of->filename) || !count(w))
		return;
	part = walk_add_part(w, index, '?', w->readings);
	if (part == WALK_NO_PART)
		return;
	of = walk_part(w, index);
	p = walk_part(w, part);
	p->type = of->type;
	p->filename = arena_str(w->arena, name);
	p->flags = FACTS_PART_ATTACHMENT | (of->flags & FACTS_PART_IN_ARCHIVE);
	walk_scan(w, PATTERN_FILENAME, STR(""), p->filename, part);
}

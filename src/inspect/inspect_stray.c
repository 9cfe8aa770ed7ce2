#include "inspect/inspect_readings.h"

enum { BLOCKS_MAX = 1000 /* headers outside of parts, in one piece of text */ };

/* One search through one piece of text for fields of MIME that head no part of ours. */
struct search {
	struct walk *w;
	uint32_t index, depth;
	str in;
	size_t at;
	size_t section; /* next of w->sections */
	uint32_t blocks;
};

/* Headers that were walked stand in w->sections in the order of the text. */
static bool in_section(struct search *s, const char *p)
{
	while (s->section < s->w->sections.n) {
		str range = s->w->sections.v[s->section];

		if (p < range.p)
			return false;
		if (p < range.p + range.n)
			return true;
		s->section++;
	}
	return false;
}

static bool is_field(str line)
{
	return str_casestarts(line, STR("Content-T")) || str_casestarts(line, STR("Content-D"));
}

/* Offset of the next such field at the start of a line, or the end of the text. */
static size_t next_field(struct search *s, size_t at)
{
	while (at < s->in.n) {
		size_t lf;

		if (is_field(str_skip(s->in, at)) && !in_section(s, s->in.p + at))
			return at;
		lf = str_chr(str_skip(s->in, at), '\n');
		if (lf == STR_NONE)
			break;
		at += lf + 1;
	}
	return s->in.n;
}

/* A body ends at what looks like a boundary line, for one of the readers. */
static str until_dashes(str body)
{
	size_t at = str_starts(body, STR("--")) ? 0 : str_find(body, STR("\n--"));

	return str_sub(body, 0, at);
}

static void read_block(struct search *s, str block)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(s->w);
	struct header_reader r = header_reader_make(block);
	uint32_t before = s->w->readings;
	struct content c;

	content_read(&s->w->charsets, scratch, &r, STR("text/plain"), &c);
	(void)inspect_readings_body(s->w, s->index, &c, until_dashes(header_body(&r)), STR_NULL,
				    s->depth);
	if (s->w->readings > before)
		walk_find(s->w, FINDING_MIME_HIDDEN_PART, s->index, str_sub(block, 0, 60));
}

void inspect_stray_search(struct walk *w, uint32_t index, str text, size_t first_section,
			  uint32_t depth)
{
	struct search s = {
		.w = w, .index = index, .depth = depth, .in = text, .section = first_section
	};
	size_t at = next_field(&s, 0);

	while (at < text.n) {
		/* The fields of one header are one block. */
		str head = str_sub(text, at, text.n);
		struct header_reader r = header_reader_make(head);
		struct header_field f;
		size_t next;

		while (header_next(&r, &f) && !(f.flags & HEADER_NO_COLON))
			;
		next = next_field(&s, at + (r.at > 0 ? r.at : 1));
		if (++s.blocks > BLOCKS_MAX) {
			walk_limit(w, STR("mime.readings"));
			return;
		}
		read_block(&s, str_sub(text, at, next));
		at = next;
	}
}

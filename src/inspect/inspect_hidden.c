#include "inspect/inspect_private.h"

#include "base/base64.h"
#include "inspect/testmarks.h"
#include "mime/binhex.h"
#include "mime/uucode.h"
#include "mime/yenc.h"

enum {
	PROBE_CHARS = 280,   /* of base64, enough to know a file by */
	TOKEN_MAX = 200,     /* bytes */
	PROBES_MAX = 100000, /* in one message */
	PROBE_LINES = 4,     /* of a run: before a file there may be junk */
	HIDDEN_MAX = 16	     /* files brought to light; the finding is made by the first */
};

/* One search through one piece of text. */
struct search {
	struct walk *w;
	uint32_t index, depth;
	str in;
	size_t at;
	size_t taken; /* next of w->taken */
	uint32_t found;
	struct strbuf probe;
};

static bool is_base64(char c)
{
	return str_is_alnum(c) || c == '+' || c == '/' || c == '=';
}

/* Bytes from the start of s that are base64 or white space. */
static size_t run_length(str s)
{
	size_t n = 0;

	while (n < s.n && (is_base64(s.p[n]) || str_is_space(s.p[n])))
		n++;
	return n;
}

static str line_at(str s, size_t at)
{
	str rest = str_skip(s, at);
	size_t lf = str_chr(rest, '\n');

	return str_sub(rest, 0, lf == STR_NONE ? rest.n : lf + 1);
}

/* A file that nobody writes into a text by hand. Compressed and short, it is the token of
 * a web address. */
static bool is_file(str bytes)
{
	switch (magic_detect(bytes).family) {
	case MAGIC_COMPRESSED:
		return bytes.n >= TOKEN_MAX;
	case MAGIC_PROGRAM:
	case MAGIC_ARCHIVE:
	case MAGIC_OFFICE:
	case MAGIC_PDF:
		return true;
	default:
		return testmarks_eicar(bytes);
	}
}

/* How files begin in base64: a quick look before a closer one. */
static bool begins_like_file(str base64)
{
	static const str starts[] = {
		STR("TV"),    STR("UEs"),  STR("f0VM"), STR("0M8R"), STR("UmFy"), STR("N3q8"),
		STR("JVBER"), STR("e1xy"), STR("WDVP"), STR("H4sI"), STR("Qlpo"), STR("/Td6"),
		STR("KLUv"),  STR("yv66"), STR("TAAA"), STR("SVRT"), STR("5FJc"), STR("RldT"),
		STR("Q1dT"),  STR("WldT"), STR("YOo"),	STR("eGFy"),
	};

	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		if (str_starts(base64, starts[i]))
			return true;
	}
	return false;
}

static bool probe(struct search *s, str base64)
{
	struct base64_seen seen;

	while (base64.n && str_is_space(base64.p[0]))
		base64 = str_skip(base64, 1);
	if (s->found > HIDDEN_MAX || !begins_like_file(base64))
		return false;
	if (++s->w->probes > PROBES_MAX) {
		walk_limit(s->w, STR("text.probes"));
		return false;
	}
	base64 = str_sub(base64, 0, PROBE_CHARS);
	strbuf_clear(&s->probe);
	base64_decode_lenient(&s->probe, str_sub(base64, 0, run_length(base64)), &seen);
	return is_file(strbuf_str(&s->probe));
}

/* The part that a file found in text becomes, or WALK_NO_PART. */
static uint32_t new_part(struct search *s, str name)
{
	struct walk *w = s->w;
	uint32_t part;
	str text;

	if (s->found++ >= HIDDEN_MAX)
		return WALK_NO_PART;
	part = walk_add_part(w, s->index, '~', s->found);
	if (part == WALK_NO_PART)
		return part;
	(void)charset_to_utf8(&w->charsets, w->arena, STR(""), name, &text);
	walk_part(w, part)->type = STR("application/octet-stream");
	walk_part(w, part)->flags = FACTS_PART_ATTACHMENT;
	walk_part(w, part)->filename = arena_str(w->arena, text);
	if (text.n)
		inspect_name_check(w, part, walk_part(w, part)->filename, false);
	return part;
}

static void examine(struct search *s, uint32_t part, str bytes, bool cut)
{
	if (cut) {
		walk_limit(s->w, STR("unpacked.bytes"));
		walk_part(s->w, part)->flags |= FACTS_PART_UNINSPECTED;
	}
	walk_spend(s->w, bytes.n);
	inspect_leaf_examine(s->w, part, bytes, s->depth + 1);
}

static void decode_part(struct search *s, str name, str base64)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(s->w);
	struct strbuf b = strbuf_make(scratch, s->w->budget);
	struct base64_seen seen;
	uint32_t part;

	part = new_part(s, name);
	if (part == WALK_NO_PART)
		return;
	base64_decode_lenient(&b, base64, &seen);
	examine(s, part, strbuf_str(&b), b.overflow);
}

/* Where some readers stop: behind the first padding, or at an empty line. */
static size_t first_end(str base64)
{
	size_t pad = str_chr(base64, '=');
	size_t empty = str_find(base64, STR("\n\r\n")), bare = str_find(base64, STR("\n\n"));
	size_t end = pad == STR_NONE ? pad : pad + 2;

	end = empty < end ? empty : end;
	return bare < end ? bare : end;
}

static void bring_to_light(struct search *s, str base64)
{
	size_t end = first_end(base64);

	walk_find(s->w, FINDING_HIDDEN_FILE, s->index, str_sub(base64, 0, 60));
	decode_part(s, STR(""), base64);
	if (end < base64.n && str_trim(str_skip(base64, end)).n)
		decode_part(s, STR(""), str_sub(base64, 0, end));
}

static bool is_base64_line(str line)
{
	str text = str_trim(line);

	return text.n >= 4 && run_length(text) == text.n && str_chr(text, ' ') == STR_NONE;
}

/* Lines of nothing but base64, from s->at. A file begins at one of the first, or where the
 * lines change their length; if each line were tried, one of a long coded text that is
 * something else would look like a file by chance. */
static void read_run(struct search *s)
{
	bool may_begin = true;
	size_t before = 0;

	for (int i = 0; s->at < s->in.n; i++) {
		str line = line_at(s->in, s->at);
		str rest = str_skip(s->in, s->at);

		if (!is_base64_line(line))
			return;
		if ((may_begin || i < PROBE_LINES) && probe(s, rest)) {
			rest = str_sub(rest, 0, run_length(rest));
			s->at += rest.n;
			bring_to_light(s, rest);
			return;
		}
		may_begin = line.n != before;
		before = line.n;
		s->at += line.n;
	}
}

/* A file in an old encoding: one piece of several, or one that stops early, was not seen
 * whole. */
struct old {
	str name, bytes;
	size_t used;
	bool whole, cut;
};

static bool decode_old(struct search *s, struct arena *scratch, str text, struct old *ret)
{
	struct strbuf b = strbuf_make(scratch, s->w->budget);
	struct binhex hex;
	struct old got = { 0 };

	if (uucode_begins(text, &got.name)) {
		got.used = uucode_decode(&b, text);
		got.whole =
			str_find(str_sub(text, got.used, got.used + 20), STR("end")) != STR_NONE;
	} else if (yenc_begins(text, &got.name)) {
		got.used = yenc_decode(&b, text);
		got.whole = str_find(line_at(text, 0), STR(" part=")) == STR_NONE;
	} else if (binhex_decode(scratch, text, s->w->budget, &hex)) {
		*ret = (struct old){ hex.name, hex.data, hex.used, !hex.cut, false };
		return true;
	} else {
		return false;
	}
	got.bytes = strbuf_str(&b);
	got.cut = b.overflow;
	*ret = got;
	return true;
}

/* Such a file at s->at, which some programs show as attachment; s->at is left behind it. */
static bool read_old_encoding(struct search *s, str line)
{
	cleanup(arena_freep) struct arena *scratch = NULL;
	str text = str_skip(s->in, s->at), name;
	struct old old;
	uint32_t part;

	if (!uucode_begins(text, &name) && !yenc_begins(text, &name) && !binhex_begins(text))
		return false;
	walk_find(s->w, FINDING_MIME_OLD_ENCODING, s->index, str_trim(line));
	scratch = s->found < HIDDEN_MAX ? walk_scratch(s->w) : NULL;
	if (!scratch || !decode_old(s, scratch, text, &old)) {
		walk_part(s->w, s->index)->flags |= FACTS_PART_UNINSPECTED;
		return false;
	}
	part = new_part(s, old.name);
	if (part != WALK_NO_PART) {
		examine(s, part, old.bytes, old.cut);
		if (!old.whole)
			walk_part(s->w, part)->flags |= FACTS_PART_UNINSPECTED;
	}
	s->at += old.used;
	return true;
}

static bool in_taken(struct search *s)
{
	const char *p = s->in.p + s->at;

	while (s->taken < s->w->taken.n) {
		str range = s->w->taken.v[s->taken];

		if (p < range.p)
			return false;
		s->taken++;
		if (p < range.p + range.n) {
			s->at = (size_t)(range.p + range.n - s->in.p);
			return true;
		}
	}
	return false;
}

static void search_lines(struct search *s)
{
	while (s->at < s->in.n) {
		str line;

		if (in_taken(s))
			continue;
		line = line_at(s->in, s->at);
		if (is_base64_line(line)) {
			read_run(s);
			continue;
		}
		if (!read_old_encoding(s, line))
			s->at += line.n;
	}
}

/* data: URLs (RFC 2397), which scripts turn into downloads. */
static void search_urls(struct search *s)
{
	static const str mark = STR(";base64,");

	for (s->at = 0; s->at < s->in.n;) {
		size_t hit = str_casefind(str_skip(s->in, s->at), mark);
		str rest;

		if (hit == STR_NONE)
			return;
		s->at += hit + mark.n;
		rest = str_skip(s->in, s->at);
		if (!probe(s, rest))
			continue;
		rest = str_sub(rest, 0, run_length(rest));
		s->at += rest.n;
		bring_to_light(s, rest);
	}
}

void inspect_hidden_search(struct walk *w, uint32_t index, str text, size_t first_taken,
			   uint32_t depth)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct search s = { .w = w,
			    .index = index,
			    .depth = depth,
			    .in = text,
			    .taken = first_taken,
			    .probe = strbuf_make(scratch, PROBE_CHARS) };

	if (depth >= w->limits.max_depth)
		return;
	search_lines(&s);
	search_urls(&s);
}

#include "inspect/inspect_private.h"

#include "base/base64.h"
#include "inspect/testmarks.h"

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

static void bring_to_light(struct search *s, str base64)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(s->w);
	struct strbuf b = strbuf_make(scratch, s->w->budget);
	struct base64_seen seen;
	uint32_t part;

	walk_find(s->w, FINDING_HIDDEN_FILE, s->index, str_sub(base64, 0, 60));
	if (s->found++ >= HIDDEN_MAX)
		return;
	part = walk_add_part(s->w, s->index, '~', s->found);
	if (part == WALK_NO_PART)
		return;
	walk_part(s->w, part)->type = STR("application/octet-stream");
	walk_part(s->w, part)->flags = FACTS_PART_ATTACHMENT;
	base64_decode_lenient(&b, base64, &seen);
	if (b.overflow) {
		walk_limit(s->w, STR("unpacked.bytes"));
		walk_part(s->w, part)->flags |= FACTS_PART_UNINSPECTED;
	}
	walk_spend(s->w, b.n);
	inspect_leaf_examine(s->w, part, strbuf_str(&b), s->depth + 1);
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

/* "begin 644 name" and a line that announces its length, "=ybegin ", BinHex. */
static bool is_old_encoding(const struct search *s, str line)
{
	str next = line_at(s->in, s->at + line.n);
	size_t digits = 6;
	size_t promised;

	if (str_starts(line, STR("=ybegin ")) && str_find(line, STR("name=")) != STR_NONE)
		return true;
	if (str_starts(line, STR("(This file must be converted with BinHex")))
		return true;
	if (!str_starts(line, STR("begin ")))
		return false;
	while (digits < line.n && line.p[digits] >= '0' && line.p[digits] <= '7')
		digits++;
	if (digits < 9 || digits > 10 || digits >= line.n || line.p[digits] != ' ')
		return false;
	while (next.n && (next.p[next.n - 1] == '\n' || next.p[next.n - 1] == '\r'))
		next.n--;
	if (!next.n)
		return false;
	promised = (((size_t)(unsigned char)next.p[0] - 32) & 63) * 4 / 3;
	return promised && next.n >= promised && next.n <= promised + 6;
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
		if (is_old_encoding(s, line))
			walk_find(s->w, FINDING_MIME_OLD_ENCODING, s->index, str_trim(line));
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

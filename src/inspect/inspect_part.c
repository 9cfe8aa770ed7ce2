#include "inspect/inspect_words.h"

#include "inspect/inspect_readings.h"
#include "mime/content.h"
#include "mime/multipart.h"
#include "mime/transfer.h"

struct node {
	struct walk *w;
	uint32_t index;
	uint32_t depth;
	struct content content;
	str body;
};

static void find_content_flags(struct node *n)
{
	static const struct {
		uint32_t flag;
		enum finding finding;
	} table[] = {
		{ CONTENT_CONFLICTING_BOUNDARY, FINDING_MIME_CONFLICTING_BOUNDARY },
		{ CONTENT_BAD_TYPE, FINDING_MIME_BAD_TYPE },
	};
	const struct content *c = &n->content;

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (c->flags & table[i].flag)
			walk_find(n->w, table[i].finding, n->index, c->boundary);
	}
	if (c->flags & CONTENT_DUPLICATE)
		walk_find(n->w, FINDING_MIME_DUPLICATE_HEADER, n->index, c->duplicate);
	if (c->flags & CONTENT_ODD_FIELD)
		walk_find(n->w, FINDING_MIME_ODD_FIELD, n->index, c->type);
	if (c->flags & CONTENT_CONFLICTING_NAME && inspect_name_kinds_differ(n->w, c))
		walk_find(n->w, FINDING_MIME_CONFLICTING_NAME, n->index, c->filename);
	if (c->encoding == CONTENT_UUENCODE)
		walk_find(n->w, FINDING_MIME_OLD_ENCODING, n->index, c->encoding_name);
	if (c->encoding == CONTENT_UNKNOWN)
		walk_find(n->w, FINDING_MIME_UNKNOWN_CTE, n->index, c->encoding_name);
	if (c->flags & CONTENT_CUT)
		walk_limit(n->w, STR("mime.parameters"));
	if (c->boundary.p && !content_is(c, STR("multipart/")))
		walk_find(n->w, FINDING_MIME_STRAY_BOUNDARY, n->index, c->boundary);
	if (content_is(c, STR("message/partial")))
		walk_find(n->w, FINDING_MIME_PARTIAL, n->index, c->type);
	if (content_is(c, STR("message/external-body")))
		walk_find(n->w, FINDING_MIME_EXTERNAL_BODY, n->index, c->type);
}

/* The message's own header has findings of its own. */
static void find_header_flags(struct node *n)
{
	uint32_t bad = HEADER_NUL | HEADER_BARE_CR | HEADER_BLANK_LINE;
	bool of_message =
		walk_part(n->w, walk_part(n->w, n->index)->parent)->flags & FACTS_PART_MESSAGE;

	if (!of_message) /* whose envelope may stand there as "From " line */
		bad |= HEADER_NO_COLON | HEADER_BAD_NAME;
	if (n->index && n->content.header_flags & bad)
		walk_find(n->w, FINDING_MIME_BAD_PART_HEADER, n->index, n->content.type);
	if (n->index && n->content.header_flags & HEADER_TOO_LONG)
		walk_find(n->w, FINDING_HEADER_TOO_LONG, n->index, n->content.type);
}

static void too_deep(struct node *n)
{
	walk_limit(n->w, STR("mime.depth"));
	walk_find(n->w, FINDING_MIME_TOO_DEEP, n->index, n->content.type);
	walk_part(n->w, n->index)->flags |= FACTS_PART_UNINSPECTED;
}

/* The bytes are others than those that stand there. */
static bool is_encoded(const struct node *n)
{
	return n->content.encoding != CONTENT_IDENTITY && n->content.encoding != CONTENT_UNKNOWN;
}

static void decode(struct node *n, struct arena *scratch, struct transfer *ret)
{
	struct walk *w = n->w;

	transfer_decode(scratch, n->content.encoding, n->body, w->budget, ret);
	if (is_encoded(n))
		walk_spend(w, ret->bytes.n);
	if (ret->cut) {
		walk_limit(w, STR("unpacked.bytes"));
		walk_part(w, n->index)->flags |= FACTS_PART_UNINSPECTED;
	}
}

static bool is_attachment(const struct node *n)
{
	return n->content.filename.n || (n->content.flags & CONTENT_ATTACHMENT);
}

/* Lower case in an escape: some readers take it, some do not. */
static bool has_lower_escape(str body)
{
	size_t at = 0, hit;

	while ((hit = str_chr(str_skip(body, at), '=')) != STR_NONE) {
		at += hit + 1;
		for (size_t i = at; i < at + 2 && i < body.n; i++) {
			if (body.p[i] >= 'a' && body.p[i] <= 'f')
				return true;
		}
	}
	return false;
}

/* Bytes that a change of line ends would damage, or heal. */
static bool depends_on_line_ends(const struct node *n, str bytes)
{
	const struct facts_part *p = walk_part(n->w, n->index);

	return p->detected.n && !str_starts(p->detected, STR("text/")) &&
	       n->content.encoding != CONTENT_BASE64 && str_find(bytes, STR("\r\n")) != STR_NONE;
}

/* A first line of base64 that is no whole number of groups, for readers line by line. */
static bool has_odd_line(const struct node *n)
{
	str line = str_trim(str_sub(n->body, 0, str_chr(n->body, '\n')));

	return n->content.encoding == CONTENT_BASE64 && line.n % 4 && line.n < n->body.n;
}

/* Where readers decode differently, all they see is looked at. In text that is shown one
 * forgives what in a file would be another file. */
static void other_readings(struct node *n, const struct transfer *t, bool shown)
{
	const struct content *c = &n->content;
	bool odd_qp =
		c->encoding == CONTENT_QP && !shown && (t->bad_qp || has_lower_escape(n->body));
	bool odd = c->encoding == CONTENT_UNKNOWN || c->flags & CONTENT_CONFLICTING_ENCODING;
	uint32_t before = n->w->readings;
	bool file = false, other;

	if (odd || odd_qp || t->bad_base64 || has_odd_line(n) ||
	    (!shown && depends_on_line_ends(n, t->bytes)))
		file = inspect_readings_body(n->w, n->index, c, n->body, t->bytes, n->depth);
	other = c->encoding == CONTENT_BASE64 && n->w->readings > before;
	if (t->bad_base64 || other)
		walk_find(n->w, file ? FINDING_MIME_AMBIGUOUS_BASE64 : FINDING_MIME_BAD_BASE64,
			  n->index, str_sub(n->body, 0, 60));
	if (t->bad_qp)
		walk_find(n->w, FINDING_MIME_BAD_QP, n->index, str_sub(n->body, 0, 60));
	if (odd_qp && file)
		walk_find(n->w, FINDING_MIME_AMBIGUOUS_QP, n->index, c->type);
}

/* "--x" and a field of MIME: parts, for a reader that guesses. */
static bool begins_with_part(str body)
{
	str text = str_trim(str_sub(body, 0, 1000));
	size_t lf = str_chr(text, '\n');

	return str_starts(text, STR("--")) && lf != STR_NONE &&
	       str_casestarts(str_skip(text, lf + 1), STR("Content-"));
}

static void search_decoded(struct node *n, str bytes)
{
	inspect_hidden_search(n->w, n->index, bytes, n->w->taken.n, n->depth);
	inspect_stray_search(n->w, n->index, bytes, n->w->sections.n, n->depth);
}

/* Decoded bytes are searched here, the others with the message as a whole. */
static void look_behind(struct node *n, const struct transfer *t)
{
	const struct facts_part *p = walk_part(n->w, n->index);

	if (n->content.encoding == CONTENT_BASE64 && p->detected.n)
		*arena_push(n->w->arena, &n->w->taken) = n->body;
	if (is_encoded(n) && (content_is(&n->content, STR("text/")) || !p->detected.n))
		search_decoded(n, t->bytes);
	if (begins_with_part(t->bytes))
		walk_find(n->w, FINDING_MIME_STRAY_BOUNDARY, n->index, str_sub(t->bytes, 0, 60));
}

static void leaf(struct node *n)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(n->w);
	bool shown = !is_attachment(n) && content_is(&n->content, STR("text/"));
	struct transfer t;

	decode(n, scratch, &t);
	inspect_words_part(n->w, n->index, &n->content, n->body);
	inspect_leaf_examine(n->w, n->index, t.bytes, n->depth);
	if (shown)
		inspect_text_read(n->w, n->index, n->content.charset, t.bytes, n->depth);
	else
		n->w->has_content |= t.bytes.n > 0;
	other_readings(n, &t, shown);
	look_behind(n, &t);
}

/* Readers that take the prohibition at its word see another message. */
static void encoded_message(struct node *n, str ours)
{
	struct content any = n->content;

	if (!content_is(&n->content, STR("message/global"))) /* RFC 6532 allows it there */
		walk_find(n->w, FINDING_MIME_ENCODED_MESSAGE, n->index, any.encoding_name);
	any.flags |= CONTENT_CONFLICTING_ENCODING;
	(void)inspect_readings_body(n->w, n->index, &any, n->body, ours, n->depth);
}

/* message/rfc822 (RFC 2046 5.2.1); an encoding is forbidden there, and seen. */
static void nested_message(struct node *n)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(n->w);
	struct transfer t;
	uint32_t child;

	decode(n, scratch, &t);
	if (t.bad_base64 || t.bad_qp)
		walk_find(n->w, FINDING_MIME_AMBIGUOUS_BASE64, n->index, str_sub(n->body, 0, 60));
	if (is_encoded(n))
		encoded_message(n, t.bytes);
	walk_part(n->w, n->index)->flags |= FACTS_PART_MESSAGE;
	walk_part(n->w, n->index)->size = t.bytes.n;
	if (n->depth >= n->w->limits.max_depth) {
		too_deep(n);
		return;
	}
	child = walk_add_part(n->w, n->index, '.', 1);
	if (child == WALK_NO_PART)
		return;
	/* Facts outlive the decoded bytes: strings that point there are copied by the walker. */
	if (is_encoded(n)) {
		inspect_part_decoded(n->w, child, t.bytes, n->depth + 1);
		*arena_push(n->w->arena, &n->w->taken) = n->body;
	} else {
		inspect_part_walk(n->w, child, t.bytes, STR("text/plain"), n->depth + 1);
	}
}

static str boundary_of(struct node *n)
{
	str boundary = n->content.boundary;

	if (!multipart_boundary_valid(boundary))
		walk_find(n->w, FINDING_MIME_BAD_BOUNDARY, n->index, boundary);
	return boundary.n ? boundary : multipart_guess_boundary(n->body);
}

static bool is_declared(const struct walk *w, str boundary)
{
	return map_get(&w->boundaries, boundary) != NULL;
}

static void declare(struct node *n, str boundary)
{
	struct walk *w = n->w;

	boundary = arena_str(w->arena, boundary); /* decoded bytes are forgotten earlier */
	for (size_t i = w->open_here; i < w->open.n; i++) {
		if (str_eq(w->open.v[i], boundary))
			walk_find(w, FINDING_MIME_AMBIGUOUS_BOUNDARY, n->index, boundary);
	}
	*arena_push(w->arena, &w->open) = boundary;
	(void)map_set(&w->boundaries, boundary, w);
}

/* Lines that resemble the boundary and are that of no other multipart. */
static void find_near_boundaries(struct node *n, const struct multipart *m)
{
	struct multipart_near near = { 0 };
	str line, name;

	while (multipart_next_near(m, &near, &line)) {
		name = str_skip(line, 2);
		if (str_ends(name, STR("--")) && !is_declared(n->w, name))
			name.n -= 2;
		if (name.n + 2 <= m->delimiter.n || !is_declared(n->w, name)) {
			walk_find(n->w, FINDING_MIME_AMBIGUOUS_BOUNDARY, n->index, line);
			return;
		}
	}
}

static bool find_epilogue_part(struct node *n, struct multipart *m)
{
	if (!multipart_reopen(m))
		return false;
	walk_find(n->w, FINDING_MIME_EPILOGUE_PART, n->index,
		  str_sub(str_skip(m->body, m->at), 0, 60));
	return true;
}

/* The parts, and those that readers see who overlook a closing line. */
static void walk_parts(struct node *n, struct multipart *m)
{
	struct walk *w = n->w;
	bool digest = content_is(&n->content, STR("multipart/digest"));
	uint32_t number = 0, child;
	str part;

	do {
		while (multipart_next(m, &part)) {
			child = walk_add_part(w, n->index, '.', ++number);
			if (child == WALK_NO_PART)
				return;
			inspect_part_walk(w, child, part,
					  digest ? STR("message/rfc822") : STR("text/plain"),
					  n->depth + 1);
		}
	} while (find_epilogue_part(n, m));
}

/* A multipart may not be encoded (RFC 2045 6.4): some readers look whether it is. */
static void decoded_parts(struct node *n, str boundary)
{
	struct walk *w = n->w;
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct multipart m;
	struct transfer t;
	uint32_t child;
	str part;

	decode(n, scratch, &t);
	m = multipart_open(scratch, t.bytes, boundary);
	for (uint32_t number = 1; multipart_next(&m, &part); number++) {
		child = walk_add_part(w, n->index, '?', number);
		if (child == WALK_NO_PART)
			return;
		inspect_part_decoded(w, child, part, n->depth + 1);
	}
}

/* A part's header before the first boundary line, or behind the last. */
static void find_stray_header(struct node *n, const struct multipart *m)
{
	str around[] = { str_sub(m->body, 0, m->first), str_skip(m->body, m->at) };

	for (size_t i = 0; i < ARRAY_LEN(around); i++) {
		size_t at = str_casefind(around[i], STR("Content-T"));

		if (at != STR_NONE && (at == 0 || around[i].p[at - 1] == '\n'))
			walk_find(n->w, FINDING_MIME_STRAY_HEADER, n->index,
				  str_sub(str_skip(around[i], at), 0, 60));
	}
}

static void multipart(struct node *n)
{
	struct walk *w = n->w;
	str boundary = boundary_of(n);
	struct multipart m = multipart_open(w->arena, n->body, boundary);

	walk_part(w, n->index)->flags |= FACTS_PART_MULTIPART;
	walk_part(w, n->index)->size = n->body.n;
	if (is_encoded(n))
		walk_find(w, FINDING_MIME_ENCODED_MULTIPART, n->index, n->content.encoding_name);
	if (n->depth >= w->limits.max_depth) {
		too_deep(n);
		return;
	}
	declare(n, boundary);
	walk_parts(n, &m);
	if (is_encoded(n))
		decoded_parts(n, boundary);
	w->open.n--;
	find_near_boundaries(n, &m);
	if (m.started)
		find_stray_header(n, &m);
	if (!m.started) {
		walk_find(w, FINDING_MIME_NO_START_BOUNDARY, n->index, n->content.boundary);
		n->content.type = STR("text/plain"); /* what clients show then */
		leaf(n);
	} else if (!m.closed) {
		walk_find(w, FINDING_MIME_NO_END_BOUNDARY, n->index, n->content.boundary);
	}
}

void inspect_part_walk(struct walk *w, uint32_t index, str entity, str default_type, uint32_t depth)
{
	struct header_reader r = header_reader_make(entity);
	struct node n = { .w = w, .index = index, .depth = depth };
	struct facts_part *p = walk_part(w, index);

	content_read(&w->charsets, w->arena, &r, default_type, &n.content);
	n.body = header_body(&r);
	*arena_push(w->arena, &w->sections) = str_sub(entity, 0, entity.n - n.body.n);
	p->offset = walk_offset(w, entity, p->offset);
	p->type = n.content.type;
	p->filename = arena_str(w->arena, n.content.filename);
	if (is_attachment(&n))
		p->flags |= FACTS_PART_ATTACHMENT;
	find_content_flags(&n);
	find_header_flags(&n);
	inspect_name_check_all(w, index, &n.content);
	if (content_is(&n.content, STR("multipart/")))
		multipart(&n);
	else if (content_is(&n.content, STR("message/rfc822")) ||
		 content_is(&n.content, STR("message/global")))
		nested_message(&n);
	else
		leaf(&n);
	if (n.content.stray.p) /* the body begins there for some */
		(void)inspect_readings_body(w, index, &n.content,
					    str_of(n.content.stray.p, (size_t)(entity.p + entity.n -
									       n.content.stray.p)),
					    STR_NULL, depth);
}

void inspect_part_decoded(struct walk *w, uint32_t index, str message, uint32_t depth)
{
	size_t taken = w->taken.n, open_here = w->open_here, sections = w->sections.n;

	w->open_here = w->open.n;
	inspect_part_walk(w, index, message, STR("text/plain"), depth);
	inspect_hidden_search(w, index, message, taken, depth);
	inspect_stray_search(w, index, message, sections, depth);
	w->sections.n = sections;
	w->open_here = open_here;
	w->taken.n = taken;
}

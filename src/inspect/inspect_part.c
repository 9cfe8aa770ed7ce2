#include "inspect/inspect_private.h"

#include "inspect/testmarks.h"
#include "mime/content.h"
#include "mime/htmltext.h"
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
	if (c->flags & CONTENT_CONFLICTING_NAME)
		walk_find(n->w, FINDING_MIME_CONFLICTING_NAME, n->index, c->filename);
	if (c->encoding == CONTENT_UNKNOWN)
		walk_find(n->w, FINDING_MIME_UNKNOWN_CTE, n->index, c->encoding_name);
	if (content_is(c, STR("message/partial")))
		walk_find(n->w, FINDING_MIME_PARTIAL, n->index, c->type);
	if (content_is(c, STR("message/external-body")))
		walk_find(n->w, FINDING_MIME_EXTERNAL_BODY, n->index, c->type);
}

static void too_deep(struct node *n)
{
	walk_limit(n->w, STR("mime.depth"));
	walk_find(n->w, FINDING_MIME_TOO_DEEP, n->index, n->content.type);
	walk_part(n->w, n->index)->flags |= FACTS_PART_UNINSPECTED;
}

static void decode(struct node *n, struct arena *scratch, struct transfer *ret)
{
	struct walk *w = n->w;

	transfer_decode(scratch, n->content.encoding, n->body, w->budget, ret);
	if (n->content.encoding == CONTENT_BASE64 || n->content.encoding == CONTENT_QP)
		walk_spend(w, ret->bytes.n);
	if (ret->bad_base64)
		walk_find(w, FINDING_MIME_BAD_BASE64, n->index, str_sub(n->body, 0, 60));
	if (ret->bad_qp)
		walk_find(w, FINDING_MIME_BAD_QP, n->index, str_sub(n->body, 0, 60));
	if (ret->cut) {
		walk_limit(w, STR("unpacked.bytes"));
		walk_part(w, n->index)->flags |= FACTS_PART_UNINSPECTED;
	}
}

static bool has_ink(str text)
{
	return str_trim(text).n > 0;
}

/* Text that the reader sees: to UTF-8, patterns, test string, and into facts.text. */
static void read_text(struct node *n, struct arena *scratch, str bytes)
{
	struct walk *w = n->w;
	str text;

	if (!charset_to_utf8(&w->charsets, scratch, n->content.charset, bytes, &text))
		walk_find(w, FINDING_MIME_UNKNOWN_CHARSET, n->index, n->content.charset);
	if (content_is(&n->content, STR("text/html")))
		text = htmltext_extract(scratch, text);
	if (testmarks_gtube(text))
		walk_find(w, FINDING_GTUBE, n->index, STR("GTUBE"));
	walk_scan(w, PATTERN_BODY, STR(""), text, n->index);
	w->has_content |= has_ink(text);
	if (w->text.n && text.n)
		strbuf_char(&w->text, '\n');
	if (text.n > w->text.max - w->text.n) {
		walk_limit(w, STR("text.bytes"));
		text = str_sub(text, 0, w->text.max - w->text.n);
		while (text.n && ((unsigned char)text.p[text.n - 1] & 0x80))
			text.n--; /* whole characters */
	}
	strbuf_put(&w->text, text);
}

static bool is_attachment(const struct node *n)
{
	return n->content.filename.n || (n->content.flags & CONTENT_ATTACHMENT);
}

static void leaf(struct node *n)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(n->w);
	struct transfer t;

	decode(n, scratch, &t);
	inspect_leaf_examine(n->w, n->index, t.bytes, n->depth);
	if (is_attachment(n) || !content_is(&n->content, STR("text/")))
		n->w->has_content |= t.bytes.n > 0;
	else
		read_text(n, scratch, t.bytes);
}

/* message/rfc822 (RFC 2046 5.2.1); an encoding is forbidden there, and seen. */
static void nested_message(struct node *n)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(n->w);
	struct transfer t;
	uint32_t child;

	decode(n, scratch, &t);
	walk_part(n->w, n->index)->flags |= FACTS_PART_MESSAGE;
	walk_part(n->w, n->index)->size = t.bytes.n;
	if (n->depth >= n->w->limits.max_depth) {
		too_deep(n);
		return;
	}
	child = walk_add_part(n->w, n->index, '.', 1);
	/* Facts outlive the decoded bytes: strings that point there are copied by the walker. */
	if (child != WALK_NO_PART)
		inspect_part_walk(n->w, child, t.bytes, STR("text/plain"), n->depth + 1);
}

static str boundary_of(struct node *n)
{
	str boundary = n->content.boundary;

	if (!multipart_boundary_valid(boundary))
		walk_find(n->w, FINDING_MIME_BAD_BOUNDARY, n->index, boundary);
	return boundary.n ? boundary : multipart_guess_boundary(n->body);
}

static void multipart(struct node *n)
{
	struct walk *w = n->w;
	bool digest = content_is(&n->content, STR("multipart/digest"));
	struct multipart m = multipart_open(w->arena, n->body, boundary_of(n));
	uint32_t number = 0, child;
	str part;

	walk_part(w, n->index)->flags |= FACTS_PART_MULTIPART;
	walk_part(w, n->index)->size = n->body.n;
	if (n->content.encoding == CONTENT_BASE64 || n->content.encoding == CONTENT_QP)
		walk_find(w, FINDING_MIME_ENCODED_MULTIPART, n->index, n->content.encoding_name);
	if (n->depth >= w->limits.max_depth) {
		too_deep(n);
		return;
	}
	while (multipart_next(&m, &part)) {
		child = walk_add_part(w, n->index, '.', ++number);
		if (child == WALK_NO_PART)
			return;
		inspect_part_walk(w, child, part,
				  digest ? STR("message/rfc822") : STR("text/plain"), n->depth + 1);
	}
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
	p->type = n.content.type;
	p->filename = arena_str(w->arena, n.content.filename);
	if (is_attachment(&n))
		p->flags |= FACTS_PART_ATTACHMENT;
	find_content_flags(&n);
	if (n.content.filename.n)
		inspect_name_check(w, index, n.content.filename, false);
	if (content_is(&n.content, STR("multipart/")))
		multipart(&n);
	else if (content_is(&n.content, STR("message/rfc822")) ||
		 content_is(&n.content, STR("message/global")))
		nested_message(&n);
	else
		leaf(&n);
}

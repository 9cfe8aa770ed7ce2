#include "inspect/inspect_private.h"

#include "mime/cms.h"

/* A signed MIME entity begins with its fields; otherwise a file was signed. */
static bool is_entity(str bytes)
{
	struct header_reader r = header_reader_make(bytes);
	struct header_field f;

	return header_next(&r, &f) && !(f.flags & (HEADER_NO_COLON | HEADER_BAD_NAME)) &&
	       str_casestarts(f.name, STR("Content-"));
}

static void take_content(struct walk *w, uint32_t index, str content, uint32_t depth)
{
	uint32_t part = walk_add_part(w, index, '.', 1);
	str name = walk_part(w, index)->filename;
	struct facts_part *p;

	if (part == WALK_NO_PART)
		return;
	walk_spend(w, content.n);
	if (is_entity(content) || inspect_leaf_is_message(content)) {
		inspect_part_decoded(w, part, content, depth + 1);
		return;
	}
	p = walk_part(w, part);
	p->type = STR("application/octet-stream");
	p->flags = FACTS_PART_ATTACHMENT;
	/* "letter.pdf.p7m" holds "letter.pdf". */
	if (str_caseends(name, STR(".p7m")))
		p->filename = str_sub(name, 0, name.n - 4);
	if (p->filename.n)
		inspect_name_check(w, part, p->filename, false);
	inspect_leaf_examine(w, part, content, depth + 1);
}

void inspect_cms_open(struct walk *w, uint32_t index, str bytes, struct magic m, uint32_t depth)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct cms cms;

	(void)m;
	if (depth >= w->limits.max_depth) {
		walk_limit(w, STR("mime.depth"));
		walk_find(w, FINDING_MIME_TOO_DEEP, index, walk_part(w, index)->filename);
		walk_part(w, index)->flags |= FACTS_PART_UNINSPECTED;
		return;
	}
	cms_open(scratch, bytes, &cms);
	if (cms.kind == CMS_SIGNED && cms.content.n) {
		walk_find(w, FINDING_SMIME_SIGNED, index, walk_part(w, index)->filename);
		take_content(w, index, cms.content, depth);
	} else if (cms.kind == CMS_ENCRYPTED) {
		walk_part(w, index)->flags |= FACTS_PART_ENCRYPTED;
		walk_find(w, FINDING_SMIME_ENCRYPTED, index, walk_part(w, index)->filename);
	} else if (cms.kind != CMS_SIGNED) {
		walk_part(w, index)->flags |= FACTS_PART_UNINSPECTED;
	}
}

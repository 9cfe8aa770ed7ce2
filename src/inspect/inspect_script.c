#include "document/script.h"
#include "inspect/inspect_private.h"
#include "inspect/inspect_url.h"

/* Scripts, and settings that make Windows run or open something. */
void inspect_script_open(struct walk *w, uint32_t index, str bytes, struct magic magic,
			 uint32_t depth unused_arg)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	str text = script_text(scratch, bytes);
	bool is_link = str_eq(magic.type, STR("application/x-mswinurl")) ||
		       str_eq(magic.type, STR("application/x-ms-application"));

	if (inspect_script_waits(walk_part(w, index)) && script_may_be_of_page(text))
		*arena_push(w->arena, &w->page_scripts) = index;
	walk_scan(w, PATTERN_SCRIPT, STR(""), text, index);
	inspect_url_search(w, index, is_link ? FACTS_URL_FILE : FACTS_URL_DOCUMENT, text);
}

static bool is_page(str filename)
{
	static const str extensions[] = { STR(".html"), STR(".htm"), STR(".css"), STR(".xhtml") };

	for (size_t i = 0; i < ARRAY_LEN(extensions); i++) {
		if (str_caseends(filename, extensions[i]))
			return true;
	}
	return false;
}

/* Under another name Windows runs it and no page loads it. */
static bool is_named_for_page(str filename)
{
	return str_caseends(filename, STR(".js")) || str_caseends(filename, STR(".mjs"));
}

bool inspect_script_waits(const struct facts_part *p)
{
	return p->flags & FACTS_PART_IN_ARCHIVE &&
	       str_eq(p->detected, STR("application/javascript"));
}

/* JavaScript in an archive belongs to a web site when pages stand beside it, and it is such as
 * pages have. */
void inspect_script_settle(struct walk *w)
{
	bool *pages = arena_array(w->arena, bool, w->facts->parts.n);
	bool *fits = arena_array(w->arena, bool, w->facts->parts.n);

	for (size_t i = 0; i < w->page_scripts.n; i++)
		fits[w->page_scripts.v[i]] = true;
	for (size_t i = 0; i < w->facts->parts.n; i++)
		pages[walk_part(w, (uint32_t)i)->parent] |=
			is_page(walk_part(w, (uint32_t)i)->filename);
	for (size_t i = 0; i < w->facts->parts.n; i++) {
		struct facts_part *p = walk_part(w, (uint32_t)i);

		if (inspect_script_waits(p))
			walk_find(w,
				  pages[p->parent] && fits[i] && is_named_for_page(p->filename)
					  ? FINDING_WEB_SCRIPT
					  : FINDING_ATTACHMENT_SCRIPT,
				  (uint32_t)i, p->filename);
	}
}

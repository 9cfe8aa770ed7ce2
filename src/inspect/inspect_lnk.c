#include "document/lnk.h"
#include "inspect/inspect_private.h"
#include "inspect/inspect_url.h"

enum { APPENDED_MIN = 64 /* bytes: less is padding */ };

/* What the shortcut runs is read as the script it is. */
void inspect_lnk_open(struct walk *w, uint32_t index, str bytes, struct magic magic unused_arg,
		      uint32_t depth)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct lnk lnk;
	str command, rest;
	uint32_t part;

	if (!lnk_read(scratch, bytes, &lnk))
		return;
	command = arena_fmt(scratch, "%.*s %.*s", STR_ARG(lnk.target), STR_ARG(lnk.arguments));
	walk_find(w, FINDING_SHORTCUT, index, command);
	walk_scan(w, PATTERN_SCRIPT, STR(""), command, index);
	inspect_url_search(w, index, FACTS_URL_FILE, command);
	inspect_url_search(w, index, FACTS_URL_FILE, lnk.icon);
	rest = str_skip(bytes, lnk.end);
	if (rest.n < APPENDED_MIN || depth >= w->limits.max_depth)
		return;
	walk_find(w, FINDING_SHORTCUT_APPENDED, index, rest);
	part = walk_add_part(w, index, '/', 1);
	if (part == WALK_NO_PART)
		return;
	walk_part(w, part)->flags = FACTS_PART_ATTACHMENT;
	walk_part(w, part)->type = STR("application/octet-stream");
	inspect_leaf_examine(w, part, rest, depth + 1);
}

#include "document/xmlscan.h"
#include "inspect/inspect_private.h"

void inspect_xml_check(struct walk *w, uint32_t index, str bytes)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct xmlscan xml;

	xmlscan_read(scratch, bytes, &xml);
	if (xml.external.n)
		walk_find(w, FINDING_XML_EXTERNAL_ENTITY, index, xml.external);
	if (xml.bomb)
		walk_find(w, FINDING_XML_BOMB, index, walk_part(w, index)->filename);
}

/* A browser that opens an XML file runs scripts of pages in it, whatever its root is. */
static void find_script(struct walk *w, uint32_t index, str bytes)
{
	static const str marks[] = { STR("<script"), STR(":script") };

	if (str_find(bytes, STR("http://www.w3.org/1999/")) == STR_NONE)
		return; /* neither a page nor a style sheet that makes one */
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		size_t at = str_find(bytes, marks[i]);

		if (at != STR_NONE) {
			walk_find(w, FINDING_XML_SCRIPT, index, str_sub(bytes, at, at + 60));
			return;
		}
	}
}

void inspect_xml_open(struct walk *w, uint32_t index, str bytes, struct magic magic unused_arg,
		      uint32_t depth unused_arg)
{
	inspect_xml_check(w, index, bytes);
	if (!(walk_part(w, index)->flags & FACTS_PART_IN_ARCHIVE))
		find_script(w, index, bytes);
}

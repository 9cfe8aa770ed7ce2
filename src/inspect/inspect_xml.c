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

void inspect_xml_open(struct walk *w, uint32_t index, str bytes, struct magic magic unused_arg,
		      uint32_t depth unused_arg)
{
	inspect_xml_check(w, index, bytes);
}

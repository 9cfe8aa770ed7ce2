#include "inspect/inspect_office.h"

#include "base/utf8.h"
#include "document/officexml.h"
#include "document/xlsb.h"
#include "inspect/testmarks.h"

enum { PICTURES_MAX = 16 /* of one document, that are looked at */ };

/* What a relationship that leads outside of the document is for (ECMA-376 part 1, annex A):
 * a click follows a hyperlink, the others are fetched when the document is opened. */
static enum finding relation_kind(str type)
{
	static const struct {
		str type;
		enum finding what;
	} kinds[] = {
		{ STR("attachedTemplate"), FINDING_DOCUMENT_EXTERNAL_TEMPLATE },
		{ STR("image"), FINDING_DOCUMENT_EXTERNAL_IMAGE },
		{ STR("video"), FINDING_DOCUMENT_EXTERNAL_IMAGE },
		{ STR("audio"), FINDING_DOCUMENT_EXTERNAL_IMAGE },
		{ STR("media"), FINDING_DOCUMENT_EXTERNAL_IMAGE },
		{ STR("externalLinkPath"), FINDING_DOCUMENT_EXTERNAL_LINK },
		{ STR("xlExternalLinkPath/xlPathMissing"), FINDING_DOCUMENT_EXTERNAL_LINK },
		{ STR("xlPathMissing"), FINDING_DOCUMENT_EXTERNAL_LINK },
		{ STR("webPr"), FINDING_DOCUMENT_LINKED_OBJECT },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (str_caseeq(type, kinds[i].type))
			return kinds[i].what;
	}
	return FINDING_DOCUMENT_EXTERNAL_OBJECT;
}

static void relation(struct office *o, const struct officexml_item *i)
{
	if (str_caseends(i->name, STR("lMacrosheet")))
		walk_find(o->w, FINDING_DOCUMENT_XLM, o->index, i->value);
	if (str_casestarts(i->name, STR("activeXControl")))
		walk_find(o->w, FINDING_DOCUMENT_ACTIVEX, o->index, i->value);
	if (!i->external)
		return;
	if (str_caseeq(i->name, STR("hyperlink")))
		inspect_url_found(o->w, o->index, FACTS_URL_DOCUMENT,
				  arena_str(o->w->arena, i->value), STR(""));
	else
		inspect_office_external(o, relation_kind(i->name), i->value);
}

/* OpenDocument names what it loads, runs and links by the same attribute. */
static void link(struct office *o, const struct officexml_item *i)
{
	if (str_casestarts(i->value, STR("vnd.sun.star.script:")) ||
	    str_casestarts(i->value, STR("macro:")))
		walk_find(o->w, FINDING_DOCUMENT_ACTION, o->index, i->value);
	else if (str_eq(i->name, STR("image")))
		inspect_office_external(o, FINDING_DOCUMENT_EXTERNAL_IMAGE, i->value);
	else if (str_eq(i->name, STR("object")) || str_eq(i->name, STR("object-ole")) ||
		 str_eq(i->name, STR("floating-frame")) || str_eq(i->name, STR("section-source")))
		inspect_office_external(o, FINDING_DOCUMENT_EXTERNAL_OBJECT, i->value);
	else if (str_eq(i->name, STR("template")))
		inspect_office_external(o, FINDING_DOCUMENT_EXTERNAL_TEMPLATE, i->value);
	else if (str_find(i->value, STR(":")) != STR_NONE)
		inspect_url_found(o->w, o->index, FACTS_URL_DOCUMENT,
				  arena_str(o->w->arena, i->value), STR(""));
}

/* Jumps between slides are what presentations are made of; programs and macros are not. */
static void action(struct office *o, const struct officexml_item *i)
{
	if (str_casestarts(i->value, STR("ppaction://program")) ||
	    str_casestarts(i->value, STR("ppaction://macro")) ||
	    str_casestarts(i->value, STR("ppaction://ole")) || str_eq(i->name, STR("customUI")))
		walk_find(o->w, FINDING_DOCUMENT_ACTION, o->index, i->value);
}

/* {8 digits-...} as it is stored in files. */
static enum ole1_kind kind_of_text(str id)
{
	static const uint8_t order[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
	uint8_t plain[16] = { 0 }, stored[16];
	size_t n = 0;

	for (size_t i = 0; i < id.n && n < 32; i++) {
		char c = str_lower_char(id.p[i]);

		if (str_is_digit(c) || (c >= 'a' && c <= 'f')) {
			plain[n / 2] = (uint8_t)(plain[n / 2] << 4 |
						 (str_is_digit(c) ? c - '0' : c - 'a' + 10));
			n++;
		}
	}
	for (size_t i = 0; i < 16; i++)
		stored[i] = plain[order[i]];
	return n == 32 ? ole1_kind_of_class(str_of(stored, 16)) : OLE1_OTHER;
}

static void object(struct office *o, const struct officexml_item *i)
{
	enum ole1_kind kind = str_starts(i->value, STR("{")) ? kind_of_text(i->value)
							     : ole1_kind_of_name(i->value);

	inspect_office_kind(o, kind, i->value);
}

static void report(struct office *o, const struct officexml_item *i)
{
	switch (i->kind) {
	case OFFICEXML_RELATION:
		relation(o, i);
		break;
	case OFFICEXML_LINK:
		link(o, i);
		break;
	case OFFICEXML_FIELD:
		inspect_office_field(o, i->value);
		break;
	case OFFICEXML_DDE:
		walk_find(o->w, FINDING_DOCUMENT_DDE, o->index, i->value);
		break;
	case OFFICEXML_WEB:
		inspect_office_web(o, i->name, i->value);
		break;
	case OFFICEXML_ACTION:
		action(o, i);
		break;
	case OFFICEXML_OBJECT:
		object(o, i);
		break;
	case OFFICEXML_FILE:
		if (magic_detect(i->value).family != MAGIC_IMAGE)
			inspect_office_object(o, i->name, i->value);
		break;
	}
}

/* Members that hold what the author wrote; the others have the names of fonts and styles. */
static bool is_written(str member)
{
	static const str starts[] = { STR("word/document"), STR("word/footnotes"),
				      STR("xl/sharedStrings"), STR("ppt/slides/slide"),
				      STR("content.xml") };

	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		if (str_casestarts(member, starts[i]))
			return true;
	}
	return false;
}

static void read_xml(struct office *o, str member, str bytes)
{
	struct officexml x;

	officexml_read(o->scratch, bytes, &x);
	for (size_t i = 0; i < x.items.n; i++)
		report(o, &x.items.v[i]);
	if (x.encrypted)
		inspect_office_encrypted(o);
	if (x.entity)
		walk_find(o->w, FINDING_DOCUMENT_ENTITY, o->index, x.root);
	if (x.broken && !x.entity)
		inspect_office_broken(o, x.root.n ? x.root : STR("XML"));
	inspect_office_cut(o, x.cut);
	if (x.macro_sheet)
		walk_find(o->w, FINDING_DOCUMENT_XLM, o->index,
			  x.auto_open ? STR("auto_open") : STR("macrosheet"));
	if (x.code.n)
		walk_find(o->w, FINDING_DOCUMENT_MACRO, o->index, STR("Basic"));
	inspect_office_code(o, x.code);
	inspect_office_code(o, x.formulas);
	if (is_written(member))
		inspect_office_words(o, x.text);
	else
		inspect_office_text(o, x.text);
}

static void read_xlsb(struct office *o, str name, str bytes)
{
	struct xlsb x;

	if (!xlsb_is_part(bytes) &&
	    !(str_casestarts(name, STR("xl/")) && str_caseends(name, STR(".bin"))))
		return;
	xlsb_read(o->scratch, bytes, &x);
	for (size_t i = 0; i < x.dde.n; i++)
		walk_find(o->w, FINDING_DOCUMENT_DDE, o->index, x.dde.v[i]);
	inspect_office_web(o, x.web, x.web);
	inspect_office_cut(o, x.cut);
	if (str_casefind(name, STR("macrosheet")) != STR_NONE)
		walk_find(o->w, FINDING_DOCUMENT_XLM, o->index, name);
	inspect_office_code(o, x.formulas);
	if (is_written(name))
		inspect_office_words(o, x.text);
	else
		inspect_office_text(o, x.text);
}

static bool is_xml(str bytes)
{
	str start = str_sub(bytes, 0, 64);

	if (str_starts(start, STR("\xef\xbb\xbf")))
		start = str_skip(start, 3);
	return str_starts(str_trim(start), STR("<")) || str_starts(start, STR("\xff\xfe<")) ||
	       str_starts(start, STR("\xfe\xff\0<"));
}

bool inspect_ooxml_is_file(str name, str bytes)
{
	struct magic m = magic_detect(bytes);

	if (m.family == MAGIC_IMAGE || m.family == MAGIC_MEDIA)
		return m.notes || testmarks_eicar(bytes);
	if (m.family == MAGIC_MARKUP)
		return str_eq(m.type, STR("text/html")) || testmarks_eicar(bytes);
	if (m.family != MAGIC_UNKNOWN)
		return true;
	return inspect_name_is_script(name) || inspect_leaf_is_message(bytes) ||
	       testmarks_eicar(bytes) ||
	       (!is_xml(bytes) && magic_detect_script(bytes).family == MAGIC_SCRIPT);
}

bool inspect_ooxml_is_picture(struct walk *w, uint32_t index, str bytes, uint32_t *seen)
{
	if (magic_detect(bytes).family != MAGIC_IMAGE)
		return false;
	if (*seen == PICTURES_MAX)
		walk_find(w, FINDING_IMAGE_UNREAD, index, STR("too many images in a document"));
	return (*seen)++ < PICTURES_MAX;
}

/* Programs of OpenDocument in other languages than Basic. */
static void read_script(struct office *o, str name, str bytes)
{
	if (!str_casestarts(name, STR("Scripts/")) || !bytes.n)
		return;
	walk_find(o->w, FINDING_DOCUMENT_MACRO, o->index, name);
	inspect_office_code(o, bytes);
}

/* Text that an OOXML document takes in as it is (altChunk). */
static void read_text(struct office *o, str bytes)
{
	if (bytes.n <= OFFICEXML_TEXT_MAX && utf8_valid(bytes))
		inspect_office_text(o, bytes);
}

void inspect_ooxml_member(struct walk *w, uint32_t index, str name, str bytes, uint32_t depth)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct office o = { .w = w, .index = index, .depth = depth, .scratch = scratch };

	if (is_xml(bytes))
		read_xml(&o, name, bytes);
	else
		read_xlsb(&o, name, bytes);
	if (!is_xml(bytes)) {
		read_script(&o, name, bytes);
		read_text(&o, bytes);
	}
}

/* XML of other trades is none of ours: Office files name their vocabularies. */
static bool names_office(str bytes)
{
	static const str names[] = { STR("schemas.microsoft.com/office/"),
				     STR("urn:schemas-microsoft-com:office"),
				     STR("schemas.openxmlformats.org"),
				     STR("urn:oasis:names:tc:opendocument"),
				     STR("o\0f\0f\0i\0c\0e") };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_find(bytes, names[i]) != STR_NONE)
			return true;
	}
	return false;
}

void inspect_ooxml_open(struct walk *w, uint32_t index, str bytes, struct magic m, uint32_t depth)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct office o = { .w = w, .index = index, .depth = depth, .scratch = scratch };

	(void)m;
	if (names_office(bytes) && inspect_office_may_open(w, index, depth))
		read_xml(&o, STR(""), bytes);
}

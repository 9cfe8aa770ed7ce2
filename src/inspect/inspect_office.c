#include "inspect/inspect_office.h"

#include "document/biff.h"
#include "document/fieldcode.h"
#include "document/onenote.h"
#include "document/unzlib.h"
#include "inspect/inspect_fuzzy.h"

bool inspect_office_may_open(struct walk *w, uint32_t index, uint32_t depth)
{
	if (depth < w->limits.max_depth)
		return true;
	walk_limit(w, STR("archive.depth"));
	walk_find(w, FINDING_ARCHIVE_TOO_DEEP, index, walk_part(w, index)->filename);
	walk_part(w, index)->flags |= FACTS_PART_UNINSPECTED;
	return false;
}

/* The path that a packaged file came from says more than its name. */
static str base_name(str path)
{
	size_t slash = str_rchr(path, '/'), back = str_rchr(path, '\\');

	path = str_skip(path, slash + 1);
	return slash == STR_NONE ? str_skip(path, back + 1) : path;
}

uint32_t inspect_office_child(struct office *o, str name, str bytes)
{
	uint32_t part;
	struct facts_part *p;

	if (bytes.n > o->w->budget) {
		walk_limit(o->w, STR("unpacked.bytes"));
		inspect_office_broken(o, STR("unpacked.bytes"));
		return WALK_NO_PART;
	}
	part = walk_add_part(o->w, o->index, '/', ++o->number);
	if (part == WALK_NO_PART) {
		walk_part(o->w, o->index)->flags |= FACTS_PART_UNINSPECTED;
		return part;
	}
	walk_spend(o->w, bytes.n);
	p = walk_part(o->w, part);
	p->flags = FACTS_PART_ATTACHMENT | FACTS_PART_IN_ARCHIVE;
	p->type = STR("application/octet-stream");
	(void)charset_to_utf8(&o->w->charsets, o->w->arena, STR("utf-8"), base_name(name), &name);
	p->filename = arena_str(o->w->arena, str_sub(name, 0, FACTS_MAX_VALUE));
	inspect_name_check(o->w, part, p->filename, true);
	inspect_leaf_examine(o->w, part, bytes, o->depth + 1);
	return part;
}

void inspect_office_code(struct office *o, str code)
{
	if (!code.n)
		return;
	walk_scan(o->w, PATTERN_MACRO, STR(""), code, o->index);
	inspect_office_text(o, code);
}

void inspect_office_text(struct office *o, str text)
{
	(void)charset_to_utf8(&o->w->charsets, o->scratch, STR("utf-8"), text, &text);
	inspect_url_search(o->w, o->index, FACTS_URL_DOCUMENT, text);
}

void inspect_office_words(struct office *o, str text)
{
	inspect_office_text(o, text);
	inspect_fuzzy_document(o->w, o->index, text);
}

static bool has_scheme(str target)
{
	static const str schemes[] = { STR("http:"),   STR("https:"), STR("ftp:"),
				       STR("mhtml:"),  STR("ms-"),    STR("x-usc:"),
				       STR("script:"), STR("webdav"), STR("search-ms:"),
				       STR("res:") };

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		if (str_casestarts(target, schemes[i]))
			return true;
	}
	return false;
}

/* A server's share: internal ones are left in many honest files. */
static bool is_share(str target)
{
	static const str starts[] = { STR("\\\\"), STR("//"), STR("file:///\\\\"), STR("file:\\\\"),
				      STR("file://///") };

	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		if (str_casestarts(target, starts[i]))
			return true;
	}
	return str_casestarts(target, STR("file://")) && target.n > 7 && target.p[7] != '/';
}

void inspect_office_external(struct office *o, enum finding what, str target)
{
	target = str_trim(target);
	if (has_scheme(target)) {
		walk_find(o->w, what, o->index, target);
		inspect_url_found(o->w, o->index, FACTS_URL_DOCUMENT,
				  arena_str(o->w->arena, target), STR(""));
	} else if (is_share(target)) {
		walk_find(o->w, FINDING_DOCUMENT_EXTERNAL_SHARE, o->index, target);
	}
}

void inspect_office_field(struct office *o, str instruction)
{
	struct fieldcode f = fieldcode_read(instruction);

	switch (f.kind) {
	case FIELDCODE_DDE:
		walk_find(o->w, FINDING_DOCUMENT_DDE, o->index, str_trim(instruction));
		break;
	case FIELDCODE_PICTURE:
		inspect_office_external(o, FINDING_DOCUMENT_EXTERNAL_IMAGE, f.target);
		break;
	case FIELDCODE_INCLUDE:
		inspect_office_external(o, FINDING_DOCUMENT_EXTERNAL_OBJECT, f.target);
		break;
	case FIELDCODE_HYPERLINK:
		if (str_chr(f.target, ':') != STR_NONE)
			inspect_url_found(o->w, o->index, FACTS_URL_DOCUMENT,
					  arena_str(o->w->arena, f.target), STR(""));
		break;
	case FIELDCODE_OTHER:
		break;
	}
}

void inspect_office_kind(struct office *o, enum ole1_kind kind, str evidence)
{
	static const enum finding findings[] = {
		[OLE1_EQUATION] = FINDING_DOCUMENT_EQUATION,
		[OLE1_SCRIPT] = FINDING_DOCUMENT_SCRIPT_OBJECT,
		[OLE1_MONIKER] = FINDING_DOCUMENT_LINKED_OBJECT,
		[OLE1_CONTROL] = FINDING_DOCUMENT_ACTIVEX,
	};

	if (kind != OLE1_OTHER)
		walk_find(o->w, findings[kind], o->index, evidence);
}

/* A program anywhere in the data of an object that is no known container. */
static str hidden_program(str data)
{
	size_t stub = str_find(data, STR("This program cannot be run in DOS mode"));
	size_t start = stub == STR_NONE ? STR_NONE : str_rchr(str_sub(data, 0, stub), 'M');

	while (start != STR_NONE && start + 1 < data.n && data.p[start + 1] != 'Z')
		start = str_rchr(str_sub(data, 0, start), 'M');
	return start == STR_NONE ? STR("") : str_skip(data, start);
}

void inspect_office_object(struct office *o, str class_name, str data)
{
	struct ole1_package package;
	str program;

	inspect_office_kind(o, ole1_kind_of_name(class_name), class_name);
	if (ole1_package_read(data, &package)) {
		walk_find(o->w, FINDING_DOCUMENT_PACKAGE, o->index,
			  package.path.n ? package.path : package.label);
		inspect_office_child(o, package.path.n ? package.path : package.label,
				     package.data);
		return;
	}
	program = magic_detect(data).family == MAGIC_UNKNOWN ? hidden_program(data) : STR("");
	if (data.n)
		inspect_office_child(o, STR(""), data);
	if (program.n)
		inspect_office_child(o, STR(""), program);
}

void inspect_office_broken(struct office *o, str what)
{
	walk_find(o->w, FINDING_DOCUMENT_BROKEN, o->index, what);
	walk_part(o->w, o->index)->flags |= FACTS_PART_UNINSPECTED;
}

void inspect_office_cut(struct office *o, bool cut)
{
	if (!cut)
		return;
	walk_limit(o->w, STR("document.text"));
	inspect_office_broken(o, STR("document.text"));
}

void inspect_office_web(struct office *o, str function, str formula)
{
	if (str_eq(function, STR("IMAGE")))
		walk_find(o->w, FINDING_DOCUMENT_EXTERNAL_IMAGE, o->index, formula);
	else if (function.n)
		walk_find(o->w, FINDING_DOCUMENT_WEBSERVICE, o->index, formula);
}

static void scan_formulas(struct office *o, const struct biff *b)
{
	if (b->macro_sheet)
		walk_find(o->w, FINDING_DOCUMENT_XLM, o->index,
			  b->auto_open ? STR("auto_open")
			  : b->hidden  ? STR("hidden")
				       : STR("macro sheet"));
	inspect_office_code(o, b->formulas);
}

void inspect_biff_read(struct office *o, str stream)
{
	struct biff b;

	biff_read(o->scratch, stream, &b);
	scan_formulas(o, &b);
	for (size_t i = 0; i < b.dde.n; i++)
		walk_find(o->w, FINDING_DOCUMENT_DDE, o->index, b.dde.v[i]);
	for (size_t i = 0; i < b.links.n; i++)
		inspect_office_text(o, b.links.v[i]);
	inspect_office_web(o, b.web, b.web);
	inspect_office_words(o, b.text);
	if (b.encrypted)
		inspect_office_encrypted(o);
	inspect_office_cut(o, b.cut);
	if (b.broken)
		inspect_office_broken(o, STR("workbook"));
}

/* A workbook that is a file by itself, as Excel 2 to 4 wrote it. */
void inspect_biff_open(struct walk *w, uint32_t index, str bytes, struct magic m, uint32_t depth)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct office o = { .w = w, .index = index, .depth = depth, .scratch = scratch };

	(void)m;
	inspect_biff_read(&o, bytes);
}

void inspect_office_encrypted(struct office *o)
{
	walk_part(o->w, o->index)->flags |= FACTS_PART_ENCRYPTED;
	walk_find(o->w, FINDING_ATTACHMENT_ENCRYPTED, o->index,
		  walk_part(o->w, o->index)->filename);
}

void inspect_onenote_open(struct walk *w, uint32_t index, str bytes, struct magic m, uint32_t depth)
{
	struct office o = { .w = w, .index = index, .depth = depth };
	size_t at = 0;
	str file;

	(void)m;
	if (!inspect_office_may_open(w, index, depth))
		return;
	while (onenote_next(bytes, &at, &file)) {
		walk_find(w, FINDING_DOCUMENT_PACKAGE, index, STR("OneNote"));
		if (inspect_office_child(&o, STR(""), file) == WALK_NO_PART)
			return;
	}
}

/* "ActiveMime": what Word packs into XML and web pages. */
void inspect_mso_open(struct walk *w, uint32_t index, str bytes, struct magic m, uint32_t depth)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct office o = { .w = w, .index = index, .depth = depth, .scratch = scratch };
	bool whole;
	str data;

	(void)m;
	if (!inspect_office_may_open(w, index, depth))
		return;
	data = unzlib_activemime(scratch, bytes, (size_t)w->budget, &whole);
	if (data.n)
		inspect_office_child(&o, STR(""), data);
	if (!whole)
		inspect_office_broken(&o, STR("ActiveMime"));
}

/* A field of a text table, as a spreadsheet cuts it. */
static void look_at_cell(struct office *o, str cell)
{
	if (fieldcode_is_dde_formula(cell))
		walk_find(o->w, FINDING_DOCUMENT_DDE, o->index, str_trim(cell));
}

/* Cut at every sign at which some country's spreadsheets cut. */
static void look_at_cells(struct office *o, str line)
{
	look_at_cell(o, line);
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == ',' || line.p[i] == ';' || line.p[i] == '\t')
			look_at_cell(o, str_skip(line, i + 1));
	}
}

/* A SYLK record: "C;...;Eformula" holds a formula, "O;E" makes a sheet one of macros. */
static void look_at_record(struct office *o, str line, struct strbuf *code)
{
	str field;

	if (str_starts(line, STR("O;")) && str_find(line, STR(";E")) != STR_NONE)
		walk_find(o->w, FINDING_DOCUMENT_XLM, o->index, line);
	while (str_split(&line, ';', &field)) {
		if (!str_starts(field, STR("E")))
			continue;
		strbuf_put(code, str_skip(field, 1));
		strbuf_char(code, '\n');
		look_at_cell(o, arena_fmt(o->scratch, "=%.*s", STR_ARG(str_skip(field, 1))));
	}
}

void inspect_table_open(struct walk *w, uint32_t index, str bytes, struct magic m, uint32_t depth)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct office o = { .w = w, .index = index, .depth = depth, .scratch = scratch };
	struct strbuf code = strbuf_make(scratch, bytes.n * 2 + 16);
	bool sylk = str_eq(m.type, STR("application/x-sylk"));
	str rest = bytes, line;

	while (str_split(&rest, '\n', &line)) {
		if (sylk)
			look_at_record(&o, line, &code);
		else
			look_at_cells(&o, line);
	}
	inspect_office_code(&o, strbuf_str(&code));
	inspect_office_text(&o, bytes);
}

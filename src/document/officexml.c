#include "document/officexml.h"

#include "base/base64.h"
#include "document/fieldcode.h"

#include <expat.h>

enum { CHUNK_MAX = 1 << 20, INSTRUCTION_MAX = 64 << 10 };

/* Where character data goes. */
enum into { INTO_TEXT, INTO_FIELD, INTO_DATA, INTO_CODE, INTO_FORMULA, INTO_CELL };

struct reading {
	struct arena *arena;
	struct officexml *ret;
	struct strbuf text, code, formulas, field, cell, data;
	enum into into;
	str part_name; /* of the Flat OPC part, or of the binary data */
	XML_Parser parser;
};

static str local_name(const XML_Char *name)
{
	str s = str_c(name);

	return str_skip(s, str_rchr(s, ':') + 1); /* STR_NONE + 1 is 0 */
}

static str attribute(const XML_Char **attributes, const char *name)
{
	for (size_t i = 0; attributes[i]; i += 2) {
		if (str_caseeq(local_name(attributes[i]), str_c(name)))
			return str_c(attributes[i + 1]);
	}
	return STR("");
}

static void add(struct reading *x, enum officexml_kind kind, str name, str value, bool external)
{
	struct officexml_item *i;

	if (!value.n)
		return;
	if (x->ret->items.n >= OFFICEXML_ITEMS_MAX) {
		x->ret->broken = true;
		return;
	}
	i = arena_push(x->arena, &x->ret->items);
	*i = (struct officexml_item){ kind, external, arena_str(x->arena, name),
				      arena_str(x->arena, value) };
}

static void end_field(struct reading *x)
{
	x->ret->cut |= x->field.overflow;
	add(x, OFFICEXML_FIELD, STR(""), strbuf_str(&x->field), false);
	strbuf_clear(&x->field);
}

static void relation(struct reading *x, const XML_Char **a)
{
	str type = attribute(a, "Type");

	add(x, OFFICEXML_RELATION, str_skip(type, str_rchr(type, '/') + 1), attribute(a, "Target"),
	    str_caseeq(attribute(a, "TargetMode"), STR("External")));
}

static void dde(struct reading *x, str application, str topic)
{
	if (application.n)
		add(x, OFFICEXML_DDE, STR(""),
		    arena_fmt(x->arena, "%.*s|%.*s", STR_ARG(application), STR_ARG(topic)), true);
}

static void look_for_web(struct reading *x, str formula)
{
	str function = fieldcode_web_function(formula);

	if (function.n)
		add(x, OFFICEXML_WEB, function, formula, true);
}

/* The formula of a cell is text as well: addresses stand in it. */
static void end_cell(struct reading *x)
{
	look_for_web(x, strbuf_str(&x->cell));
	strbuf_put(&x->text, strbuf_str(&x->cell));
	x->ret->cut |= x->cell.overflow;
	strbuf_clear(&x->cell);
}

/* Attributes that mean the same wherever they stand. */
static void any_element(struct reading *x, str name, const XML_Char **a)
{
	str formula = attribute(a, "Formula");

	dde(x, attribute(a, "ddeService"), attribute(a, "ddeTopic"));
	dde(x, attribute(a, "dde-application"), attribute(a, "dde-topic"));
	add(x, OFFICEXML_LINK, name, attribute(a, "href"), true);
	add(x, OFFICEXML_FIELD, STR(""), attribute(a, "instr"), false);
	if (fieldcode_is_dde_formula(formula))
		add(x, OFFICEXML_DDE, STR(""), formula, true);
	look_for_web(x, formula);
}

static void object(struct reading *x, str name, const XML_Char **a)
{
	add(x, OFFICEXML_OBJECT, name, attribute(a, "ProgID"),
	    str_caseeq(attribute(a, "Type"), STR("Link")));
	add(x, OFFICEXML_OBJECT, name, attribute(a, "classid"), false);
}

static void field_mark(struct reading *x, str unused, const XML_Char **a)
{
	(void)unused;
	(void)a;
	end_field(x);
}

static void into_field(struct reading *x, str unused, const XML_Char **a)
{
	(void)unused;
	(void)a;
	x->into = INTO_FIELD;
}

static void into_data(struct reading *x, str unused, const XML_Char **a)
{
	str name = attribute(a, "name");

	(void)unused;
	x->into = INTO_DATA;
	if (name.n)
		x->part_name = arena_str(x->arena, name);
}

static void into_code(struct reading *x, str unused, const XML_Char **a)
{
	(void)unused;
	(void)a;
	x->into = INTO_CODE;
}

static void into_formula(struct reading *x, str unused, const XML_Char **a)
{
	(void)unused;
	(void)a;
	x->into = x->ret->macro_sheet ? INTO_FORMULA : INTO_CELL;
}

static void part(struct reading *x, str unused, const XML_Char **a)
{
	(void)unused;
	x->part_name = arena_str(x->arena, attribute(a, "name"));
}

static void macro_sheet(struct reading *x, str unused, const XML_Char **a)
{
	(void)unused;
	(void)a;
	x->ret->macro_sheet = true;
}

static void encryption(struct reading *x, str unused, const XML_Char **a)
{
	(void)unused;
	(void)a;
	x->ret->encrypted = true;
}

static void defined_name(struct reading *x, str unused, const XML_Char **a)
{
	(void)unused;
	x->ret->auto_open |= str_casefind(attribute(a, "name"), STR("Auto_")) != STR_NONE;
	into_formula(x, unused, a);
}

static void action(struct reading *x, str name, const XML_Char **a)
{
	add(x, OFFICEXML_ACTION, name, attribute(a, "action"), false);
}

static void custom_interface(struct reading *x, str name, const XML_Char **a)
{
	add(x, OFFICEXML_ACTION, name, attribute(a, "onLoad"), false);
}

/* What a workbook asks the web for when it is opened (ECMA-376 part 1, 18.13.15). */
static void web_query(struct reading *x, str name, const XML_Char **a)
{
	add(x, OFFICEXML_RELATION, name, attribute(a, "url"), true);
}

static void simple_relation(struct reading *x, str unused, const XML_Char **a)
{
	(void)unused;
	relation(x, a);
}

static const struct {
	str name;
	void (*begin)(struct reading *x, str name, const XML_Char **attributes);
} elements[] = {
	{ STR("Relationship"), simple_relation },
	{ STR("fldChar"), field_mark },
	{ STR("instrText"), into_field },
	{ STR("delInstrText"), into_field },
	{ STR("webPr"), web_query },
	{ STR("OLEObject"), object },
	{ STR("oleObj"), object },
	{ STR("ocx"), object },
	{ STR("control"), object },
	{ STR("hlinkClick"), action },
	{ STR("hlinkHover"), action },
	{ STR("hlinkMouseOver"), action },
	{ STR("snd"), action },
	{ STR("customUI"), custom_interface },
	{ STR("part"), part },
	{ STR("binaryData"), into_data },
	{ STR("binData"), into_data },
	{ STR("docOleData"), into_data },
	{ STR("binary-data"), into_data },
	{ STR("module"), into_code },
	{ STR("source-code"), into_code },
	{ STR("macrosheet"), macro_sheet },
	{ STR("encryption-data"), encryption },
	{ STR("f"), into_formula },
	{ STR("definedName"), defined_name },
};

static void XMLCALL on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *x = ctx;
	str local = local_name(name);

	if (x->into == INTO_CELL)
		end_cell(x);
	if (!x->ret->root.n)
		x->ret->root = arena_str(x->arena, local);
	x->into = INTO_TEXT;
	any_element(x, local, attributes);
	for (size_t i = 0; i < ARRAY_LEN(elements); i++) {
		if (str_eq(elements[i].name, local))
			elements[i].begin(x, local, attributes);
	}
}

static void end_data(struct reading *x)
{
	struct strbuf out = strbuf_make(x->arena, x->data.n + 1);
	struct base64_seen seen;

	base64_decode_lenient(&out, strbuf_str(&x->data), &seen);
	add(x, OFFICEXML_FILE, x->part_name, strbuf_str(&out), false);
	strbuf_clear(&x->data);
}

/* Elements that begin a new line for the reader; text is otherwise joined, as words are
 * cut into runs anywhere. */
static bool ends_a_line(str name)
{
	static const str names[] = { STR("p"),	 STR("br"), STR("tab"), STR("si"),  STR("c"),
				     STR("row"), STR("tc"), STR("h"),	STR("Data") };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_eq(name, names[i]))
			return true;
	}
	return false;
}

static void XMLCALL on_end(void *ctx, const XML_Char *name)
{
	struct reading *x = ctx;

	if (x->into == INTO_DATA && x->data.n)
		end_data(x);
	if (x->into == INTO_CELL)
		end_cell(x);
	if (x->into == INTO_FORMULA)
		strbuf_char(&x->formulas, '\n');
	if (ends_a_line(local_name(name)))
		strbuf_char(&x->text, '\n');
	x->into = INTO_TEXT;
}

static void XMLCALL on_text(void *ctx, const XML_Char *text, int n)
{
	struct reading *x = ctx;
	str s = str_of(text, (size_t)n);
	struct strbuf *to[] = {
		[INTO_TEXT] = &x->text, [INTO_FIELD] = &x->field,      [INTO_DATA] = &x->data,
		[INTO_CODE] = &x->code, [INTO_FORMULA] = &x->formulas, [INTO_CELL] = &x->cell,
	};

	strbuf_put(to[x->into], s);
}

static void XMLCALL on_entity(void *ctx, const XML_Char *name, int is_parameter,
			      const XML_Char *value, int n, const XML_Char *base,
			      const XML_Char *system_id, const XML_Char *public_id,
			      const XML_Char *notation)
{
	struct reading *x = ctx;

	(void)name, (void)is_parameter, (void)value, (void)n, (void)base;
	(void)system_id, (void)public_id, (void)notation;
	x->ret->entity = true;
	XML_StopParser(x->parser, XML_FALSE);
}

/* Any single-byte encoding is read as Latin-1: names and addresses are ASCII. */
static int XMLCALL on_encoding(void *ctx, const XML_Char *name, XML_Encoding *info)
{
	(void)ctx;
	(void)name;
	for (int i = 0; i < 256; i++)
		info->map[i] = i;
	info->data = NULL;
	info->convert = NULL;
	info->release = NULL;
	return XML_STATUS_OK;
}

static void set_handlers(XML_Parser p, struct reading *x)
{
	x->parser = p;
	XML_SetUserData(p, x);
	XML_SetElementHandler(p, on_start, on_end);
	XML_SetCharacterDataHandler(p, on_text);
	XML_SetEntityDeclHandler(p, on_entity);
	XML_SetUnknownEncodingHandler(p, on_encoding, NULL);
}

void officexml_read(struct arena *a, str xml, struct officexml *ret)
{
	struct reading x = { .arena = a,
			     .ret = ret,
			     .text = strbuf_make(a, OFFICEXML_TEXT_MAX),
			     .code = strbuf_make(a, OFFICEXML_TEXT_MAX),
			     .formulas = strbuf_make(a, OFFICEXML_TEXT_MAX),
			     .field = strbuf_make(a, INSTRUCTION_MAX),
			     .cell = strbuf_make(a, INSTRUCTION_MAX),
			     .data = strbuf_make(a, xml.n + 1) };
	XML_Parser p = XML_ParserCreate(NULL);

	bug_if(!p);
	*ret = (struct officexml){ 0 };
	set_handlers(p, &x);
	for (bool more = true; more && !ret->broken && !ret->entity;) {
		str piece = str_sub(xml, 0, CHUNK_MAX);

		xml = str_skip(xml, piece.n);
		more = xml.n != 0;
		ret->broken |= XML_Parse(p, piece.p, (int)piece.n, !more) != XML_STATUS_OK;
	}
	XML_ParserFree(p);
	end_field(&x);
	end_cell(&x);
	if (x.data.n)
		end_data(&x);
	ret->cut |= x.text.overflow || x.code.overflow || x.formulas.overflow;
	ret->text = strbuf_str(&x.text);
	ret->code = strbuf_str(&x.code);
	ret->formulas = strbuf_str(&x.formulas);
}

/* Old workbooks (MS-XLS) and binary new ones (MS-XLSB) with Excel 4.0 macros, presentations
 * (MS-PPT, OOXML) with programs behind a click or with macros.
 */
#include "battery/fixture.h"

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define RELS "http://schemas.openxmlformats.org/package/2006/relationships"
#define DOC_RELS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define TYPES "http://schemas.openxmlformats.org/package/2006/content-types"

enum { STREAM_MAX = 64 << 10 };

static void record(struct strbuf *b, unsigned id, str data)
{
	strbuf_le(b, id, 2);
	strbuf_le(b, data.n, 2);
	strbuf_put(b, data);
}

/* =EXEC("calc.exe") in A1: a string, then function 110 with one argument. */
static str exec_formula(struct kit *k)
{
	const str tokens = STR("\x17\x08\0calc.exe\x42\1\x6e\0");
	struct strbuf b = strbuf_make(k->arena, 64);

	strbuf_put(&b, STR("\0\0\0\0\x0f\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
	strbuf_le(&b, tokens.n, 2);
	strbuf_put(&b, tokens);
	return strbuf_str(&b);
}

/* One sheet with a number in it. */
str fixture_xls(struct kit *k)
{
	struct strbuf b = strbuf_make(k->arena, STREAM_MAX);
	struct fixture_ole *o =
		fixture_ole_start(k, STR("\x20\x08\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"));

	record(&b, 0x809, STR("\0\6\5\0\xbb\x0d\xcc\7\0\0\0\0\6\0\0\0"));
	record(&b, 0x85, STR("\x28\0\0\0\0\0\7\0Feuille"));
	record(&b, 0x0a, STR(""));
	record(&b, 0x809, STR("\0\6\x10\0\xbb\x0d\xcc\7\0\0\0\0\6\0\0\0"));
	record(&b, 0x203, STR("\0\0\0\0\x0f\0\0\0\0\0\0\0\x45\x40"));
	record(&b, 0x0a, STR(""));
	while (b.n < 4096)
		strbuf_char(&b, 0);
	fixture_ole_add(o, 0, "Workbook", true, strbuf_str(&b));
	return fixture_ole_end(o);
}

str fixture_xls_stream(struct kit *k, str filepass)
{
	struct strbuf b = strbuf_make(k->arena, STREAM_MAX);

	record(&b, 0x809, STR("\0\6\5\0\xbb\x0d\xcc\7\0\0\0\0\6\0\0\0"));
	if (filepass.n)
		record(&b, 0x2f, filepass);
	/* A sheet of macros, very hidden, and a name that runs it: Auto_Open. */
	record(&b, 0x85, STR("\x60\0\0\0\2\1\5\0Macro"));
	record(&b, 0x18, STR("\x20\0\0\1\0\0\0\0\1\0\0\0\0\0\0\1"));
	record(&b, 0x0a, STR(""));
	record(&b, 0x809, STR("\0\6\x40\0\xbb\x0d\xcc\7\0\0\0\0\6\0\0\0"));
	record(&b, 0x06, exec_formula(k));
	record(&b, 0x0a, STR(""));
	while (b.n < 4096)
		strbuf_char(&b, 0);
	return strbuf_str(&b);
}

str fixture_xls_macro(struct kit *k)
{
	struct fixture_ole *o =
		fixture_ole_start(k, STR("\x20\x08\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"));

	fixture_ole_add(o, 0, "Workbook", true, fixture_xls_stream(k, STR("")));
	return fixture_ole_end(o);
}

str fixture_xlsb_macro(struct kit *k)
{
	const struct fixture_member m[] = {
		{ "[Content_Types].xml",
		  STR(XML "<Types xmlns=\"" TYPES "\"><Default Extension=\"bin\" ContentType=\""
			  "application/vnd.ms-excel.sheet.binary.macroEnabled.main\"/>"
			  "<Default Extension=\"rels\" ContentType=\"application/"
			  "vnd.openxmlformats-package.relationships+xml\"/></Types>") },
		{ "_rels/.rels", STR(XML "<Relationships xmlns=\"" RELS
					 "\"><Relationship Id=\"rId1\" Type=\"" DOC_RELS
					 "/officeDocument\" Target=\"xl/workbook.bin\"/>"
					 "</Relationships>") },
		{ "xl/workbook.bin", STR("\x83\1\0\x8f\1\0\x90\1\0\x84\1\0") },
		{ "xl/_rels/workbook.bin.rels",
		  STR(XML "<Relationships xmlns=\"" RELS
			  "\"><Relationship Id=\"rId1\" Type=\"http://schemas.microsoft.com/"
			  "office/2006/relationships/xlMacrosheet\" "
			  "Target=\"macrosheets/sheet1.bin\"/></Relationships>") },
		{ "xl/macrosheets/sheet1.bin", STR("\x81\1\0\x91\1\0\x92\1\0\x82\1\0") },
	};

	return fixture_archive(k, FIXTURE_ZIP, m, ARRAY_LEN(m));
}

/* A click on a shape starts a program (InteractiveInfoAtom, 2.6.4: action 2). */
str fixture_ppt_action(struct kit *k)
{
	struct strbuf b = strbuf_make(k->arena, STREAM_MAX);
	struct fixture_ole *o =
		fixture_ole_start(k, STR("\x10\x8d\x81\x64\x9b\x4f\xcf\x11\x86\xea\0\xaa\0\xb9\x29"
					 "\xe8"));

	strbuf_put(&b, STR("\0\0\xba\x0f\x20\0\0\0c\0:\0\\\0c\0a\0l\0c\0.\0e\0x\0e\0\0\0\0\0\0\0"
			   "\0\0\0\0\0\0"));
	strbuf_put(&b, STR("\0\0\xf3\x0f\x10\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0\0\0\0\0"));
	while (b.n < 4096)
		strbuf_char(&b, 0);
	fixture_ole_add(o, 0, "PowerPoint Document", true, strbuf_str(&b));
	fixture_ole_add(o, 0, "Current User", true,
			STR("\0\0\xf6\x0f\x14\0\0\0\x14\0\0\0\x5f\xc0\x91\xe3\0\0\0\0\0\0\xf4\3"
			    "\3\0\0\0"));
	return fixture_ole_end(o);
}

str fixture_pptm(struct kit *k, str macro)
{
	const struct fixture_member m[] = {
		{ "[Content_Types].xml",
		  STR(XML "<Types xmlns=\"" TYPES "\"><Default Extension=\"bin\" "
			  "ContentType=\"application/vnd.ms-office.vbaProject\"/><Override "
			  "PartName=\"/ppt/presentation.xml\" ContentType=\"application/"
			  "vnd.ms-powerpoint.presentation.macroEnabled.main+xml\"/></Types>") },
		{ "_rels/.rels", STR(XML "<Relationships xmlns=\"" RELS
					 "\"><Relationship Id=\"rId1\" Type=\"" DOC_RELS
					 "/officeDocument\" Target=\"ppt/presentation.xml\"/>"
					 "</Relationships>") },
		{ "ppt/presentation.xml",
		  STR(XML "<p:presentation xmlns:p=\"http://schemas.openxmlformats.org/"
			  "presentationml/2006/main\"/>") },
		{ "ppt/vbaProject.bin", fixture_vba_project(k, macro) },
	};

	return fixture_archive(k, FIXTURE_ZIP, m, ARRAY_LEN(m));
}

/* An old presentation keeps its macros as a compound file in a record (ExOleObjStg). */
str fixture_ppt_macro(struct kit *k, str macro)
{
	struct strbuf b = strbuf_make(k->arena, STREAM_MAX);
	str project = fixture_vba_project(k, macro);
	struct fixture_ole *o =
		fixture_ole_start(k, STR("\x10\x8d\x81\x64\x9b\x4f\xcf\x11\x86\xea\0\xaa\0\xb9\x29"
					 "\xe8"));

	strbuf_put(&b, STR("\0\0\x11\x10"));
	strbuf_le(&b, project.n, 4);
	strbuf_put(&b, project);
	fixture_ole_add(o, 0, "PowerPoint Document", true, strbuf_str(&b));
	return fixture_ole_end(o);
}

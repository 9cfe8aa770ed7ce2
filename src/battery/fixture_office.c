#include "battery/fixture.h"

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define WORD "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define RELS "http://schemas.openxmlformats.org/package/2006/relationships"
#define DOC_RELS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define TYPES "http://schemas.openxmlformats.org/package/2006/content-types"

str fixture_doc(struct kit *k, str text, str macro)
{
	/* Word's class id */
	struct fixture_ole *o =
		fixture_ole_start(k, STR("\x06\x09\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"));
	const str pieces[] = { STR("\xec\xa5\xc1\0\x0c\x04\x09\x04"), kit_repeat(k, STR("\0"), 504),
			       text, kit_repeat(k, STR("\0"), 4096) };

	fixture_ole_add(o, 0, "WordDocument", true, kit_join(k, pieces, ARRAY_LEN(pieces)));
	fixture_ole_add(o, 0, "1Table", true, kit_repeat(k, STR("\0"), 4096));
	if (macro.n)
		fixture_ole_vba(o, fixture_ole_add(o, 0, "Macros", false, STR("")), macro);
	return fixture_ole_end(o);
}

str fixture_docx(struct kit *k, const char *main, const char *relations, str macro)
{
	struct fixture_member m[6] = {
		{ "[Content_Types].xml",
		  macro.n ? STR(XML
				"<Types xmlns=\"" TYPES
				"\"><Default Extension=\"xml\" ContentType=\"application/xml\"/>"
				"<Default Extension=\"rels\" "
				"ContentType=\"application/"
				"vnd.openxmlformats-package.relationships+xml\"/>"
				"<Default Extension=\"bin\" "
				"ContentType=\"application/vnd.ms-office.vbaProject\"/>"
				"<Override PartName=\"/word/document.xml\" "
				"ContentType=\"application/"
				"vnd.ms-word.document.macroEnabled.main+xml\"/></Types>")
			  : STR(XML
				"<Types xmlns=\"" TYPES
				"\"><Default Extension=\"xml\" ContentType=\"application/xml\"/>"
				"<Default Extension=\"rels\" "
				"ContentType=\"application/"
				"vnd.openxmlformats-package.relationships+xml\"/>"
				"<Override PartName=\"/word/document.xml\" "
				"ContentType=\"application/"
				"vnd.openxmlformats-officedocument.wordprocessingml.document.main+"
				"xml\"/></Types>") },
		{ "_rels/.rels",
		  STR(XML "<Relationships xmlns=\"" RELS
			  "\"><Relationship Id=\"rId1\" Type=\"" DOC_RELS
			  "/officeDocument\" Target=\"word/document.xml\"/></Relationships>") },
		{ "word/document.xml",
		  kit_fmt(k,
			  XML
			  "<w:document xmlns:w=\"" WORD "\" xmlns:r=\"" DOC_RELS
			  "\"><w:body><w:p><w:r><w:t>"
			  "Compte rendu de la reunion</w:t></w:r></w:p>%s</w:body></w:document>",
			  main) },
		{ "word/_rels/document.xml.rels",
		  kit_fmt(k, XML "<Relationships xmlns=\"" RELS "\">%s%s</Relationships>",
			  relations,
			  macro.n ? "<Relationship Id=\"rId9\" "
				    "Type=\"http://schemas.microsoft.com/office/2006/relationships/"
				    "vbaProject\" Target=\"vbaProject.bin\"/>"
				  : "") },
	};
	size_t n = 4;

	if (macro.n)
		m[n++] = (struct fixture_member){ "word/vbaProject.bin",
						  fixture_vba_project(k, macro) };
	return fixture_archive(k, FIXTURE_ZIP, m, n);
}

str fixture_xlsx(struct kit *k, const char *sheet_part, const char *sheet, str macro)
{
	struct fixture_member m[6] = {
		{ "[Content_Types].xml",
		  STR(XML
		      "<Types xmlns=\"" TYPES
		      "\"><Default Extension=\"xml\" ContentType=\"application/xml\"/>"
		      "<Default Extension=\"rels\" "
		      "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
		      "<Override PartName=\"/xl/workbook.xml\" "
		      "ContentType=\"application/"
		      "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></"
		      "Types>") },
		{ "_rels/.rels",
		  STR(XML "<Relationships xmlns=\"" RELS
			  "\"><Relationship Id=\"rId1\" Type=\"" DOC_RELS
			  "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>") },
		{ "xl/workbook.xml",
		  STR(XML "<workbook "
			  "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "
			  "xmlns:r=\"" DOC_RELS "\"><sheets><sheet name=\"Feuille\" sheetId=\"1\" "
			  "state=\"veryHidden\" r:id=\"rId1\"/></sheets>"
			  "<definedNames><definedName "
			  "name=\"_xlnm.Auto_Open\">Feuille!$A$1</definedName></definedNames></"
			  "workbook>") },
		{ "xl/_rels/workbook.xml.rels",
		  kit_fmt(k,
			  XML "<Relationships xmlns=\"" RELS
			      "\"><Relationship Id=\"rId1\" Type=\"%s\" "
			      "Target=\"%s\"/></Relationships>",
			  str_find(str_c(sheet_part), STR("macrosheets")) == STR_NONE
				  ? DOC_RELS "/worksheet"
				  : "http://schemas.microsoft.com/office/2006/relationships/"
				    "xlMacrosheet",
			  sheet_part + 3) },
		{ sheet_part, str_c(sheet) },
	};
	size_t n = 5;

	if (macro.n)
		m[n++] = (struct fixture_member){ "xl/vbaProject.bin",
						  fixture_vba_project(k, macro) };
	return fixture_archive(k, FIXTURE_ZIP, m, n);
}

/* A message with one attachment (MS-OXMSG): names and bytes are property streams. */
str fixture_msg(struct kit *k, const char *name, str attached)
{
	struct fixture_ole *o =
		fixture_ole_start(k, STR("\x0b\x0d\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"));
	int part;

	fixture_ole_add(o, 0, "__properties_version1.0", true, kit_repeat(k, STR("\0"), 32));
	fixture_ole_add(o, 0, "__substg1.0_0037001F", true,
			kit_utf16(k, STR("Documents"), false, false));
	fixture_ole_add(o, 0, "__substg1.0_1000001F", true,
			kit_utf16(k, STR("Bonjour"), false, false));
	part = fixture_ole_add(o, 0, "__attach_version1.0_#00000000", false, STR(""));
	fixture_ole_add(o, part, "__properties_version1.0", true, kit_repeat(k, STR("\0"), 8));
	fixture_ole_add(o, part, "__substg1.0_3707001F", true,
			kit_utf16(k, str_c(name), false, false));
	fixture_ole_add(o, part, "__substg1.0_37010102", true, attached);
	return fixture_ole_end(o);
}

str fixture_rtf(struct kit *k, const char *start, str object, const char *between)
{
	struct strbuf b = strbuf_make(k->arena, object.n * 8 + 4096);

	strbuf_fmt(&b,
		   "%s\\ansi Bonjour\\par {\\object\\objemb{\\*\\objclass Package}{\\*\\objdata ",
		   start);
	for (size_t i = 0; i < object.n; i++)
		strbuf_fmt(&b, "%02x%s", (unsigned char)object.p[i], i % 8 == 7 ? between : "");
	strbuf_put(&b, STR("}}}"));
	return strbuf_str(&b);
}

str fixture_native(struct kit *k, const char *name, str file)
{
	struct strbuf b = strbuf_make(k->arena, file.n + 4096);
	str label = str_of(name, strlen(name) + 1); /* with its NUL */

	strbuf_put(&b, STR("\2\0"));
	strbuf_put(&b, label);
	strbuf_put(&b, STR("C:\\"));
	strbuf_put(&b, label);
	strbuf_put(&b, STR("\0\0\3\0"));
	strbuf_le(&b, label.n + 3, 4);
	strbuf_put(&b, STR("C:\\"));
	strbuf_put(&b, label);
	strbuf_le(&b, file.n, 4);
	strbuf_put(&b, file);
	return strbuf_str(&b);
}

str fixture_package(struct kit *k, const char *name, str file)
{
	str native = fixture_native(k, name, file);
	struct strbuf b = strbuf_make(k->arena, native.n + 64);

	strbuf_put(&b, STR("\1\5\0\0\2\0\0\0\x08\0\0\0Package\0\0\0\0\0\0\0\0\0"));
	strbuf_le(&b, native.n, 4);
	strbuf_put(&b, native);
	return strbuf_str(&b);
}

str fixture_docx_object(struct kit *k, const char *name, str file)
{
	struct fixture_ole *o = fixture_ole_start(k, STR("\x0c\0\3\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"));
	str native = fixture_native(k, name, file);
	struct strbuf stream = strbuf_make(k->arena, native.n + 4);

	strbuf_le(&stream, native.n, 4);
	strbuf_put(&stream, native);
	fixture_ole_add(o, 0, "\1Ole10Native", true, strbuf_str(&stream));
	{
		const struct fixture_member m[] = {
			{ "[Content_Types].xml",
			  STR(XML "<Types xmlns=\"" TYPES "\"><Default Extension=\"bin\" "
				  "ContentType=\"application/"
				  "vnd.openxmlformats-officedocument.oleObject\"/><Override "
				  "PartName=\"/word/document.xml\" ContentType=\"application/"
				  "vnd.openxmlformats-officedocument.wordprocessingml.document."
				  "main+xml\"/></Types>") },
			{ "_rels/.rels",
			  STR(XML "<Relationships xmlns=\"" RELS "\"><Relationship Id=\"rId1\" "
				  "Type=\"" DOC_RELS "/officeDocument\" "
				  "Target=\"word/document.xml\"/></Relationships>") },
			{ "word/document.xml", STR(XML "<w:document xmlns:w=\"" WORD
						       "\"><w:body><w:p/></w:body></w:document>") },
			{ "word/_rels/document.xml.rels",
			  STR(XML "<Relationships xmlns=\"" RELS "\"><Relationship Id=\"rId3\" "
				  "Type=\"" DOC_RELS "/oleObject\" "
				  "Target=\"embeddings/oleObject1.bin\"/></Relationships>") },
			{ "word/embeddings/oleObject1.bin", fixture_ole_end(o) },
		};

		return fixture_archive(k, FIXTURE_ZIP, m, ARRAY_LEN(m));
	}
}

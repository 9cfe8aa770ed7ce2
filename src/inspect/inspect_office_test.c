/* What documents carry is found in every carrier, and their harmless twins stay quiet. */
#include "archive/zipbuild.h"
#include "base/base64.h"
#include "document/vba_make.h"
#include "inspect/inspect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <zlib.h>

#include <cmocka.h>

#define PROGRAM "MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0"
#define SOURCE "Attribute VB_Name = \"M\"\r\nSub AutoOpen()\r\nMsgBox \"hello\"\r\nEnd Sub\r\n"
#define PACKAGE                                                                                    \
	"\2\0a.exe\0C:\\a.exe\0\0\0\3\0\5\0\0\0C:\\x\0\x10\0\0\0" PROGRAM /* a file in an object   \
									   */
#define BOF_MACRO "\x09\x08\x08\0\0\6\x40\0\0\0\0\0"
#define FIB "\xec\xa5\xc1\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define RELATION(type, target)                                                                     \
	"<Relationships><Relationship Type=\"http://schemas.openxmlformats.org/x/" type            \
	"\" Target=\"" target "\" TargetMode=\"External\"/></Relationships>"
#define WORD_XML "<w:p xmlns:w=\"http://schemas.openxmlformats.org/w\">"
#define RUN(text) "<w:r><w:instrText>" text "</w:instrText></w:r>"

static str inspect_file(struct arena *a, str file, struct facts *ret)
{
	struct strbuf b = strbuf_make(a, 8 << 20);

	strbuf_put(&b, STR("From: a@b.example\r\nSubject: x\r\nDate: x\r\nMessage-ID: <a@b>\r\n"
			   "Content-Type: application/octet-stream; name=file\r\n"
			   "Content-Disposition: attachment\r\n"
			   "Content-Transfer-Encoding: base64\r\n\r\n"));
	base64_encode(&b, file);
	strbuf_put(&b, STR("\r\n"));
	inspect_message(a, strbuf_str(&b), NULL, &inspect_default_limits, ret);
	return strbuf_str(&b);
}

static void expect(str file, const char *name)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 512 << 20);
	struct facts f;
	bool found;

	(void)inspect_file(a, file, &f);
	found = facts_has_finding(&f, str_c(name));
	for (size_t i = 0; !found && i < f.findings.n; i++)
		print_error("%.*s instead of %s\n", STR_ARG(f.findings.v[i].name), name);
	assert_true(found);
}

/* Nothing that is said of attachments; the mail around them is no matter here. */
static void expect_nothing(str file)
{
	static const str families[] = { STR("DOCUMENT_"),   STR("MACRO_"),   STR("RTF_"),
					STR("ATTACHMENT_"), STR("ARCHIVE_"), STR("TYPE_") };
	cleanup(arena_freep) struct arena *a = arena_new("test", 512 << 20);
	struct facts f;

	(void)inspect_file(a, file, &f);
	for (size_t i = 0; i < f.findings.n; i++) {
		for (size_t k = 0; k < ARRAY_LEN(families); k++) {
			if (str_starts(f.findings.v[i].name, families[k]))
				fail_msg("%.*s", STR_ARG(f.findings.v[i].name));
		}
	}
}

static str one_stream(struct arena *a, str name, str data)
{
	struct cfb_make m = cfb_make_new(a);

	(void)cfb_make_stream(&m, 0, name, data);
	return cfb_make_finish(&m);
}

static void put_u16(struct strbuf *b, uint32_t v)
{
	strbuf_char(b, (char)v);
	strbuf_char(b, (char)(v >> 8));
}

/* A zip file of one stored member, as office programs would have more of. */
static str zipped(struct arena *a, str name, str data)
{
	struct strbuf b = strbuf_make(a, 8 << 20);
	uint32_t crc = (uint32_t)crc32(0, (const Bytef *)data.p, (uInt)data.n);
	size_t directory;

	for (int central = 0; central < 2; central++) {
		directory = b.n;
		strbuf_put(&b, central ? STR("PK\1\2\x14\0\x14\0\0\0\0\0\0\0\x21\0")
				       : STR("PK\3\4\x14\0\0\0\0\0\0\0\x21\0"));
		cfb_make_u32(&b, crc);
		cfb_make_u32(&b, (uint32_t)data.n);
		cfb_make_u32(&b, (uint32_t)data.n);
		put_u16(&b, (uint32_t)name.n);
		put_u16(&b, 0);
		if (central)
			strbuf_put(&b, STR("\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
		strbuf_put(&b, name);
		if (!central)
			strbuf_put(&b, data);
	}
	strbuf_put(&b, STR("PK\5\6\0\0\0\0\1\0\1\0"));
	cfb_make_u32(&b, (uint32_t)(46 + name.n));
	cfb_make_u32(&b, (uint32_t)directory);
	put_u16(&b, 0);
	return strbuf_str(&b);
}

static void macros_are_found_in_every_hiding_place(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	static const str says_else = { "..\xb9\0\x08\0calc.exe", 14 };
	struct cfb_make plain = cfb_make_new(a), stomped = cfb_make_new(a);
	struct cfb_make hidden = cfb_make_new(a), empty = cfb_make_new(a);

	(void)state;
	vba_make_project(&plain, STR("M"), STR("compiled"), STR(SOURCE));
	expect(cfb_make_finish(&plain), "DOCUMENT_MACRO");
	vba_make_project(&stomped, STR("M"), says_else, STR(SOURCE));
	expect(cfb_make_finish(&stomped), "MACRO_STOMPED");
	vba_make_project(&hidden, STR("M"), STR("compiled"), STR(SOURCE));
	(void)cfb_make_stream(&hidden, 1, STR("PROJECT"), STR("Module=Other\r\n"));
	expect(cfb_make_finish(&hidden), "MACRO_HIDDEN");
	vba_make_project(&empty, STR("M"), STR("compiled"), STR(""));
	expect(cfb_make_finish(&empty), "MACRO_UNREADABLE");
	expect(one_stream(a, STR("picture"), vba_make_container(a, STR(SOURCE))), "MACRO_HIDDEN");
	expect(zipped(a, STR("word/media/a.png"), cfb_make_finish(&plain)), "DOCUMENT_MACRO");
}

static void a_listed_module_that_says_the_same_is_only_a_macro(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	static const str same = { "..\xb9\0\5\0hello", 11 };
	struct cfb_make m = cfb_make_new(a);
	struct facts f;

	(void)state;
	vba_make_project(&m, STR("M"), same, STR(SOURCE));
	(void)cfb_make_stream(&m, 1, STR("PROJECT"), STR("ID=1\r\nModule=M\r\n"));
	(void)inspect_file(a, cfb_make_finish(&m), &f);
	assert_true(facts_has_finding(&f, STR("DOCUMENT_MACRO")));
	assert_false(facts_has_finding(&f, STR("MACRO_STOMPED")));
	assert_false(facts_has_finding(&f, STR("MACRO_HIDDEN")));
}

static void other_programs_are_asked_in_no_carrier_unseen(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	static const str texts[] = {
		STR("a,b\r\n1,=cmd|' /C calc'!A0\r\n"),
		STR("ID;PWXL;N;E\r\nC;X1;Y1;K0;Ecmd|'/c calc'!A0\r\nE\r\n"),
		STR("{\\rtf1{\\field{\\*\\fldinst DDE{AUTO} c:\\\\cmd.exe x}}}"),
		STR("<?xml version=\"1.0\"?>" WORD_XML RUN("DDEA") RUN("UTO cmd") "</w:p>"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		expect(texts[i], "DOCUMENT_DDE");
	expect(one_stream(a, STR("WordDocument"),
			  STR(FIB "text\x13"
				  "DDEAUTO c:\\\\cmd.exe x\x14")),
	       "DOCUMENT_DDE");
	expect(one_stream(a, STR("Book"),
			  STR("\x09\x08\x08\0\0\6\5\0\0\0\0\0"
			      "\xae\1\x0d\0\1\0\x08\0\0cmd\3/c x")),
	       "DOCUMENT_DDE");
	expect(zipped(a, STR("word/document.xml"), STR(WORD_XML RUN("D") RUN("DE a b") "</w:p>")),
	       "DOCUMENT_DDE");
	expect(zipped(a, STR("xl/l.xml"), STR("<ddeLink ddeService=\"cmd\" ddeTopic=\"x\"/>")),
	       "DOCUMENT_DDE");
}

static void old_excel_macros_are_found(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);

	(void)state;
	expect(one_stream(a, STR("Workbook"), STR(BOF_MACRO)), "DOCUMENT_XLM");
	expect(STR("\x09\4\6\0\0\4\x40\0\0\0"), "DOCUMENT_XLM");
	expect(STR("ID;P\r\nO;L;E\r\nC;X1;Y1;EEXEC(\"calc\")\r\n"), "DOCUMENT_XLM");
	expect(zipped(a, STR("xl/_rels/w.rels"), STR(RELATION("xlMacrosheet", "m/s.xml"))),
	       "DOCUMENT_XLM");
}

static void embedded_files_are_judged_by_their_own_type(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct cfb_make msg = cfb_make_new(a);
	int32_t attachment = cfb_make_storage(&msg, 0, STR("__attach_version1.0_#00000000"));
	static const char one[] = "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3"
				  "....\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a"
				  "\x9e\xac\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" PROGRAM;

	(void)state;
	(void)cfb_make_stream(&msg, attachment, STR("__substg1.0_37010102"), STR(PROGRAM));
	expect(cfb_make_finish(&msg), "ATTACHMENT_EXECUTABLE");
	expect(one_stream(a, STR("\1Ole10Native"), STR("\x36\0\0\0" PACKAGE)),
	       "ATTACHMENT_EXECUTABLE");
	expect(one_stream(a, STR("\1Ole10Native"), STR("\x36\0\0\0" PACKAGE)), "DOCUMENT_PACKAGE");
	expect(str_of(one, sizeof(one) - 1), "ATTACHMENT_EXECUTABLE");
	expect(STR("{\\rtf1{\\object{\\*\\objdata 4d5a{\\x}9000\n 03000000}}}"),
	       "ATTACHMENT_EXECUTABLE");
	expect(STR("<?xml version=\"1.0\"?><p:binaryData xmlns:p=\"http://schemas.microsoft.com/"
		   "office/\">TVqQAAMAAAAEAAAA//8AAA==</p:binaryData>"),
	       "ATTACHMENT_EXECUTABLE");
}

static void the_body_of_an_outlook_message_is_read(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct facts f;

	(void)state;
	(void)inspect_file(a, one_stream(a, STR("__substg1.0_1000001F"), STR("B\0o\0n\0j\0")), &f);
	assert_true(str_eq(f.text, STR("Bonj")));
}

static void what_is_fetched_is_told_from_what_is_clicked(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	static const struct {
		str xml;
		const char *finding; /* NULL: none */
	} cases[] = {
		{ STR(RELATION("attachedTemplate", "https://e.example/t.dotm")),
		  "DOCUMENT_EXTERNAL_TEMPLATE" },
		{ STR(RELATION("oleObject", "mhtml:http://e.example/x!x-usc:http://e.example/x")),
		  "DOCUMENT_EXTERNAL_OBJECT" },
		{ STR(RELATION("frame", "http://e.example/f")), "DOCUMENT_EXTERNAL_OBJECT" },
		{ STR(RELATION("image", "http://e.example/i.png")), "DOCUMENT_EXTERNAL_IMAGE" },
		{ STR(RELATION("attachedTemplate", "file:///\\\\srv\\t.dotm")),
		  "DOCUMENT_EXTERNAL_SHARE" },
		{ STR(RELATION("hyperlink", "https://www.example/")), NULL },
		{ STR(RELATION("attachedTemplate", "file:///C:\\Templates\\Letter.dotx")), NULL },
		{ STR("<a:hlinkClick xmlns:a=\"a\" action=\"ppaction://program\"/>"),
		  "DOCUMENT_ACTION" },
		{ STR("<a:hlinkClick xmlns:a=\"a\" action=\"ppaction://hlinksldjump\"/>"), NULL },
		{ STR("<a><oleObject xmlns=\"x\"/><OLEObject ProgID=\"Equation.3\"/></a>"),
		  "DOCUMENT_EQUATION" },
		{ STR("<!DOCTYPE a [<!ENTITY b \"b\">]><a>&b;</a>"), "DOCUMENT_ENTITY" },
		{ STR("<a><b></a>"), "DOCUMENT_BROKEN" },
		{ STR("<m:e xmlns:m=\"m\"><m:encryption-data/></m:e>"), "ATTACHMENT_ENCRYPTED" },
		{ STR("<a><webPr url=\"http://e.example/q\"/></a>"), "DOCUMENT_LINKED_OBJECT" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str file = zipped(a, STR("word/x.xml"), cases[i].xml);

		if (cases[i].finding)
			expect(file, cases[i].finding);
		else
			expect_nothing(file);
	}
}

static void objects_in_rtf_are_told_from_pictures(void **state)
{
	(void)state;
	expect(STR("{\\rtf1{\\object\\objupdate{\\*\\objdata 0105}}}"), "RTF_OBJECT_UPDATE");
	expect(STR("{\\rt0{\\object{\\*\\objdata 01}}}"), "RTF_BAD_HEADER");
	expect(STR("{\\rtf1{\\object\\objemb}}"), "RTF_OBJECT");
	expect(STR("abc{\\rtf1{\\object{\\*\\objdata 01}}}"), "RTF_OBJECT");
	expect(STR("\r\n{\\rtf1{\\*\\template http://e.example/t}}"), "DOCUMENT_EXTERNAL_TEMPLATE");
	expect(STR("{\\rtf1{\\object{\\*\\objdata 01{\\*\\x 2}}}}"), "RTF_OBFUSCATED");
	expect(STR("{\\rtf1{\\object{\\*\\objdata 9090909090909090909090909090909090909090909090"
		   "909090909090909090909090}}}"),
	       "RTF_SHELLCODE");
	expect_nothing(STR("{\\rtf1\\ansi{\\pict\\wmetafile8 90909090909090909090909090909090909090"
			   "909090909090909090909090909090}Bonjour\\par}"));
	expect_nothing(STR("{\\rtf1{\\field{\\*\\fldinst HYPERLINK \"http://a.example/\"}}}"));
}

static void files_in_a_document_are_read_by_their_own_readers(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct zipbuild z = zipbuild_make(a);
	static const str page = STR("<html><body><form action=\"http://e.example/\">"
				    "<input type=password></form></body></html>");
	static const str saved = STR("MIME-Version: 1.0\r\nContent-Type: application/x\r\n"
				     "Content-Transfer-Encoding: base64\r\n\r\n"
				     "TVqQAAMAAAAEAAAA//8AAA==\r\n");

	(void)state;
	expect(zipped(a, STR("word/chunk.html"), page), "HTML_PASSWORD_FIELD");
	expect(zipped(a, STR("word/chunk.bin"), saved), "ATTACHMENT_EXECUTABLE");
	expect(saved, "ATTACHMENT_EXECUTABLE");
	expect(zipped(a, STR("word/x.bin"), STR("var s = new ActiveXObject(\"x\");\n")),
	       "ATTACHMENT_SCRIPT");
	expect(zipped(a, STR("word/embeddings/x.js"), STR("a.b()")), "ATTACHMENT_SCRIPT");
	zipbuild_add(&z, (struct zipbuild_member){
				 .name = STR("mimetype"),
				 .data = STR("application/vnd.oasis.opendocument.text") });
	zipbuild_add(&z, (struct zipbuild_member){ .name = STR("Scripts/python/m.py"),
						   .data = STR("import os\n") });
	expect(zipbuild_end(&z), "DOCUMENT_MACRO");
}

static void a_document_is_one_whatever_its_folders_are_called(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct zipbuild z = zipbuild_make(a);

	(void)state;
	zipbuild_add(&z, (struct zipbuild_member){ .name = STR("[Content_Types].xml"),
						   .data = STR("<Types/>") });
	zipbuild_add(&z, (struct zipbuild_member){
				 .name = STR("q/x.xml"),
				 .data = STR("<ddeLink ddeService=\"cmd\" ddeTopic=\"x\"/>") });
	expect(zipbuild_end(&z), "DOCUMENT_DDE");
}

static str padded(struct arena *a, str before, char filler, size_t n, str after)
{
	struct strbuf b = strbuf_make(a, before.n + n + after.n);

	strbuf_put(&b, before);
	while (n--)
		strbuf_char(&b, filler);
	strbuf_put(&b, after);
	return strbuf_str(&b);
}

static void what_stands_behind_much_text_is_seen_or_said_to_be_unseen(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
	static const str link = STR(" http://e.example/x }");
	struct facts f;

	(void)state;
	(void)inspect_file(a, padded(a, STR("{\\rtf1 "), 'a', 3 << 20, link), &f);
	assert_int_equal(f.urls.n, 1);
	assert_false(facts_has_finding(&f, STR("DOCUMENT_BROKEN")));
	expect(padded(a, STR("{\\rtf1{\\field{\\*\\fldinst "), ' ', 70 << 10,
		      STR("DDEAUTO cmd x}}}")),
	       "DOCUMENT_BROKEN");
}

static void plain_documents_are_quiet(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);

	(void)state;
	expect_nothing(one_stream(a, STR("CONTENTS"), STR("nothing known")));
	expect_nothing(zipped(a, STR("word/document.xml"), STR("<p>Bonjour</p>")));
	/* as Word keeps the theme of an old document */
	expect_nothing(one_stream(a, STR("theme"), zipped(a, STR("theme/a.xml"), STR("<a/>"))));
	expect_nothing(STR("a;b\r\n- oui | non!;=A1+B1\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(macros_are_found_in_every_hiding_place),
		cmocka_unit_test(a_listed_module_that_says_the_same_is_only_a_macro),
		cmocka_unit_test(other_programs_are_asked_in_no_carrier_unseen),
		cmocka_unit_test(old_excel_macros_are_found),
		cmocka_unit_test(embedded_files_are_judged_by_their_own_type),
		cmocka_unit_test(the_body_of_an_outlook_message_is_read),
		cmocka_unit_test(what_is_fetched_is_told_from_what_is_clicked),
		cmocka_unit_test(objects_in_rtf_are_told_from_pictures),
		cmocka_unit_test(files_in_a_document_are_read_by_their_own_readers),
		cmocka_unit_test(a_document_is_one_whatever_its_folders_are_called),
		cmocka_unit_test(what_stands_behind_much_text_is_seen_or_said_to_be_unseen),
		cmocka_unit_test(plain_documents_are_quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

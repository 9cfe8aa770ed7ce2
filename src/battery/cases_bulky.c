/* C-032 to C-090, the rest: honest documents, big mail, and how it is brought. */
#include "battery/fixture.h"

#define XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

static void smime_opaque(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.entity = kit_part(k, "application/pkcs7-mime; smime-type=signed-data", "smime.p7m",
			    fixture_signed_data(k, STR("Content-Type: text/plain; charset=utf-8\r\n"
						       "\r\nLe compte rendu est pret.\r\n")));
	kit_send(k, "", &m);
}

static void laboratory_result(struct kit *k)
{
	str line = STR("BT /F1 10 Tf 72 720 Td (Glycemie a jeun 0,95 g/L) Tj ET\n");
	const str objects[] = {
		fixture_pdf_stream(k, "", kit_repeat(k, line, 2200)),
		STR("<</Type/Annot/Subtype/Link/Rect[70 40 200 60]/A<</S/URI/URI("
		    "https://www.labo.example/)>>>>"),
	};
	struct kit_mail m = kit_party(k, "labo.example", "192.0.2.13",
				      STR("Laboratoire <resultats@labo.example>"));

	kit_attach(k, &m, "application/pdf", "resultat.pdf",
		   fixture_pdf_with(k, "/OpenAction[3 0 R/Fit]", "/Contents 4 0 R/Annots[5 0 R]",
				    objects, ARRAY_LEN(objects), ""));
	kit_send(k, "", &m);
}

static void invoice(struct kit *k)
{
	const str objects[] = {
		fixture_pdf_stream(
			k, "/Type/EmbeddedFile/Subtype/text#2Fxml",
			STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
			    "<rsm:CrossIndustryInvoice xmlns:rsm=\"urn:un:unece:uncefact:"
			    "data:standard:CrossIndustryInvoice:100\"/>")),
		STR("<</Type/Filespec/AFRelationship/Data/F(factur-x.xml)/UF(factur-x.xml)"
		    "/EF<</F 4 0 R/UF 4 0 R>>>>"),
	};

	kit_send_attached(
		k, "", "application/pdf", "facture.pdf",
		fixture_pdf(k, "/AF[5 0 R]/Names<</EmbeddedFiles<</Names[(factur-x.xml)5 0 R]>>>>",
			    objects, ARRAY_LEN(objects)));
}

static void form(struct kit *k)
{
	const str objects[] = {
		STR("<</FT/Tx/T(montant)/Type/Annot/Subtype/Widget/Rect[70 700 200 720]"
		    "/AA<</F 5 0 R/K 6 0 R>>>>"),
		STR("<</S/JavaScript/JS(AFNumber_Format\\(2, 0, 0, 0, \"\", true\\);)>>"),
		STR("<</S/JavaScript/JS(AFNumber_Keystroke\\(2, 0, 0, 0, \"\", true\\);)>>"),
	};

	kit_send_attached(k, "", "application/pdf", "formulaire.pdf",
			  fixture_pdf_with(k, "/AcroForm<</Fields[4 0 R]>>", "/Annots[4 0 R]",
					   objects, ARRAY_LEN(objects), ""));
}

static void print_protected(struct kit *k)
{
	kit_send_attached(k, "", "application/pdf", "bulletin.pdf", fixture_pdf_locked(k, ""));
}

/* Bytes that look like compressed ones. */
static str noise(struct kit *k, size_t n)
{
	struct strbuf b = strbuf_make(k->arena, n);
	uint64_t v = k->seed + n;

	while (b.n < n) {
		v = v * 6364136223846793005u + 1442695040888963407u;
		strbuf_char(&b, (char)(v >> 56));
	}
	return strbuf_str(&b);
}

static str photo(struct kit *k, size_t n)
{
	const str pieces[] = { STR("\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
			       noise(k, n - 22), STR("\xff\xd9") };

	return kit_join(k, pieces, ARRAY_LEN(pieces));
}

static void copier(struct kit *k)
{
	struct kit_mail m =
		kit_party(k, "partner.example", "192.0.2.10", STR("copieur@partner.example"));
	const str page = fixture_pdf_stream(
		k, "/Type/XObject/Subtype/Image/Width 100/Height 100/Filter/DCTDecode",
		photo(k, 20000));

	m.subject = STR("Message de KM_C258");
	m.html = STR_NULL;
	m.text = STR("\r\n");
	kit_attach(k, &m, "application/pdf", "SKM_C25824012510120.pdf",
		   fixture_pdf_with(k, "", "/Resources<</XObject<</I 4 0 R>>>>", &page, 1, ""));
	kit_send(k, "", &m);
}

static void staffing_table(struct kit *k)
{
	enum { SHEETS = 30, ROWS = 9000 };
	struct fixture_member m[SHEETS + 3] = {
		{ "[Content_Types].xml",
		  STR("<?xml version=\"1.0\"?><Types "
		      "xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
		      "<Default Extension=\"xml\" ContentType=\"application/xml\"/><Override "
		      "PartName=\"/xl/workbook.xml\" ContentType=\"application/"
		      "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></"
		      "Types>") },
		{ "xl/workbook.xml", STR("<?xml version=\"1.0\"?><workbook xmlns=\""
					 "http://schemas.openxmlformats.org/spreadsheetml/2006/"
					 "main\"/>") },
		{ "xl/media/image1.jpeg", photo(k, 3000000) },
	};

	for (int s = 0; s < SHEETS; s++) {
		struct strbuf b = strbuf_make(k->arena, 4 << 20);

		strbuf_put(&b,
			   STR("<?xml version=\"1.0\"?><worksheet xmlns=\"http://"
			       "schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>"));
		for (int r = 1; r <= ROWS / SHEETS; r++)
			strbuf_fmt(&b, "<row r=\"%d\"><c r=\"A%d\"><v>%d</v></c></row>", r, r,
				   r * 7919 % 10007);
		strbuf_put(&b, STR("</sheetData></worksheet>"));
		m[s + 3] =
			(struct fixture_member){ kit_fmt(k, "xl/worksheets/sheet%d.xml", s + 1).p,
						 strbuf_str(&b) };
	}
	kit_send_attached(k, "", XLSX, "effectifs.xlsx",
			  fixture_archive(k, FIXTURE_ZIP, m, ARRAY_LEN(m)));
}

static void old_documents(struct kit *k)
{
	kit_send_attached(k, "a", "application/msword", "lettre.doc",
			  fixture_doc(k, STR("Compte rendu de la r\xe9union"), STR("")));
	kit_send_attached(k, "b", "application/vnd.ms-excel", "tableau.xls", fixture_xls(k));
}

static void photographs(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	for (int i = 1; i <= 7; i++)
		kit_attach(k, &m, "image/jpeg", kit_fmt(k, "IMG_%04d.jpg", i).p, photo(k, 1000000));
	kit_send(k, "", &m);
}

static void winmail(struct kit *k)
{
	kit_send_attached(k, "", "application/ms-tnef", "winmail.dat", fixture_tnef_text(k));
}

/* The same message again, from the neighbour and then from another pool. */
static void sender_pool(struct kit *k)
{
	static const char *const clients[] = { "192.0.2.120", "192.0.2.121", "198.51.100.77" };

	for (size_t i = 0; i < ARRAY_LEN(clients); i++) {
		struct kit_mail m = kit_party(k, "pool.example", clients[i],
					      STR("Agence <agence@pool.example>"));

		m.signer = NULL;
		kit_send(k, kit_fmt(k, "%c", (int)('a' + i)).p, &m);
	}
}

/* What the server before us says: no TLS on the way. */
static void clear_text(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.received = STR("from poste.partner.example (poste.partner.example [192.0.2.14])\r\n"
			 "\tby mail.partner.example with SMTP id 7Bq3k2;\r\n"
			 "\tSat, 21 Nov 2026 18:59:58 +0100");
	kit_send(k, "", &m);
}

static void largest(struct kit *k)
{
	enum { LIMIT = 10240000, LINE = 62 };
	const str line = STR("Le compte rendu de la reunion du service est joint a ce mot.\r\n");
	struct kit_mail m = kit_mail(k);
	struct strbuf text = strbuf_make(k->arena, LIMIT);
	size_t empty;

	m.signer = NULL;
	m.html = STR_NULL;
	m.text = STR("");
	empty = kit_bytes(k, &m).n;
	while (empty + text.n + LINE + 2 <= LIMIT)
		strbuf_put(&text, line);
	while (empty + text.n + 2 < LIMIT)
		strbuf_char(&text, '.');
	strbuf_put(&text, STR("\r\n"));
	m.text = strbuf_str(&text);
	bug_if(kit_bytes(k, &m).n != LIMIT);
	kit_send(k, "", &m);
}

/* In bytes that a server with 8BITMIME and CHUNKING takes as they are. */
static void modern_server(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.entity = STR("Content-Type: text/plain; charset=utf-8\r\n"
		       "Content-Transfer-Encoding: 8bit\r\n\r\n"
		       "La r\xc3\xa9union est fix\xc3\xa9"
		       "e \xc3\xa0 jeudi.\r\n.\r\n..\r\n");
	kit_send(k, "", &m);
}

static void answer(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.subject = STR("Re: Compte rendu");
	m.extra = STR("In-Reply-To: <20261120101500.1@hopital.example>\r\n"
		      "References: <20261120101500.1@hopital.example>\r\n");
	m.html = STR_NULL;
	m.text = STR("Merci, c'est bien re=C3=A7u.\r\n\r\nLe 20/11/2026, Alice Petit a =C3=A9crit "
		     ":\r\n> Voici le compte rendu.\r\n");
	kit_send(k, "", &m);
}

const struct battery_case cases_bulky[] = {
	TWIN_MARKED("C-032", "S/MIME, signed and opaque", smime_opaque),
	TWIN("C-037", "A laboratory's result", laboratory_result),
	TWIN("C-038", "An invoice with its data (Factur-X)", invoice),
	TWIN("C-039", "A form that computes", form),
	TWIN_MARKED("C-040", "A PDF file that may not be changed", print_protected),
	TWIN("C-041", "A scan from a copier", copier),
	TWIN("C-044", "A large workbook", staffing_table),
	TWIN("C-046", "Old documents without macros", old_documents),
	TWIN("C-049", "Seven photographs", photographs),
	TWIN("C-072", "A harmless winmail.dat", winmail),
	TWIN("C-082", "Retried from another address", sender_pool),
	TWIN("C-085", "A client without TLS", clear_text),
	TWIN("C-088", "A message of the largest size", largest),
	TWIN("C-089", "A modern server", modern_server),
	TWIN("C-090", "An answer to our message", answer),
	{ 0 }
};

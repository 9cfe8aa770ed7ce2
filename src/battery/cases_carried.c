/* T076, T077: links inside documents and pictures. */
#include "battery/fixture.h"
#include "battery/world.h"

#define QUAR_OR_REJECT (BATTERY_QUARANTINE | BATTERY_REJECT)
#define FLAG_OR_MORE (BATTERY_FLAG | QUAR_OR_REJECT)
#define ANY (BATTERY_ACCEPT | FLAG_OR_MORE)

#define DOCX "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#define XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#define LINKS "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
#define URL "http://" WORLD_LISTED "/a"

static void in_pdf(struct kit *k)
{
	const str annotation =
		STR("<</Type/Annot/Subtype/Link/Rect[70 700 200 720]/A<</S/URI/URI(" URL ")>>>>");
	const str hidden = fixture_pdf_stream(
		k, "/Type/ObjStm/N 1/First 4",
		STR("4 0 <</Type/Annot/Subtype/Link/Rect[70 700 200 720]/A<</S/URI/URI(" URL
		    ")>>>>"));
	const str text =
		fixture_pdf_stream(k, "", STR("BT /F1 12 Tf 72 720 Td (Voir " URL ") Tj ET"));

	kit_send_attached(k, "a", "application/pdf", "facture.pdf",
			  fixture_pdf_with(k, "", "/Annots[4 0 R]", &annotation, 1, ""));
	kit_send_attached(k, "a2", "application/pdf", "facture.pdf",
			  fixture_pdf_with(k, "", "/Annots[4 0 R]", &hidden, 1, ""));
	/* Text of pages is not read: docs/decisions/0017. */
	kit_expect(k, ANY, NULL);
	kit_send_attached(k, "f", "application/pdf", "facture.pdf",
			  fixture_pdf_with(k, "", "/Contents 4 0 R", &text, 1, ""));
}

static void in_office(struct kit *k)
{
	kit_send_attached(k, "b", DOCX, "lettre.docx",
			  fixture_docx(k, "<w:p><w:hyperlink r:id=\"rId7\"/></w:p>",
				       "<Relationship Id=\"rId7\" Type=\"" LINKS "\" Target=\"" URL
				       "\" TargetMode=\"External\"/>",
				       STR("")));
	kit_send_attached(k, "b2", DOCX, "lettre.docx",
			  fixture_docx(k,
				       "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r>"
				       "<w:instrText> HYPERLINK \"http://list</w:instrText></w:r>"
				       "<w:r><w:instrText>ed.example/a\" </w:instrText></w:r><w:r>"
				       "<w:fldChar w:fldCharType=\"end\"/></w:r></w:p>",
				       "", STR("")));
	kit_send_attached(
		k, "e", XLSX, "tableau.xlsx",
		fixture_xlsx(k, "xl/worksheets/sheet1.xml",
			     "<worksheet "
			     "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">"
			     "<sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><f>HYPERLINK(\"" URL
			     "\",\"Voir\")</f></c></row></sheetData></worksheet>",
			     STR("")));
	kit_send_attached(
		k, "e2", XLSX, "tableau.xlsx",
		fixture_xlsx(k, "xl/worksheets/sheet1.xml",
			     "<worksheet "
			     "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">"
			     "<sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>" URL
			     "</t></is></c></row></sheetData></worksheet>",
			     STR("")));
}

static void in_documents(struct kit *k)
{
	struct kit_mail m, inner;

	kit_expect(k, BATTERY_REJECT, "FEED_URL");
	in_office(k);
	kit_send_attached(k, "c", "application/rtf", "lettre.rtf",
			  STR("{\\rtf1\\ansi {\\field{\\*\\fldinst{HYPERLINK \"" URL
			      "\"}}{\\fldrslt{Voir}}}\\par}"));
	inner = kit_mail(k);
	inner.entity = STR("Content-Type: text/plain\r\n\r\nVoir " URL "\r\n");
	m = kit_mail(k);
	*arena_push(k->arena, &m.parts) = kit_fmt(k, "Content-Type: message/rfc822\r\n\r\n%.*s",
						  STR_ARG(kit_bytes(k, &inner)));
	kit_send(k, "d", &m);
	in_pdf(k);
}

/* A picture and next to nothing else: what it says cannot be read. */
static void send_picture(struct kit *k, const char *variant, str png)
{
	struct kit_mail m = kit_mail(k);
	const str parts[] = {
		STR("Content-Type: text/html; charset=utf-8\r\n\r\n"
		    "<html><body><img src=\"cid:1@partner.example\"></body></html>\r\n"),
		kit_part_base64(k,
				STR("Content-Type: image/png; name=\"image.png\"\r\n"
				    "Content-ID: <1@partner.example>\r\n"
				    "Content-Disposition: inline; filename=\"image.png\"\r\n"),
				png),
	};

	m.entity = kit_multipart(k, "multipart/related", kit_boundary(k, 'r'), parts, 2);
	kit_send(k, variant, &m);
}

static void in_pictures(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	kit_expect(k, FLAG_OR_MORE, "IMAGE_ONLY");
	send_picture(k, "a", fixture_png_text(k, "http://evil.example/"));
	kit_expect(k, QUAR_OR_REJECT, "IMAGE_QR_LURE");
	send_picture(k, "b", fixture_png_qr(k, STR("http://evil.example/a")));
	kit_expect(k, BATTERY_REJECT, "FEED_URL");
	send_picture(k, "bL", fixture_png_qr(k, STR(URL)));
	kit_expect(k, FLAG_OR_MORE, "IMAGE_QR_ACCOUNT");
	kit_text(
		k, &m,
		STR("Votre authentification multifacteur expire aujourd'hui : scannez le code avec "
		    "votre t=C3=A9l=C3=A9phone pour garder l'acc=C3=A8s =C3=A0 votre messagerie."));
	kit_attach(k, &m, "image/png", "code.png", fixture_png_qr(k, STR("http://evil.example/a")));
	kit_send(k, "b2", &m);
	m = kit_mail(k);
	kit_expect(k, BATTERY_REJECT, "FEED_URL");
	m.entity = STR("Content-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>Bonjour</p>"
		       "<img src=\"https://www.partner.example/a.png\" usemap=\"#m\"><map "
		       "name=\"m\"><area shape=\"rect\" coords=\"0,0,9,9\" href=\"" URL
		       "\"></map></body></html>\r\n");
	kit_send(k, "c", &m);
	kit_send_attached(k, "d", "image/svg+xml", "image.svg",
			  STR("<svg xmlns=\"http://www.w3.org/2000/svg\" "
			      "xmlns:xlink=\"http://www.w3.org/1999/xlink\"><a xlink:href=\"" URL
			      "\"><text>Voir</text></a></svg>"));
}

const struct battery_case cases_carried[] = {
	{ "T076", "link", "Links inside documents", BATTERY_REJECT, NULL, in_documents, false },
	{ "T077", "link", "Links inside pictures", FLAG_OR_MORE, NULL, in_pictures, false },
	{ 0 }
};

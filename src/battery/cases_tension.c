/* K-01 to K-15: honest and dangerous at once. What is expected here is what we propose; one line
 * of the site's own files decides otherwise (tests/e2e/test_tensions.py).
 */
#include "battery/fixture.h"
#include "battery/signature.h"

#define FLAG_OR_QUAR (BATTERY_FLAG | BATTERY_QUARANTINE)
#define XLSM "application/vnd.ms-excel.sheet.macroEnabled.12"

static void locked_result(struct kit *k)
{
	struct kit_mail m = kit_party(k, "labo.example", "192.0.2.13",
				      STR("Laboratoire <resultats@labo.example>"));

	kit_text(k, &m, STR("Bonjour, voici vos r=C3=A9sultats d'analyse."));
	kit_attach(k, &m, "application/pdf", "resultat.pdf", fixture_pdf_locked(k, "12051975"));
	kit_send(k, "", &m);
}

static void locked_archive(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	kit_text(k, &m, STR("Bonjour, voici les documents demand=C3=A9s."));
	kit_attach(k, &m, "application/x-7z-compressed", "documents.7z",
		   fixture_7z_locked(k, STR("Ete2024!"), "notice.txt", fixture_txt(k), false));
	kit_send(k, "", &m);
}

static void other_purpose(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	kit_text(k, &m, STR("Le mot de passe du Wi-Fi vous sera donn=C3=A9 =C3=A0 l'accueil."));
	kit_attach(k, &m, "application/pdf", "plan.pdf", fixture_pdf(k, "", NULL, 0));
	kit_send(k, "", &m);
}

static void web_site(struct kit *k)
{
	const struct fixture_member members[] = {
		{ "site/index.html",
		  STR("<!DOCTYPE html><html><head><link rel=\"stylesheet\" href=\"css/a.css\">"
		      "<script src=\"js/jquery.min.js\"></script></head><body><p>Bonjour</p>"
		      "</body></html>") },
		{ "site/css/a.css", STR("p { color: black; }\r\n") },
		{ "site/js/jquery.min.js",
		  STR("/*! jQuery */!function(e,t){\"use strict\";\"object\"==typeof module?"
		      "module.exports=t(e):t(e)}(window,function(e){e.$=function(s){return "
		      "document.querySelector(s)}});\r\n") },
	};

	kit_send_attached(k, "", "application/zip", "site.zip",
			  fixture_archive(k, FIXTURE_ZIP, members, ARRAY_LEN(members)));
}

static void computing_workbook(struct kit *k)
{
	kit_send_attached(k, "", XLSM, "bilan.xlsm",
			  fixture_xlsx(k, "xl/worksheets/sheet1.xml", "<worksheet/>",
				       STR("Attribute VB_Name = \"Module1\"\r\nFunction Tva(x)\r\n"
					   "Tva = x * 0.2\r\nEnd Function\r\n")));
}

static void data_base(struct kit *k)
{
	kit_send_attached(k, "", "application/msaccess", "registre.mdb", fixture_mdb(k));
}

static void discussion(struct kit *k)
{
	kit_send_attached(k, "", "application/vnd.ms-outlook", "discussion.msg",
			  fixture_msg(k, "notice.txt", fixture_txt(k)));
}

static void printer(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.client_ip = STR("203.0.113.99");
	m.helo = STR("imprimante.box.example");
	m.from = m.reverse_path = STR("scanner@hopital.example");
	m.message_id = STR("<1@imprimante.box.example>");
	m.received = STR_NULL;
	m.signer = NULL;
	kit_attach(k, &m, "application/pdf", "scan.pdf", fixture_pdf(k, "", NULL, 0));
	kit_send(k, "", &m);
}

static void changed_by_list(struct kit *k)
{
	const struct signature own = { .domain = "dmarcreject.example" };
	struct kit_mail m =
		kit_party(k, "list.example", "192.0.2.12", STR("Paul <paul@dmarcreject.example>"));
	str bytes;

	m.reverse_path = STR("reseau-owner@list.example");
	m.message_id = STR("<1@dmarcreject.example>");
	m.extra = STR("List-Id: <reseau.list.example>\r\n");
	m.html = STR_NULL;
	bytes = signature_dkim(k, kit_bytes(k, &m), &own);
	kit_send_bytes(
		k, "", &m,
		kit_join(k, (const str[]){ bytes, STR("-- \r\nreseau@list.example\r\n") }, 2));
}

static void anybody(struct kit *k)
{
	struct kit_mail m = kit_party(k, "plusall.example", "203.0.113.66",
				      STR("Agence <agence@plusall.example>"));

	m.signer = NULL;
	kit_send(k, "", &m);
}

static void unknown_sender(struct kit *k)
{
	struct kit_mail m = kit_party(k, "nospf.example", "203.0.113.67",
				      STR("Paul Durand <paul@nospf.example>"));

	m.signer = NULL;
	kit_send(k, "", &m);
}

static void shared_file(struct kit *k)
{
	const str link = STR("<</Type/Annot/Subtype/Link/Rect[70 700 200 720]/A<</S/URI/URI("
			     "https://drive.google.com/uc?id=1&export=download)>>>>");

	kit_send_attached(k, "", "application/pdf", "notice.pdf",
			  fixture_pdf_with(k, "", "/Annots[4 0 R]", &link, 1, ""));
}

static void payslip(struct kit *k)
{
	kit_send_attached(k, "", "application/pdf", "bulletin.pdf", fixture_pdf_locked(k, ""));
}

static void secure_message(struct kit *k)
{
	struct kit_mail m = kit_party(k, "banque.example", "192.0.2.77",
				      STR("Votre banque <messagerie@banque.example>"));

	m.signer = NULL;
	kit_attach(k, &m, "text/html", "message-securise.html",
		   STR("<html><body><form action=\"https://www.banque.example/lire\"><input "
		       "type=\"password\" name=\"p\"></form><script>document.forms[0].p.focus();"
		       "</script></body></html>"));
	kit_send(k, "", &m);
}

static void announced_program(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	kit_text(k, &m,
		 STR("Bonjour, voici le correctif annonc=C3=A9. Le mot de passe est Ete2024!"));
	kit_attach(k, &m, "application/zip", "correctif.zip",
		   fixture_zip_locked(k, "aes256", "Ete2024!", "correctif.exe", fixture_pe(k)));
	kit_send(k, "", &m);
}

#define ROW(id, what, expected, symbols, make)                                                     \
	{                                                                                          \
		id, "tension", what, expected, symbols, make, true                                 \
	}

const struct battery_case cases_tension[] = {
	ROW("K-01", "A result behind a password told elsewhere", FLAG_OR_QUAR, NULL, locked_result),
	ROW("K-02", "An archive behind a password told elsewhere", BATTERY_QUARANTINE, NULL,
	    locked_archive),
	ROW("K-03", "A password spoken of for something else", BATTERY_ACCEPT, NULL, other_purpose),
	ROW("K-04", "A web site in a zip file", BATTERY_FLAG, NULL, web_site),
	ROW("K-05", "A workbook whose macro only computes", BATTERY_REJECT, NULL,
	    computing_workbook),
	ROW("K-06", "An Access data base", FLAG_OR_QUAR, NULL, data_base),
	ROW("K-07", "A discussion as Outlook saves it", BATTERY_ACCEPT, NULL, discussion),
	ROW("K-08", "Our printer, from the Internet", BATTERY_REJECT, NULL, printer),
	ROW("K-09", "DMARC p=reject through a list", BATTERY_REJECT, "DMARC_REJECTED",
	    changed_by_list),
	ROW("K-10", "SPF that allows everybody", BATTERY_FLAG, "R_SPF_PLUSALL", anybody),
	ROW("K-11", "An unknown sender without authentication",
	    BATTERY_ACCEPT | BATTERY_FLAG | BATTERY_DEFER, "AUTH_NA", unknown_sender),
	ROW("K-12", "A link to a file service in a document", BATTERY_FLAG,
	    "URL_DOWNLOAD_ON_FREESITE", shared_file),
	ROW("K-13", "A payslip that may not be changed", BATTERY_ACCEPT | BATTERY_FLAG, NULL,
	    payslip),
	ROW("K-14", "A bank's secure message as a page", BATTERY_REJECT, NULL, secure_message),
	ROW("K-15", "A program with its password", BATTERY_REJECT, NULL, announced_program),
	{ 0 }
};

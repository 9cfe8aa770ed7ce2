/* T069: documents behind passwords. */
#include "battery/fixture.h"

#define QUAR_OR_REJECT (BATTERY_QUARANTINE | BATTERY_REJECT)
#define FLAG_OR_MORE (BATTERY_FLAG | QUAR_OR_REJECT)

#define DOCX "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#define WITH_PASSWORD "Bonjour, voici le document. Mot de passe : 12051975"
#define WITHOUT "Bonjour, voici le document du patient."

static void send(struct kit *k, const char *variant, const char *text, const char *type,
		 const char *name, str file)
{
	struct kit_mail m = kit_mail(k);

	kit_text(k, &m, str_c(text));
	kit_attach(k, &m, type, name, file);
	kit_send(k, variant, &m);
}

static void documents(struct kit *k)
{
	str password = STR("12051975");
	str docx = fixture_office_locked(k, password, fixture_docx(k, "", "", STR("")));
	str docm = fixture_office_locked(
		k, password,
		fixture_docx(k, "", "",
			     STR("Attribute VB_Name = \"Module1\"\r\nSub AutoOpen()\r\nShell "
				 "\"cmd\"\r\nEnd Sub\r\n")));

	send(k, "a", WITH_PASSWORD, DOCX, "lettre.docx", docx);
	send(k, "aM", WITH_PASSWORD, DOCX, "lettre.docx", docm);
	send(k, "b", WITH_PASSWORD, "application/vnd.ms-excel", "tableau.xls",
	     fixture_xls_locked(k));
	send(k, "c", WITH_PASSWORD, "application/pdf", "resultat.pdf",
	     fixture_pdf_locked(k, "12051975"));
	/* Nobody is asked for this one; the macros are found behind it. */
	kit_expect(k, BATTERY_REJECT, "DOCUMENT_XLM");
	send(k, "e", WITHOUT, "application/vnd.ms-excel", "tableau.xls",
	     fixture_xls_rc4(k, STR("VelvetSweatshop")));
	send(k, "eM", WITH_PASSWORD, "application/vnd.ms-excel", "tableau.xls",
	     fixture_xls_rc4(k, password));
	kit_expect(k, QUAR_OR_REJECT, NULL);
	send(k, "d1", WITHOUT, DOCX, "lettre.docx", docx);
	send(k, "d2", WITHOUT, "application/vnd.ms-excel", "tableau.xls", fixture_xls_locked(k));
	kit_expect(k, FLAG_OR_MORE, NULL);
	send(k, "d3", WITHOUT, "application/pdf", "resultat.pdf",
	     fixture_pdf_locked(k, "12051975"));
}

const struct battery_case cases_locked[] = { { "T069", "document", "Documents behind passwords",
					       BATTERY_REJECT, NULL, documents, false },
					     { 0 } };

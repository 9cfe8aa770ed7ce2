/* T002 to T007: antivirus and antispam test strings. */
#include "battery/fixture.h"

static void eicar_plain(struct kit *k)
{
	struct kit_mail m;

	kit_send_attached(k, "a", "application/octet-stream", "eicar.com", fixture_eicar(k));
	m = kit_mail(k);
	*arena_push(k->arena, &m.parts) =
		kit_fmt(k,
			"Content-Type: text/plain; name=\"eicar.txt\"\r\n"
			"Content-Transfer-Encoding: 7bit\r\n"
			"Content-Disposition: attachment; filename=\"eicar.txt\"\r\n\r\n%.*s\r\n",
			STR_ARG(fixture_eicar(k)));
	kit_send(k, "b", &m);
	m = kit_mail(k);
	m.entity =
		kit_fmt(k, "Content-Type: text/plain\r\n\r\n%.*s\r\n", STR_ARG(fixture_eicar(k)));
	kit_send(k, "c", &m);
	m = kit_mail(k);
	m.entity = kit_fmt(
		k, "Content-Type: text/html\r\n\r\n<html><body><p>%.*s</p></body></html>\r\n",
		STR_ARG(fixture_eicar(k)));
	kit_send(k, "d", &m);
}

static str in_archive(struct kit *k, enum fixture_format f, const char *name, str bytes)
{
	const struct fixture_member m = { name, bytes };

	return fixture_archive(k, f, &m, 1);
}

static void eicar_in_archive(struct kit *k)
{
	str e = fixture_eicar(k);

	kit_send_attached(k, "a", "application/zip", "a.zip",
			  in_archive(k, FIXTURE_ZIP, "eicar.com", e));
	kit_send_attached(k, "b", "application/zip", "a.zip",
			  in_archive(k, FIXTURE_ZIP_STORED, "eicar.com", e));
	kit_send_attached(k, "c", "application/x-7z-compressed", "a.7z",
			  in_archive(k, FIXTURE_7Z, "eicar.com", e));
	kit_send_attached(k, "d", "application/vnd.rar", "a.rar",
			  fixture_rar(k, "eicar.com", e, false));
	kit_send_attached(k, "e", "application/gzip", "a.tar.gz",
			  in_archive(k, FIXTURE_TAR_GZ, "eicar.com", e));
	kit_send_attached(k, "f", "application/gzip", "eicar.com.gz",
			  in_archive(k, FIXTURE_GZ, "eicar.com", e));
	kit_send_attached(k, "g", "application/pdf", "facture.pdf",
			  in_archive(k, FIXTURE_ZIP, "eicar.com", e));
}

static void eicar_deep(struct kit *k)
{
	str zip = fixture_zip1(k, "eicar.com", fixture_eicar(k)), eml;
	const str embedded[] = { fixture_pdf_stream(k, "/Type/EmbeddedFile", fixture_eicar(k)),
				 STR("<</Type/Filespec/F(eicar.com)/EF<</F 4 0 R>>>>") };
	struct kit_mail inner = kit_mail(k);

	kit_send_attached(k, "a", "application/zip", "a.zip",
			  fixture_zip1(k, "b.zip", fixture_zip1(k, "c.zip", zip)));
	kit_send_attached(k, "b",
			  "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
			  "lettre.docx", fixture_docx_object(k, "eicar.com", fixture_eicar(k)));
	kit_send_attached(k, "d", "application/pdf", "facture.pdf",
			  fixture_pdf(k, "/Names<</EmbeddedFiles<</Names[(eicar.com)5 0 R]>>>>",
				      embedded, ARRAY_LEN(embedded)));
	kit_attach(k, &inner, "application/zip", "c.zip", zip);
	eml = kit_bytes(k, &inner);
	kit_send_attached(k, "c", "application/zip", "a.zip", fixture_zip1(k, "message.eml", eml));
	kit_send_attached(
		k, "e", "application/zip", "a.zip",
		fixture_zip1(k, "b.tar.bz2",
			     in_archive(k, FIXTURE_TAR_BZ2, "eicar.com", fixture_eicar(k))));
}

static void gtube_in_text(struct kit *k)
{
	str line = kit_fmt(k, "%.*s\r\n", STR_ARG(fixture_gtube(k)));
	str prose =
		kit_repeat(k, STR("Nous vous remercions de votre envoi de la semaine.\r\n"), 25);
	const str among[] = { prose, line, prose };
	struct kit_mail m = kit_mail(k);

	m.entity = kit_fmt(k, "Content-Type: text/plain\r\n\r\n%.*s", STR_ARG(line));
	kit_send(k, "a", &m);
	m = kit_mail(k);
	m.entity = kit_fmt(k, "Content-Type: text/plain\r\n\r\n%.*s",
			   STR_ARG(kit_join(k, among, ARRAY_LEN(among))));
	kit_send(k, "b", &m);
	m = kit_mail(k);
	m.entity = kit_fmt(k,
			   "Content-Type: text/plain\r\n"
			   "Content-Transfer-Encoding: quoted-printable\r\n\r\n%.*s=\r\n%.*s\r\n",
			   STR_ARG(str_sub(line, 0, 30)), STR_ARG(str_sub(line, 30, line.n - 2)));
	kit_send(k, "c", &m);
}

/* From a machine that gives its address for a name, with links that a list knows. */
static void pharmacy_spam(struct kit *k)
{
	struct strbuf text = strbuf_make(k->arena, 8192);
	struct kit_mail m = kit_mail(k);

	for (int i = 0; i < 6; i++)
		strbuf_fmt(
			&text,
			"Pharmacie en ligne : Viagra, Cialis sans ordonnance, 100%% satisfait ou "
			"rembours=C3=A9 !\r\nhttp://dbl2.example/promo?id=3D%d\r\n",
			i);
	m.client_ip = STR("203.0.113.66");
	m.helo = STR("[203.0.113.66]");
	m.reverse_path = STR("promo@nospf.example");
	m.from = STR("Pharmacie <promo@nospf.example>");
	m.message_id = STR("<promo.1@nospf.example>");
	m.received = STR_NULL;
	m.signer = NULL;
	m.subject = STR("Offre exceptionnelle");
	m.extra = STR("Precedence: bulk\r\nList-Unsubscribe: <http://www1.dbl2.example/u>\r\n");
	m.text = strbuf_str(&text);
	m.html = STR_NULL;
	kit_expect(k, BATTERY_REJECT | BATTERY_QUARANTINE, NULL);
	kit_send(k, "b", &m);
}

static void gtube_in_html(struct kit *k)
{
	str g = fixture_gtube(k);
	struct kit_mail m = kit_mail(k);

	m.entity = kit_fmt(k,
			   "Content-Type: text/html\r\n\r\n"
			   "<html><body>%.*s<b>%.*s</b><i></i>%.*s</body></html>\r\n",
			   STR_ARG(str_sub(g, 0, 4)), STR_ARG(str_sub(g, 4, 20)),
			   STR_ARG(str_skip(g, 20)));
	kit_send(k, "a", &m);
	pharmacy_spam(k);
}

static void gtube_in_pdf(struct kit *k, str gtube)
{
	str text = fixture_pdf_stream(
		k, "", kit_fmt(k, "BT /F1 12 Tf 72 720 Td (%.*s) Tj ET", STR_ARG(gtube)));

	kit_expect(k, BATTERY_FLAG | BATTERY_QUARANTINE | BATTERY_REJECT, "GTUBE");
	kit_send_attached(k, "d", "application/pdf", "message.pdf",
			  fixture_pdf_with(k, "", "/Contents 4 0 R", &text, 1, ""));
}

static void gtube_attached(struct kit *k)
{
	str g = fixture_gtube(k);
	struct kit_mail m = kit_mail(k), inner;

	kit_text(k, &m, STR("Voir la pi=C3=A8ce jointe."));
	kit_attach(k, &m, "text/plain", "message.txt", g);
	kit_send(k, "a", &m);
	m = kit_mail(k);
	kit_attach(k, &m, "text/html", "message.html",
		   kit_fmt(k, "<html><body><p>%.*s</p></body></html>", STR_ARG(g)));
	kit_send(k, "b", &m);
	inner = kit_mail(k);
	inner.entity = kit_fmt(k, "Content-Type: text/plain\r\n\r\n%.*s\r\n", STR_ARG(g));
	m = kit_mail(k);
	*arena_push(k->arena, &m.parts) = kit_fmt(k, "Content-Type: message/rfc822\r\n\r\n%.*s",
						  STR_ARG(kit_bytes(k, &inner)));
	kit_send(k, "c", &m);
	gtube_in_pdf(k, g);
}

const struct battery_case cases_antivirus[] = {
	{ "T002", "antivirus", "EICAR as it is", BATTERY_REJECT, NULL, eicar_plain, false },
	{ "T003", "antivirus", "EICAR in one archive", BATTERY_REJECT, NULL, eicar_in_archive,
	  false },
	{ "T004", "antivirus", "EICAR deep inside", BATTERY_REJECT, NULL, eicar_deep, false },
	{ "T005", "antispam", "GTUBE in a text body", BATTERY_REJECT, "GTUBE", gtube_in_text,
	  false },
	{ "T006", "antispam", "GTUBE in an HTML body", BATTERY_REJECT, "GTUBE", gtube_in_html,
	  false },
	{ "T007", "antispam", "Spam carried by an attachment", BATTERY_REJECT, NULL, gtube_attached,
	  false },
	{ 0 }
};

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
	struct kit_mail inner = kit_mail(k);

	kit_send_attached(k, "a", "application/zip", "a.zip",
			  fixture_zip1(k, "b.zip", fixture_zip1(k, "c.zip", zip)));
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

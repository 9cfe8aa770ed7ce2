/* C-001 to C-090: honest mail that resembles the bad. It must be delivered unmarked, or marked
 * where its row allows it. */
#include "battery/fixture.h"

static void send_html(struct kit *k, struct kit_mail *m, str text, str html)
{
	m->text = text;
	m->html = html;
	kit_send(k, "", m);
}

static void newsletter(struct kit *k)
{
	struct kit_mail m = kit_party(k, "esp.example", "192.0.2.11",
				      STR("=?utf-8?Q?F=C3=A9d=C3=A9ration_hospitali=C3=A8re?= "
					  "<lettre@esp.example>"));

	m.reverse_path = STR("bounce+alice=hopital.example@esp.example");
	m.extra =
		STR("List-Unsubscribe: <https://click.esp.example/u/1>, <mailto:u@esp.example>\r\n"
		    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nPrecedence: bulk\r\n");
	send_html(
		k, &m, STR("Lettre de novembre\r\nLire : https://click.esp.example/l/1?u=3D2\r\n"),
		STR("<html><body><h1>Lettre de novembre</h1><img src=3D\"https://click.esp.example/"
		    "images/haut.png\" width=3D\"600\" height=3D\"80\"><p>Les =C3=A9tablissements "
		    "publient leurs r=C3=A9sultats.</p><p><a "
		    "href=3D\"https://click.esp.example/l/1?"
		    "u=3D2\">Lire la suite</a></p><p><a "
		    "href=3D\"https://click.esp.example/u/1\">Se "
		    "d=C3=A9sabonner</a></p><img src=3D\"https://click.esp.example/o/1.gif\" "
		    "width=3D\"1\" height=3D\"1\"></body></html>\r\n"));
}

static void html_newsletter(struct kit *k)
{
	struct kit_mail m =
		kit_party(k, "esp.example", "192.0.2.11", STR("Agenda <lettre@esp.example>"));
	str html = kit_part_base64(k, STR("Content-Type: text/html; charset=utf-8\r\n"),
				   STR("<html><body><p>L\xe2\x80\x99"
				       "agenda de la semaine.</p></body></html>\r\n"));

	m.entity = kit_multipart(k, "multipart/alternative", kit_boundary(k, 'a'), &html, 1);
	kit_send(k, "", &m);
}

static void circular(struct kit *k)
{
	struct kit_mail m =
		kit_party(k, "ars.example", "192.0.2.19", STR("ARS <veille@ars.example>"));

	m.subject = STR("=?utf-8?Q?Circulaire_relative_=C3=A0_la_pr=C3=A9vention?=");
	kit_send(k, "", &m);
}

static void reminder(struct kit *k)
{
	struct kit_mail m = kit_party(k, "rdv.example", "192.0.2.16",
				      STR("Rendez-vous <no-reply@rdv.example>"));

	m.reverse_path = STR("bounces+7.alice=hopital.example@rdv.example");
	m.subject = STR("Rappel de votre rendez-vous");
	send_html(
		k, &m,
		STR("Votre rendez-vous est lundi. "
		    "https://www.rdv.example/r/1?t=3Dabcdef0123456789\r\n"),
		STR("<html><body><p>Votre rendez-vous est lundi.</p><p><a href=3D\"https://www.rdv."
		    "example/r/1?t=3Dabcdef0123456789\">Confirmer</a> <a href=3D\"https://www.rdv."
		    "example/r/2?t=3Dabcdef0123456789\">Annuler</a></p></body></html>\r\n"));
}

static void password_reset(struct kit *k)
{
	struct kit_mail m = kit_party(k, "rdv.example", "192.0.2.16",
				      STR("Rendez-vous <no-reply@rdv.example>"));

	m.subject = STR("=?utf-8?Q?R=C3=A9initialisation_de_votre_mot_de_passe?=");
	kit_text(k, &m,
		 STR("Bonjour, vous avez demand=C3=A9 =C3=A0 changer le mot de passe de votre "
		     "compte "
		     "utilisateur. Suivez https://www.rdv.example/reset/1 sous une heure."));
	kit_send(k, "", &m);
}

static void event(struct kit *k)
{
	struct kit_mail m = kit_party(k, "esp.example", "192.0.2.11",
				      STR("Congr=?utf-8?Q?=C3=A8s?= <info@esp.example>"));

	m.from = STR("=?utf-8?Q?Congr=C3=A8s?= <info@esp.example>");
	send_html(
		k, &m, STR("Le programme est en ligne : https://www.esp.example/programme\r\n"),
		STR("<html><head><link rel=3D\"stylesheet\" "
		    "href=3D\"https://www.esp.example/css/a.css\">"
		    "</head><body><img "
		    "src=3D\"https://www.esp.example/wp-content/uploads/2026/11/a.png\">"
		    "<img src=3D\"https://www.esp.example/static/b.png\"><p>Le programme est en "
		    "ligne : "
		    "<a "
		    "href=3D\"https://www.esp.example/programme\">voir</a></p></body></html>\r\n"));
}

static void medical_words(struct kit *k)
{
	struct kit_mail m = kit_party(k, "esp.example", "192.0.2.11",
				      STR("Revue d'urologie <revue@esp.example>"));

	kit_text(k, &m,
		 STR("Au sommaire : p=C3=A9nis et vagin, sperme et testost=C3=A9rone, troubles de "
		     "l'=C3=A9rection ; le r=C3=B4le de la pharmacie. Viagra et cialis : revue de "
		     "la "
		     "litt=C3=A9rature."));
	kit_send(k, "", &m);
}

static void new_domain(struct kit *k)
{
	struct kit_mail m = kit_party(k, "association.care", "192.0.2.21",
				      STR("Association <contact@association.care>"));

	kit_send(k, "", &m);
}

static void functional_mailbox(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.from = STR("Cardiologie CHU Test <secretariat42@partner.example>");
	kit_send(k, "", &m);
}

static void title_in_name(struct kit *k)
{
	struct kit_mail m = kit_party(k, "cabinet.example", "192.0.2.15",
				      STR("Dr Jeanne Petit <jeanne.petit@cabinet.example>"));

	kit_send(k, "a", &m);
	m.from = STR("\"M. Le Directeur\" <direction@cabinet.example>");
	kit_send(k, "b", &m);
}

static void name_equals_address(struct kit *k)
{
	struct kit_mail m = kit_party(k, "labo.example", "192.0.2.13",
				      STR("\"contact@labo.example\" <contact@labo.example>"));

	kit_send(k, "", &m);
}

static void big_provider(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.message_id = STR("<PA4PR01MB1234ABCD@PA4PR01MB1234.prod.outlook.example>");
	m.extra = STR(
		"X-MS-Has-Attach:\r\nX-MS-TNEF-Correlator:\r\nX-Originating-IP: [192.0.2.14]\r\n");
	kit_send(k, "", &m);
}

static void abroad(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.extra = STR("X-Originating-IP: [203.0.113.77]\r\n");
	kit_send(k, "", &m);
}

static void small_practice(struct kit *k)
{
	struct kit_mail m =
		kit_party(k, "aonly.example", "192.0.2.35", STR("Cabinet <contact@aonly.example>"));

	m.helo = STR("aonly.example");
	m.signer = NULL;
	kit_send(k, "", &m);
}

static void no_authentication(struct kit *k)
{
	struct kit_mail m =
		kit_party(k, "nospf.example", "203.0.113.66", STR("Mairie <mairie@nospf.example>"));

	m.signer = NULL;
	kit_send(k, "", &m);
}

static void digest(struct kit *k)
{
	struct kit_mail m =
		kit_party(k, "list.example", "192.0.2.12", STR("Liste <reseau@list.example>"));
	str parts[20];

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		parts[i] = kit_fmt(
			k,
			"\r\nFrom: Paul <paul@dmarcnone.example>\r\nTo: reseau@list.example\r\n"
			"Subject: Message %zu\r\nDate: Sat, 21 Nov 2026 10:00:00 +0100\r\n"
			"Message-ID: <%zu@dmarcnone.example>\r\n\r\nBonjour.\r\n",
			i, i);
	m.extra = STR("List-Id: <reseau.list.example>\r\n");
	m.entity =
		kit_multipart(k, "multipart/digest", kit_boundary(k, 'd'), parts, ARRAY_LEN(parts));
	kit_send(k, "", &m);
}

static void vacation(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.reverse_path = STR("");
	m.extra = STR("Auto-Submitted: auto-replied\r\n");
	m.subject = STR("Absence : Re: Documents du service");
	m.html = STR_NULL;
	kit_send(k, "", &m);
}

static void smime_signed(struct kit *k)
{
	struct kit_mail m = kit_mail(k);
	const str parts[] = {
		STR("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
		    "quoted-printable\r\n\r\nR=C3=A9union jeudi.\r\n"),
		kit_part_base64(
			k,
			STR("Content-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n"
			    "Content-Disposition: attachment; filename=\"smime.p7s\"\r\n"),
			STR("\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\0\0\0"
			    "\0")),
	};

	m.entity = kit_multipart(
		k, "multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256",
		kit_boundary(k, 's'), parts, 2);
	kit_send(k, "", &m);
}

static void pgp_encrypted(struct kit *k)
{
	struct kit_mail m = kit_mail(k);
	const str parts[] = {
		STR("Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"),
		STR("Content-Type: application/octet-stream; name=\"encrypted.asc\"\r\n\r\n"
		    "-----BEGIN PGP "
		    "MESSAGE-----\r\n\r\nhQEMA0xhYWFhYWFhAQf/YWFhYWFhYWFhYWFhYWFh\r\n=abcd\r\n"
		    "-----END PGP MESSAGE-----\r\n"),
	};

	m.entity = kit_multipart(k, "multipart/encrypted; protocol=\"application/pgp-encrypted\"",
				 kit_boundary(k, 'e'), parts, 2);
	kit_send(k, "", &m);
}

static void pgp_inline(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.entity = STR("Content-Type: text/plain\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\n"
		       "hQEMA0xhYWFhYWFhAQf/YWFhYWFhYWFhYWFhYWFh\r\n=abcd\r\n-----END PGP "
		       "MESSAGE-----\r\n");
	kit_send(k, "", &m);
}

static str open_document(struct kit *k, const char *kind)
{
	const struct fixture_member m[] = {
		{ "mimetype", kit_fmt(k, "application/vnd.oasis.opendocument.%s", kind) },
		{ "content.xml",
		  kit_fmt(k,
			  "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content "
			  "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\">"
			  "<office:body><office:%s/></office:body></office:document-content>",
			  kind) },
		{ "META-INF/manifest.xml",
		  STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?><manifest:manifest "
		      "xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>") },
	};

	return fixture_archive(k, FIXTURE_ZIP_STORED, m, ARRAY_LEN(m));
}

static void flat_files(struct kit *k)
{
	kit_send_attached(k, "a", "text/csv", "tableau.csv",
			  STR("Date;Valeur\r\n2026-11-21;-5\r\n-5;3\r\n"));
	kit_send_attached(k, "b", "text/plain", "notes.txt", fixture_txt(k));
	kit_send_attached(
		k, "c", "image/png", "logo.png",
		fixture_padded(
			k,
			STR("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0"
			    "\x1f\x15\xc4\x89"),
			200));
	kit_send_attached(
		k, "d", "image/jpeg", "photo.jpg",
		fixture_padded(k, STR("\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
			       400));
	kit_send_attached(k, "e", "image/heic", "photo.heic",
			  fixture_padded(k,
					 STR("\0\0\0\x18"
					     "ftypheic\0\0\0\0mif1heic"),
					 3000));
	kit_send_attached(k, "f", "application/vnd.oasis.opendocument.text", "lettre.odt",
			  open_document(k, "text"));
	kit_send_attached(k, "g", "application/vnd.oasis.opendocument.spreadsheet", "tableau.ods",
			  open_document(k, "spreadsheet"));
}

static void dicom(struct kit *k)
{
	str image = fixture_padded(k, STR(""), 128);
	const str pieces[] = { image, STR("DICM\x02\0\0\0UL\x04\0\xc0\0\0\0") };
	const struct fixture_member members[] = { { "IMG0001.dcm", kit_join(k, pieces, 2) },
						  { "DICOMDIR", kit_join(k, pieces, 2) } };

	kit_send_attached(k, "", "application/zip", "examen.zip",
			  fixture_archive(k, FIXTURE_ZIP, members, 2));
}

static void health_exchange(struct kit *k)
{
	const struct fixture_member members[] = {
		{ "INDEX.HTM",
		  STR("<html><head><title>XDM</title></head><body><a href=\"IHE_XDM/SUBSET01/"
		      "DOC00001.XML\">Document</a></body></html>") },
		{ "README.TXT", STR("Logiciel de cabinet\r\n") },
		{ "IHE_XDM/SUBSET01/METADATA.XML",
		  STR("<?xml version=\"1.0\"?><SubmitObjectsRequest/>") },
		{ "IHE_XDM/SUBSET01/DOC00001.XML",
		  STR("<?xml version=\"1.0\"?><?xml-stylesheet type=\"text/xsl\" "
		      "href=\"STYLE.XSL\"?>"
		      "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>") },
		{ "IHE_XDM/SUBSET01/STYLE.XSL",
		  STR("<?xml version=\"1.0\"?><xsl:stylesheet version=\"1.0\" "
		      "xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\"/>") },
	};
	struct kit_mail m = kit_party(k, "cabinet.example", "192.0.2.15",
				      STR("Jeanne Petit <jeanne.petit@cabinet.example>"));

	m.subject = STR("XDM/1.0/DDM+1.2.3");
	kit_attach(k, &m, "application/zip", "IHE_XDM.zip",
		   fixture_archive(k, FIXTURE_ZIP, members, ARRAY_LEN(members)));
	kit_send(k, "", &m);
}

static void hl7(struct kit *k)
{
	kit_send_attached(k, "", "application/octet-stream", "resultat.hl7",
			  STR("MSH|^~\\&|LABO|CHU|||202611211859||ORU^R01|1|P|2.5\rPID|1||123\rOBX|"
			      "1|NM|Na||140\r"));
}

static void clinical_document(struct kit *k)
{
	kit_send_attached(k, "", "text/xml", "cr.xml",
			  STR("<?xml version=\"1.0\" encoding=\"utf-8\"?><!DOCTYPE a [<!ELEMENT a "
			      "(#PCDATA)>]>"
			      "<a>Compte rendu</a>"));
}

static void pharmacy(struct kit *k)
{
	kit_send_attached(k, "", "text/csv", "commande.csv",
			  STR("pharmacie;produit;nombre\r\nCentre;parac\xc3\xa9tamol;40\r\n"));
}

static void protocol(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	kit_text(
		k, &m,
		STR("In a sub group (n=3D12) the dose was set as x. We set x =3D f(t) and function "
		    "values return if the response is positive; create objects for each visit."));
	kit_send(k, "", &m);
}

static void congress(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	kit_text(k, &m,
		 STR("Sehr geehrte Damen und Herren, der Kongress findet in Stra=C3=9Fburg statt. "
		     "Estimados colegas, el congreso tendr=C3=A1 lugar en Estrasburgo."));
	kit_send(k, "", &m);
}

#define REPORT                                                                                     \
	"<?xml version=\"1.0\"?><feedback><report_metadata><org_name>fai</org_name>"               \
	"</report_metadata></feedback>"

static void dmarc_report(struct kit *k)
{
	struct kit_mail m = kit_party(k, "fai.example", "192.0.2.17",
				      STR("noreply-dmarc <noreply@fai.example>"));
	str xml = STR(REPORT);

	m.subject = STR("Report domain: hopital.example Submitter: fai.example Report-ID: 1");
	m.entity = kit_part(k, "application/zip", "fai.example!hopital.example!1!2.zip",
			    fixture_zip1(k, "fai.example!hopital.example!1!2.xml", xml));
	kit_send(k, "", &m);
}

static void dmarc_report_gz(struct kit *k)
{
	struct kit_mail m = kit_party(k, "fai.example", "192.0.2.17",
				      STR("noreply-dmarc <noreply@fai.example>"));
	const struct fixture_member gz = { "r.xml", STR(REPORT) };

	m.subject = STR("Report domain: hopital.example Submitter: fai.example Report-ID: 1");
	m.entity = kit_part(k, "application/gzip", "fai.example!hopital.example!1!2.xml.gz",
			    fixture_archive(k, FIXTURE_GZ, &gz, 1));
	kit_send(k, "", &m);
}

static void tls_report(struct kit *k)
{
	struct kit_mail m =
		kit_party(k, "fai.example", "192.0.2.17", STR("tlsrpt <noreply@fai.example>"));
	const struct fixture_member gz = {
		"r.json", STR("{\"organization-name\": \"fai\", \"policies\": []}")
	};
	const str parts[] = {
		STR("Content-Type: text/plain; charset=us-ascii\r\n\r\nTLS report.\r\n"),
		kit_part(k, "application/tlsrpt+gzip", "fai.example!hopital.example!1!2.json.gz",
			 fixture_archive(k, FIXTURE_GZ, &gz, 1)),
	};

	m.entity = kit_multipart(k, "multipart/report; report-type=tlsrpt", kit_boundary(k, 'r'),
				 parts, 2);
	kit_send(k, "", &m);
}

static void delivery_report(struct kit *k)
{
	struct kit_mail m = kit_mail(k);
	const str parts[] = {
		STR("Content-Type: text/plain; charset=utf-8\r\n\r\nYour message could not be "
		    "delivered.\r\n"),
		STR("Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; "
		    "mail.partner.example\r\n\r\n"
		    "Final-Recipient: rfc822; zoe@partner.example\r\nAction: failed\r\nStatus: "
		    "5.1.1\r\n"),
		STR("Content-Type: text/rfc822-headers\r\n\r\nFrom: alice@hopital.example\r\nTo: "
		    "zoe@partner.example\r\n"
		    "Subject: Bonjour\r\nMessage-ID: <1@hopital.example>\r\n"),
	};

	m.reverse_path = STR("");
	m.from = STR("Mail Delivery System <MAILER-DAEMON@partner.example>");
	m.subject = STR("Undelivered Mail Returned to Sender");
	m.extra = STR("Auto-Submitted: auto-replied\r\n");
	m.entity = kit_multipart(k, "multipart/report; report-type=delivery-status",
				 kit_boundary(k, 'r'), parts, 3);
	kit_send(k, "", &m);
}

static void read_receipt(struct kit *k)
{
	struct kit_mail m = kit_mail(k);
	const str parts[] = {
		STR("Content-Type: text/plain; charset=utf-8\r\n\r\nLe message a ete lu.\r\n"),
		STR("Content-Type: message/disposition-notification\r\n\r\nReporting-UA: poste\r\n"
		    "Final-Recipient: rfc822; marie.martin@partner.example\r\nDisposition: "
		    "manual-action/MDN-sent-manually; displayed\r\n"),
	};

	m.entity = kit_multipart(k, "multipart/report; report-type=disposition-notification",
				 kit_boundary(k, 'r'), parts, 2);
	kit_send(k, "", &m);
}

static void cron(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.from = STR("root <root@partner.example>");
	m.mime_version = STR_NULL;
	m.entity = STR("\r\nBackup done, 12 files.\r\n");
	kit_send(k, "", &m);
}

static void old_program(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.date = STR("Sat, 21 Nov 2026 17:59:57 GMT");
	m.message_id = STR("<1@localhost.localdomain>");
	kit_send(k, "", &m);
}

static void invitation(struct kit *k)
{
	struct kit_mail m = kit_mail(k);
	str ics = STR(
		"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@partner.example\r\n"
		"DTSTART:20261126T090000Z\r\nSUMMARY:Reunion\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
	const str parts[] = {
		STR("Content-Type: text/plain; charset=utf-8\r\n\r\nReunion jeudi.\r\n"),
		STR("Content-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>Reunion "
		    "jeudi.</p></body></html>\r\n"),
		kit_fmt(k, "Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\n\r\n%.*s",
			STR_ARG(ics)),
	};

	*arena_push(k->arena, &m.parts) = kit_part(k, "application/ics", "invite.ics", ics);
	m.entity = kit_multipart(k, "multipart/alternative", kit_boundary(k, 'a'), parts, 3);
	kit_send(k, "", &m);
}

static void meeting(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	kit_text(k, &m,
		 STR("Rejoindre : "
		     "https://teams.meet.example/l/meetup-join/19%3ameeting_abc%40thread.v2/0?"
		     "context=3D%7b%22Tid%22%3a%22abc%22%7d"));
	kit_send(k, "", &m);
}

static void phone_photo(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.text = STR_NULL;
	kit_attach(k, &m, "image/heic", "IMG_0001.HEIC",
		   fixture_padded(k,
				  STR("\0\0\0\x18"
				      "ftypheic\0\0\0\0mif1heic"),
				  2000));
	kit_send(k, "", &m);
}

static void flowed(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.entity = kit_fmt(k,
			   "Content-Type: text/plain; charset=utf-8; format=flowed; "
			   "delsp=yes\r\n\r\n%.*s\r\nBonjour \r\nmadame.\r\n",
			   STR_ARG(kit_repeat(k, STR("ab "), 332)));
	kit_send(k, "", &m);
}

static void charsets(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.entity = STR("Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: "
		       "8bit\r\n\r\n"
		       "La r\xe9union est fix\xe9"
		       "e \xe0 jeudi.\r\n");
	kit_send(k, "a", &m);
	m.entity = STR("Content-Type: text/plain; "
		       "charset=windows-1252\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
		       "L\x92h\xf4pital vous \xe9"
		       "crit.\r\n");
	kit_send(k, "b", &m);
	m.entity = STR(
		"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B$3$s$K$A$O\x1b(B\r\n");
	kit_send(k, "c", &m);
}

static void encoded_french(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.subject = STR("=?utf-8?Q?R=C3=A9sultats_d=E2=80=99analyse_=E2=80=93_=C3=A9t=C3=A9_=C3=A0_"
			"l=E2=80=99h=C3=B4pital?=");
	m.from = STR("=?utf-8?B?SMOpbMOobmUgR8OpcmFyZA==?= <helene.gerard@partner.example>");
	m.reverse_path = STR("helene.gerard@partner.example");
	kit_send(k, "", &m);
}

static void encoded_file_name(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	*arena_push(k->arena, &m.parts) =
		kit_part_base64(k,
				STR("Content-Type: text/plain; "
				    "charset=utf-8\r\nContent-Disposition: attachment;\r\n"
				    " filename=\"Resultats ete.txt\";\r\n "
				    "filename*=utf-8''R%C3%A9sultats%20%C3%A9t%C3%A9.txt\r\n"),
				fixture_txt(k));
	kit_send(k, "", &m);
}

static void long_thread(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.extra = kit_fmt(
		k, "In-Reply-To: <1@hopital.example>\r\nReferences: <1@hopital.example>%.*s\r\n",
		STR_ARG(kit_repeat(
			k, STR("\r\n <abcdefghijklmnopqrstuvwxyz0123456789@partner.example>"),
			95)));
	m.subject = STR("Re: Documents du service");
	kit_send(k, "", &m);
}

static void next_day(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.date = STR("Fri, 20 Nov 2026 17:59:57 +0100");
	kit_send(k, "", &m);
}

static void ipv6(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.reverse_path = STR("bounce@nospf.example");
	m.from = STR("Mairie <mairie@nospf.example>");
	m.message_id = STR("<1@nospf.example>");
	m.client_ip = STR("2001:db8:10::25");
	m.signer = NULL;
	kit_send(k, "", &m);
}

static void department(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.to = kit_fmt(k, "alice@hopital.example%.*s",
		       STR_ARG(kit_repeat(k, STR(",\r\n bob@hopital.example"), 24)));
	kit_send(k, "", &m);
}

static void plain_documents(struct kit *k)
{
	static const char link[] =
		"<Relationship Id=\"rId2\" "
		"Type=\"http://schemas.openxmlformats.org/officeDocument/2006/"
		"relationships/hyperlink\" Target=\"https://www.partner.example/\" "
		"TargetMode=\"External\"/>";

	kit_send_attached(k, "a",
			  "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
			  "lettre.docx", fixture_docx(k, "", link, STR("")));
	kit_send_attached(k, "b", "application/msword", "lettre.doc",
			  fixture_doc(k, STR("Compte rendu"), STR("")));
	kit_send_attached(k, "c", "application/pdf", "resultat.pdf", fixture_pdf(k, "", NULL, 0));
}

const struct battery_case cases_twin[] = {
	TWIN("C-001", "A hospital federation's newsletter", newsletter),
	TWIN("C-002", "A newsletter in HTML alone", html_newsletter),
	TWIN("C-003", "A ministry's circular", circular),
	TWIN("C-004", "An appointment reminder", reminder),
	TWIN("C-005", "A real password reset", password_reset),
	TWIN("C-007", "An event platform", event),
	TWIN("C-008", "Medical words", medical_words),
	TWIN("C-009", "A young top level domain", new_domain),
	TWIN("C-011", "A functional mailbox", functional_mailbox),
	TWIN("C-012", "A title in the display name", title_in_name),
	TWIN("C-013", "The display name is the address", name_equals_address),
	TWIN("C-015", "A partner at a large provider", big_provider),
	TWIN("C-016", "A webmail abroad", abroad),
	TWIN("C-018", "A small practice without MX", small_practice),
	TWIN_MARKED("C-019", "A domain without authentication", no_authentication),
	TWIN("C-029", "A digest of twenty messages", digest),
	TWIN("C-030", "A vacation reply", vacation),
	TWIN("C-031", "S/MIME, clear signed", smime_signed),
	TWIN_MARKED("C-034", "OpenPGP/MIME", pgp_encrypted),
	TWIN_MARKED("C-035", "OpenPGP in the text", pgp_inline),
	TWIN("C-042", "Documents without programs", plain_documents),
	TWIN("C-048", "Plain files and images", flat_files),
	TWIN("C-050", "DICOM images in a zip file", dicom),
	TWIN("C-051", "An exchange of health records", health_exchange),
	TWIN("C-053", "HL7 results", hl7),
	TWIN("C-054", "A clinical document with its own DTD", clinical_document),
	TWIN("C-055", "A pharmacy's order", pharmacy),
	TWIN("C-057", "An English research protocol", protocol),
	TWIN("C-058", "A congress in German and Spanish", congress),
	TWIN("C-060", "A DMARC report in a zip file", dmarc_report),
	TWIN("C-061", "A DMARC report in a gzip file", dmarc_report_gz),
	TWIN("C-062", "A TLS report", tls_report),
	TWIN("C-063", "A delivery report", delivery_report),
	TWIN("C-065", "A read receipt", read_receipt),
	TWIN("C-067", "Mail of a cron job", cron),
	TWIN_MARKED("C-068", "An old mail program", old_program),
	TWIN("C-069", "A calendar invitation", invitation),
	TWIN("C-070", "An online meeting", meeting),
	TWIN("C-074", "A photograph from a telephone", phone_photo),
	TWIN("C-075", "Flowed text and long lines", flowed),
	TWIN("C-076", "Old character sets", charsets),
	TWIN("C-077", "French fields, encoded as they should be", encoded_french),
	TWIN("C-078", "An encoded file name with its fallback", encoded_file_name),
	TWIN("C-080", "A long thread", long_thread),
	TWIN_MARKED("C-081", "Retried the next day", next_day),
	TWIN("C-083", "An IPv6 client", ipv6),
	TWIN("C-087", "A whole department", department),
	{ 0 }
};

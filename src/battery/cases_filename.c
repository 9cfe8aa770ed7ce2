/* T151 to T160: file names and files in disguise. */
#include "battery/fixture.h"

#define QUAR_OR_REJECT (BATTERY_QUARANTINE | BATTERY_REJECT)
#define FLAG_OR_MORE (BATTERY_FLAG | QUAR_OR_REJECT)

/* The fields of a part with a program, given whole. */
static void send_fields(struct kit *k, const char *variant, const char *fields)
{
	struct kit_mail m = kit_mail(k);

	*arena_push(k->arena, &m.parts) =
		kit_part_base64(k, kit_expand(k, fields, "", STR("")), fixture_com(k));
	kit_send(k, variant, &m);
}

#define OCTETS "Content-Type: application/octet-stream\n"
#define ATTACHED OCTETS "Content-Disposition: attachment; "

static void rfc2231(struct kit *k)
{
	send_fields(k, "a", ATTACHED "filename*=utf-8''setup%2Eexe\n");
	send_fields(k, "b", ATTACHED "filename*0=\"setup.e\"; filename*1=\"xe\"\n");
	send_fields(k, "c", ATTACHED "filename*0*=utf-8''setup%2E; filename*1*=exe\n");
	send_fields(k, "d", ATTACHED "filename*1=\"xe\"; filename*0=\"setup.e\"\n");
	send_fields(k, "e", ATTACHED "filename*0=\"setup.\"; filename*2=\"exe\"\n");
	send_fields(k, "e2", ATTACHED "filename*1=\"setup.\"; filename*2=\"exe\"\n");
	send_fields(k, "h", ATTACHED "filename*=iso-8859-1'fr'%73%65%74%75%70%2e%65%78%65\n");
	send_fields(k, "i", ATTACHED "filename*=setup.exe\n");
	send_fields(k, "j",
		    OCTETS "Content-Disposition: attachment;\n filename*0*=utf-8''setup.e;\n "
			   "filename*1=xe\n");
	send_fields(k, "f", ATTACHED "filename=\"notice.txt\"; filename*=utf-8''setup.exe\n");
	send_fields(k, "g", ATTACHED "filename*=utf-8''setup.exe; filename=\"notice.txt\"\n");
}

static void twice(struct kit *k)
{
	send_fields(k, "a", ATTACHED "filename=a.txt; filename=a.exe\n");
	send_fields(k, "b", ATTACHED "filename=a.exe; filename=a.txt\n");
	send_fields(k, "c",
		    ATTACHED "filename=a.txt\nContent-Disposition: attachment; filename=a.exe\n");
}

static void two_fields(struct kit *k)
{
	send_fields(k, "a",
		    "Content-Type: application/pdf; name=a.pdf\n"
		    "Content-Disposition: attachment; filename=a.exe\n");
	send_fields(k, "b",
		    "Content-Type: application/octet-stream; name=a.exe\n"
		    "Content-Disposition: attachment; filename=a.pdf\n");
	send_fields(k, "c",
		    "Content-Disposition: attachment; filename=a.pdf\n"
		    "Content-Type: application/octet-stream; name=a.exe\n");
	send_fields(k, "c2",
		    "Content-Disposition: attachment; filename=a.exe\n"
		    "Content-Type: application/pdf; name=a.pdf\n");
	send_fields(k, "d",
		    "Content-Type: application/octet-stream; name=a.exe\n"
		    "Content-Disposition: attachment\n");
}

static void rfc2047(struct kit *k)
{
	send_fields(k, "a", ATTACHED "filename=\"=?utf-8?B?c2V0dXAuZXhl?=\"\n");
	send_fields(k, "b", ATTACHED "filename=\"=?utf-16be?B?AHMAZQB0AHUAcAAuAGUAeABl?=\"\n");
	send_fields(k, "e", ATTACHED "filename==?utf-8?B?c2V0dXAuZXhl?=\n");
	send_fields(k, "f",
		    OCTETS "Content-Disposition: attachment;\n "
			   "filename=\"=?utf-8?B?c2V0dXA=?=\n =?utf-8?B?LmV4ZQ==?=\"\n");
	send_fields(k, "g", ATTACHED "filename*=utf-8''%3D%3Futf-8%3FB%3Fc2V0dXAuZXhl%3F%3D\n");
	send_fields(k, "c", ATTACHED "filename=\"=?utf-8?Q?setup=2E?= =?utf-8?Q?exe?=\"\n");
	send_fields(k, "d",
		    "Content-Type: application/octet-stream; name=\"=?utf-8?B?c2V0dXAuZXhl?=\"\n");
}

static void unicode(struct kit *k)
{
	send_fields(k, "a", ATTACHED "filename*=utf-8''facture%E2%80%AEfdp.exe\n");
	send_fields(k, "b", ATTACHED "filename*=utf-8''setup.e%E2%80%8Bxe\n");
	send_fields(k, "c", ATTACHED "filename*=utf-8''setup.%EF%BD%85%EF%BD%98%EF%BD%85\n");
	send_fields(k, "d", ATTACHED "filename*=utf-8''setup.e%CD%8Fx%CC%81e\n");
	send_fields(k, "e", ATTACHED "filename*=utf-8''notice.txt%E2%80%A8.exe\n");
	send_fields(k, "f", ATTACHED "filename*=utf-8''setup%E2%80%A4exe\n");
	send_fields(k, "g", ATTACHED "filename*=utf-8''facture%E2%81%A7fdp%E2%81%A9.exe\n");
}

static void double_extension(struct kit *k)
{
	str com = fixture_com(k);

	kit_send_attached(k, "a", "application/pdf", "facture.pdf.exe", com);
	kit_send_attached(k, "b", "image/jpeg", "photo.jpg.scr", com);
	kit_send_attached(k, "c", "application/octet-stream", "doc.docx.js", STR("var a = 1;\r\n"));
	kit_send_attached(k, "d", "application/pdf", "facture.pdf      .exe", com);
	kit_send_attached(k, "e", "application/zip", "facture.pdf.zip",
			  fixture_zip1(k, "facture.pdf.exe", com));
}

static void edges(struct kit *k)
{
	send_fields(k, "a", ATTACHED "filename=\"a.exe.\"\n");
	send_fields(k, "b", ATTACHED "filename=\"a.exe \"\n");
	send_fields(k, "c", ATTACHED "filename=\"a.exe%00.txt\"\n");
	send_fields(k, "d", ATTACHED "filename=\"a.exe\2.txt\"\n");
	send_fields(k, "d2", ATTACHED "filename*=utf-8''a.exe%00.txt\n");
	send_fields(k, "l", ATTACHED "filename=\"a.exe\t\"\n");
	send_fields(k, "m", ATTACHED "filename=\"a.exe...   \"\n");
	send_fields(k, "n", ATTACHED "filename=\"dossier/a.exe\"\n");
	send_fields(k, "o", ATTACHED "filename='a.exe'\n");
	send_fields(k, "p", ATTACHED "filename=a.exe (un commentaire)\n");
	send_fields(k, "e", ATTACHED "filename=\"a.exe;.txt\"\n");
	send_fields(k, "f", ATTACHED "filename=\"a.exe::$DATA\"\n");
	send_fields(k, "g", ATTACHED "filename=\"..\\\\a.exe\"\n");
	send_fields(k, "i",
		    kit_fmt(k, ATTACHED "filename=\"%.*s.exe\"\n",
			    STR_ARG(kit_repeat(k, STR("a"), 300)))
			    .p);
	send_fields(k, "j", ATTACHED "filename=mon fichier.exe\n");
	send_fields(k, "k", ATTACHED "filename=\"a\\\"b.exe\"\n");
	kit_expect(k, QUAR_OR_REJECT, NULL);
	send_fields(k, "h", ATTACHED "filename=\"a.{00000000-0000-0000-0000-00000000ABCD}\"\n");
}

static void no_name(struct kit *k)
{
	static const char *const fields[] = {
		OCTETS,
		"Content-Type: image/png\n",
		"Content-Type: text/plain\n",
		OCTETS "Content-Disposition: inline\n",
		ATTACHED "filename=\"\"\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		struct kit_mail m = kit_mail(k);

		*arena_push(k->arena, &m.parts) =
			kit_part_base64(k, kit_expand(k, fields[i], "", STR("")), fixture_pe(k));
		kit_send(k, kit_fmt(k, "%c", (int)('a' + i)).p, &m);
	}
}

static void more_masks(struct kit *k, str zip)
{
	const str script = STR("<</S/JavaScript/JS(app.alert\\(1\\))>>");
	const str late_pdf[] = { kit_repeat(k, STR("x"), 1000),
				 fixture_pdf(k, "/OpenAction 4 0 R", &script, 1) };
	const str sfx[] = { fixture_pe(k), fixture_rar(k, "setup.exe", fixture_pe(k), false) };
	const str docx = fixture_docx(k, "", "", STR(""));
	const str two_zips[] = { docx, zip }, before[] = { zip, docx };
	const str behind_png[] = { fixture_png_text(k, "a"), zip };
	const char *docx_type =
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document";

	kit_send_attached(k, "e", "application/pdf", "facture.pdf", kit_join(k, late_pdf, 2));
	kit_send_attached(k, "g", "application/vnd.rar", "photos.rar", kit_join(k, sfx, 2));
	kit_expect(k, QUAR_OR_REJECT, NULL);
	kit_send_attached(k, "h", docx_type, "lettre.docx", kit_join(k, two_zips, 2));
	kit_send_attached(k, "h2", docx_type, "lettre.docx", kit_join(k, before, 2));
	kit_send_attached(k, "i", "image/png", "photo.png", kit_join(k, behind_png, 2));
}

static void masks(struct kit *k)
{
	str zip = fixture_zip1(k, "setup.exe", fixture_pe(k));
	const str behind_gif[] = { STR("GIF89a\x01\0\x01\0\x80\0\0\0\0\0\0\0\0;"),
				   fixture_jar(k, false) };
	const str behind_pdf[] = {
		STR("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n"
		    "%%EOF\n"),
		zip
	};
	const str behind_junk[] = { kit_repeat(k, STR("x"), 2000), zip };

	kit_send_attached(k, "a", "application/pdf", "facture.pdf", zip);
	kit_send_attached(k, "b", "image/jpeg", "photo.jpg", zip);
	kit_send_attached(k, "c", "application/pdf", "facture.pdf", kit_join(k, behind_pdf, 2));
	kit_send_attached(k, "d", "image/gif", "image.gif", kit_join(k, behind_gif, 2));
	kit_send_attached(k, "f", "application/zip", "a.zip", kit_join(k, behind_junk, 2));
	more_masks(k, zip);
}

static str changed(struct kit *k, str bytes, size_t at, const char *to, size_t n)
{
	str copy = arena_str(k->arena, bytes);

	bug_if(at + n > bytes.n);
	memcpy((char *)(uintptr_t)copy.p + at, to, n);
	return copy;
}

/* A program in each: flags that are not true, numbers that point elsewhere. */
static void odd_archives(struct kit *k, str zip)
{
	enum { LOCAL_FLAGS = 6, DIRECTORY_FLAGS = 8, LOCAL_NAME = 30 };
	str program = fixture_zip1(k, "aa.exe", fixture_com(k));
	size_t directory = str_find(program, STR("PK\x01\x02"));
	size_t end = str_find(program, STR("PK\x05\x06"));
	str both = changed(k, program, LOCAL_FLAGS, "\x09", 1);

	(void)zip;
	bug_if(directory == STR_NONE || end == STR_NONE);
	/* Said to be encrypted, which it is not: in one header, in both. */
	kit_send_attached(k, "d", "application/zip", "a.zip",
			  changed(k, program, directory + DIRECTORY_FLAGS, "\x09", 1));
	kit_send_attached(k, "d2", "application/zip", "a.zip",
			  changed(k, both, directory + DIRECTORY_FLAGS, "\x09", 1));
	/* The directory is at a place that only 64 bits can tell, and that is not told. */
	kit_send_attached(k, "f", "application/zip", "a.zip",
			  changed(k, program, end + 16, "\xff\xff\xff\xff", 4));
	kit_send_attached(k, "g", "application/zip", "a.zip",
			  changed(k, fixture_zip1(k, "aa.exe_.txt", fixture_com(k)), LOCAL_NAME + 6,
				  "\0", 1));
	/* The end record counts no members. */
	kit_send_attached(k, "h", "application/zip", "a.zip",
			  changed(k, program, end + 8, "\0\0\0\0", 4));
}

/* The local header says a.txt, the directory a.exe: names of the same length. */
static void archives_that_lie(struct kit *k)
{
	str zip = fixture_zip1(k, "aa.txt", fixture_com(k));
	str twice[2] = { zip, zip }, patched = arena_str(k->arena, zip);
	size_t at = str_find(str_skip(patched, 60), STR("aa.txt"));
	size_t end = str_find(zip, STR("PK\x01\x02"));

	kit_expect(k, QUAR_OR_REJECT, NULL);
	bug_if(at == STR_NONE || end == STR_NONE);
	memcpy((char *)(uintptr_t)patched.p + 60 + at + 3, "exe", 3);
	kit_send_attached(k, "a", "application/zip", "a.zip", patched);
	kit_send_attached(k, "b", "application/zip", "a.zip", str_sub(zip, 0, end));
	kit_send_attached(k, "c", "application/zip", "a.zip", kit_join(k, twice, 2));
	odd_archives(k, zip);
}

#define ROW(id, what, symbols, make)                                                               \
	{                                                                                          \
		id, "attachment", what, BATTERY_REJECT, symbols, make, false                       \
	}

const struct battery_case cases_filename[] = {
	ROW("T151", "File names in pieces (RFC 2231)", NULL, rfc2231),
	ROW("T152", "Two file names", NULL, twice),
	ROW("T153", "name and filename differ", NULL, two_fields),
	ROW("T154", "File names as encoded words", NULL, rfc2047),
	ROW("T155", "Obscure characters in file names", "MIME_BAD_UNICODE|NAME_RTL_OVERRIDE",
	    unicode),
	ROW("T156", "Double extensions", "MIME_DOUBLE_BAD_EXTENSION|NAME_DOUBLE_EXTENSION",
	    double_extension),
	ROW("T157", "Edges of file names", NULL, edges),
	ROW("T158", "No name, a lying type", NULL, no_name),
	ROW("T159", "Files in disguise", NULL, masks),
	ROW("T160", "Archives that contradict themselves", NULL, archives_that_lie),
	{ 0 }
};

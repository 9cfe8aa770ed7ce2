/* T064 to T069: archives and what they hide. */
#include "battery/fixture.h"

#define QUAR_OR_REJECT (BATTERY_QUARANTINE | BATTERY_REJECT)
#define FLAG_OR_MORE (BATTERY_FLAG | QUAR_OR_REJECT)
#define ZIP "application/zip"
#define OCTETS "application/octet-stream"

static str one(struct kit *k, enum fixture_format f, const char *name, str bytes)
{
	const struct fixture_member m = { name, bytes };

	return fixture_archive(k, f, &m, 1);
}

static void program_inside(struct kit *k)
{
	struct fixture_member many[41];
	str pe = fixture_pe(k);

	kit_send_attached(k, "a", ZIP, "a.zip", fixture_zip1(k, "setup.exe", pe));
	kit_send_attached(k, "b", OCTETS, "a.rar", fixture_rar(k, "setup.exe", pe, false));
	kit_send_attached(k, "c", OCTETS, "a.7z", one(k, FIXTURE_7Z, "setup.exe", pe));
	kit_send_attached(k, "d", OCTETS, "a.tar.gz", one(k, FIXTURE_TAR_GZ, "setup.exe", pe));
	kit_send_attached(k, "e", OCTETS, "a.arj", fixture_arj(k, "setup.exe", pe));
	kit_send_attached(k, "f", OCTETS, "a.lzh", fixture_lzh(k, "setup.exe", pe));
	kit_send_attached(k, "g", ZIP, "a.zip", fixture_zip1(k, "disque.iso", fixture_iso(k)));
	for (size_t i = 0; i < 40; i++)
		many[i] = (struct fixture_member){ kit_fmt(k, "page%zu.txt", i).p, fixture_txt(k) };
	many[40] = (struct fixture_member){ "setup.exe", pe };
	kit_send_attached(k, "h", ZIP, "a.zip",
			  fixture_archive(k, FIXTURE_ZIP, many, ARRAY_LEN(many)));
	kit_send_attached(k, "i", ZIP, "a.zip", fixture_zip1(k, "../../setup.exe", pe));
	kit_send_attached(k, "i2", ZIP, "a.zip", fixture_zip1(k, "/tmp/setup.exe", pe));
	kit_send_attached(k, "i3", ZIP, "a.zip", fixture_zip1(k, "C:\\Windows\\setup.exe", pe));
}

static void send_locked(struct kit *k, const char *variant, str bytes, const char *text,
			const char *subject)
{
	struct kit_mail m = kit_mail(k);

	if (subject)
		m.subject = str_c(subject);
	kit_text(k, &m, str_c(text));
	kit_attach(k, &m, ZIP, "documents.zip", bytes);
	kit_send(k, variant, &m);
}

#define WITH_PASSWORD "Bonjour. Le mot de passe est Ete2024! Cordialement."

/* The password comes in a second file. */
static void send_with_file(struct kit *k, const char *variant, str zip, const char *type,
			   const char *name, str file)
{
	struct kit_mail m = kit_mail(k);

	kit_text(k, &m, STR("Bonjour, voici les documents."));
	kit_attach(k, &m, ZIP, "documents.zip", zip);
	kit_attach(k, &m, type, name, file);
	kit_send(k, variant, &m);
}

static void attached_password(struct kit *k, str zip)
{
	send_with_file(k, "g1", zip, "text/plain", "lisezmoi.txt",
		       STR("Mot de passe : Ete2024!\r\n"));
	send_with_file(k, "g2", zip, "text/html", "lisezmoi.html",
		       STR("<html><body><p>Mot de passe : <b>Ete2024!</b></p></body></html>"));
}

static void locked(struct kit *k)
{
	const str password = STR("Ete2024!");
	str weak = fixture_zip_locked(k, "zipcrypt", "Ete2024!", "notice.txt", fixture_txt(k));
	str strong = fixture_zip_locked(k, "aes256", "Ete2024!", "notice.txt", fixture_txt(k));
	str program = fixture_zip_locked(k, "aes256", "Ete2024!", "setup.exe", fixture_pe(k));

	send_locked(k, "a", weak, WITH_PASSWORD, NULL);
	send_locked(k, "b", strong, WITH_PASSWORD, NULL);
	send_locked(k, "bM", program, WITH_PASSWORD, NULL);
	send_locked(k, "e", strong, "Bonjour, voici les documents.", "mot de passe : Ete2024!");
	send_locked(k, "c", fixture_7z_locked(k, password, "notice.txt", fixture_txt(k), true),
		    WITH_PASSWORD, NULL);
	send_locked(k, "c2", fixture_7z_locked(k, password, "notice.txt", fixture_txt(k), false),
		    WITH_PASSWORD, NULL);
	send_locked(k, "cM", fixture_7z_locked(k, password, "setup.exe", fixture_pe(k), true),
		    WITH_PASSWORD, NULL);
	send_locked(k, "d", fixture_rar(k, "notice.txt", fixture_txt(k), true), WITH_PASSWORD,
		    NULL);
	attached_password(k, strong);
	kit_expect(k, BATTERY_QUARANTINE, NULL);
	send_locked(k, "f", strong, "Bonjour, voici les documents.", NULL);
	send_with_file(k, "f2", strong, "image/png", "acces.png",
		       fixture_png_text(k, "mot de passe: Ete2024!"));
}

static void large_member(struct kit *k)
{
	str zeros = kit_repeat(k, kit_repeat(k, STR("\0"), 1 << 20), 60);
	const struct fixture_member late[] = { { "a.bin", zeros },
					       { "eicar.com", fixture_eicar(k) } };

	kit_send_attached(k, "a", ZIP, "a.zip", fixture_zip1(k, "a.bin", zeros));
	kit_send_attached(k, "b", ZIP, "a.zip", fixture_archive(k, FIXTURE_ZIP, late, 2));
}

static str empty_members(struct kit *k)
{
	enum { MOST = 60000 };
	struct fixture_member *m = arena_array(k->arena, struct fixture_member, MOST);

	for (size_t i = 0; i < MOST; i++)
		m[i] = (struct fixture_member){ kit_fmt(k, "f%zu", i).p, STR("") };
	return fixture_archive(k, FIXTURE_ZIP_STORED, m, MOST);
}

static void many_members(struct kit *k)
{
	enum { MANY = 5000, FEW = 201 };
	struct fixture_member *m = arena_array(k->arena, struct fixture_member, MANY);

	for (size_t i = 0; i + 1 < MANY; i++)
		m[i] = (struct fixture_member){ kit_fmt(k, "f%zu", i).p, STR("a") };
	m[MANY - 1] = (struct fixture_member){ "eicar.com", fixture_eicar(k) };
	kit_send_attached(k, "b", ZIP, "a.zip", fixture_archive(k, FIXTURE_ZIP, m, MANY));
	kit_send_attached(k, "a", ZIP, "a.zip", fixture_archive(k, FIXTURE_ZIP, m, FEW));
	kit_send_attached(k, "aE", ZIP, "a.zip",
			  fixture_archive(k, FIXTURE_ZIP, m + MANY - FEW, FEW));
	kit_send_attached(k, "c", ZIP, "a.zip", empty_members(k));
}

static str nested(struct kit *k, size_t levels)
{
	str bytes = fixture_zip1(k, "eicar.com", fixture_eicar(k));

	for (size_t i = 1; i < levels; i++)
		bytes = fixture_zip1(k, kit_fmt(k, "n%zu.zip", i).p, bytes);
	return bytes;
}

static void deep_archives(struct kit *k)
{
	str gz = one(k, FIXTURE_GZ, "a", fixture_zip1(k, "eicar.com", fixture_eicar(k)));

	kit_send_attached(k, "a", ZIP, "a.zip", nested(k, 6));
	kit_send_attached(k, "b", ZIP, "a.zip", nested(k, 20));
	/* Stands for a file that holds itself: to a reader both have no end. */
	kit_send_attached(k, "c", ZIP, "a.zip", nested(k, 60));
	kit_send_attached(k, "d", OCTETS, "a.zip.gz.bz2", one(k, FIXTURE_BZ2, "a", gz));
	kit_send_attached(k, "e", OCTETS, "a.zip.gz", gz);
}

#define ROW(id, what, expected, make)                                                              \
	{                                                                                          \
		id, "archive", what, expected, NULL, make, false                                   \
	}

const struct battery_case cases_archive[] = {
	ROW("T064", "Programs in archives", BATTERY_REJECT, program_inside),
	ROW("T065", "Locked archives with their password", BATTERY_REJECT, locked),
	ROW("T066", "A very large member", QUAR_OR_REJECT, large_member),
	ROW("T067", "Very many members", QUAR_OR_REJECT, many_members),
	ROW("T068", "Archives in archives", QUAR_OR_REJECT, deep_archives),
	{ 0 }
};

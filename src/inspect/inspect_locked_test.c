/* Protected attachments are opened with the words of their own message. */
#include "archive/zipbuild.h"
#include "base/base64.h"
#include "document/cfb_make.h"
#include "inspect/inspect.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Enough of a program to be known as one. */
#define PROGRAM STR("MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0\xb8\0\0\0\0\0\0\0\x40\0\0\0\0\0\0\0")

/* That program, protected with "Xy12". */
#define SEVENZIP_HEADER_TOO                                                                        \
	"N3q8ryccAATXNygNkAAAAAAAAAAuAAAAAAAAADaoWmGS+2aymQPKVDPqIPJuxITadVBsSY5QFFIijjNV"         \
	"yRIvdu3IH/fyb0nAvaX2kfDhtygGUuzanoVeVXNI70xMBXW0zLEeWqzsozVU3kWAT0tPLBILOhrWNvMj"         \
	"uvxQbx1IAeub+i5NbmmiPLsuECFsCmws7gSOzocim1xN4cW9BL6spUcShU8T/nzvQ4lnab4iBhIXBiAB"         \
	"CXAABwsBAAEkBvEHARJTD+UjND9fXcTX09DyZnL2gMIMYgoB3cTq0gAA"
#define SEVENZIP_DATA                                                                              \
	"N3q8ryccAATA88L0IAAAAAAAAABiAAAAAAAAAN2JVhIDus7rrw+yRbWKPBpaka9mMZi/aPRNFN/+VZsE"         \
	"poLs4QEEBgABCSAABwsBAAIkBvEHARJTD4taIxFbvZTbgeKaaX7pbychIQEAAQAMHyAACAoB5d+NIAAA"         \
	"BQEZAQARDQBhAC4AZABhAHQAAAAUCgEAAMDBahR63QEVBgEAIICkgQAA"
#define RAR5                                                                                       \
	"UmFyIRoHAQDFGjMyAwEAABhx3ZlBAgMyEAAQAAABBWEuZXhlMQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"         \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB4eHh4eHh4eHh4eHh4eHh4GbI6NQMFAAA="
#define RAR5_HEADER_TOO                                                                            \
	"UmFyIRoHAQAPOyyeFQQAAAAPAAAAAAAAAAAAAAAAAAAAAHl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5"         \
	"eXl5eXl5"
#define RAR4                                                                                       \
	"UmFyIRoHAM+QcwAADQAAAAAAAADTwnQEgCUAEAAAABAAAAACAAAAAAAAAAAdMAUAIAAAAGEuZXhleHh4"         \
	"eHh4eHh4eHh4eHh4eASwewAABwA="
#define RAR4_HEADER_TOO "UmFyIRoHAM6Zc4AADQAAAAAAAAB6enp6enp6enp6enp6enp6enp6enp6enp6enp6enp6eg=="

static void attach(struct strbuf *b, const char *name, str bytes)
{
	strbuf_fmt(b,
		   "--b\r\nContent-Type: application/octet-stream; name=\"%s\"\r\n"
		   "Content-Transfer-Encoding: base64\r\n\r\n",
		   name);
	base64_encode(b, bytes);
	strbuf_put(b, STR("\r\n"));
}

/* The attachment comes before the text that gives the password. */
static str mail(struct arena *a, const char *subject, const char *type, const char *text,
		const char *name, str bytes)
{
	struct strbuf b = strbuf_make(a, 1 << 20);

	strbuf_fmt(&b, "Subject: %s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n", subject);
	attach(&b, name, bytes);
	strbuf_fmt(&b, "--b\r\nContent-Type: text/%s; charset=utf-8\r\n\r\n%s\r\n--b--\r\n", type,
		   text);
	return strbuf_str(&b);
}

static str locked_zip(struct arena *a, const char *password)
{
	struct zipbuild z = zipbuild_make(a);

	zipbuild_add(&z, (struct zipbuild_member){ .name = STR("note.txt"), .data = STR("hello") });
	zipbuild_add(&z, (struct zipbuild_member){
				 .name = STR("a.dat"), .data = PROGRAM, .password = password });
	return zipbuild_end(&z);
}

struct seen {
	bool opened, closed, said, program, flagged, ambiguous, appended;
	size_t for_antivirus;
};

static struct seen look(struct arena *a, str message)
{
	struct facts f;
	struct seen s = { 0 };

	inspect_message(a, message, NULL, &inspect_default_limits, &f);
	s.opened = facts_has_finding(&f, STR("ARCHIVE_OPENED_WITH_PASSWORD"));
	s.closed = facts_has_finding(&f, STR("ATTACHMENT_ENCRYPTED"));
	s.said = facts_has_finding(&f, STR("PASSWORD_IN_MESSAGE"));
	s.program = facts_has_finding(&f, STR("ATTACHMENT_EXECUTABLE"));
	s.ambiguous = facts_has_finding(&f, STR("ARCHIVE_AMBIGUOUS"));
	s.appended = facts_has_finding(&f, STR("ARCHIVE_APPENDED"));
	for (size_t i = 0; i < f.parts.n; i++)
		s.flagged |= (f.parts.v[i].flags & FACTS_PART_ENCRYPTED) != 0;
	for (size_t i = 0; i < f.extracts.n; i++)
		s.for_antivirus += f.extracts.v[i].kind == FACTS_EXTRACT_ANTIVIRUS &&
				   str_eq(f.extracts.v[i].bytes, PROGRAM);
	return s;
}

static void the_message_s_own_words_open_it(void **state)
{
	static const struct {
		const char *subject, *type, *text, *name, *password;
	} cases[] = {
		{ "x", "plain", "Le mot de passe est : Ete2024!", "a.zip", "Ete2024!" },
		{ "x", "plain", "Mot de passe\xc2\xa0: Xy12.", "a.zip", "Xy12" },
		{ "x", "plain", "Mot de passe : Xy12.", "a.zip", "Xy12." },
		{ "x", "plain", "mdp=soleil", "a.zip", "soleil" },
		{ "x", "plain", "The password for the archive is \"open sesame\"", "a.zip",
		  "sesame" },
		{ "x", "plain", "password:\r\n\r\n   7731\r\n", "a.zip", "7731" },
		{ "x", "plain", "Password: correct horse battery\r\nBye", "a.zip",
		  "correct horse battery" },
		{ "x", "plain", "Kx9-22 is the password.", "a.zip", "Kx9-22" },
		{ "x", "plain",
		  "Code d\xe2\x80\x99"
		  "acc\xc3\xa8s : 4711",
		  "a.zip", "4711" },
		{ "x", "plain", "pwd 4711", "a.zip", "4711" },
		{ "x", "plain", "\xc2\xab 4711z \xc2\xbb", "a.zip", "4711z" },
		{ "Dossier, mot de passe 4711", "plain", "Bonjour", "a.zip", "4711" },
		{ "x", "plain", "Bonjour", "dossier_4711.zip", "4711" },
		{ "x", "html", "<p>Mot de passe : <b>Ete</b>2024</p>", "a.zip", "Ete2024" },
		{ "x", "plain", "Bonjour", "mdp 4711z.zip", "4711z" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
		struct seen s = look(a, mail(a, cases[i].subject, cases[i].type, cases[i].text,
					     cases[i].name, locked_zip(a, cases[i].password)));

		if (!s.opened || !s.program || s.closed || s.flagged)
			fail_msg("%s", cases[i].text);
		assert_int_equal(s.for_antivirus, 1);
	}
}

static void without_the_password_it_stays_closed(void **state)
{
	static const struct {
		const char *text;
		bool said;
	} cases[] = {
		{ "Voici le document.", false },
		{ "Mot de passe oubli\xc3\xa9 ?", false },
		{ "Never share your password with anyone.", false },
		{ "Your password is required to log in.", false },
		{ "Le mot de passe arrive par SMS.", false },
		{ "Mot de passe : Xy12", true },
		{ "The password is Xy12", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
		struct seen s = look(a, mail(a, "x", "plain", cases[i].text, "a.zip",
					     locked_zip(a, "another one")));

		if (s.opened || s.program || !s.closed || !s.flagged || s.said != cases[i].said)
			fail_msg("%s", cases[i].text);
	}
}

static str decoded(struct arena *a, const char *base64)
{
	struct strbuf b = strbuf_make(a, 4096);

	bug_if(!base64_decode(&b, str_c(base64)));
	return strbuf_str(&b);
}

static void sevenzip_is_opened_even_where_names_are_hidden(void **state)
{
	static const char *const cases[] = { SEVENZIP_DATA, SEVENZIP_HEADER_TOO };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
		struct seen s = look(a, mail(a, "x", "plain", "Mot de passe : Xy12", "a.7z",
					     decoded(a, cases[i])));

		assert_true(s.opened && s.program && !s.closed && !s.flagged);
		s = look(a, mail(a, "x", "plain", "Mot de passe : Xy13", "a.7z",
				 decoded(a, cases[i])));
		assert_true(!s.opened && !s.program && s.closed && s.said);
	}
}

static void encrypted_rar_is_known_to_be(void **state)
{
	static const char *const cases[] = { RAR5, RAR5_HEADER_TOO, RAR4, RAR4_HEADER_TOO };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
		struct seen s =
			look(a, mail(a, "x", "plain", "Voici.", "a.rar", decoded(a, cases[i])));

		assert_true(s.closed && s.flagged && !s.said);
	}
}

/* Nobody is accused of giving a password when there is nothing to open. */
static void a_password_alone_is_nothing(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
	struct seen s = look(a, mail(a, "x", "plain", "Password: Xy12", "a.txt", STR("hello")));

	(void)state;
	assert_false(s.said || s.closed || s.opened);
}

static void a_locked_archive_in_a_locked_archive_is_opened_too(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
	struct zipbuild z = zipbuild_make(a);
	struct seen s;

	(void)state;
	zipbuild_add(&z, (struct zipbuild_member){ .name = STR("inner.zip"),
						   .data = locked_zip(a, "4711"),
						   .password = "Xy12" });
	s = look(a, mail(a, "x", "plain", "password: Xy12\r\nthen code: 4711", "a.zip",
			 zipbuild_end(&z)));
	assert_true(s.opened && s.program && !s.closed);
}

static void what_is_only_said_to_be_encrypted_is_read(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
	struct zipbuild z = zipbuild_make(a);
	struct seen s;

	(void)state;
	zipbuild_add(&z, (struct zipbuild_member){
				 .name = STR("a"), .data = PROGRAM, .says_encrypted = true });
	s = look(a, mail(a, "x", "plain", "Voici.", "a.zip", zipbuild_end(&z)));
	assert_true(s.program && s.ambiguous && !s.closed && !s.opened);
}

static void an_archive_behind_a_picture_is_read(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
	struct strbuf b = strbuf_make(a, 1000);
	struct seen s;

	(void)state;
	strbuf_put(&b, STR("GIF89a\1\0\1\0\x80\0\0"));
	strbuf_put(&b, decoded(a, SEVENZIP_DATA));
	s = look(a, mail(a, "x", "plain", "mdp Xy12", "a.gif", strbuf_str(&b)));
	assert_true(s.program && s.appended && s.opened);
}

/* A password of the list opens what comes from its domain, and nothing else. */
static void an_agreed_password_opens_its_partner_s_files(void **state)
{
	static const struct {
		const char *from;
		bool opened;
	} cases[] = {
		{ "a@labo.example", true },
		{ "a@mail.LABO.example", true },
		{ "a@autre-labo.example", false },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 512 << 20);
	struct patterns *set = NULL;
	struct why why;
	size_t bad;
	str blob;

	(void)state;
	assert_int_equal(patterns_compile(a, NULL, 0, &blob, &bad, &why), PATTERNS_OK);
	blob = patterns_with_text(a, blob, STR("x.example no\nlabo.example Two words\n"));
	assert_int_equal(patterns_load(blob, &set, &why), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct strbuf b = strbuf_make(a, 1 << 20);
		struct facts f;

		strbuf_fmt(&b, "From: <%s>\r\n", cases[i].from);
		strbuf_put(&b,
			   mail(a, "x", "plain", "Voici.", "a.zip", locked_zip(a, "Two words")));
		inspect_message(a, strbuf_str(&b), set, &inspect_default_limits, &f);
		assert_int_equal(facts_has_finding(&f, STR("ARCHIVE_OPENED_AS_AGREED")),
				 cases[i].opened);
		assert_int_equal(facts_has_finding(&f, STR("ATTACHMENT_EXECUTABLE")),
				 cases[i].opened);
		assert_false(facts_has_finding(&f, STR("ARCHIVE_OPENED_WITH_PASSWORD")));
	}
	patterns_free(set);
}

/* Of two members with two passwords, one stays closed, and is told. */
static void each_member_may_have_its_own(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
	struct zipbuild z = zipbuild_make(a);
	struct seen s;

	(void)state;
	zipbuild_add(&z, (struct zipbuild_member){
				 .name = STR("a"), .data = PROGRAM, .password = "Xy12" });
	zipbuild_add(&z, (struct zipbuild_member){
				 .name = STR("b"), .data = PROGRAM, .password = "unsaid" });
	s = look(a, mail(a, "x", "plain", "password: Xy12", "a.zip", zipbuild_end(&z)));
	assert_true(s.opened && s.program && s.closed && s.flagged);
}

/* BOF and FILEPASS of a workbook that is locked by "\xc3\x89t\xc3\xa9 2026"... */
#define BOOK_HEAD "\x09\x08\x08\0\0\6\5\0\0\0\0\0\x2f\0\x36\0\1\0\1\0\1\0"
#define BOOK_SALT "\0\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
#define BOOK_VERIFIER "\x43\x52\xc3\xc1\xb9\x20\x29\xf2\xed\xf2\x9f\x4d\x30\xc1\xc2\x56"
#define BOOK_HASH "\x79\x2a\x8b\x1d\xc6\x04\x39\x68\x5c\x7c\xaf\xd2\x55\x16\x65\x69"
#define BOOK STR(BOOK_HEAD BOOK_SALT BOOK_VERIFIER BOOK_HASH)
/* ...and by something else. */
#define OTHER_BOOK STR(BOOK_HEAD BOOK_SALT BOOK_VERIFIER BOOK_VERIFIER)

/* Which of the two a program shows is its own choice. */
static void who_opens_one_of_two_workbooks_has_not_seen_the_other(void **state)
{
	static const struct {
		str book, workbook;
		bool opened;
	} cases[] = {
		{ BOOK, STR(""), true },
		{ BOOK, BOOK, true },
		{ BOOK, OTHER_BOOK, false },
		{ OTHER_BOOK, BOOK, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
		struct cfb_make m = cfb_make_new(a);
		struct seen s;

		(void)cfb_make_stream(&m, 0, STR("Book"), cases[i].book);
		if (cases[i].workbook.n)
			(void)cfb_make_stream(&m, 0, STR("Workbook"), cases[i].workbook);
		s = look(a, mail(a, "x", "plain", "Password: \xc3\x89t\xc3\xa9 2026\r\nBye",
				 "a.xls", cfb_make_finish(&m)));
		if (s.opened != cases[i].opened || s.closed == s.opened || s.flagged == s.opened)
			fail_msg("case %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_message_s_own_words_open_it),
		cmocka_unit_test(without_the_password_it_stays_closed),
		cmocka_unit_test(sevenzip_is_opened_even_where_names_are_hidden),
		cmocka_unit_test(encrypted_rar_is_known_to_be),
		cmocka_unit_test(a_password_alone_is_nothing),
		cmocka_unit_test(a_locked_archive_in_a_locked_archive_is_opened_too),
		cmocka_unit_test(each_member_may_have_its_own),
		cmocka_unit_test(what_is_only_said_to_be_encrypted_is_read),
		cmocka_unit_test(who_opens_one_of_two_workbooks_has_not_seen_the_other),
		cmocka_unit_test(an_archive_behind_a_picture_is_read),
		cmocka_unit_test(an_agreed_password_opens_its_partner_s_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

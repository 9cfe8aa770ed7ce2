/* One small program, hidden from the inspector in every way that some mail program undoes:
 * each time it is found, or the message is said to be ambiguous. */
#include "base/exact.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "inspect/inspect.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define TYPE "Content-Type: application/octet-stream; name=a.dat\r\n"
#define B64 "Content-Transfer-Encoding: base64\r\n"
#define QP "Content-Transfer-Encoding: quoted-printable\r\n"
#define HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
#define TEXT "--b\r\n\r\nHello\r\n"
#define END "\r\n--b--\r\n"
#define NULS_QP "=00=00=00=00=00=00=00=00=00=00=00"

/* The program, and files that hold it. */
#define PE "TVqQAAMAAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define PE_QP "MZ=90=00=03" NULS_QP
#define PE_QP_LOWER "MZ=9a=00=03" NULS_QP
#define PE_UU "@35J0``,````$````````````````````````````````````\r\n"
#define ZIP                                                                                        \
	"UEsDBBQAAAAIAHGrdV3NrgquDgAAACAAAAAFAAAAYS5kYXTzjZrAwMzAwMDCgB0AAFBLAQIUAxQAAAAIAHGr"     \
	"dV3NrgquDgAAACAAAAAFAAAAAAAAAAAAAACAAQAAAABhLmRhdFBLBQYAAAAAAQABADMAAAAxAAAAAAA="
#define DOCX                                                                                       \
	"UEsDBBQAAAAIAHGrdV0Ww3oZBgAAAAQAAAAKAAAAd29yZC9kLnhtbLMp17cDAFBLAwQUAAAACABxq3Vdza4Krg4A" \
	"AAAgAAAACgAAAHdvcmQvZS5iaW7zjZrAwMzAwMDCgB0AAFBLAQIUAxQAAAAIAHGrdV0Ww3oZBgAAAAQAAAAKAAAA" \
	"AAAAAAAAAACAAQAAAAB3b3JkL2QueG1sUEsBAhQDFAAAAAgAcat1Xc2uCq4OAAAAIAAAAAoAAAAAAAAAAAAAAIAB" \
	"LgAAAHdvcmQvZS5iaW5QSwUGAAAAAAIAAgBwAAAAZAAAAAAA"
#define OTHER_NAME_ZIP                                                                             \
	"UEsDBBQAAAAIAHGrdV3Hp4s7BgAAAAQAAAAIAAAAZ29vZC50eHQrSa0oAQBQSwECFAMUAAAACABxq3Vdx6eLOwYA" \
	"AAAEAAAACAAAAAAAAAAAAAAAgAEAAAAAZXZpbC5leGVQSwUGAAAAAAEAAQA2AAAALAAAAAAA"
#define JPEG_ZIP                                                                                   \
	"/9j/4EpGSUZQSwMEFAAAAAgAcat1Xc2uCq4OAAAAIAAAAAUAAABhLmRhdPONmsDAzMDAwMKAHQAAUEsBAhQDFAAA" \
	"AAgAcat1Xc2uCq4OAAAAIAAAAAUAAAAAAAAAAAAAAIABAAAAAGEuZGF0UEsFBgAAAAABAAEAMwAAADEAAAAAAA=="
#define TNEF                                                                                       \
	"eJ8+IgEAAgKQBgACAAAAAAAAAAIQgAEABgAAAGEuZGF0AAAAAg+ABgAgAAAA"                             \
	"TVqQAAMAAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="
#define EML                                                                                        \
	"RnJvbTogYUBiLmV4YW1wbGUNClN1YmplY3Q6IHgNCkRhdGU6IHgNCkNvbnRlbnQtVHlwZTogbXVsdGlwYXJ0L21p" \
	"eGVkOyBib3VuZGFyeT0iQkJCIg0KDQotLUJCQg0KQ29udGVudC1UeXBlOiBhcHBsaWNhdGlvbi94DQpDb250ZW50" \
	"LVRyYW5zZmVyLUVuY29kaW5nOiBiYXNlNjQNCg0KVFZxUUFBTUFBQUFFQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB" \
	"QUFBQUFBQT0NCg0KLS1CQkItLQ0K"
/* A text and the program between boundary lines, encoded as a whole. */
#define HIDDEN_PARTS                                                                               \
	"LS1iDQoNCkhlbGxvDQotLWINCkNvbnRlbnQtVHlwZTogYXBwbGljYXRpb24vb2N0ZXQtc3RyZWFt"             \
	"OyBuYW1lPWEuZGF0DQpDb250ZW50LVRyYW5zZmVyLUVuY29kaW5nOiBxdW90ZWQtcHJpbnRhYmxl"             \
	"DQoNCk1aPTkwPTAwPTAzPTAwPTAwDQotLWItLQ0K"
#define HEAD2 "Content-Type: multipart/mixed; boundary=c\r\n\r\n"
#define TEXT2 "--c\r\n\r\nHello\r\n"
#define EMPTY_RAR "UmFyIRoHAQB4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg="
#define OLD_TAR_GZ                                                                                 \
	"H4sIAAAAAAACA0vUS0ksYaAtMAACMxMTrOJgYGKAJm5saGrEoGDAMApoDXyjJjAwA2mW0aAYBaNgxAEA22KiMwAG" \
	"AAA="

#define FOUND "ATTACHMENT_EXECUTABLE"
#define ATTACHED(encoded) HEAD TEXT "--b\r\n" TYPE B64 "\r\n" encoded END

struct disguise {
	const char *message, *finding;
};

static void assert_found(const struct disguise *cases, size_t n)
{
	bool failed = false;

	for (size_t i = 0; i < n; i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
		cleanup(exact_freep) str message = exact_copy(str_c(cases[i].message));
		struct facts f;

		inspect_message(a, message, NULL, &inspect_default_limits, &f);
		if (facts_has_finding(&f, str_c(cases[i].finding)))
			continue;
		print_error("no %s in:\n%s\n", cases[i].finding, cases[i].message);
		failed = true;
	}
	assert_false(failed);
}

static void no_disguise_hides_a_program(void **state)
{
	static const struct disguise cases[] = {
		{ ATTACHED(PE), FOUND },
		{ ATTACHED(ZIP), FOUND },
		/* containers */
		{ ATTACHED(DOCX), FOUND },
		{ ATTACHED(JPEG_ZIP), FOUND },
		{ ATTACHED(JPEG_ZIP), "ARCHIVE_APPENDED" },
		{ ATTACHED(OTHER_NAME_ZIP), "ARCHIVE_AMBIGUOUS" },
		{ ATTACHED(TNEF), FOUND },
		{ ATTACHED(EML), FOUND },
		{ ATTACHED(OLD_TAR_GZ), FOUND },
		{ ATTACHED(EMPTY_RAR), "ARCHIVE_BROKEN" },
		/* encodings */
		{ HEAD "--b\r\n" TYPE "\r\n" PE END, FOUND },
		{ HEAD "--b\r\n" TYPE "\r\n" PE END, "HIDDEN_FILE" },
		{ HEAD "--b\r\n" TYPE QP "\r\n" PE END, FOUND },
		{ HEAD "--b\r\n" TYPE B64 "\r\nA\r\n" PE END, FOUND },
		{ HEAD "--b\r\n" TYPE "Content-Transfer-Encoding: ;base64\r\n\r\n" PE END,
		  "MIME_UNKNOWN_CTE" },
		{ HEAD "--b\r\n" TYPE QP "\r\n" PE_QP END, FOUND },
		{ HEAD "--b\r\n" TYPE QP "\r\n" PE_QP_LOWER END, "MIME_AMBIGUOUS_QP" },
		{ HEAD "--b\r\n" TYPE QP "\r\n" PE_QP "=0" END, "MIME_AMBIGUOUS_QP" },
		{ "\r\nHello\r\n" PE "\r\n", FOUND },
		{ "\r\nHello\r\nWord\r\nHallo\r\n\r\nTwo\r\nThree\r\nSeven\r\n" PE "\r\n", FOUND },
		{ "Content-Type: text/html\r\n\r\n<a href=\"data:x/y;base64," PE "\">", FOUND },
		{ "Content-Type: text/html\r\n" QP "\r\n<a href=3D\"data:x/y;base=\r\n64," PE "\">",
		  FOUND },
		{ "\r\nbegin 644 a.dat\r\n#04)#\r\n`\r\nend\r\n", "MIME_OLD_ENCODING" },
		{ "\r\nbegin 644 a.dat\r\n" PE_UU "`\r\nend\r\n", FOUND },
		{ HEAD "--b\r\n" TYPE "Content-Transfer-Encoding: x-uue\r\n\r\n" PE_UU END, FOUND },
		{ HEAD "--b\r\n" TYPE "Content-Transfer-Encoding: x\r\n\r\n" PE_UU END, FOUND },
		{ HEAD "--b\r\n" TYPE "Content-Transfer-Encoding: q-p\r\n\r\n" PE_QP END, FOUND },
		{ HEAD "--b\r\n" TYPE B64 QP "\r\n" PE_QP END, FOUND },
		{ HEAD "--b\r\n" TYPE "Content-Transfer-Encoding: 8bit\r\n" QP "\r\n" PE_QP END,
		  FOUND },
		/* damage that each reader repairs in his way */
		{ HEAD "--b\r\n" TYPE B64 "\r\nTVqQXX\r\nAAMAXX\r\nAAAEXX\r\nAAAAXX\r\nAAAAXX" END,
		  FOUND },
		{ HEAD "--b\r\n" TYPE B64 "\r\nTV=qQ=AAM=AAAAE=AAAA" END, FOUND },
		{ HEAD "--b\r\n" TYPE B64 "\r\nTV#abcd\r\nqQAAMAAAAEAAA#x\r\nAAAAAAAA" END, FOUND },
		{ HEAD "--b\r\n" TYPE QP "\r\n=0XMZ=90=00=03=0X" NULS_QP END, FOUND },
		{ HEAD "--b\r\n" TYPE QP "\r\n=MZ=90=00==03" NULS_QP END, FOUND },
		{ HEAD "--b\r\n" TYPE QP "\r\n==aA" END, "MIME_AMBIGUOUS_QP" },
		{ "\r\n=ybegin line=128 size=3 name=a.dat\r\nx\r\n", "MIME_OLD_ENCODING" },
	};

	(void)state;
	assert_found(cases, ARRAY_LEN(cases));
}

static void no_structure_hides_a_program(void **state)
{
	static const struct disguise cases[] = {
		/* boundaries */
		{ HEAD TEXT "--bc\r\n" TYPE QP "\r\n" PE_QP END, "MIME_AMBIGUOUS_BOUNDARY" },
		{ HEAD TEXT "--b c\r\n" TYPE QP "\r\n" PE_QP END, "MIME_AMBIGUOUS_BOUNDARY" },
		{ HEAD TEXT " --b\r\n" TYPE QP "\r\n" PE_QP END, "MIME_AMBIGUOUS_BOUNDARY" },
		{ HEAD TEXT "--b\v\r\n" TYPE QP "\r\n" PE_QP END, "MIME_AMBIGUOUS_BOUNDARY" },
		{ HEAD TEXT "--b--\r\n--b\r\n" TYPE QP "\r\n" PE_QP END, FOUND },
		{ HEAD TEXT "--b--\r\n--b\r\n" TYPE QP "\r\n" PE_QP END, "MIME_EPILOGUE_PART" },
		{ HEAD "--b--\r\n" TEXT "--b\r\n" TYPE QP "\r\n" PE_QP END, FOUND },
		/* where only some readers see a part */
		{ HEAD TYPE QP "\r\n" PE_QP "\r\n" TEXT END, FOUND },
		{ HEAD TEXT "--b--\r\n" TYPE QP "\r\n" PE_QP "\r\n", FOUND },
		{ HEAD TEXT "--bc\r\n" TYPE QP "\r\n" PE_QP END, FOUND },
		{ HEAD TEXT " --b\r\n" TYPE QP "\r\n" PE_QP END, FOUND },
		{ "Content-Type: multipart/mixed; boundary=x; boundary=b\r\n\r\n" TEXT
		  "--b\r\n" TYPE QP "\r\n" PE_QP END,
		  FOUND },
		{ "Content-Type: text/plain\r\n" HEAD TEXT "--b\r\n" TYPE QP "\r\n" PE_QP END,
		  FOUND },
		{ "X: y\r\n " HEAD TEXT "--b\r\n" TYPE QP "\r\n" PE_QP END, FOUND },
		{ HEAD TEXT "--b\r\n" TYPE QP PE_QP END, FOUND },
		{ "Content-Type: multipart/mixed; boundary=b\r\n" B64 "\r\n" HIDDEN_PARTS, FOUND },
		{ HEAD TEXT "--b\r\nContent-Type: message/rfc822\r\n" B64
			    "\r\nFrom: a@b.example\r\nTo: c\r\nSubject: x\r\n" HEAD2 TEXT2
			    "--c\r\n" TYPE QP "\r\n" PE_QP "\r\n--c--\r\n" END,
		  FOUND },
		{ HEAD TEXT "--b\r\n" HEAD "--b\r\n" TYPE QP "\r\n" PE_QP END,
		  "MIME_AMBIGUOUS_BOUNDARY" },
		{ HEAD TYPE B64 "\r\n" PE "\r\n" TEXT END, FOUND },
		{ "Content-Type: xmultipart/mixed; boundary=b\r\n\r\n" TEXT END,
		  "MIME_STRAY_BOUNDARY" },
		{ "Content-Type: text/plain\r\n\r\n\r\n--b\r\n" TYPE QP "\r\n" PE_QP END,
		  "MIME_STRAY_BOUNDARY" },
		/* headers of parts */
		{ HEAD "--b\r\n" TYPE
		       "Content-Transfer-Encoding quoted-printable\r\n\r\n" PE_QP END,
		  "MIME_BAD_PART_HEADER" },
		{ HEAD "--b\r\n" TYPE
		       "Content-Transfer-Encoding\r\n : quoted-printable\r\n\r\n" PE_QP END,
		  "MIME_BAD_PART_HEADER" },
		{ HEAD "--b\r\n" TYPE "X: y\r\n \t\r\n" QP "\r\n" PE_QP END,
		  "MIME_BAD_PART_HEADER" },
		{ HEAD "--b\r\n" TYPE "X: y\r" QP "\r\n" PE_QP END, "MIME_BAD_PART_HEADER" },
		{ "X: y\r\n \t\r\n" QP "\r\n" PE_QP, "HEADER_BLANK_LINE" },
		/* names */
		{ "Content-Disposition: attachment; filename=\"a.txt\".exe\r\n\r\n",
		  "MIME_CONFLICTING_NAME" },
		{ "Content-Disposition: attachment; filename*=utf-8''a.exe%00.txt\r\n\r\n",
		  "NAME_NUL" },
	};

	(void)state;
	assert_found(cases, ARRAY_LEN(cases));
}

static bool has_extension(const struct facts *f, const char *extension)
{
	for (size_t i = 0; i < f->parts.n; i++) {
		if (str_caseends(f->parts.v[i].filename, str_c(extension)))
			return true;
	}
	return false;
}

static void each_name_that_some_program_reads_is_a_name(void **state)
{
#define CD "Content-Disposition: attachment; "
	static const char *const cases[] = {
		CD "filename=\"%FF.exe;.txt\"\r\n\r\n",
		"Content-Type: a/b; name=a.pdf\r\n" CD "filename=a.exe\r\n\r\n",
		"Content-Type: a/b; name=a.exe\r\n" CD "filename=a.pdf\r\n\r\n",
		CD "filename=a.txt; filename=a.exe\r\n\r\n",
		CD "filename=a.exe; filename=a.txt\r\n\r\n",
		CD "filename=a.txt\r\n" CD "filename=a.exe\r\n\r\n",
		CD "filename=a.exe\r\n" CD "filename=a.txt\r\n\r\n",
		CD "filename*=utf-8''a%2Eexe; filename=a.txt\r\n\r\n",
		CD "filename=a.exe; filename*=utf-8''a.txt\r\n\r\n",
		CD "filename*0=a.e; filename*1=xe\r\n\r\n",
		CD "filename*1=xe; filename*0=a.e\r\n\r\n",
		CD "filename*0=a.e; filename*2=xe\r\n\r\n",
		CD "filename*0*=utf-8''a%2E; filename*1*=ex; filename*3=e\r\n\r\n",
		CD "filename=\"a.txt\".exe\r\n\r\n",
		CD "filename=\"a.exe;.txt\"\r\n\r\n",
		CD "filename=a.exe;.txt\r\n\r\n",
		CD "filename=\"=?utf-8?B?YS5leGU=?=\"\r\n\r\n",
		CD "filename=\"=?utf-8?Q?a.e?= =?utf-8?Q?xe?=\"\r\n\r\n",
		CD "filename=\"a.ex\xe2\x80\x8b"
		   "e\"\r\n\r\n",
		CD "filename=\"a.exe%00.txt\"\r\n\r\n",
		CD "filename=\"a.exe::$DATA\"\r\n\r\n",
	};
	bool failed = false;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
		cleanup(exact_freep) str message = exact_copy(str_c(cases[i]));
		struct facts f;

		inspect_message(a, message, NULL, &inspect_default_limits, &f);
		for (size_t k = 0; k < f.parts.n; k++)
			assert_true(utf8_valid(f.parts.v[k].filename));
		if (has_extension(&f, ".exe"))
			continue;
		print_error("no .exe in:\n%s\n", cases[i]);
		failed = true;
	}
	assert_false(failed);
}

static void honest_messages_are_not_suspected(void **state)
{
	static const char *const cases[] = {
		/* a boundary that begins like its parent's */
		HEAD "--b\r\nContent-Type: multipart/alternative; "
		     "boundary=bb\r\n\r\n--bb\r\n\r\nHello\r\n"
		     "--bb--\r\n" END,
		/* the same message attached twice */
		HEAD "--b\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; "
		     "boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n"
		     "--b\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; "
		     "boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n" END,
		"\r\nHello\r\nWord\r\n\r\n-- \r\nClaire\r\n",
		"Content-Type: text/html\r\n\r\nHello <img "
		"src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\">",
		/* an old mailer that closes twice, with an epilogue */
		HEAD TEXT "--b--\r\n--b--\r\nThis was a message in MIME.\r\n",
		/* a bounce that quotes the message as text */
		"\r\nUndelivered:\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: a\r\n"
		"To: b\r\nSubject: c\r\nDate: d\r\n\r\nHello\r\n--b--\r\n",
		/* people write about mail */
		"\r\nThe header says\r\nContent-Type: text/plain\r\n"
		"Content-Transfer-Encoding: base64\r\n\r\nand then the text.\r\n",
		"\r\nbegin 644 of these\r\nand then end\r\n",
		HEAD "--b\r\nContent-Type: text/plain\r\n" QP "\r\n=e9t=e9\r\n" END,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
		struct facts f;

		inspect_message(a, str_c(cases[i]), NULL, &inspect_default_limits, &f);
		for (size_t k = 0; k < f.findings.n; k++) {
			str name = f.findings.v[k].name;

			/* Short as they are, they lack what honest ones have. */
			if (!str_starts(name, STR("MISSING_")) &&
			    !str_eq(name, STR("MIME_HEADER_CTYPE_ONLY")) &&
			    !str_eq(name, STR("HTML_IMAGE_ONLY")) &&
			    !str_eq(name, STR("R_MISSING_CHARSET")))
				fail_msg("%.*s in:\n%s", STR_ARG(name), cases[i]);
		}
	}
}

static void too_many_parameters_are_a_limit(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct strbuf b = strbuf_make(a, 10000);
	struct facts f;

	(void)state;
	strbuf_put(&b, STR("Content-Disposition: attachment"));
	for (int i = 0; i < 70; i++)
		strbuf_fmt(&b, "; p%d=1", i);
	strbuf_put(&b, STR("; filename=a.exe\r\n\r\n"));
	inspect_message(a, strbuf_str(&b), NULL, &inspect_default_limits, &f);
	assert_int_equal(f.limits_hit.n, 1);
	assert_true(str_eq(f.limits_hit.v[0], STR("mime.parameters")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_disguise_hides_a_program),
		cmocka_unit_test(no_structure_hides_a_program),
		cmocka_unit_test(each_name_that_some_program_reads_is_a_name),
		cmocka_unit_test(honest_messages_are_not_suspected),
		cmocka_unit_test(too_many_parameters_are_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Files that other programs read more of, or differently, than their format says. */
#include "base/base64.h"
#include "inspect/inspect.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SCRIPT_ACTION "<</S/JavaScript/JS(app.alert\\(1\\))>>"
#define CATALOG "1 0 obj\n<</Type/Catalog/OpenAction " SCRIPT_ACTION ">>\nendobj\n"
#define TRAILER "trailer <</Root 1 0 R>>\n%%EOF\n"
#define FORM(packets, streams)                                                                     \
	"%PDF-1.7\n1 0 obj\n<</AcroForm<</XFA[" packets "]>>>>\nendobj\n" streams TRAILER
#define STREAM(number, text) number " 0 obj\n<<>>stream\n" text "\nendstream\nendobj\n"

static void inspect_file(struct arena *a, const char *name, str file, struct facts *ret)
{
	struct strbuf b = strbuf_make(a, 8 << 20);

	strbuf_fmt(&b,
		   "From: a@b.example\r\nSubject: x\r\nContent-Type: application/octet-stream\r\n"
		   "Content-Disposition: attachment; filename=\"%s\"\r\n"
		   "Content-Transfer-Encoding: base64\r\n\r\n",
		   name);
	base64_encode(&b, file);
	strbuf_put(&b, STR("\r\n"));
	inspect_message(a, strbuf_str(&b), NULL, &inspect_default_limits, ret);
}

static void expect(const char *name, str file, const char *finding)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 512 << 20);
	struct facts f;

	inspect_file(a, name, file, &f);
	if (!facts_has_finding(&f, str_c(finding)))
		fail_msg("no %s in %s", finding, name);
}

static void a_pdf_file_is_read_wherever_readers_find_its_beginning(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);

	(void)state;
	for (int junk = 0; junk < 1200; junk += 100) {
		struct strbuf b = strbuf_make(a, 4096);

		for (int i = 0; i < junk; i++)
			strbuf_char(&b, 'a');
		strbuf_put(&b, STR("%PDF-1.4\n" CATALOG TRAILER));
		expect("a.dat", strbuf_str(&b), "PDF_OPEN_SCRIPT");
	}
	expect("a.dat", STR("%!PS-Adobe-3.0 PDF-1.4\n" CATALOG TRAILER), "PDF_OPEN_SCRIPT");
	expect("a.pdf", STR("%PDF\n" CATALOG TRAILER), "PDF_OPEN_SCRIPT");
	expect("a.PDF", STR(CATALOG TRAILER), "PDF_OPEN_SCRIPT");
}

static void a_form_s_script_is_found_however_it_is_written(void **state)
{
	static const char wide[] = "<\0f\0:\0s\0c\0r\0i\0p\0t\0>\0x\0";
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct strbuf b = strbuf_make(a, 4096);

	(void)state;
	expect("a.pdf", STR(FORM("(a) 2 0 R", STREAM("2", "<f:script>x</f:script>"))),
	       "PDF_XFA_SCRIPT");
	expect("a.pdf",
	       STR(FORM("(a) 2 0 R (b) 3 0 R", STREAM("2", "<scr") STREAM("3", "ipt>x</script>"))),
	       "PDF_XFA_SCRIPT");
	strbuf_put(&b, STR("%PDF-1.7\n1 0 obj\n<</AcroForm<</XFA 2 0 R>>>>\nendobj\n"
			   "2 0 obj\n<</Length 22>>stream\n"));
	strbuf_put(&b, str_of(wide, sizeof(wide) - 1));
	strbuf_put(&b, STR("\nendstream\nendobj\n" TRAILER));
	expect("a.pdf", strbuf_str(&b), "PDF_XFA_SCRIPT");
}

/* The bytes of "x", compressed. */
#define DEFLATED "\xab\0\0\x83\x16\xdc\x8c\1\0\0\0"

static void the_name_inside_a_gzip_file_is_believed_as_well(void **state)
{
	(void)state;
	expect("a.gz", STR("\x1f\x8b\x08\x08\0\0\0\0\0\3a.js\0" DEFLATED), "ATTACHMENT_SCRIPT");
	expect("a.js.gz", STR("\x1f\x8b\x08\x08\0\0\0\0\0\3b.js\0" DEFLATED), "ATTACHMENT_SCRIPT");
	expect("a.js.gz", STR("\x1f\x8b\x08\0\0\0\0\0\0\3" DEFLATED), "ATTACHMENT_SCRIPT");
}

static void put_tar(struct strbuf *b, const char *name, str data)
{
	char block[512] = { 0 };
	unsigned sum = 0;

	snprintf(block, 100, "%s", name);
	snprintf(block + 100, 8, "0000644");
	snprintf(block + 124, 12, "%011zo", data.n);
	memcpy(block + 257, "ustar\00000", 8);
	memset(block + 148, ' ', 8);
	for (size_t i = 0; i < sizeof(block); i++)
		sum += (unsigned char)block[i];
	snprintf(block + 148, 8, "%06o", sum);
	strbuf_put(b, str_of(block, sizeof(block)));
	memset(block, 0, sizeof(block));
	memcpy(block, data.p, data.n);
	strbuf_put(b, str_of(block, sizeof(block)));
}

static void tar_files_behind_each_other_are_all_read(void **state)
{
	static const char zeros[1024];
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct strbuf b = strbuf_make(a, 8192);

	(void)state;
	put_tar(&b, "a.txt", STR("hello"));
	strbuf_put(&b, str_of(zeros, sizeof(zeros)));
	put_tar(&b, "b.js", STR("x.y()"));
	strbuf_put(&b, str_of(zeros, sizeof(zeros)));
	expect("a.tar", strbuf_str(&b), "ATTACHMENT_SCRIPT");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pdf_file_is_read_wherever_readers_find_its_beginning),
		cmocka_unit_test(a_form_s_script_is_found_however_it_is_written),
		cmocka_unit_test(the_name_inside_a_gzip_file_is_believed_as_well),
		cmocka_unit_test(tar_files_behind_each_other_are_all_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

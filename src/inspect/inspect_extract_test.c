/* What other services of the site are asked about is extracted when it is wanted, and only then. */
#include "archive/zipbuild.h"
#include "base/base64.h"
#include "inspect/inspect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define RTF STR("{\\rtf1\\ansi Bonjour.}")

static void attach(struct strbuf *b, const char *name, str bytes)
{
	strbuf_fmt(b,
		   "--b\r\nContent-Type: application/octet-stream; name=\"%s\"\r\n"
		   "Content-Disposition: attachment\r\n"
		   "Content-Transfer-Encoding: base64\r\n\r\n",
		   name);
	base64_encode(b, bytes);
	strbuf_put(b, STR("\r\n"));
}

/* A text, a file, a document, and a document in an archive. */
static str message(struct arena *a)
{
	struct strbuf b = strbuf_make(a, 1 << 20);
	struct zipbuild z = zipbuild_make(a);

	zipbuild_add(&z, (struct zipbuild_member){ .name = STR("in.rtf"), .data = RTF });
	strbuf_put(&b,
		   STR("Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
		       "boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nBonjour.\r\n"));
	attach(&b, "note.txt", STR("une note"));
	attach(&b, "lettre.rtf", RTF);
	attach(&b, "tout.zip", zipbuild_end(&z));
	strbuf_put(&b, STR("--b--\r\n"));
	return strbuf_str(&b);
}

/* Paths of the parts that were extracted, "1.2 1.3 ". */
static const char *extracted(struct arena *a, str m, uint32_t wants, char *out, size_t n)
{
	struct inspect_limits limits = inspect_default_limits;
	struct facts f;
	size_t at = 0;

	limits.wants = wants;
	inspect_message(a, m, NULL, &limits, &f);
	out[0] = '\0';
	for (size_t i = 0; i < f.extracts.n; i++) {
		const struct facts_extract *x = &f.extracts.v[i];

		assert_int_equal(x->kind, FACTS_EXTRACT_SCANNER);
		assert_int_equal(x->size, x->bytes.n);
		at += (size_t)snprintf(out + at, n - at, "%.*s ", STR_ARG(f.parts.v[x->part].path));
	}
	return out;
}

static void files_and_documents_are_extracted_when_they_are_wanted(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	str m = message(a);
	char out[200];

	(void)state;
	assert_string_equal(extracted(a, m, 0, out, sizeof(out)), "");
	assert_string_equal(extracted(a, m, INSPECT_WANTS_ATTACHMENTS, out, sizeof(out)),
			    "1.2 1.3 1.4 ");
	assert_string_equal(extracted(a, m, INSPECT_WANTS_DOCUMENTS, out, sizeof(out)),
			    "1.3 1.4/1 ");
	assert_string_equal(extracted(a, m, INSPECT_WANTS_ATTACHMENTS | INSPECT_WANTS_DOCUMENTS,
				      out, sizeof(out)),
			    "1.2 1.3 1.4 1.4/1 ");
}

static void what_has_no_room_is_told(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
	struct strbuf b = strbuf_make(a, 1 << 20);
	struct inspect_limits limits = inspect_default_limits;
	struct facts f;

	(void)state;
	strbuf_put(&b, STR("Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
			   "boundary=b\r\n\r\n"));
	for (int i = 0; i <= FACTS_MAX_SCANNER_EXTRACTS; i++)
		attach(&b, "note.txt", arena_fmt(a, "note %d", i));
	strbuf_put(&b, STR("--b--\r\n"));
	limits.wants = INSPECT_WANTS_ATTACHMENTS;
	inspect_message(a, strbuf_str(&b), NULL, &limits, &f);
	assert_int_equal(f.extracts.n, FACTS_MAX_SCANNER_EXTRACTS);
	assert_int_equal(f.limits_hit.n, 1);
	assert_true(str_eq(f.limits_hit.v[0], STR(FACTS_LIMIT_SCANNER)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_and_documents_are_extracted_when_they_are_wanted),
		cmocka_unit_test(what_has_no_room_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

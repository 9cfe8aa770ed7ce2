#include "base/exact.h"
#include "mime/content.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void a_header_section_says_what_the_body_is(void **state)
{
	static const struct {
		str in, type, filename;
		enum content_encoding encoding;
		uint32_t flags;
	} cases[] = {
		{ STR("\r\n"), STR("text/plain"), STR(""), CONTENT_IDENTITY, 0 },
		{ STR("Content-Type: Text/HTML; charset=x\r\nContent-Transfer-Encoding: BASE64 "
		      "(c)\r\n\r\n"),
		  STR("text/html"), STR(""), CONTENT_BASE64, 0 },
		{ STR("Content-Transfer-Encoding: quoted-printable\r\n"), STR("text/plain"),
		  STR(""), CONTENT_QP, 0 },
		{ STR("Content-Transfer-Encoding: x-uuencode\r\n"), STR("text/plain"), STR(""),
		  CONTENT_UUENCODE, 0 },
		{ STR("Content-Transfer-Encoding: x\r\n"), STR("text/plain"), STR(""),
		  CONTENT_UNKNOWN, 0 },
		{ STR("Content-Transfer-Encoding: 8bit\nContent-Transfer-Encoding: base64\n"),
		  STR("text/plain"), STR(""), CONTENT_IDENTITY,
		  CONTENT_DUPLICATE | CONTENT_CONFLICTING_ENCODING },
		{ STR("Content-Type: text\r\n"), STR("text/plain"), STR(""), CONTENT_IDENTITY,
		  CONTENT_BAD_TYPE },
		{ STR("Content-Type: a/b/c\r\n"), STR("text/plain"), STR(""), CONTENT_IDENTITY,
		  CONTENT_BAD_TYPE },
		{ STR("Content-Type: a/b; name=x.txt\r\n"), STR("a/b"), STR("x.txt"),
		  CONTENT_IDENTITY, 0 },
		{ STR("Content-Disposition: attachment; filename=x\r\n"), STR("text/plain"),
		  STR("x"), CONTENT_IDENTITY, CONTENT_ATTACHMENT },
		{ STR("Content-Disposition: inline; filename=x\r\n"), STR("text/plain"), STR("x"),
		  CONTENT_IDENTITY, 0 },
		{ STR("Content-Disposition: odd\r\n"), STR("text/plain"), STR(""), CONTENT_IDENTITY,
		  CONTENT_ATTACHMENT },
		{ STR("Content-Type: a/b; name=x\r\nContent-Disposition: inline; filename=y\r\n"),
		  STR("a/b"), STR("y"), CONTENT_IDENTITY, CONTENT_CONFLICTING_NAME },
		{ STR("Content-Type: a/b\r\nContent-type: c/d\r\n"), STR("a/b"), STR(""),
		  CONTENT_IDENTITY, CONTENT_DUPLICATE },
		{ STR("Content-Type: a/b; boundary=x\r\nContent-Type: a/b; boundary=y\r\n"),
		  STR("a/b"), STR(""), CONTENT_IDENTITY,
		  CONTENT_DUPLICATE | CONTENT_CONFLICTING_BOUNDARY },
		{ STR("Content-Type: a/b; boundary=x; boundary=y\r\n"), STR("a/b"), STR(""),
		  CONTENT_IDENTITY, CONTENT_CONFLICTING_BOUNDARY },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(charset_close) struct charsets c = { 0 };
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct header_reader r = header_reader_make(in);
		struct content got;

		content_read(&c, a, &r, STR("text/plain"), &got);
		assert_true(str_eq(got.type, cases[i].type));
		assert_true(str_eq(got.filename, cases[i].filename));
		assert_int_equal(got.encoding, cases[i].encoding);
		assert_int_equal(got.flags, cases[i].flags);
	}
}

static void a_boundary_is_taken_as_it_stands(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	cleanup(charset_close) struct charsets c = { 0 };
	struct header_reader r = header_reader_make(
		STR("Content-Type: multipart/mixed; boundary=\"=?utf-8?Q?a?=\"\r\n\r\nbody"));
	struct content got;

	(void)state;
	content_read(&c, a, &r, STR("text/plain"), &got);
	assert_true(str_eq(got.boundary, STR("=?utf-8?Q?a?=")));
	assert_true(content_is(&got, STR("multipart/")));
	assert_true(str_eq(header_body(&r), STR("body")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_section_says_what_the_body_is),
		cmocka_unit_test(a_boundary_is_taken_as_it_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

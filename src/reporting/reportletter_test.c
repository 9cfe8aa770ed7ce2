#include "reporting/reportletter.h"

#include "base/base64.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#define ZLIB_CONST
#include <zlib.h>

static const str row = STR("ip=192.0.2.1\tdisposition=none\theader_from=shop.example");

static struct arena *a;

static int setup(void **state unused_arg)
{
	a = arena_new("test", 256 << 20);
	return 0;
}

static int teardown(void **state unused_arg)
{
	a = arena_free(a);
	return 0;
}

static struct reportdoc make(enum reportdoc_kind kind, const char *domain)
{
	const struct reportdoc_about about = { .kind = kind,
					       .domain = str_c(domain),
					       .head = STR("v=DMARC1; p=none"),
					       .begin = 1795305600,
					       .end = 1795391999,
					       .from = STR("reports@hopital.example"),
					       .org_name = STR("H"),
					       .contact = STR("postmaster@hopital.example") };
	struct reportdoc d;

	reportdoc_begin(&d, a, &about);
	reportdoc_row(
		&d, kind == REPORTDOC_TLS ? STR("policy=no-policy-found\tresult=success") : row, 3);
	assert_true(reportdoc_end(&d));
	return d;
}

static str mail_of(const struct reportdoc *d)
{
	static const str to[] = { { "a@shop.example", 14 }, { "b@shop.example", 14 } };
	struct strbuf mail = strbuf_make(a, REPORTLETTER_MAX);

	assert_true(reportletter_put(&mail, d, to, 2, 1795392000));
	return strbuf_str(&mail);
}

static str unpack(str mail)
{
	size_t at = str_find(mail, STR(".gz\"\r\n\r\n"));
	str body = str_skip(mail, at + 8);
	struct strbuf data = strbuf_make(a, 1 << 20);
	char *text = arena_alloc(a, 1 << 20);
	z_stream z = { 0 };
	str line;

	assert_int_not_equal(at, STR_NONE);
	while (str_split(&body, '\n', &line) && !str_starts(line, STR("--")))
		assert_true(base64_decode(&data, str_trim(line)));
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	z.next_in = (const Bytef *)data.p;
	z.avail_in = (uInt)data.n;
	z.next_out = (Bytef *)text;
	z.avail_out = 1 << 20;
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	inflateEnd(&z);
	return str_of(text, z.total_out);
}

static void test_the_report_comes_out_as_it_went_in(void **state unused_arg)
{
	struct reportdoc d = make(REPORTDOC_DMARC, "shop.example");
	str mail = mail_of(&d);

	assert_true(str_eq(unpack(mail), strbuf_str(&d.text)));
	assert_int_not_equal(str_find(mail, STR("To: <a@shop.example>,\r\n\t<b@shop.example>\r\n")),
			     STR_NONE);
	assert_int_not_equal(
		str_find(mail, STR("filename=\"hopital.example!shop.example!1795305600!1795391999!0"
				   ".xml.gz\"")),
		STR_NONE);
	assert_int_not_equal(str_find(mail, STR("Report-ID: <shop.example.1795305600.0@hopital."
						"example>\r\n")),
			     STR_NONE);
	d = make(REPORTDOC_TLS, "shop.example");
	mail = mail_of(&d);
	assert_true(str_eq(unpack(mail), strbuf_str(&d.text)));
	assert_int_not_equal(str_find(mail, STR("\r\nTLS-Required: No\r\n")), STR_NONE);
	assert_int_not_equal(str_find(mail, STR("multipart/report; report-type=\"tlsrpt\"")),
			     STR_NONE);
}

static void test_names_cannot_break_out_of_the_header(void **state unused_arg)
{
	struct reportdoc d = make(REPORTDOC_DMARC, "a\r\nBcc: x@y\"/../..\xff");
	str mail = mail_of(&d), line;

	assert_int_equal(str_find(mail, STR("\nBcc")), STR_NONE);
	assert_int_equal(str_find(d.id, STR("..")), STR_NONE);
	assert_int_equal(str_chr(reportletter_file_name(a, &d), '/'), STR_NONE);
	while (str_split(&mail, '\n', &line))
		assert_true(line.n <= 998);
}

static void test_a_report_without_rows_is_none(void **state unused_arg)
{
	const struct reportdoc_about about = { .domain = STR("x.example"),
					       .from = STR("r@hopital.example") };
	struct reportdoc d;

	reportdoc_begin(&d, a, &about);
	reportdoc_row(&d, STR("nonsense"), 3);
	assert_false(reportdoc_end(&d));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_report_comes_out_as_it_went_in, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_names_cannot_break_out_of_the_header, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_a_report_without_rows_is_none, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

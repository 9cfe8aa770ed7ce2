#include "base/base64.h"
#include "base/exact.h"
#include "inspect/inspect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <zlib.h>

#include <cmocka.h>

#define XML                                                                                        \
	"<feedback><report_metadata><org_name>R</org_name><report_id>1</report_id><date_range>"    \
	"<begin>1700000000</begin><end>1700086399</end></date_range></report_metadata>"            \
	"<policy_published><domain>town.example</domain></policy_published><record><row>"          \
	"<source_ip>192.0.2.1</source_ip><count>3</count></row></record></feedback>"
#define JSON                                                                                       \
	"{\"report-id\":\"t\",\"date-range\":{\"start-datetime\":\"2026-11-20T00:00:00Z\"},"       \
	"\"policies\":[]}"

enum { GZIP_BITS = 15 + 16, ZLIB_BITS = 15 };

static str packed(struct arena *a, str s, int bits)
{
	char *out = arena_alloc(a, s.n + 1000);
	z_stream z = { .next_in = (Bytef *)(uintptr_t)s.p,
		       .avail_in = (uInt)s.n,
		       .next_out = (Bytef *)out,
		       .avail_out = (uInt)s.n + 1000 };

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return str_of(out, z.total_out);
}

static struct reportset read_mail(struct arena *a, const char *type, str content, uint32_t wants)
{
	struct inspect_limits limits = inspect_default_limits;
	struct strbuf b = strbuf_make(a, 16 << 20);
	struct facts f;

	limits.wants = wants;
	strbuf_fmt(&b,
		   "MIME-Version: 1.0\r\nContent-Type: %s\r\nContent-Disposition: attachment\r\n"
		   "Content-Transfer-Encoding: base64\r\n\r\n",
		   type);
	base64_encode(&b, content);
	inspect_message(a, strbuf_str(&b), NULL, &limits, &f);
	return f.reports;
}

static void reports_are_found_however_they_are_packed(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
	str gz = packed(a, STR(XML), GZIP_BITS);
	const struct {
		const char *type;
		str content;
	} cases[] = {
		{ "text/xml", STR(XML) },
		{ "application/octet-stream", STR(XML) },
		{ "application/gzip", gz },
		{ "application/x-zip-compressed", gz },
		{ "application/gzip", packed(a, gz, GZIP_BITS) },
		{ "application/octet-stream", packed(a, STR(XML), ZLIB_BITS) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct reportset set =
			read_mail(a, cases[i].type, cases[i].content, INSPECT_WANTS_REPORTS);

		assert_int_equal(set.reports.n, 1);
		assert_int_equal(set.reports.v[0].aggregate->rows.v[0].count, 3);
		assert_int_equal(set.unreadable, 0);
	}
	assert_non_null(read_mail(a, "application/tlsrpt+gzip", packed(a, STR(JSON), GZIP_BITS),
				  INSPECT_WANTS_REPORTS)
				.reports.v[0]
				.tls);
}

static void nobody_reads_reports_that_are_not_asked_for(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);

	(void)state;
	assert_int_equal(read_mail(a, "text/xml", STR(XML), 0).reports.n, 0);
}

static void what_is_broken_is_counted_and_said(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
	struct reportset set =
		read_mail(a, "text/xml", str_sub(STR(XML), 0, 200), INSPECT_WANTS_REPORTS);

	(void)state;
	assert_int_equal(set.reports.n, 0);
	assert_int_equal(set.unreadable, 1);
	assert_true(set.why.n > 0);
	set = read_mail(a, "text/xml", STR("<html></html>"), INSPECT_WANTS_REPORTS);
	assert_int_equal(set.unreadable, 0);
	assert_int_equal(read_mail(a, "message/feedback-report", STR("Feedback-Type: auth-failure"),
				   INSPECT_WANTS_REPORTS)
				 .failures,
			 1);
}

/* A gigabyte of nothing costs what the limits allow. */
static void a_bomb_is_no_report(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 30);
	size_t n = 100 << 20;
	char *spaces = arena_alloc(a, n);
	struct reportset set;

	(void)state;
	memset(spaces, ' ', n);
	memcpy(spaces, "<feedback>", 10);
	set = read_mail(a, "application/gzip", packed(a, str_of(spaces, n), GZIP_BITS),
			INSPECT_WANTS_REPORTS);
	assert_int_equal(set.reports.n, 0);
	set = read_mail(a, "application/octet-stream", packed(a, str_of(spaces, n), ZLIB_BITS),
			INSPECT_WANTS_REPORTS);
	assert_int_equal(set.reports.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_are_found_however_they_are_packed),
		cmocka_unit_test(nobody_reads_reports_that_are_not_asked_for),
		cmocka_unit_test(what_is_broken_is_counted_and_said),
		cmocka_unit_test(a_bomb_is_no_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

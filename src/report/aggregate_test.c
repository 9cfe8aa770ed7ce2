#include "report/aggregate.h"

#include "base/exact.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define META                                                                                       \
	"<report_metadata><org_name> Receiver\n Ltd</org_name><email>d@receiver.example</email>"   \
	"<report_id>r-1</report_id><date_range><begin> 1700000000 </begin><end>1700086399.0</end>" \
	"</date_range></report_metadata>"
#define POLICY "<policy_published><domain>Town.example.</domain><p>None</p></policy_published>"
#define ROW                                                                                        \
	"<record><row><source_ip>192.0.2.1</source_ip><count>003</count><policy_evaluated>"        \
	"<disposition>None</disposition><dkim>Pass</dkim><spf>fail</spf></policy_evaluated></row>" \
	"<identifiers><header_from>town.example</header_from></identifiers>"                       \
	"<auth_results><dkim><domain>town.example</domain><result>pass</result></dkim>"            \
	"</auth_results></record>"
#define REPORT "<feedback>" META POLICY ROW "</feedback>"

static int read_xml(struct arena *a, str xml, struct aggregate *ret)
{
	cleanup(exact_freep) str in = exact_copy(xml);
	struct why why;

	return aggregate_read(a, in, ret, &why);
}

static void a_report_says_who_saw_what(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 16 << 20);
	struct aggregate r;
	const struct aggregate_row *row;

	(void)state;
	assert_int_equal(read_xml(a, STR(REPORT), &r), AGGREGATE_OK);
	assert_true(str_eq(r.org, STR("Receiver  Ltd")));
	assert_true(str_eq(r.domain, STR("town.example")));
	assert_int_equal(r.begin, 1700000000);
	assert_int_equal(r.end, 1700086399);
	assert_int_equal(r.p, AGGREGATE_NONE);
	assert_int_equal(r.sp, AGGREGATE_UNSAID);
	assert_int_equal(r.pct, 100);
	assert_int_equal(r.rows.n, 1);
	row = &r.rows.v[0];
	assert_int_equal(row->count, 3);
	assert_true(row->dkim && !row->spf);
	assert_int_equal(row->n_dkim_results, 1);
	assert_int_equal(row->dkim_results[0].result, AGGREGATE_RESULT_PASS);
}

/* What programs of many years write, and means the same report. */
static void dialects_are_read_alike(void **state)
{
	static const str dialects[] = {
		STR("\xef\xbb\xbf" REPORT),
		STR(" \r\n<?xml version=\"1.0\" encoding=\"US-ASCII\"?>" REPORT "\r\n\0\0"),
		STR("<feedback xmlns=\"urn:ietf:params:xml:ns:dmarc-2.0\">" META POLICY ROW
		    "</feedback>"),
		STR("<ns0:feedback xmlns:ns0=\"x\"><ns0:version>1.0</ns0:version>" META POLICY ROW
		    "</ns0:feedback>"),
		STR("<feedback>" ROW "<unknown><record>x</record></unknown>" POLICY META
		    "<extension><a/></extension></feedback>"),
		STR("<feedback>" META POLICY
		    "<record/><record><row><count>1</count></row></record>" ROW "</feedback>"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(dialects); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 16 << 20);
		struct aggregate r;

		assert_int_equal(read_xml(a, dialects[i], &r), AGGREGATE_OK);
		assert_int_equal(r.rows.n, 1);
		assert_true(str_eq(r.rows.v[0].header_from, STR("town.example")));
	}
}

static void what_is_no_whole_report_is_refused(void **state)
{
	static const struct {
		str in;
		int want;
	} cases[] = {
		{ STR(""), AGGREGATE_E_OTHER },
		{ STR("no XML at all"), AGGREGATE_E_OTHER },
		{ STR("<html><feedback/></html>"), AGGREGATE_E_OTHER },
		{ STR("<!DOCTYPE feedback [<!ENTITY x \"y\">]>" REPORT), AGGREGATE_E_BROKEN },
		{ STR("<!DOCTYPE feedback SYSTEM \"http://e/\">" REPORT), AGGREGATE_E_BROKEN },
		{ STR("<feedback>" META POLICY ROW), AGGREGATE_E_BROKEN },
		{ STR("<feedback>" META POLICY "&x;</feedback>"), AGGREGATE_E_BROKEN },
		{ STR("<feedback>" META POLICY "\xff</feedback>"), AGGREGATE_E_BROKEN },
		{ STR("<feedback>" META ROW "</feedback>"), AGGREGATE_E_BROKEN },
		{ STR("<feedback>" POLICY ROW "</feedback>"), AGGREGATE_E_BROKEN },
		{ STR(REPORT REPORT), AGGREGATE_E_BROKEN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 16 << 20);
		struct aggregate r = { .pct = 77 };

		assert_int_equal(read_xml(a, cases[i].in, &r), cases[i].want);
		assert_int_equal(r.pct, 77);
	}
}

static void no_cut_of_a_report_is_believed(void **state)
{
	str whole = STR(REPORT);

	(void)state;
	for (size_t n = 0; n < whole.n; n++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 16 << 20);
		struct aggregate r;

		assert_true(read_xml(a, str_sub(whole, 0, n), &r) != AGGREGATE_OK);
	}
}

static str repeated(struct arena *a, str before, str what, size_t n, str after)
{
	struct strbuf b = strbuf_make(a, 256 << 20);

	strbuf_put(&b, before);
	for (size_t i = 0; i < n; i++)
		strbuf_put(&b, what);
	strbuf_put(&b, after);
	assert_false(b.overflow);
	return strbuf_str(&b);
}

static void limits_are_kept(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 30);
	struct aggregate r;
	str head = STR("<feedback>" META POLICY), tail = STR("</feedback>");

	(void)state;
	assert_int_equal(read_xml(a, repeated(a, head, STR(ROW), AGGREGATE_MAX_ROWS, tail), &r),
			 AGGREGATE_OK);
	assert_int_equal(r.rows.n, AGGREGATE_MAX_ROWS);
	assert_int_equal(r.rows_left_out, 0);
	assert_int_equal(read_xml(a, repeated(a, head, STR(ROW), AGGREGATE_MAX_ROWS + 1, tail), &r),
			 AGGREGATE_OK);
	assert_int_equal(r.rows.n, AGGREGATE_MAX_ROWS);
	assert_int_equal(r.rows_left_out, 1);
	assert_int_equal(read_xml(a, repeated(a, head, STR("<a>"), AGGREGATE_MAX_DEPTH, tail), &r),
			 AGGREGATE_E_BROKEN);
	assert_int_equal(
		read_xml(a,
			 repeated(a, STR("<feedback><report_metadata><org_name>"), STR("\xc3\xa9"),
				  1 << 20,
				  STR("</org_name></report_metadata>" META POLICY "</feedback>")),
			 &r),
		AGGREGATE_OK);
}

static void numbers_that_cannot_be_leave_the_row_out(void **state)
{
	static const char *const counts[] = { "0", "-1", "18446744073709551616", "1e9", "x", "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 16 << 20);
		str xml = arena_fmt(a,
				    "<feedback>" META POLICY "<record><row><source_ip>::1"
				    "</source_ip><count>%s</count></row></record></feedback>",
				    counts[i]);
		struct aggregate r;

		assert_int_equal(read_xml(a, xml, &r), AGGREGATE_OK);
		assert_int_equal(r.rows.n, 0);
		assert_int_equal(r.rows_left_out, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_says_who_saw_what),
		cmocka_unit_test(dialects_are_read_alike),
		cmocka_unit_test(what_is_no_whole_report_is_refused),
		cmocka_unit_test(no_cut_of_a_report_is_believed),
		cmocka_unit_test(limits_are_kept),
		cmocka_unit_test(numbers_that_cannot_be_leave_the_row_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

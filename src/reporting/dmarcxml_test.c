#include "reporting/dmarcxml.h"

#include "report/aggregate.h"
#include "report/tlsrpt.h"
#include "reporting/tlsjson.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena *a;

static int setup(void **state unused_arg)
{
	a = arena_new("test", 64 << 20);
	return 0;
}

static int teardown(void **state unused_arg)
{
	a = arena_free(a);
	return 0;
}

static bool has(str text, const char *what)
{
	return str_find(text, str_c(what)) != STR_NONE;
}

static str text_of_row(const struct dmarcrow *row)
{
	struct strbuf b = strbuf_make(a, ROWTEXT_MAX);

	dmarcrow_put(&b, row);
	return strbuf_str(&b);
}

static struct dmarcrow sample(void)
{
	return (struct dmarcrow){ .source_ip = STR("2001:db8::1"),
				  .disposition = STR("quarantine"),
				  .dkim = true,
				  .reason = STR("local_policy"),
				  .header_from = STR("shop.example"),
				  .envelope_from = STR("a=b.example"),
				  .spf_domain = STR("shop.example"),
				  .spf_result = STR("softfail"),
				  .signatures = { { STR("shop.example"), STR("s1"), STR("pass") } },
				  .n_signatures = 1 };
}

static void test_a_row_survives_its_text(void **state unused_arg)
{
	const struct dmarcrow row = sample();
	struct dmarcrow back;

	assert_true(dmarcrow_parse(text_of_row(&row), &back));
	assert_true(back.dkim && !back.spf);
	assert_true(str_eq(back.envelope_from, STR("a=b.example")));
	assert_true(str_eq(back.envelope_to, STR("")));
	assert_int_equal(back.n_signatures, 1);
	assert_true(str_eq(back.signatures[0].selector, STR("s1")));
	assert_true(str_eq(text_of_row(&back), text_of_row(&row)));
}

static void test_what_is_no_row_is_refused(void **state unused_arg)
{
	static const char *const bad[] = {
		"",
		"ip=nonsense\tdisposition=none\theader_from=a.example",
		"ip=192.0.2.1\tdisposition=forget\theader_from=a.example",
		"ip=192.0.2.1\tdisposition=none",
		"ip=192.0.2.1\tdisposition=none\theader_from=a.example\treason=<x>",
	};
	struct dmarcrow row;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(dmarcrow_parse(str_c(bad[i]), &row));
}

static void test_names_cannot_break_out_of_a_row(void **state unused_arg)
{
	struct dmarcrow row = sample(), back;

	row.header_from = STR("a.example\tdisposition=none\n");
	row.signatures[0].domain = STR("d.example\tip=192.0.2.9");
	row.envelope_to = STR("\xff\xfe");
	row.signatures[0].selector = STR("\0one");
	assert_true(dmarcrow_parse(text_of_row(&row), &back));
	assert_true(str_eq(back.disposition, STR("quarantine")));
	assert_true(str_eq(back.source_ip, STR("2001:db8::1")));
	assert_true(str_eq(back.header_from, STR("a.example?disposition=none?")));
	assert_true(str_eq(back.envelope_to, STR("??")));
	assert_true(str_eq(back.signatures[0].selector, STR("?one")));
}

static str report(const struct dmarcxml *r, const struct dmarcrow *row)
{
	struct strbuf b = strbuf_make(a, 1 << 20);

	dmarcxml_begin(&b, r);
	dmarcxml_row(&b, row, 7);
	dmarcxml_end(&b);
	return strbuf_str(&b);
}

static void test_the_policy_is_that_of_the_record(void **state unused_arg)
{
	const struct dmarcrow row = sample();
	struct dmarcxml r = { .org_name = STR("H"),
			      .domain = STR("shop.example"),
			      .record = STR("v=DMARC1; p=reject; sp=none; t=y; aspf=s; fo=1:d") };
	str text = report(&r, &row);

	assert_true(has(text, "<p>reject</p>\n<sp>none</sp>\n<adkim>r</adkim>\n<aspf>s</aspf>"));
	assert_true(has(text, "<testing>y</testing>"));
	assert_true(has(text, "<fo>1:d</fo>"));
	assert_false(has(text, "<np>"));
	r.record = STR("v=DMARC1; p=who knows; rua=mailto:a@b.example");
	assert_true(has(report(&r, &row), "<p>none</p>"));
	assert_true(has(text, "<count>7</count>"));
	assert_true(has(text, "<reason>\n<type>local_policy</type>"));
}

static void test_hostile_names_stay_text(void **state unused_arg)
{
	struct dmarcrow row = sample();
	const struct dmarcxml r = { .org_name = STR("A & B"), .domain = STR("x") };
	str text;

	row.header_from = STR("</header_from><count>9</count>");
	row.envelope_from = STR("\xef\xbf\xbe\x01.example");
	text = report(&r, &row);
	assert_true(has(text, "&lt;/header_from&gt;&lt;count&gt;9"));
	assert_false(has(text, "<count>9"));
	assert_true(has(text, "<org_name>A &amp; B</org_name>"));
	assert_true(has(text, "<envelope_from>??.example</envelope_from>"));
}

static void test_our_own_reader_finds_what_was_written(void **state unused_arg)
{
	struct dmarcrow row = sample();
	const struct dmarcxml r = { .org_name = STR("A & <B>"),
				    .report_id = STR("1@x.example"),
				    .begin = 1795305600,
				    .end = 1795391999,
				    .domain = STR("shop.example"),
				    .record = STR("v=DMARC1; p=reject; sp=none; adkim=s") };
	struct aggregate back;
	struct why why;

	row.envelope_to = STR("<&>.example");
	assert_int_equal(aggregate_read(a, report(&r, &row), &back, &why), AGGREGATE_OK);
	assert_true(str_eq(back.org, STR("A & <B>")));
	assert_int_equal(back.end, 1795391999);
	assert_int_equal(back.p, AGGREGATE_REJECT);
	assert_true(back.strict_dkim && !back.strict_spf);
	assert_int_equal(back.rows.n, 1);
	assert_int_equal(back.rows.v[0].count, 7);
	assert_int_equal(back.rows.v[0].disposition, AGGREGATE_QUARANTINE);
	assert_int_equal(back.rows.v[0].reasons[0].type, AGGREGATE_LOCAL_POLICY);
	assert_true(str_eq(back.rows.v[0].envelope_to, STR("<&>.example")));
	assert_int_equal(back.rows.v[0].spf_results[0].result, AGGREGATE_RESULT_SOFTFAIL);
	assert_true(str_eq(back.rows.v[0].dkim_results[0].selector, STR("s1")));
}

static struct tlsrow *tls(const char *text)
{
	struct tlsrow *row = arena_make(a, struct tlsrow);

	assert_true(tlsrow_parse(str_c(text), row));
	return row;
}

static void test_sessions_are_counted_by_policy(void **state unused_arg)
{
	struct tlsjson r = { .org_name = STR("H"),
			     .report_id = STR("1@x.example"),
			     .begin = 1795305600,
			     .end = 1795391999,
			     .domain = STR("shop.example") };
	struct strbuf b = strbuf_make(a, 1 << 20);
	struct tlsrpt back;
	struct why why;
	str text;

	tlsjson_row(a, &r, tls("policy=sts\tstring=mode: enforce\tresult=success\tpattern=*.x"), 5);
	tlsjson_row(a, &r,
		    tls("policy=sts\tstring=mode: enforce\tresult=certificate-expired\tmx=m\"1\t"
			"mx_ip=192.0.2.1"),
		    2);
	tlsjson_row(a, &r, tls("policy=tlsa\tmx=mx1.test\tstring=3 1 1 00\tresult=success"), 1);
	tlsjson_row(a, &r, tls("policy=tlsa\tmx=mx2.test\tstring=3 1 1 00\tresult=success"), 1);
	tlsjson_put(&b, &r);
	text = strbuf_str(&b);
	assert_int_equal(r.policies.n, 3);
	assert_true(has(text,
			"\"policy-domain\":\"shop.example\",\"mx-host\":[\"*.x\"]},\"summary\":{"
			"\"total-successful-session-count\":5,"
			"\"total-failure-session-count\":2}"));
	assert_true(has(text, "\"receiving-mx-hostname\":\"m\\\"1\",\"receiving-ip\":\"192.0.2.1\","
			      "\"failed-session-count\":2"));
	assert_true(has(text, "\"policy-domain\":\"mx2.test\""));
	if (tlsrpt_read(a, text, &back, &why) != TLSRPT_OK)
		fail_msg("%s", why.text);
	assert_int_equal(back.policies.n, 3);
	assert_int_equal(back.policies.v[0].failures.v[0].sessions, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_row_survives_its_text, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_no_row_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_names_cannot_break_out_of_a_row, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_the_policy_is_that_of_the_record, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_hostile_names_stay_text, setup, teardown),
		cmocka_unit_test_setup_teardown(test_our_own_reader_finds_what_was_written, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_sessions_are_counted_by_policy, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

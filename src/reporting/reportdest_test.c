#include "reporting/reportdest.h"

#include "dns/zonefile.h"
#include "reporting/reporter.h"
#include "reporting/tlsrptrecord.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char zone[] =
	"{\"_dmarc.in.example\": {\"TXT\": [\"v=DMARC1; p=none; rua=mailto:a@in.example!2k,"
	"mailto:b@sub.in.example,https://in.example/r,mailto:us@hopital.example\"]},"
	"\"_dmarc.out.example\": {\"TXT\": [\"v=DMARC1; p=none; rua=mailto:x@agency.example,"
	"mailto:y@victim.example\"]},"
	"\"out.example._report._dmarc.agency.example\": {\"TXT\": [\"v=DMARC1\"]},"
	"\"_dmarc.victims.example\": {\"TXT\": [\"v=DMARC1; p=none; "
	"rua=mailto:y@victim.example\"]},"
	"\"_dmarc.late.example\": {\"TXT\": [\"v=DMARC1; p=none; rua=mailto:x@late2.example\"]},"
	"\"late.example._report._dmarc.late2.example\": {\"TXT\": \"timeout\"},"
	"\"_dmarc.two.example\": {\"TXT\": [\"v=DMARC1; p=none\", \"v=DMARC1; p=reject\"]},"
	"\"_dmarc.down.example\": {\"TXT\": \"servfail\"},"
	"\"_smtp._tls.in.example\": {\"TXT\": [\"other\", \"v=TLSRPTv1;rua=mailto:t%40in.example,"
	"mailto:t@in.example\"]},"
	"\"_smtp._tls.web.example\": {\"TXT\": [\"v=TLSRPTv1; rua=https://web.example/r\"]},"
	"\"_smtp._tls.bad.example\": {\"TXT\": [\"v=TLSRPTv1; rua=nonsense\"]}}";

static struct arena *a;
static struct dns_resolver dns;
static struct reportdest found;
static struct why why;

static int setup(void **state unused_arg)
{
	struct zonefile *z;

	a = arena_new("test", 16 << 20);
	assert_int_equal(zonefile_parse(a, str_c(zone), &z, &why), 0);
	dns = zonefile_resolver(z);
	return 0;
}

static int teardown(void **state unused_arg)
{
	a = arena_free(a);
	return 0;
}

static int dmarc(const char *domain)
{
	return reportdest_dmarc(a, &dns, str_c(domain), STR("us@hopital.example"),
				deadline_in(1000), &found, &why);
}

static int tls(const char *domain)
{
	return reportdest_tls(a, &dns, str_c(domain), STR("us@hopital.example"), deadline_in(1000),
			      &found, &why);
}

static void test_only_who_may_have_reports_gets_them(void **state unused_arg)
{
	assert_int_equal(dmarc("in.example"), REPORTDEST_OK);
	assert_int_equal(found.n, 2);
	assert_true(str_eq(found.v[0].mailbox, STR("a@in.example")));
	assert_int_equal(found.v[0].limit, 2048);
	assert_true(str_eq(found.v[1].mailbox, STR("b@sub.in.example")));
	assert_int_equal(dmarc("out.example"), REPORTDEST_OK);
	assert_int_equal(found.n, 1);
	assert_true(str_eq(found.v[0].mailbox, STR("x@agency.example")));
	assert_int_equal(dmarc("victims.example"), REPORTDEST_NONE);
}

static void test_silence_of_the_dns_is_no_refusal(void **state unused_arg)
{
	assert_int_equal(dmarc("down.example"), REPORTDEST_LATER);
	assert_int_equal(dmarc("late.example"), REPORTDEST_LATER);
	assert_int_equal(dmarc("gone.example"), REPORTDEST_NONE);
	assert_int_equal(dmarc("two.example"), REPORTDEST_NONE);
}

static void test_tls_reports_go_where_the_record_says(void **state unused_arg)
{
	assert_int_equal(tls("in.example"), REPORTDEST_OK);
	assert_int_equal(found.n, 1);
	assert_true(str_eq(found.v[0].mailbox, STR("t@in.example")));
	assert_int_equal(tls("web.example"), REPORTDEST_NONE);
	assert_int_equal(tls("bad.example"), REPORTDEST_NONE);
	assert_int_equal(tls("gone.example"), REPORTDEST_NONE);
}

static bool is_record(const char *txt)
{
	struct tlsrptrecord r;

	return tlsrptrecord_parse(str_c(txt), &r);
}

static void test_records_are_read_to_the_letter(void **state unused_arg)
{
	assert_true(is_record("v=TLSRPTv1; rua=mailto:a@b.example"));
	assert_true(is_record("v=TLSRPTv1 ;\trua=mailto:a@b.example , https://b.example/%20 ;"));
	assert_true(is_record("v=TLSRPTv1;a=1;rua=mailto:a@b.example;b.c-d_e=2"));
	assert_false(is_record("V=TLSRPTv1; rua=mailto:a@b.example"));
	assert_false(is_record("v=TLSRPTv1x; rua=mailto:a@b.example"));
	assert_false(is_record("v=TLSRPTv1; rua=mailto:a@b.example;;"));
	assert_false(is_record("v=TLSRPTv1; rua=mailto:a b@b.example"));
	assert_false(is_record("v=TLSRPTv1; rua=https://b.example/%2"));
	assert_false(is_record("v=TLSRPTv1; -a=1; rua=mailto:a@b.example"));
	assert_false(is_record("v=TLSRPTv1"));
	assert_false(is_record(""));
}

static void test_a_day_is_due_some_time_after_midnight(void **state unused_arg)
{
	enum { DAY = 86400, MIDNIGHT = 20780 * DAY };
	str us = STR("mx.hopital.example");

	assert_int_equal(reporter_due_before(us, MIDNIGHT - 1), 20779);
	assert_int_equal(reporter_due_before(us, MIDNIGHT + REPORTER_SPREAD_S), 20780);
	assert_int_equal(reporter_due_before(us, MIDNIGHT + DAY - 1), 20780);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_only_who_may_have_reports_gets_them, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_silence_of_the_dns_is_no_refusal, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_tls_reports_go_where_the_record_says, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_records_are_read_to_the_letter, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_a_day_is_due_some_time_after_midnight, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

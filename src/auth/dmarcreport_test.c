#include "auth/dmarcreport.h"

#include "dns/zonefile.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char zone[] =
	"{\"_dmarc.example.com\": {\"TXT\": [\"v=DMARC1; p=none\"]},"
	" \"example.com._report._dmarc.yes.test\": {\"TXT\": [\"x\", \"v=DMARC1\"]},"
	" \"example.com._report._dmarc.two.test\": {\"TXT\": [\"v=DMARC1;\", \"v=DMARC1;\"]},"
	" \"example.com._report._dmarc.other.test\":"
	"   {\"TXT\": [\"v=DMARC1; rua=mailto:in@other.test\"]},"
	" \"example.com._report._dmarc.away.test\":"
	"   {\"TXT\": [\"v=DMARC1; rua=mailto:in@victim.test\"]},"
	" \"example.com._report._dmarc.bad.test\": {\"TXT\": [\"v=DMARC1; bogus\"]},"
	" \"example.com._report._dmarc.no.test\": {\"TXT\": [\"v=spf1\"]},"
	" \"example.com._report._dmarc.slow.test\": {\"TXT\": \"timeout\"},"
	" \"_dmarc.slowwalk.test\": {\"TXT\": \"servfail\"}}";

static void only_who_agreed_is_written_to(void **state)
{
	static const struct {
		const char *host;
		enum dmarcreport_answer want;
		size_t instead;
	} cases[] = {
		{ "example.com", DMARCREPORT_INSIDE, 0 },
		{ "reports.EXAMPLE.com", DMARCREPORT_INSIDE, 0 },
		{ "yes.test", DMARCREPORT_AGREED, 0 },
		{ "two.test", DMARCREPORT_AGREED, 0 },
		{ "other.test", DMARCREPORT_AGREED, 1 },
		{ "away.test", DMARCREPORT_REFUSED, 0 },
		{ "no.test", DMARCREPORT_REFUSED, 0 },
		{ "bad.test", DMARCREPORT_REFUSED, 0 },
		{ "absent.test", DMARCREPORT_REFUSED, 0 },
		{ "a..b", DMARCREPORT_REFUSED, 0 },
		{ "", DMARCREPORT_REFUSED, 0 },
		{ "slow.test", DMARCREPORT_LATER, 0 },
		{ "slowwalk.test", DMARCREPORT_LATER, 0 },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 16 << 20);
	struct dns_resolver dns;
	struct zonefile *z;
	struct why why;

	(void)state;
	assert_int_equal(zonefile_parse(a, str_c(zone), &z, &why), 0);
	dns = zonefile_resolver(z);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct dmarcrecord_uri to = { .host = str_c(cases[i].host) }, *instead;
		size_t n;
		enum dmarcreport_answer got = dmarcreport_may(a, &dns, STR("example.com"), &to,
							      deadline_in(1000), &instead, &n);

		if (got != cases[i].want || n != cases[i].instead)
			fail_msg("%s: %d, %zu instead", cases[i].host, got, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_who_agreed_is_written_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "auth/mxcheck.h"
#include "dns/zonefile.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char zone[] =
	"{\"good.example\": {\"MX\": [[1, \"dead.example\"], [2, \"a.example\"]]},"
	"\"a.example\": {\"A\": [\"192.0.2.1\"]}, \"six.example\": {\"AAAA\": [\"2001:db8::1\"]},"
	"\"nobody.example\": {\"TXT\": [\"x\"]}, \"null.example\": {\"MX\": [[0, \".\"]]},"
	"\"invalid.example\": {\"MX\": [[1, \"dead.example\"]]},"
	"\"self.example\": {\"MX\": [[1, \"local.example\"]]},"
	"\"local.example\": {\"A\": [\"127.0.0.1\", \"0.0.0.0\"], \"AAAA\": [\"::1\"]},"
	"\"slow.example\": {\"MX\": \"timeout\"}, \"half.example\": {\"AAAA\": \"servfail\"},"
	"\"later.example\": {\"MX\": [[1, \"half.example\"]]},"
	"\"many.example\": {\"MX\": [[1, \"b1.example\"], [1, \"b2.example\"], [1, \"b3.example\"],"
	" [1, \"b4.example\"], [1, \"b5.example\"], [1, \"b6.example\"]]}}";

static void where_answers_go_is_told(void **state)
{
	static const struct {
		const char *domain;
		enum mxcheck_code code;
	} rows[] = {
		{ "good.example", MXCHECK_GOOD },
		{ "GOOD.example", MXCHECK_GOOD },
		{ "a.example", MXCHECK_IMPLICIT },
		{ "six.example", MXCHECK_IMPLICIT },
		{ "nobody.example", MXCHECK_MISSING },
		{ "null.example", MXCHECK_MISSING },
		{ "invalid.example", MXCHECK_INVALID },
		{ "self.example", MXCHECK_INVALID },
		{ "local.example", MXCHECK_MISSING },
		{ "dead.example", MXCHECK_UNKNOWN },
		{ "", MXCHECK_NOTHING },
		{ "[192.0.2.1]", MXCHECK_NOTHING },
		{ "a..example", MXCHECK_NOTHING },
		/* What was not answered is never "no". */
		{ "slow.example", MXCHECK_TEMPERROR },
		{ "half.example", MXCHECK_TEMPERROR },
		{ "later.example", MXCHECK_TEMPERROR },
		{ "many.example", MXCHECK_TEMPERROR },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
	struct why why = { "" };
	struct zonefile *z;
	struct dns_resolver dns;

	(void)state;
	if (zonefile_parse(a, str_c(zone), &z, &why) < 0)
		fail_msg("%s", why.text);
	dns = zonefile_resolver(z);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct mxcheck_result r = mxcheck_run(a, &dns, str_c(rows[i].domain), 0);

		if (r.code != rows[i].code)
			fail_msg("%s: %d", rows[i].domain, r.code);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_answers_go_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

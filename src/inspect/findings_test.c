#include "inspect/findings.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void every_finding_is_known_once_and_explained(void **state)
{
	(void)state;
	for (size_t i = 0; i < FINDINGS_N; i++) {
		str name = findings_name((enum finding)i);
		str meaning = findings_meaning((enum finding)i);

		assert_true(findings_known(name));
		assert_true(meaning.n > 20 && meaning.p[meaning.n - 1] == '.');
		for (size_t k = 0; k < i; k++)
			assert_false(str_eq(name, findings_name((enum finding)k)));
	}
	assert_false(findings_known(STR("")));
	assert_false(findings_known(STR("gtube")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_finding_is_known_once_and_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "cli/webclient.h"

#include "base/exact.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void only_a_whole_page_with_status_200_has_a_body(void **state)
{
	static const struct {
		str answer, body;
	} cases[] = {
		{ STR("HTTP/1.1 200 OK\r\nA: b\r\n\r\nx\r\n\r\ny"), STR("x\r\n\r\ny") },
		{ STR("HTTP/1.0 200 OK\r\n\r\n"), STR("") },
		{ STR("HTTP/1.1 404 Not Found\r\n\r\nx"), STR_NULL },
		{ STR("HTTP/1.1 200 OK\r\nA: b\r\n"), STR_NULL },
		{ STR("HTTP/1.1"), STR_NULL },
		{ STR("HTTP/2 200\r\n\r\nx"), STR_NULL },
		{ STR(""), STR_NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str in = exact_copy(cases[i].answer);
		str body = STR_NULL;

		assert_int_equal(webclient_body(in, &body), cases[i].body.p != NULL);
		assert_true(str_eq(body, cases[i].body));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_whole_page_with_status_200_has_a_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

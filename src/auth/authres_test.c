#include "auth/authres.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void spf_results_are_written_as_rfc_8601_says(void **state)
{
	static const struct {
		struct spf_result spf;
		const char *out;
	} cases[] = {
		{ { .result = SPFCHECK_PASS,
		    .identity = { "mailfrom", 8 },
		    .domain = { "example.net", 11 } },
		  "mx.example.org; spf=pass smtp.mailfrom=example.net" },
		{ { .result = SPFCHECK_FAIL,
		    .identity = { "helo", 4 },
		    .domain = { "h.example", 9 } },
		  "mx.example.org; spf=fail smtp.helo=h.example" },
		{ { .result = SPFCHECK_PERMERROR,
		    .identity = { "mailfrom", 8 },
		    .domain = { "x.example", 9 },
		    .problem = { "syntax error: \"a\\", 17 } },
		  "mx.example.org; spf=permerror reason=\"syntax error: \\\"a\\\\\" "
		  "smtp.mailfrom=x.example" },
		{ { .result = SPFCHECK_NONE,
		    .identity = { "helo", 4 },
		    .domain = { "a\r\nX: b;\xff", 9 } },
		  "mx.example.org; spf=none smtp.helo=\"a??X: b;?\"" },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct strbuf b = strbuf_make(a, 1000);
		struct authres_entry e = authres_of_spf(&cases[i].spf);

		authres_put(&b, STR("mx.example.org"), &e, 1);
		assert_true(str_eq(strbuf_str(&b), str_c(cases[i].out)));
	}
}

static void no_result_is_written_as_none(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct strbuf b = strbuf_make(a, 1000);

	(void)state;
	authres_put(&b, STR("mx.example.org"), NULL, 0);
	assert_true(str_eq(strbuf_str(&b), STR("mx.example.org; none")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spf_results_are_written_as_rfc_8601_says),
		cmocka_unit_test(no_result_is_written_as_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "fetch/refresh.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void the_field_and_the_tag_say_where_the_reader_is_sent(void **state)
{
	static const struct {
		const char *in, *out;
	} fields[] = {
		{ "5; url=https://a.example/", "https://a.example/" },
		{ "0;URL='https://a.example/b c'", "https://a.example/b c" },
		{ "0,https://a.example/", "https://a.example/" },
		{ ";url = \"/x\" y", "/x" },
		{ " 0.5 ; urls", "urls" },
		{ "30", "" },
		{ "", "" },
		{ "https://a.example/", "" },
	};
	static const struct {
		const char *in, *out;
	} pages[] = {
		{ "<html><meta http-equiv=refresh content='0; url=https://a.example/'>",
		  "https://a.example/" },
		{ "<META CONTENT=\"1;url=/b\" HTTP-EQUIV=\"Refresh\" />", "/b" },
		{ "<meta charset=utf-8><meta/http-equiv=refresh content=0;url=x>", "x" },
		{ "<meta name=refresh content='0;url=x'>", "" },
		{ "<metal http-equiv=refresh content='0;url=x'>", "" },
		{ "<meta http-equiv=refresh content='30'>", "" },
		{ "<meta http-equiv=refresh content=\"0;url=x", "x" },
		{ "<meta =", "" },
		{ "<", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (!str_eq(refresh_of_field(str_c(fields[i].in)), str_c(fields[i].out)))
			fail_msg("%s", fields[i].in);
	}
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		str found = refresh_of_page(str_c(pages[i].in));

		if (!str_eq(found, str_c(pages[i].out)))
			fail_msg("%s: %.*s", pages[i].in, STR_ARG(found));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_field_and_the_tag_say_where_the_reader_is_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

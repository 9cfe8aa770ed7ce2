#include "base/exact.h"
#include "mime/lzfu.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HEAD(type) "\0\0\0\0\0\0\0\0" type "\0\0\0\0"

static void rtf_is_decompressed_with_the_preset_window(void **state)
{
	static const struct {
		str in, out;
		bool is;
	} cases[] = {
		/* the example of MS-OXRTFCP 3.1.1 */
		{ STR(HEAD("LZFu") "\x03\x00\x0a\x00\x72\x63\x70\x67\x31\x32\x35\x42\x32\x0a\xf3"
				   "\x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a"
				   "\x80\x0f\xa0"),
		  STR("{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"), true },
		{ STR(HEAD("LZFu") "\0abcdefgh"), STR("abcdefgh"), true },
		{ STR(HEAD("LZFu") "\x02x\x0c\xf6"), STR("xxxxxxxxx"), true },
		/* the end mark: a reference to where the next byte goes */
		{ STR(HEAD("LZFu") "\x02x\x0d\x00yy"), STR("x"), true },
		{ STR(HEAD("LZFu") "\x01\x00"), STR(""), true },
		{ STR(HEAD("MELA") "{\\rtf1}"), STR("{\\rtf1}"), true },
		{ STR(HEAD("ABCD") "{\\rtf1}"), STR(""), false },
		{ STR("LZFu"), STR(""), false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct strbuf b = strbuf_make(a, 1000);

		if (lzfu_decode(&b, in) != cases[i].is || !str_eq(strbuf_str(&b), cases[i].out))
			fail_msg("case %zu: %.*s", i, STR_ARG(strbuf_str(&b)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rtf_is_decompressed_with_the_preset_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "base/exact.h"
#include "mime/binhex.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HEAD "(This file must be converted with BinHex 4.0)\r\n\r\n"

/* What an encoder writes, run lengths left out but for the byte that marks them. */
static str encode(struct arena *a, str bytes)
{
	static const char alphabet[] =
		"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
	struct strbuf b = strbuf_make(a, 10000);
	uint32_t v = 0, bits = 0;

	strbuf_put(&b, STR(HEAD ":"));
	for (size_t i = 0; i <= bytes.n; i++) {
		v = v << 8 | (i < bytes.n ? (unsigned char)bytes.p[i] : 0);
		for (bits += 8; bits >= 6; bits -= 6)
			strbuf_char(&b, alphabet[v >> (bits - 6) & 63]);
	}
	strbuf_put(&b, STR(":\r\n"));
	return strbuf_str(&b);
}

#define FILE_HEAD                                                                                  \
	"\x5"                                                                                      \
	"a.exe\0????????\0\0\0\0\0\x4\0\0\0\0cc"

static void a_file_comes_out_with_its_name(void **state)
{
	static const struct {
		str in, data;
	} cases[] = {
		{ STR(FILE_HEAD "data"), STR("data") },
		{ STR(FILE_HEAD "d\x90\x4"), STR("dddd") },
		{ STR(FILE_HEAD "d\x90\x00t!"), STR("d\x90t!") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(exact_freep) str text = exact_copy(encode(a, cases[i].in));
		struct binhex h;

		assert_true(binhex_begins(text));
		assert_true(binhex_decode(a, text, 1000, &h));
		assert_true(str_eq(h.name, STR("a.exe")));
		assert_true(str_eq(h.data, cases[i].data));
		assert_false(h.cut);
	}
}

static void what_is_too_short_is_no_file_and_runs_end_at_the_maximum(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct binhex h;

	(void)state;
	assert_false(binhex_decode(a,
				   encode(a, STR("\x5"
						 "a.exe")),
				   1000, &h));
	assert_false(binhex_decode(a, STR(HEAD "no colon"), 1000, &h));
	assert_true(binhex_decode(a, encode(a, STR(FILE_HEAD "d\x90\xff")), 40, &h));
	assert_true(h.cut && h.data.n <= 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_comes_out_with_its_name),
		cmocka_unit_test(what_is_too_short_is_no_file_and_runs_end_at_the_maximum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

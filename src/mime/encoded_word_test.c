#include "base/exact.h"
#include "mime/encoded_word.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void header_text_is_decoded_as_clients_do(void **state)
{
	static const struct {
		str in, out;
		bool unknown;
	} cases[] = {
		{ STR("plain"), STR("plain"), false },
		{ STR(""), STR(""), false },
		{ STR("caf\xc3\xa9"), STR("caf\xc3\xa9"), false },
		{ STR("caf\xe9"), STR("caf\xc3\xa9"), false }, /* unlabelled Latin-1 */
		{ STR("=?utf-8?Q?caf=C3=A9?="), STR("caf\xc3\xa9"), false },
		{ STR("=?ISO-8859-1?q?caf=E9_cr=E8me?= x"), STR("caf\xc3\xa9 cr\xc3\xa8me x"),
		  false },
		{ STR("=?utf-8?B?w6k=?="), STR("\xc3\xa9"), false },
		{ STR("=?utf-8?Q?=C3?= =?utf-8?Q?=A9?="), STR("\xc3\xa9"),
		  false }, /* split character */
		{ STR("=?utf-8?B?ww==?=\t=?UTF-8?Q?=A9?="), STR("\xc3\xa9"), false },
		{ STR("=?utf-8?Q?a?= b =?utf-8?Q?c?="), STR("a b c"), false },
		{ STR("=?utf-8?Q?a?= =?iso-8859-1?Q?=E9?="), STR("a\xc3\xa9"), false },
		{ STR("=?utf-8*fr?Q?a?="), STR("a"), false },
		{ STR("=?utf-8?Q?a b?="), STR("a b"), false },
		{ STR("=?utf-8?Q?=41?="), STR("A"), false },
		{ STR("\"=?utf-8?Q?a?=\" <x@y>"), STR("\"a\" <x@y>"), false },
		{ STR("=?windows-1252?Q?=80?="), STR("\xe2\x82\xac"), false },
		{ STR("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?="), STR("\xe6\x97\xa5\xe6\x9c\xac"),
		  false },
		{ STR("=?utf-8?Q?=FF?="), STR("\xef\xbf\xbd"), false },
		{ STR("=?klingon?Q?abc?="), STR("abc"), true },
		{ STR("=?../x?Q?abc?="), STR("abc"), true },
		{ STR("=?utf-8?X?abc?="), STR("=?utf-8?X?abc?="), false },
		{ STR("=?utf-8?Q?abc"), STR("=?utf-8?Q?abc"), false },
		{ STR("=?utf-8?Q"), STR("=?utf-8?Q"), false },
		{ STR("=??Q?a?="), STR("=??Q?a?="), false },
		{ STR("=?"), STR("=?"), false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(charset_close) struct charsets c = { 0 };
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		uint32_t seen = 0;
		str got = encoded_word_decode(&c, a, in, &seen);

		if (!str_eq(got, cases[i].out))
			print_error("case %zu: \"%.*s\"\n", i, STR_ARG(got));
		assert_true(str_eq(got, cases[i].out));
		assert_int_equal((seen & ENCODED_WORD_UNKNOWN) != 0, cases[i].unknown);
	}
}

/* Senders encode what needs it; the rest is a habit of programs, or an attack. */
static void what_words_are_used_for_is_told(void **state)
{
	static const struct {
		str in;
		uint32_t seen;
	} cases[] = {
		{ STR("plain"), 0 },
		{ STR("=?utf-8?Q?R=C3=A9sultats?="), ENCODED_WORD_QP | ENCODED_WORD_NEEDED },
		{ STR("=?utf-8?Q?R?= =?utf-8?B?w6k=?="),
		  ENCODED_WORD_QP | ENCODED_WORD_BASE64 | ENCODED_WORD_NEEDED },
		{ STR("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?="),
		  ENCODED_WORD_BASE64 | ENCODED_WORD_NEEDED },
		{ STR("=?utf-8?B?aGVsbG8=?="), ENCODED_WORD_BASE64 },
		{ STR("=?utf-8?Q?=68=65llo?="), ENCODED_WORD_QP },
		{ STR("=?utf-8?Q?=00?="),
		  ENCODED_WORD_QP | ENCODED_WORD_NEEDED | ENCODED_WORD_CONTROL },
		{ STR("=?utf-8?Q?a=0D=0ABcc:_v=40x?="),
		  ENCODED_WORD_QP | ENCODED_WORD_NEEDED | ENCODED_WORD_CONTROL },
		{ STR("=?utf-8?B?PT91dGYtOD9RP2E/PQ==?="),
		  ENCODED_WORD_BASE64 | ENCODED_WORD_NEEDED | ENCODED_WORD_NESTED },
		{ STR("=?utf-8?Q?=C3?= x"),
		  ENCODED_WORD_QP | ENCODED_WORD_NEEDED | ENCODED_WORD_BROKEN },
		{ STR("=?utf-7?Q?+AGE-?="), ENCODED_WORD_QP | ENCODED_WORD_BROKEN },
		{ STR("=?utf-8?X?abc?="), ENCODED_WORD_BROKEN },
		{ STR("=?utf-8?Q?abc"), ENCODED_WORD_BROKEN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(charset_close) struct charsets c = { 0 };
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		uint32_t seen = 0;

		assert_non_null(encoded_word_decode(&c, a, in, &seen).p);
		assert_int_equal(seen, cases[i].seen);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_text_is_decoded_as_clients_do),
		cmocka_unit_test(what_words_are_used_for_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

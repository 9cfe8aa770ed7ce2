#include "cli/wordshape.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void a_text_is_shown_without_its_words(void **state)
{
	static const struct {
		str text, shape;
	} cases[] = {
		{ STR("Vous avez gagn\xc3\xa9 12 000 EUR !"), STR("Aa a a 9 9 A !") },
		{ STR("jean.dupont@x.example, 0123456789"), STR("a.a@a.a, 9") },
		{ STR("https://x.example/a?id=77"), STR("a://a.a/a?a=9") },
		{ STR("aB3aB3aB3aB3 x"), STR("aA9aA9 a") },
		{ STR("line\r\nnext\x1b[2J"), STR("a \na [9A") },
		{ STR("\xff\xfe \xe2\x80\x8b"), STR("a a") },
		{ STR(""), STR("") },
	};
	struct arena *a = arena_new("test", 1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct strbuf out = strbuf_make(a, 1000);

		wordshape_put(&out, cases[i].text, 1000);
		assert_true(str_eq(strbuf_str(&out), cases[i].shape));
	}
	arena_free(a);
}

/* Whatever comes in: three letters, no two alike in a row, no word longer than its limit. */
static void nothing_else_comes_through(void **state)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct strbuf out = strbuf_make(a, 1 << 16);
	char bytes[20000];
	size_t word = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * i * 31 + i / 7);
	wordshape_put(&out, str_of(bytes, sizeof(bytes)), sizeof(bytes));
	assert_true(out.n > 0);
	for (size_t i = 0; i < out.n; i++) {
		char c = out.p[i];
		bool of_word = c == 'A' || c == 'a' || c == '9';

		assert_true(of_word || (!str_is_alnum(c) && (unsigned char)c < 0x7f));
		assert_true(!of_word || i == 0 || c != out.p[i - 1]);
		word = of_word ? word + 1 : 0;
		assert_true(word <= WORDSHAPE_WORD);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_shown_without_its_words),
		cmocka_unit_test(nothing_else_comes_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

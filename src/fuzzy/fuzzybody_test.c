/* What of a text counts. */
#include "base/exact.h"
#include "base/strbuf.h"
#include "fuzzy/fuzzybody.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void expect(const char *text, const char *body)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	cleanup(exact_freep) str exact = exact_copy(str_c(text));
	str found = fuzzybody_of(a, exact);

	assert_int_equal(found.n, strlen(body));
	assert_memory_equal(found.n ? found.p : "", body, found.n);
}

static void quotes_and_footers_do_not_count(void **state)
{
	(void)state;
	expect("", "\n");
	expect("one\ntwo", "one\ntwo\n");
	expect("one\n> two\n  > three\nfour", "one\nfour\n");
	expect("one\n-- \njean\ntown hall", "one\n");
	expect("one\r\n_____\r\na list\r\n-----\r\nan office", "one\r\n");
	expect("one\n-x-\n----\ntwo", "one\n-x-\n----\ntwo\n");
}

static void a_long_section_below_a_rule_counts(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct strbuf b = strbuf_make(a, 1 << 16);

	(void)state;
	strbuf_put(&b, STR("title\n=====\n"));
	for (int i = 0; i <= FUZZYBODY_FOOTER_WORDS; i++)
		strbuf_put(&b, STR("word "));
	strbuf_put(&b, STR("\n-----\nfooter\n"));
	assert_true(str_starts(fuzzybody_of(a, strbuf_str(&b)), STR("title\nword word")));
	assert_true(str_find(fuzzybody_of(a, strbuf_str(&b)), STR("footer")) == STR_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes_and_footers_do_not_count),
		cmocka_unit_test(a_long_section_below_a_rule_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

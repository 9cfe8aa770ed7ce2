#include "archive/ace.h"
#include "base/exact.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void number(struct strbuf *b, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		strbuf_char(b, (char)(i < 8 ? v >> (8 * i) : 0));
}

static void file(struct strbuf *b, str name, uint16_t flags, uint8_t method, str data)
{
	number(b, 0, 2); /* check sum */
	number(b, 3 + 28 + (uint32_t)name.n, 2);
	number(b, 1, 1);
	number(b, flags | 1U, 2);
	number(b, (uint32_t)data.n, 4);
	number(b, (uint32_t)data.n, 4);
	number(b, 0, 12);
	number(b, method, 1);
	number(b, 0, 5);
	number(b, (uint32_t)name.n, 2);
	strbuf_put(b, name);
	strbuf_put(b, data);
}

static str archive(struct arena *a)
{
	struct strbuf b = strbuf_make(a, 1000);

	strbuf_put(&b, STR("\0\0\x0c\0\0\0\0**ACE**\x14\x14"));
	file(&b, STR("a.txt"), 0, 0, STR("hello"));
	file(&b, STR("b.exe"), 0, 1, STR("xyz"));
	file(&b, STR("c.exe"), 0x4000, 1, STR("xyz"));
	return strbuf_str(&b);
}

static void members_are_named_and_stored_ones_given(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	cleanup(exact_freep) str bytes = exact_copy(archive(a));
	struct ace_member m;
	size_t at = 0;

	(void)state;
	assert_true(ace_next(bytes, &at, &m));
	assert_true(str_eq(m.name, STR("a.txt")) && m.is_stored && str_eq(m.data, STR("hello")));
	assert_true(ace_next(bytes, &at, &m));
	assert_true(str_eq(m.name, STR("b.exe")) && !m.is_stored && !m.encrypted);
	assert_true(ace_next(bytes, &at, &m));
	assert_true(m.encrypted);
	assert_false(ace_next(bytes, &at, &m));
}

static void no_prefix_is_read_behind_its_end(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	str whole = archive(a);

	(void)state;
	for (size_t n = 0; n < whole.n; n++) {
		cleanup(exact_freep) str bytes = exact_copy(str_sub(whole, 0, n));
		struct ace_member m;
		size_t at = 0;
		int members = 0;

		while (ace_next(bytes, &at, &m))
			members++;
		assert_in_range(members, 0, 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_named_and_stored_ones_given),
		cmocka_unit_test(no_prefix_is_read_behind_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "archive/arj.h"
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

static void header(struct strbuf *b, str name, uint8_t flags, uint8_t type, uint32_t packed)
{
	number(b, 0xea60, 2);
	number(b, 30 + (uint32_t)name.n + 2, 2);
	strbuf_put(b, STR("\x1e\x0b\x01\x02"));
	number(b, flags, 1);
	number(b, 0, 1); /* stored */
	number(b, type, 1);
	number(b, 0, 5);
	number(b, packed, 4);
	number(b, packed, 4);
	number(b, 0x1234, 4);
	number(b, 0, 6);
	strbuf_put(b, name);
	number(b, 0, 2); /* ends of name and comment */
	number(b, 0, 4); /* check sum */
	number(b, 0, 2); /* no extended header */
}

static str archive(struct arena *a)
{
	struct strbuf b = strbuf_make(a, 1000);

	header(&b, STR("x.arj"), 0, 2, 0);
	header(&b, STR("a.txt"), 0, 0, 5);
	strbuf_put(&b, STR("hello"));
	header(&b, STR("b.bin"), 1, 1, 3);
	strbuf_put(&b, STR("xyz"));
	number(&b, 0xea60, 2);
	number(&b, 0, 2);
	return strbuf_str(&b);
}

static void members_are_read_in_order(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	cleanup(exact_freep) str bytes = exact_copy(archive(a));
	struct arj_member m;
	size_t at = 0;
	bool broken;

	(void)state;
	assert_true(arj_next(bytes, &at, &m, &broken));
	assert_true(str_eq(m.name, STR("a.txt")) && str_eq(m.data, STR("hello")));
	assert_true(m.is_file && !m.encrypted && m.method == ARJ_STORED && m.crc == 0x1234);
	assert_true(arj_next(bytes, &at, &m, &broken));
	assert_true(str_eq(m.name, STR("b.bin")) && m.encrypted);
	assert_false(arj_next(bytes, &at, &m, &broken));
	assert_false(broken);
}

static void an_end_that_is_missing_is_told(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	str whole = archive(a);

	(void)state;
	for (size_t n = 60; n < whole.n - 1; n++) {
		cleanup(exact_freep) str bytes = exact_copy(str_sub(whole, 0, n));
		struct arj_member m;
		size_t at = 0;
		bool broken = false;

		while (arj_next(bytes, &at, &m, &broken))
			;
		assert_true(broken || at == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_read_in_order),
		cmocka_unit_test(an_end_that_is_missing_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

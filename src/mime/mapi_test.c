#include "base/exact.h"
#include "mime/mapi.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define LIST                                                                                       \
	"\4\0\0\0"                                                                                 \
	"\x0b\0\1\2"                                                                               \
	"\1\0\0\0"                                                                                 \
	"\x1e\0\7\x37\1\0\0\0\5\0\0\0a.ex\0\0\0\0"                                                 \
	"\2\1\1\x80"                                                                               \
	"0123456789abcdef\1\0\0\0\3\0\0\0n\0x\0\1\0\0\0\2\0\0\0yz\0\0"                             \
	"\3\x10\5\0\2\0\0\0aaaabbbb"

static void properties_come_one_by_one(void **state)
{
	cleanup(exact_freep) str in = exact_copy(STR(LIST));
	struct mapi m = mapi_make(in);
	struct mapi_property p;

	(void)state;
	assert_true(mapi_next(&m, &p) && p.id == 0x201 && p.value.n == 4);
	assert_true(mapi_next(&m, &p) && p.id == MAPI_ATTACH_LONG_FILENAME);
	assert_true(str_eq(p.value, STR("a.ex\0")));
	assert_true(mapi_next(&m, &p) && p.id == 0x8001 && str_eq(p.value, STR("yz")));
	assert_true(mapi_next(&m, &p) && p.id == 5 && str_eq(p.value, STR("aaaa")));
	assert_false(mapi_next(&m, &p));
	assert_false(m.reader.bad);
}

static void a_list_cut_anywhere_ends(void **state)
{
	static const str whole = STR(LIST);

	(void)state;
	for (size_t n = 0; n < whole.n; n++) {
		cleanup(exact_freep) str in = exact_copy(str_sub(whole, 0, n));
		struct mapi m = mapi_make(in);
		struct mapi_property p;
		int properties = 0;

		while (mapi_next(&m, &p))
			properties++;
		assert_in_range(properties, 0, 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(properties_come_one_by_one),
		cmocka_unit_test(a_list_cut_anywhere_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

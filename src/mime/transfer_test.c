#include "base/exact.h"
#include "mime/transfer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void encodings_are_undone_and_anomalies_seen(void **state)
{
	static const struct {
		enum content_encoding encoding;
		str in, out;
		bool bad_base64, bad_qp;
	} cases[] = {
		{ CONTENT_IDENTITY, STR("a=41"), STR("a=41"), false, false },
		{ CONTENT_UNKNOWN, STR("a=41"), STR("a=41"), false, false },
		{ CONTENT_BASE64, STR("Zm9v\r\n"), STR("foo"), false, false },
		{ CONTENT_BASE64, STR("Zm9v\r\n-- \r\n"), STR("foo"), true, false },
		{ CONTENT_BASE64, STR("Zg==Zg=="), STR("ff"), true, false },
		{ CONTENT_QP, STR("a=41=\r\n"), STR("aA"), false, false },
		{ CONTENT_QP, STR("a=4"), STR("a=4"), false, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct transfer t;

		transfer_decode(a, cases[i].encoding, in, 100, &t);
		assert_true(str_eq(t.bytes, cases[i].out));
		assert_int_equal(t.bad_base64, cases[i].bad_base64);
		assert_int_equal(t.bad_qp, cases[i].bad_qp);
		assert_false(t.cut);
	}
}

static void decoding_stops_at_its_maximum(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct transfer t;

	(void)state;
	transfer_decode(a, CONTENT_BASE64, STR("Zm9vYmFy"), 6, &t);
	assert_false(t.cut);
	transfer_decode(a, CONTENT_BASE64, STR("Zm9vYmFy"), 5, &t);
	assert_true(t.cut && t.bytes.n <= 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encodings_are_undone_and_anomalies_seen),
		cmocka_unit_test(decoding_stops_at_its_maximum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

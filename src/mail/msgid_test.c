#include "base/exact.h"
#include "mail/msgid.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void a_message_id_is_taken_apart(void **state)
{
	static const struct {
		str in;
		uint32_t flags;
		str right;
	} cases[] = {
		{ STR("<a.1@mail.example>"), 0, STR("mail.example") },
		{ STR(" <a@x.example> (added by y) "), 0, STR("x.example") },
		{ STR("<a@b@x.example>"), 0, STR("x.example") },
		{ STR("a@x.example"), MSGID_NO_BRACKETS, STR("x.example") },
		{ STR("<a@x.example"), MSGID_NO_BRACKETS | MSGID_INVALID, STR("x.example") },
		{ STR("<@>"), MSGID_INVALID, STR("") },
		{ STR("<a@>"), MSGID_INVALID, STR("") },
		{ STR("<@b>"), MSGID_INVALID, STR("b") },
		{ STR("<>"), MSGID_INVALID, STR("") },
		{ STR(""), MSGID_INVALID | MSGID_NO_BRACKETS, STR("") },
		{ STR("<a b@x.example>"), MSGID_INVALID, STR("x.example") },
		{ STR("<a@x.example>b"), MSGID_INVALID, STR("x.example") },
		{ STR("<1@localhost>"), MSGID_NOT_FQDN, STR("localhost") },
		{ STR("<1@192.0.2.1>"), MSGID_BARE_IP, STR("192.0.2.1") },
		{ STR("<1@[192.0.2.1]>"), MSGID_IP_LITERAL, STR("[192.0.2.1]") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct msgid m = msgid_read(in);

		assert_int_equal(m.flags, cases[i].flags);
		assert_true(str_eq(m.right, cases[i].right));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_id_is_taken_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

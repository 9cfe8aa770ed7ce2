#include "audit/imapline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void answers_are_told_apart(void **state)
{
	struct imapline l;

	(void)state;
	assert_int_equal(imapline_read(STR("a7 OK done\r\n"), STR("a7"), &l), IMAPLINE_OK);
	assert_int_equal(imapline_read(STR("a7 no\r\n"), STR("a7"), &l), IMAPLINE_NO);
	assert_int_equal(imapline_read(STR("a7 BAD x\r\n"), STR("a7"), &l), IMAPLINE_NO);
	assert_int_equal(imapline_read(STR("+ go\r\n"), STR("a7"), &l), IMAPLINE_GO_ON);
	assert_int_equal(imapline_read(STR("a70 OK\r\n"), STR("a7"), &l), IMAPLINE_E_SYNTAX);
	assert_int_equal(imapline_read(STR("a7 OK\n"), STR("a7"), &l), IMAPLINE_E_SYNTAX);
	assert_int_equal(imapline_read(STR("* 1 FETCH (UID 4 BODY[] {12}\r\n"), STR("a7"), &l),
			 IMAPLINE_UNTAGGED);
	assert_true(l.has_literal);
	assert_int_equal(l.literal, 12);
	assert_int_equal(imapline_read(STR("* x {99999999999999999999}\r\n"), STR("a7"), &l),
			 IMAPLINE_E_SYNTAX);
}

static void identifiers_come_one_by_one(void **state)
{
	str rest = STR("SEARCH 4 17 4294967295"), none = STR("SEARCH"), bad = STR("SEARCH 0 1");
	uint32_t uid;

	(void)state;
	assert_true(imapline_next_uid(&rest, &uid) && uid == 4);
	assert_true(imapline_next_uid(&rest, &uid) && uid == 17);
	assert_true(imapline_next_uid(&rest, &uid) && uid == UINT32_MAX);
	assert_false(imapline_next_uid(&rest, &uid));
	assert_false(imapline_next_uid(&none, &uid));
	assert_false(imapline_next_uid(&bad, &uid));
}

static void a_password_ends_no_command(void **state)
{
	char out[32];
	size_t n;

	(void)state;
	assert_true(imapline_quote(STR("a\"b\\c"), out, sizeof(out), &n));
	assert_memory_equal(out, "\"a\\\"b\\\\c\"", n);
	assert_false(imapline_quote(STR("a\r\nb"), out, sizeof(out), &n));
	assert_false(imapline_quote(STR("\xc3\xa9"), out, sizeof(out), &n));
	assert_false(imapline_quote(STR("012345678901234567890123456789xx"), out, sizeof(out), &n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_told_apart),
		cmocka_unit_test(identifiers_come_one_by_one),
		cmocka_unit_test(a_password_ends_no_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

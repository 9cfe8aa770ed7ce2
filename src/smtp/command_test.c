#include "smtp/command.h"

#include "smtp/esmtp.h"
#include "smtp/reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static str exact(str s, char **ret)
{
	*ret = malloc(s.n ? s.n : 1);
	if (s.n)
		memcpy(*ret, s.p, s.n);
	return str_of(*ret, s.n);
}

static void lines_become_commands(void **state)
{
	static const struct {
		str line;
		int want;
		const char *verb, *args;
	} cases[] = {
#define IN(lit) { lit, sizeof(lit) - 1 }
		{ IN("QUIT\r\n"), COMMAND_OK, "QUIT", "" },
		{ IN("mail FROM:<a@b>\r\n"), COMMAND_OK, "mail", "FROM:<a@b>" },
		{ IN("NOOP  \t x \r\n"), COMMAND_OK, "NOOP", "x" },
		{ IN("NOOP \xc3\xa9\r\n"), COMMAND_OK, "NOOP", "\xc3\xa9" },
		{ IN(""), COMMAND_E_LINE_END, NULL, NULL },
		{ IN("\n"), COMMAND_E_LINE_END, NULL, NULL },
		{ IN("QUIT"), COMMAND_E_LINE_END, NULL, NULL },
		{ IN("QUIT\n"), COMMAND_E_LINE_END, NULL, NULL },
		{ IN("QUIT\r\r\n"), COMMAND_E_LINE_END, NULL, NULL },
		{ IN("QU\rIT\r\n"), COMMAND_E_LINE_END, NULL, NULL },
		{ IN("NOOP \xff\r\n"), COMMAND_E_BYTES, NULL, NULL },
		{ IN("NOOP \0\r\n"), COMMAND_E_BYTES, NULL, NULL },
		{ IN("NOOP \x7f\r\n"), COMMAND_E_BYTES, NULL, NULL },
		{ IN("\r\n"), COMMAND_E_SYNTAX, NULL, NULL },
		{ IN(" QUIT\r\n"), COMMAND_E_SYNTAX, NULL, NULL },
		{ IN("MAIL:x\r\n"), COMMAND_E_SYNTAX, NULL, NULL },
		{ IN("X1 y\r\n"), COMMAND_E_SYNTAX, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct command c = { STR("untouched"), STR("") };
		char *heap;

		assert_int_equal(command_parse(exact(cases[i].line, &heap), &c), cases[i].want);
		if (cases[i].want == COMMAND_OK) {
			assert_true(str_eq(c.verb, str_c(cases[i].verb)));
			assert_true(str_eq(c.args, str_c(cases[i].args)));
		} else {
			assert_true(str_eq(c.verb, STR("untouched")));
		}
		free(heap);
	}
}

static void mail_parameters_are_taken_strictly(void **state)
{
	static const struct {
		const char *in;
		int want;
		struct esmtp p;
	} cases[] = {
		{ "", ESMTP_OK, { 0 } },
		{ " ", ESMTP_OK, { 0 } },
		{ " SIZE=0", ESMTP_OK, { 0 } },
		{ " SIZE=18446744073709551615", ESMTP_OK, { .size = UINT64_MAX } },
		{ " SIZE=18446744073709551616", ESMTP_OK, { .size = UINT64_MAX } },
		{ " SIZE=99999999999999999999", ESMTP_OK, { .size = UINT64_MAX } },
		{ " SIZE=100000000000000000000", ESMTP_E_SYNTAX, { 0 } },
		{ " SIZE=007", ESMTP_OK, { .size = 7 } },
		{ " size=5  body=8bitmime SMTPUTF8",
		  ESMTP_OK,
		  { .size = 5, .body_8bit = true, .smtputf8 = true } },
		{ " REQUIRETLS RET=HDRS ENVID=a", ESMTP_OK, { .requiretls = true } },
		{ " REQUIRETLS=yes", ESMTP_E_SYNTAX, { 0 } },
		{ " RET=FULL RET=FULL", ESMTP_E_SYNTAX, { 0 } },
		{ " ENVID=a+0Db", ESMTP_E_SYNTAX, { 0 } },
		{ " BODY=7BIT", ESMTP_OK, { 0 } },
		{ "SIZE=5", ESMTP_E_SYNTAX, { 0 } },
		{ " SIZE", ESMTP_E_SYNTAX, { 0 } },
		{ " SIZE=", ESMTP_E_SYNTAX, { 0 } },
		{ " SIZE=-1", ESMTP_E_SYNTAX, { 0 } },
		{ " SIZE=+1", ESMTP_E_SYNTAX, { 0 } },
		{ " SIZE=1 size=1", ESMTP_E_SYNTAX, { 0 } },
		{ " BODY", ESMTP_E_SYNTAX, { 0 } },
		{ " BODY=BINARYMIME", ESMTP_E_SYNTAX, { 0 } },
		{ " SMTPUTF8=yes", ESMTP_E_SYNTAX, { 0 } },
		{ " =1", ESMTP_E_SYNTAX, { 0 } },
		{ " -X=1", ESMTP_E_SYNTAX, { 0 } },
		{ " NOTIFY=NEVER", ESMTP_E_UNKNOWN, { 0 } },
		{ " X-Y", ESMTP_E_UNKNOWN, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct esmtp p = { .size = 42 };
		char *heap;

		assert_int_equal(esmtp_parse_mail(exact(str_c(cases[i].in), &heap), &p),
				 cases[i].want);
		if (cases[i].want != ESMTP_OK)
			assert_int_equal(p.size, 42);
		else
			assert_true(p.size == cases[i].p.size &&
				    p.body_8bit == cases[i].p.body_8bit &&
				    p.smtputf8 == cases[i].p.smtputf8 &&
				    p.requiretls == cases[i].p.requiretls);
		free(heap);
	}
}

static void parameters_of_rcpt_are_those_of_dsn(void **state)
{
	static const struct {
		const char *in;
		int want;
	} cases[] = {
		{ "", ESMTP_OK },
		{ "  ", ESMTP_OK },
		{ " NOTIFY=NEVER  ORCPT=rfc822;a@b", ESMTP_OK },
		{ " orcpt=x", ESMTP_E_SYNTAX },
		{ " NOTIFY=NEVER NOTIFY=NEVER", ESMTP_E_SYNTAX },
		{ " RET=FULL", ESMTP_E_UNKNOWN },
		{ " ORCPT=utf-8;\xc3\xa9@b", ESMTP_E_SYNTAX },
		{ "x", ESMTP_E_SYNTAX },
		{ " =", ESMTP_E_SYNTAX },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct dsnparams_rcpt dsn;

		assert_int_equal(esmtp_parse_rcpt(str_c(cases[i].in), false, &dsn), cases[i].want);
	}
}

static void only_whole_answers_are_passed_on(void **state)
{
	static const struct {
		uint64_t code;
		const char *enhanced;
		bool valid;
	} cases[] = {
		{ 250, "2.0.0", true },	  { 451, "4.7.1", true },      { 550, "5.7.123", true },
		{ 250, "4.0.0", false },  { 250, "2.0", false },       { 250, "2..00", false },
		{ 250, "2.0.0.", false }, { 250, "2.0.", false },      { 250, "", false },
		{ 354, "3.0.0", false },  { 199, "1.0.0", false },     { 600, "6.0.0", false },
		{ 0, "0.0.0", false },	  { 550, "5.7.1\r\n", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(reply_valid(cases[i].code, str_c(cases[i].enhanced)),
				 cases[i].valid);
}

/* Replies into a buffer that is never flushed. */
static int send_one(struct stream *s, str text)
{
	return reply_send(s, 0, 550, STR("5.7.1"), &text, 1);
}

static void replies_hold_one_line_each(void **state)
{
	char out[4096];
	char in[16];
	struct stream s;
	char text[1000];
	str line;

	(void)state;
	stream_init(&s, -1);
	stream_lend(&s, in, sizeof(in), out, sizeof(out));
	assert_int_equal(send_one(&s, STR("a\r\n250 b\x7f\xc3\xa9")), STREAM_OK);
	assert_true(str_eq(str_of(out, s.out_n), STR("550 5.7.1 a  250 b \xc3\xa9\r\n")));
	s.out_n = 0;
	memset(text, 'x', sizeof(text));
	assert_int_equal(send_one(&s, str_of(text, sizeof(text))), STREAM_OK);
	line = str_of(out, s.out_n);
	assert_int_equal(line.n, REPLY_LINE_MAX);
	assert_true(str_ends(line, STR("x\r\n")));
	s.out_n = 0;
	assert_int_equal(reply_send(&s, 0, 250, STR(""), (str[]){ STR("a"), STR("b") }, 2),
			 STREAM_OK);
	assert_true(str_eq(str_of(out, s.out_n), STR("250-a\r\n250 b\r\n")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_become_commands),
		cmocka_unit_test(mail_parameters_are_taken_strictly),
		cmocka_unit_test(parameters_of_rcpt_are_those_of_dsn),
		cmocka_unit_test(only_whole_answers_are_passed_on),
		cmocka_unit_test(replies_hold_one_line_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

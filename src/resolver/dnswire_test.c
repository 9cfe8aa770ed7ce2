#include "resolver/dnswire.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define QUESTION_A "\1a\7example\0\0\1\0\1"
#define HEAD(flags, answers, authority) "\x12\x34" flags "\0\1\0" answers "\0" authority "\0\0"
#define NAME "\xc0\x0c"

static const struct dns_question question = { { "a.example", 9 }, DNS_A };

/* Reads a copy of exact size, so that the sanitizer sees the byte after it. */
static int read_exact(struct arena *a, str message, const struct dns_question *q,
		      struct dns_answer *ret)
{
	char *exact = malloc(message.n ? message.n : 1);
	int r;

	assert_non_null(exact);
	memcpy(exact, message.p, message.n);
	r = dnswire_read(a, str_of(exact, message.n), 0x1234, q, ret);
	if (r == DNSWIRE_OK)
		for (size_t i = 0; i < ret->n; i++)
			ret->records[i].value = arena_str(a, ret->records[i].value);
	free(exact);
	return r;
}

static void a_query_asks_for_recursion_and_the_ad_bit(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);

	(void)state;
	assert_true(str_eq(
		dnswire_query(a, 0x1234, &question),
		STR("\x12\x34\x01\x20\0\1\0\0\0\0\0\1" QUESTION_A "\0\0\x29\x04\xd0\0\0\0\0\0\0")));
}

static void answers_are_understood(void **state)
{
	static const struct {
		str message;
		enum dns_status status;
		size_t n;
		uint32_t ttl;
		bool secure;
		const char *canonical;
	} cases[] = {
		{ STR(HEAD("\x81\xa0", "\1", "\0") QUESTION_A NAME
		      "\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"),
		  DNS_OK, 1, 60, true, "a.example" },
		{ STR(HEAD("\x81\x80", "\0", "\0") QUESTION_A), DNS_NODATA, 0, 60, false,
		  "a.example" },
		{ STR(HEAD("\x81\xa3", "\0", "\0") QUESTION_A), DNS_NXDOMAIN, 0, 60, true,
		  "a.example" },
		{ STR(HEAD("\x81\x82", "\0", "\0") QUESTION_A), DNS_SERVFAIL, 0, 0, false,
		  "a.example" },
		{ STR(HEAD("\x81\x85", "\0", "\0") QUESTION_A), DNS_SERVFAIL, 0, 0, false,
		  "a.example" },
		/* An alias, then the address of what it stands for. */
		{ STR(HEAD("\x81\x80", "\2", "\0") QUESTION_A NAME
		      "\0\5\0\1\0\0\0\x0a\0\4\1b\xc0\x0e\1B\xc0\x0e\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2"
		      "\1"),
		  DNS_OK, 1, 10, false, "b.example" },
		/* A record of another name is nobody's answer. */
		{ STR(HEAD("\x81\x80", "\1", "\0") QUESTION_A
		      "\1c\xc0\x0e\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"),
		  DNS_NODATA, 0, 60, false, "a.example" },
		/* An address of three bytes is none. */
		{ STR(HEAD("\x81\x80", "\1", "\0") QUESTION_A NAME
		      "\0\1\0\1\0\0\0\x3c\0\3\xc0\0\2"),
		  DNS_NODATA, 0, 60, false, "a.example" },
		/* SOA: minimum 7. */
		{ STR(HEAD("\x81\x83", "\0", "\1") QUESTION_A
		      "\0\0\6\0\1\0\0\0\x3c\0\x16\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\7"),
		  DNS_NXDOMAIN, 0, 7, false, "a.example" },
		/* An alias of itself. */
		{ STR(HEAD("\x81\x80", "\1", "\0") QUESTION_A NAME
		      "\0\5\0\1\0\0\0\x0a\0\2\xc0\x0c"),
		  DNS_SERVFAIL, 0, 0, false, "a.example" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		struct dns_answer w;

		assert_int_equal(read_exact(a, cases[i].message, &question, &w), DNSWIRE_OK);
		assert_int_equal(w.status, cases[i].status);
		assert_int_equal(w.n, cases[i].n);
		assert_int_equal(w.ttl, cases[i].ttl);
		assert_int_equal(w.secure, cases[i].secure);
		assert_true(str_eq(w.canonical, str_c(cases[i].canonical)));
		if (w.n)
			assert_true(str_eq(w.records[0].value, STR("\xc0\0\2\1")));
	}
}

static void records_of_every_type_are_read(void **state)
{
	static const struct {
		enum dns_type type;
		str message, value;
		uint16_t pref;
	} cases[] = {
		{ DNS_MX,
		  STR(HEAD("\x81\x80", "\1", "\0") "\1a\7example\0\0\x0f\0\1" NAME
						   "\0\x0f\0\1\0\0\0\1\0\7\0\x0a\2MX\xc0\x0e"),
		  STR("mx.example"), 10 },
		{ DNS_MX,
		  STR(HEAD("\x81\x80", "\1", "\0") "\1a\7example\0\0\x0f\0\1" NAME
						   "\0\x0f\0\1\0\0\0\1\0\3\0\0\0"),
		  STR(""), 0 },
		{ DNS_TXT,
		  STR(HEAD("\x81\x80", "\1", "\0") "\1a\7example\0\0\x10\0\1" NAME
						   "\0\x10\0\1\0\0\0\1\0\7\3one\2 2"),
		  STR("one 2"), 0 },
		{ DNS_PTR,
		  STR(HEAD("\x81\x80", "\1", "\0") "\1a\7example\0\0\x0c\0\1" NAME
						   "\0\x0c\0\1\0\0\0\1\0\2\xc0\x0e"),
		  STR("example"), 0 },
		{ DNS_TLSA,
		  STR(HEAD("\x81\x80", "\1", "\0") "\1a\7example\0\0\x34\0\1" NAME
						   "\0\x34\0\1\0\0\0\1\0\5\3\1\1\xab\xcd"),
		  STR("\3\1\1\xab\xcd"), 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		struct dns_question q = { STR("a.example"), cases[i].type };
		struct dns_answer w;

		assert_int_equal(read_exact(a, cases[i].message, &q, &w), DNSWIRE_OK);
		assert_int_equal(w.n, 1);
		assert_true(str_eq(w.records[0].value, cases[i].value));
		assert_int_equal(w.records[0].pref, cases[i].pref);
	}
}

static void what_is_not_our_answer_is_passed_over(void **state)
{
	static const str cases[] = {
		STR(""),
		STR("\x12\x35\x81\x80\0\1\0\0\0\0\0\0" QUESTION_A), /* another id */
		STR(HEAD("\x01\x80", "\0", "\0") QUESTION_A),	    /* a query */
		STR("\x12\x34\x81\x80\0\0\0\0\0\0\0\0"),
		STR(HEAD("\x81\x80", "\0", "\0") "\1b\7example\0\0\1\0\1"),
		STR(HEAD("\x81\x80", "\0", "\0") "\1a\7example\0\0\2\0\1"),
		STR(HEAD("\x81\x80", "\0", "\0") "\xc0\x0c\0\1\0\1"),
		STR(HEAD("\x81\x80", "\1", "\0") QUESTION_A),
		STR(HEAD("\x81\x80", "\1", "\0") QUESTION_A
		    "\xc0\xff\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"),
		STR(HEAD("\x81\x80", "\1", "\0") QUESTION_A NAME
		    "\0\1\0\1\0\0\0\x3c\0\5\xc0\0\2\1"),
		STR(HEAD("\x81\x80", "\xff", "\0") QUESTION_A NAME
		    "\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"),
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct dns_answer w;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(read_exact(a, cases[i], &question, &w), DNSWIRE_E_FOREIGN);
	assert_int_equal(read_exact(a, STR(HEAD("\x83\x80", "\0", "\0") QUESTION_A), &question, &w),
			 DNSWIRE_E_TRUNCATED);
}

static void an_answer_cut_anywhere_is_never_believed(void **state)
{
	str whole =
		STR(HEAD("\x81\x80", "\2", "\0") QUESTION_A NAME
		    "\0\5\0\1\0\0\0\x0a\0\4\1b\xc0\x0e\1B\xc0\x0e\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1");
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct dns_answer w;

	(void)state;
	for (size_t n = 0; n < whole.n; n++)
		assert_int_equal(read_exact(a, str_sub(whole, 0, n), &question, &w),
				 DNSWIRE_E_FOREIGN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_query_asks_for_recursion_and_the_ad_bit),
		cmocka_unit_test(answers_are_understood),
		cmocka_unit_test(records_of_every_type_are_read),
		cmocka_unit_test(what_is_not_our_answer_is_passed_over),
		cmocka_unit_test(an_answer_cut_anywhere_is_never_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

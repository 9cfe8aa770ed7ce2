#include "base/exact.h"
#include "mail/received.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void the_client_is_read_as_servers_write_it(void **state)
{
	static const struct {
		str in;
		bool ok;
		str ip, helo;
	} cases[] = {
		{ STR("from helo.example (rdns.example [192.0.2.1]) by mx.example with ESMTP; "
		      "date"),
		  true, STR("192.0.2.1"), STR("helo.example") },
		{ STR("from helo ([IPv6:2001:db8::1]) by mx"), true, STR("2001:db8::1"),
		  STR("helo") },
		{ STR("from rdns.example ([192.0.2.1] helo=word) by mx"), true, STR("192.0.2.1"),
		  STR("word") },
		{ STR("from [192.0.2.7] (unknown [192.0.2.1]) by mx"), true, STR("192.0.2.7"),
		  STR("[192.0.2.7]") },
		{ STR("from x (192.0.2.1) by mx"), true, STR("192.0.2.1"), STR("x") },
		{ STR("from x by mx ([192.0.2.1])"), false, STR(""), STR("") },
		{ STR("from 1.2.3.4 by mx"), false, STR(""), STR("") },
		{ STR("by mx with LMTP"), false, STR(""), STR("") },
		{ STR(""), false, STR(""), STR("") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		str ip = STR(""), helo = STR("");

		assert_int_equal(received_parse(in, &ip, &helo), cases[i].ok);
		assert_true(str_eq(ip, cases[i].ip));
		assert_true(str_eq(helo, cases[i].helo));
	}
}

static void the_envelope_is_taken_from_the_topmost_fields(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
	cleanup(exact_freep) str in = exact_copy(STR(
		"Return-Path: <a@b.example>\r\nReceived: by inner with LMTP\r\n"
		"Received: from h (r\r\n\t[192.0.2.1]) by mx;\r\n"
		"\tThu, 1 Jan 1970 01:00:10 +0100 (CET)\r\n"
		"Received: from z ([192.0.2.9]) by y; Thu, 1 Jan 1970 00:01:00 +0000 (x)\r\n\r\n"
		"Return-Path: <no@no>\r\n"));
	struct received_envelope e;

	(void)state;
	received_read(a, in, &e);
	assert_true(str_eq(e.ip, STR("192.0.2.1")));
	assert_true(str_eq(e.helo, STR("h")));
	assert_true(e.has_at);
	assert_int_equal(e.at, 10);
	assert_true(e.has_from);
	assert_true(str_eq(e.from.local, STR("a")));
	assert_true(str_eq(e.from.domain, STR("b.example")));
	received_read(a, STR("Return-Path: <>\r\n\r\n"), &e);
	assert_true(e.has_from);
	assert_true(address_is_null(e.from));
	assert_int_equal(e.ip.n, 0);
	received_read(a, STR("Subject: x\r\n\r\n"), &e);
	assert_false(e.has_from);
	assert_false(e.has_at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_client_is_read_as_servers_write_it),
		cmocka_unit_test(the_envelope_is_taken_from_the_topmost_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

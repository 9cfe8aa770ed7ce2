#include "base/exact.h"
#include "smtp/proxyheader.h"
#include "smtp/xclient.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define V4 "\xc0\0\2\7\xc6\x33\x64\1\x10\xe1\0\x19" /* 192.0.2.7:4321 to 198.51.100.1:25 */
#define V6 " \1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\7"	    /* 2001:db8::7 */

static const struct {
	str in;
	int want;
	const char *client;
	uint16_t port;
	size_t rest; /* behind the header */
} cases[] = {
	{ STR("PROXY TCP4 192.0.2.7 198.51.100.1 4321 25\r\nEHLO"), PROXYHEADER_OK, "192.0.2.7",
	  4321, 4 },
	{ STR("PROXY TCP6 2001:db8::7 ::1 0 65535\r\n"), PROXYHEADER_OK, "2001:db8::7", 0, 0 },
	{ STR("PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n"), PROXYHEADER_OK, "192.0.2.7", 1, 0 },
	{ STR("PROXY UNKNOWN\r\n"), PROXYHEADER_OK, "unknown", 0, 0 },
	{ STR("PROXY UNKNOWN what ever 1 2\r\nx"), PROXYHEADER_OK, "unknown", 0, 1 },
	{ STR("PROXY TCP4 192.0.2.7 198.51.100.1 4321 25\n"), PROXYHEADER_E_SYNTAX, NULL, 0, 0 },
	{ STR("PROXY TCP4 192.0.2.7 198.51.100.1 4321 25 \r\n"), PROXYHEADER_E_SYNTAX, NULL, 0, 0 },
	{ STR("PROXY TCP4 192.0.2.7 198.51.100.1 04321 25\r\n"), PROXYHEADER_E_SYNTAX, NULL, 0, 0 },
	{ STR("PROXY TCP4 192.0.2.7 198.51.100.1 65536 25\r\n"), PROXYHEADER_E_SYNTAX, NULL, 0, 0 },
	{ STR("PROXY TCP4 192.0.2.7 198.51.100.1 4321\r\n"), PROXYHEADER_E_SYNTAX, NULL, 0, 0 },
	{ STR("PROXY TCP4 2001:db8::7 ::1 1 2\r\n"), PROXYHEADER_E_SYNTAX, NULL, 0, 0 },
	{ STR("PROXY TCP6 192.0.2.7 198.51.100.1 1 2\r\n"), PROXYHEADER_E_SYNTAX, NULL, 0, 0 },
	{ STR("PROXY TCP4  192.0.2.7 198.51.100.1 1 2\r\n"), PROXYHEADER_E_SYNTAX, NULL, 0, 0 },
	{ STR("PROXY TCP5 192.0.2.7 198.51.100.1 1 2\r\n"), PROXYHEADER_E_SYNTAX, NULL, 0, 0 },
	{ STR("PROXY \r\n"), PROXYHEADER_E_SYNTAX, NULL, 0, 0 },
	{ STR("PROXX"), PROXYHEADER_E_SYNTAX, NULL, 0, 0 },
	{ STR("EHLO c.example\r\n"), PROXYHEADER_E_SYNTAX, NULL, 0, 0 },
	{ STR(SIGNATURE "\x21\x11\0\x0c" V4 "EHLO"), PROXYHEADER_OK, "192.0.2.7", 4321, 4 },
	{ STR(SIGNATURE "\x21\x11\0\x12" V4 "\xee\0\3abc"), PROXYHEADER_OK, "192.0.2.7", 4321, 0 },
	{ STR(SIGNATURE "\x21\x21\0\x24" V6 V6 "\0\5\0\x19"), PROXYHEADER_OK, "2001:db8::7", 5, 0 },
	{ STR(SIGNATURE "\x20\0\0\0x"), PROXYHEADER_OK, "unknown", 0, 1 },
	{ STR(SIGNATURE "\x20\x11\0\1zx"), PROXYHEADER_OK, "unknown", 0, 1 },
	{ STR(SIGNATURE "\x21\0\0\0"), PROXYHEADER_OK, "unknown", 0, 0 },
	{ STR(SIGNATURE "\x11\x11\0\x0c" V4), PROXYHEADER_E_SYNTAX, NULL, 0, 0 },
	{ STR(SIGNATURE "\x22\x11\0\x0c" V4), PROXYHEADER_E_SYNTAX, NULL, 0, 0 },
	{ STR(SIGNATURE "\x21\x12\0\x0c" V4), PROXYHEADER_E_SYNTAX, NULL, 0, 0 },
	{ STR(SIGNATURE "\x21\x41\0\x0c" V4), PROXYHEADER_E_SYNTAX, NULL, 0, 0 },
	{ STR(SIGNATURE "\x21\x21\0\x0c" V4), PROXYHEADER_E_SYNTAX, NULL, 0, 0 },
	{ STR(SIGNATURE "\x21\x11\0\x0b" V4), PROXYHEADER_E_SYNTAX, NULL, 0, 0 },
	{ STR(SIGNATURE "\x21\x11\0\x10" V4 "\xee\0\3a"), PROXYHEADER_E_SYNTAX, NULL, 0, 0 },
	{ STR(SIGNATURE "\x21\x11\xff\xff"), PROXYHEADER_E_SYNTAX, NULL, 0, 0 },
};

static str text(struct arena *a, struct ip ip)
{
	struct strbuf b = strbuf_make(a, IP_TEXT_MAX);

	ip_put(&b, ip);
	return strbuf_str(&b);
}

static void headers_are_read_strictly(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct proxyheader h = { 0 };

		assert_int_equal(proxyheader_parse(in, &h), cases[i].want);
		if (cases[i].want != PROXYHEADER_OK)
			continue;
		assert_int_equal(h.length, in.n - cases[i].rest);
		assert_int_equal(h.port, cases[i].port);
		assert_true(str_eq(text(a, h.client), str_c(cases[i].client)));
	}
}

static void a_header_cut_anywhere_waits_for_its_rest(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t whole = cases[i].in.n - cases[i].rest;

		for (size_t n = 1; cases[i].want == PROXYHEADER_OK && n < whole; n++) {
			cleanup(exact_freep) str in = exact_copy(str_sub(cases[i].in, 0, n));
			struct proxyheader h;

			assert_int_equal(proxyheader_parse(in, &h), PROXYHEADER_E_MORE);
		}
	}
}

#define SEVENTY "0123456789012345678901234567890123456789012345678901234567890123456789"

static void attributes_of_xclient_are_read_strictly(void **state)
{
	static const struct {
		const char *in;
		bool want;
		const char *addr, *helo;
	} lines[] = {
		{ "ADDR=192.0.2.7 helo=c.example", true, "192.0.2.7", "c.example" },
		{ "addr=ipv6:2001:db8::7  PORT=25", true, "2001:db8::7", "" },
		{ "ADDR=[UNAVAILABLE] HELO=[TEMPUNAVAIL] NAME=[UNAVAILABLE]", true, "unknown", "" },
		{ "HELO=a+2Bb", true, "unknown", "a+b" },
		{ "LOGIN=" SEVENTY SEVENTY, false, NULL, NULL },
		{ "LOGIN=x DESTADDR=192.0.2.1 DESTPORT=25 PROTO=smtp", true, "unknown", "" },
		{ "", false, NULL, NULL },
		{ "ADDR", false, NULL, NULL },
		{ "ADDR=", false, NULL, NULL },
		{ "ADDR=192.0.2.7 ADDR=192.0.2.8", false, NULL, NULL },
		{ "ADDR=IPV6:192.0.2.7", false, NULL, NULL },
		{ "ADDR=[192.0.2.7]", false, NULL, NULL },
		{ "PORT=65536", false, NULL, NULL },
		{ "PROTO=LMTP", false, NULL, NULL },
		{ "HELO=a+20b", false, NULL, NULL },
		{ "HELO=a+00", false, NULL, NULL },
		{ "HELO=+C3", false, NULL, NULL },
		{ "X=1", false, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
		cleanup(exact_freep) str in = exact_copy(str_c(lines[i].in));
		struct xclient x;

		assert_int_equal(xclient_parse(in, a, &x), lines[i].want);
		if (!lines[i].want)
			continue;
		assert_true(str_eq(text(a, x.addr), str_c(lines[i].addr)));
		assert_true(str_eq(x.helo, str_c(lines[i].helo)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_read_strictly),
		cmocka_unit_test(a_header_cut_anywhere_waits_for_its_rest),
		cmocka_unit_test(attributes_of_xclient_are_read_strictly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

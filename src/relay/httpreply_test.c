#include "relay/httpreply.h"

#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HEAD "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: text/plain; charset=utf-8\r\n"

static void a_body_is_complete_or_more_is_awaited(void **state)
{
	static const char *const whole[] = {
		HEAD "Content-Length: 5\r\n\r\nhello",
		HEAD "content-length:5\r\n\r\nhello and more",
		HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;a=b\r\nlo\r\n0\r\n\r\n",
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct why why;
	str body;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(whole); i++) {
		str all = str_c(whole[i]);
		size_t n = 0;

		while (httpreply_body(a, str_sub(all, 0, n), 100, &body, &why) == HTTPREPLY_E_MORE)
			n++;
		if (!str_eq(body, STR("hello")))
			fail_msg("%zu: %s", i, why.text);
	}
}

/* A server that sends byte by byte is asked about as often; it must not fill the arena, whose
 * end would be that of the process. */
static void what_comes_slowly_needs_no_more_memory(void **state)
{
	enum { SIZE = 60000, TAIL = 2000 };
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	cleanup(arena_freep) struct arena *text = arena_new("answer", 1 << 20);
	struct strbuf all = strbuf_make(text, 2 * SIZE);
	struct why why;
	str body;

	(void)state;
	strbuf_fmt(&all, HEAD "Transfer-Encoding: chunked\r\n\r\n%x\r\n", SIZE);
	for (int i = 0; i < SIZE; i++)
		strbuf_char(&all, 'x');
	strbuf_put(&all, STR("\r\n"));
	for (int i = 0; i < TAIL; i++) {
		strbuf_put(&all, STR("1\r\ny\r\n"));
		assert_int_equal(httpreply_body(a, strbuf_str(&all), 64 << 10, &body, &why),
				 HTTPREPLY_E_MORE);
	}
	assert_true(arena_used(a) == 0);
	strbuf_put(&all, STR("0\r\n\r\n"));
	assert_int_equal(httpreply_body(a, strbuf_str(&all), 64 << 10, &body, &why), HTTPREPLY_OK);
	assert_int_equal(body.n, SIZE + TAIL);
}

static void what_is_not_a_plain_answer_is_refused(void **state)
{
	static const char *const bad[] = {
		"HTTP/1.1 301 Moved\r\nLocation: https://other.example/\r\n\r\n",
		"HTTP/1.1 2000 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\nx",
		"SSH-2.0-x\r\n\r\n",
		HEAD "\r\nno length",
		HEAD "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
		HEAD "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n",
		HEAD "Content-Length: -1\r\n\r\n",
		HEAD "Content-Length: 101\r\n\r\n",
		HEAD "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
		HEAD "Transfer-Encoding: gzip, chunked\r\n\r\n",
		HEAD "Transfer-Encoding: chunked\r\n\r\n64\r\n",
		HEAD "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
		HEAD "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
		HEAD "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
		HEAD "folded\r\n\r\n",
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct why why;
	str body;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int r = httpreply_body(a, str_c(bad[i]), i == 11 ? 99 : 100, &body, &why);

		if (r != HTTPREPLY_E_BAD)
			fail_msg("%zu: %d", i, r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_is_complete_or_more_is_awaited),
		cmocka_unit_test(what_comes_slowly_needs_no_more_memory),
		cmocka_unit_test(what_is_not_a_plain_answer_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

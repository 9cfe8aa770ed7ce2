#include "fetch/httpaddress.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct world {
	struct dns_answer a, aaaa;
};

static void lookup(void *ctx, struct arena *a, const struct dns_question *q, size_t n, deadline d,
		   struct dns_answer *ret)
{
	const struct world *w = ctx;

	(void)a;
	(void)d;
	for (size_t i = 0; i < n; i++)
		ret[i] = q[i].type == DNS_A ? w->a : w->aaaa;
}

static struct dns_answer answer(struct arena *a, const char *const *texts, size_t size)
{
	struct dns_answer r = { .status = DNS_NODATA };

	r.records = arena_array(a, struct dns_record, 8);
	for (size_t i = 0; texts[i]; i++) {
		char *bytes = arena_alloc(a, size);

		for (size_t k = 0; k < size; k++)
			bytes[k] = (char)strtol((char[]){ texts[i][2 * k], texts[i][2 * k + 1], 0 },
						NULL, 16);
		r.status = DNS_OK;
		r.records[r.n++].value = str_of(bytes, size);
	}
	return r;
}

static void one_address_inside_is_enough_to_refuse_a_host(void **state)
{
	static const struct {
		const char *v4[3], *v6[3];
		int result;
		size_t n;
	} cases[] = {
		{ { "09090909" }, { 0 }, HTTPGET_OK, 1 },
		{ { "09090909", "08080808" },
		  { "26200000000000000000000000000001" },
		  HTTPGET_OK,
		  3 },
		{ { 0 }, { 0 }, -ENOENT, 0 },
		{ { "7f000001" }, { 0 }, HTTPGET_E_INTERNAL, 0 },
		{ { "09090909", "0a000005" }, { 0 }, HTTPGET_E_INTERNAL, 0 },
		{ { "a9fea9fe" }, { 0 }, HTTPGET_E_INTERNAL, 0 },
		{ { "64400001" }, { 0 }, HTTPGET_E_INTERNAL, 0 },
		{ { "00000000" }, { 0 }, HTTPGET_E_INTERNAL, 0 },
		{ { "e0000001" }, { 0 }, HTTPGET_E_INTERNAL, 0 },
		{ { "09090909" }, { "00000000000000000000000000000001" }, HTTPGET_E_INTERNAL, 0 },
		{ { 0 }, { "00000000000000000000ffff0a000001" }, HTTPGET_E_INTERNAL, 0 },
		{ { 0 }, { "fd000000000000000000000000000001" }, HTTPGET_E_INTERNAL, 0 },
		{ { 0 }, { "fe800000000000000000000000000001" }, HTTPGET_E_INTERNAL, 0 },
		{ { 0 }, { "0064ff9b00000000000000007f000001" }, HTTPGET_E_INTERNAL, 0 },
		{ { "c0a80001" }, { 0 }, HTTPGET_OK, 1 }, /* allowed below */
	};
	struct conf_network site = { { IP_V4, { 192, 168 } }, 16 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		struct world w = { answer(a, cases[i].v4, 4), answer(a, cases[i].v6, 16) };
		struct httpget_ways ways = { .dns = { lookup, &w }, .allow_private = { &site, 1 } };
		struct urlhost host = { .kind = URLHOST_NAME, .text = STR("a.example") };
		struct httpaddress found;
		struct why why;
		int r = httpaddress_find(&ways, a, &host, deadline_in(1000), &found, &why);

		if (r != cases[i].result || (r == 0 && found.n != cases[i].n))
			fail_msg("%zu: %d", i, r);
	}
}

static void a_trouble_of_the_dns_is_no_verdict(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct world w = { { .status = DNS_TIMEOUT }, { .status = DNS_NXDOMAIN } };
	struct httpget_ways ways = { .dns = { lookup, &w } };
	struct urlhost host = { .kind = URLHOST_NAME, .text = STR("a.example") };
	struct httpaddress found;
	struct why why;

	(void)state;
	assert_int_equal(httpaddress_find(&ways, a, &host, deadline_in(1000), &found, &why),
			 -EAGAIN);
}

static void addresses_are_refused_however_a_link_writes_them(void **state)
{
	static const char *const links[] = {
		"http://127.0.0.1/",
		"http://2130706433/",
		"http://0x7f.0.0.1/",
		"http://017700000001/",
		"http://127.1/",
		"http://[::1]/",
		"http://[::ffff:10.0.0.1]/",
		"http://169.254.169.254/latest/meta-data/",
		"http://0/",
		"http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1/",
	};
	struct httpget_ways ways = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		struct httpget q = { .url = str_c(links[i]),
				     .plain = true,
				     .max_bytes = 100,
				     .until = deadline_in(1000) };
		struct httpget_answer answer;
		struct why why;

		if (httpget_run(&ways, a, &q, &answer, &why) != HTTPGET_E_INTERNAL)
			fail_msg("%s", links[i]);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_address_inside_is_enough_to_refuse_a_host),
		cmocka_unit_test(a_trouble_of_the_dns_is_no_verdict),
		cmocka_unit_test(addresses_are_refused_however_a_link_writes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "dns/dnscodec.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct dns_record mx[] = { { 10, { "mx.example", 10 } }, { 20, { "", 0 } } };
static struct dns_record a4[] = { { 0, { "\xc0\x00\x02\x01", 4 } } };

static void a_batch_comes_back_as_it_was(void **state)
{
	struct dns_question q[] = { { STR("example.org"), DNS_MX },
				    { STR("host.example.org"), DNS_A },
				    { STR(""), DNS_TXT } };
	struct dns_answer w[] = { { DNS_OK, mx, 2, 300, true, STR("example.org") },
				  { DNS_OK, a4, 1, 7, false, STR("other.example") },
				  { DNS_TIMEOUT, NULL, 0, 0, false, STR("") } };
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct dns_question *q2;
	struct dns_answer w2[3];
	size_t n;

	(void)state;
	assert_true(dnscodec_get_questions(a, dnscodec_put_questions(a, q, 3), &q2, &n));
	assert_int_equal(n, 3);
	assert_true(dnscodec_get_answers(a, dnscodec_put_answers(a, w, 3), q, 3, w2));
	for (size_t i = 0; i < n; i++) {
		assert_true(str_eq(q2[i].name, q[i].name));
		assert_int_equal(q2[i].type, q[i].type);
		assert_int_equal(w2[i].status, w[i].status);
		assert_int_equal(w2[i].n, w[i].n);
		assert_int_equal(w2[i].ttl, w[i].ttl);
		assert_int_equal(w2[i].secure, w[i].secure);
		assert_true(str_eq(w2[i].canonical, w[i].canonical));
		for (size_t k = 0; k < w[i].n; k++) {
			assert_int_equal(w2[i].records[k].pref, w[i].records[k].pref);
			assert_true(str_eq(w2[i].records[k].value, w[i].records[k].value));
		}
	}
}

static void bytes_cut_short_or_left_over_are_refused(void **state)
{
	struct dns_question q[] = { { STR("example.org"), DNS_MX } };
	struct dns_answer w[] = { { DNS_OK, mx, 2, 300, true, STR("example.org") } };
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	str bytes = dnscodec_put_answers(a, w, 1);
	struct dns_answer got;
	struct strbuf more = strbuf_make(a, 4096);

	(void)state;
	for (size_t n = 0; n < bytes.n; n++) {
		char *exact = malloc(n ? n : 1);

		assert_non_null(exact);
		memcpy(exact, bytes.p, n);
		assert_false(dnscodec_get_answers(a, str_of(exact, n), q, 1, &got));
		free(exact);
	}
	strbuf_put(&more, bytes);
	strbuf_char(&more, 'x');
	assert_false(dnscodec_get_answers(a, strbuf_str(&more), q, 1, &got));
	assert_false(dnscodec_get_answers(a, bytes, q, 0, &got));
}

static void a_record_must_have_the_shape_its_question_asks(void **state)
{
	struct dns_question asked_a[] = { { STR("example.org"), DNS_A } };
	struct dns_answer w[] = { { DNS_OK, mx, 1, 300, false, STR("example.org") } };
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct dns_answer got;

	(void)state;
	assert_false(dnscodec_get_answers(a, dnscodec_put_answers(a, w, 1), asked_a, 1, &got));
	assert_true(dnscodec_record_fits(DNS_TLSA, STR("\3\1\1x")));
	assert_false(dnscodec_record_fits(DNS_TLSA, STR("\3\1\1")));
	assert_false(dnscodec_record_fits(DNS_PTR, STR("a..b")));
	assert_false(dnscodec_record_fits(DNS_AAAA, STR("1234")));
}

static void a_record_set_too_large_costs_only_its_own_question(void **state)
{
	struct dns_question q[] = { { STR("huge.example"), DNS_TXT },
				    { STR("small.example"), DNS_A },
				    { STR("large.example"), DNS_TXT } };
	cleanup(arena_freep) struct arena *a = arena_new("test", 8 << 20);
	struct dns_record huge[4], large[2];
	struct dns_answer w[3] = { { DNS_OK, huge, 4, 1, false, STR("huge.example") },
				   { DNS_OK, a4, 1, 1, false, STR("small.example") },
				   { DNS_OK, large, 2, 1, false, STR("large.example") } };
	char *text = arena_alloc(a, DNS_MAX_RDATA);
	struct dns_answer got[3];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		huge[i] = (struct dns_record){ 0, str_of(text, DNS_MAX_RDATA) };
	for (size_t i = 0; i < 2; i++)
		large[i] = (struct dns_record){ 0, str_of(text, 12000) };
	assert_true(dnscodec_get_answers(a, dnscodec_put_answers(a, w, 3), q, 3, got));
	assert_int_equal(got[0].status, DNS_SERVFAIL);
	assert_int_equal(got[1].status, DNS_OK);
	assert_int_equal(got[2].n, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_comes_back_as_it_was),
		cmocka_unit_test(bytes_cut_short_or_left_over_are_refused),
		cmocka_unit_test(a_record_must_have_the_shape_its_question_asks),
		cmocka_unit_test(a_record_set_too_large_costs_only_its_own_question),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "dns/dnsmemo.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct world {
	size_t batches, questions;
};

/* Each question has another answer each time. */
static void answer(void *ctx, struct arena *a, const struct dns_question *q, size_t n,
		   deadline d unused_arg, struct dns_answer *ret)
{
	struct world *w = ctx;

	w->batches++;
	for (size_t i = 0; i < n; i++) {
		struct dns_record *r = arena_make(a, struct dns_record);

		r->value = arena_fmt(a, "%zu", ++w->questions);
		ret[i] = (struct dns_answer){ DNS_OK, r, 1, 0, false, q[i].name };
	}
}

static void a_question_is_asked_once_and_keeps_its_answer(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct world w = { 0 };
	struct dns_resolver below = { answer, &w };
	struct dnsmemo memo = dnsmemo_make(a, &below);
	struct dns_resolver r = dnsmemo_resolver(&memo);
	struct dns_question ahead[] = { { STR("a.example"), DNS_TXT },
					{ STR("A.example."), DNS_TXT },
					{ STR("a.example"), DNS_A } };
	struct dns_answer first, again;

	(void)state;
	dnsmemo_prefetch(&memo, ahead, 3, deadline_in(1000));
	assert_int_equal(w.batches, 1);
	assert_int_equal(w.questions, 2);
	first = dns_ask(&r, a, STR("a.EXAMPLE"), DNS_TXT, deadline_in(1000));
	again = dns_ask(&r, a, STR("a.example"), DNS_TXT, deadline_in(1000));
	assert_true(str_eq(first.records[0].value, again.records[0].value));
	assert_int_equal(w.batches, 1);
	defs_ignore(dns_ask(&r, a, STR("b.example"), DNS_TXT, deadline_in(1000)).status);
	assert_int_equal(w.batches, 2);
	assert_int_equal(memo.asked, 3);
}

static void a_name_that_is_none_is_not_asked(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct world w = { 0 };
	struct dns_resolver below = { answer, &w };
	struct dnsmemo memo = dnsmemo_make(a, &below);
	struct dns_resolver r = dnsmemo_resolver(&memo);

	(void)state;
	assert_int_equal(dns_ask(&r, a, STR("a..example"), DNS_TXT, deadline_in(1000)).status,
			 DNS_NXDOMAIN);
	assert_int_equal(w.questions, 0);
}

static void behind_the_limit_nobody_is_asked_until_it_is_raised(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct world w = { 0 };
	struct dns_resolver below = { answer, &w };
	struct dnsmemo memo = dnsmemo_make(a, &below);
	struct dns_resolver r = dnsmemo_resolver(&memo);
	struct dns_question q[] = { { STR("a.example"), DNS_TXT }, { STR("b.example"), DNS_TXT } };
	struct dns_answer answers[2];

	(void)state;
	memo.limit = 1;
	r.lookup(r.ctx, a, q, 2, deadline_in(1000), answers);
	assert_int_equal(answers[0].status, DNS_OK);
	assert_int_equal(answers[1].status, DNS_SERVFAIL);
	memo.limit = 2;
	r.lookup(r.ctx, a, q, 2, deadline_in(1000), answers);
	assert_int_equal(answers[1].status, DNS_OK);
	assert_int_equal(w.questions, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_is_asked_once_and_keeps_its_answer),
		cmocka_unit_test(a_name_that_is_none_is_not_asked),
		cmocka_unit_test(behind_the_limit_nobody_is_asked_until_it_is_raised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

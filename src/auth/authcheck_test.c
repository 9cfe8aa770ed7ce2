#include "auth/authcheck.h"

#include "auth/dmarccheck.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* A DNS that counts, where every author asks for rejection and every SPF record is a maze. */
struct world {
	size_t batches, questions, policies;
};

static struct dns_answer reply(struct world *w, struct arena *a, const struct dns_question *q)
{
	struct dns_answer answer = dns_no_answer(DNS_NODATA, q->name);
	str text = STR("v=spf1 mx:%{l1}a.test mx:b.test mx:c.test mx:d.test mx:e.test mx:f.test "
		       "mx:g.test -all");

	if (str_starts(q->name, STR("_dmarc."))) {
		w->policies++;
		text = str_eq(q->name, STR("_dmarc.bank.test")) ? STR("v=DMARC1; p=reject")
								: STR("");
	}
	if (q->type == DNS_A || text.n == 0)
		return answer;
	answer.status = DNS_OK;
	answer.n = q->type == DNS_MX ? 10 : 1;
	answer.records = arena_array(a, struct dns_record, answer.n);
	for (size_t i = 0; i < answer.n; i++)
		answer.records[i].value =
			q->type == DNS_MX ? arena_fmt(a, "h%zu.%.*s", i, STR_ARG(q->name)) : text;
	return answer;
}

static void lookup(void *ctx, struct arena *a, const struct dns_question *q, size_t n,
		   deadline d unused_arg, struct dns_answer *ret)
{
	struct world *w = ctx;

	w->batches++;
	w->questions += n;
	for (size_t i = 0; i < n; i++)
		ret[i] = reply(w, a, &q[i]);
}

static struct facts message_of(struct arena *a, const char *author, size_t n_signatures)
{
	struct facts f = { 0 };

	*arena_push(a, &f.headers) = (struct facts_header){ STR("FROM"), STR(""), 1 };
	*arena_push(a, &f.addresses) =
		(struct facts_address){ FACTS_FROM, STR(""), STR("a"), str_c(author) };
	*arena_push(a, &f.addresses) =
		(struct facts_address){ FACTS_TO, STR(""), STR("b"), STR("other.test") };
	for (size_t i = 0; i < n_signatures; i++) {
		struct dkim_facts *s = arena_push(a, &f.signatures);

		s->algorithm = DKIMSIG_RSA_SHA256;
		s->digest = STR("01234567890123456789012345678901");
		s->signature = STR("x");
		s->signs_from = s->body_matches = true;
		s->selector = arena_fmt(a, "s%zu", i);
		s->domain = STR("evil.test");
	}
	return f;
}

static struct auth_results check(struct arena *a, struct world *w, const struct facts *f)
{
	struct dns_resolver dns = { lookup, w };
	struct spf_input in = { .ip = ip_of("\xc0\0\2\2", 4), .mail_from = STR("x@evil.test") };
	struct auth_results r = { 0 };
	struct authcheck c;

	authcheck_open(&c, a, &dns, 1800000000);
	authcheck_envelope(&c, &in, deadline_in(10000), &r);
	authcheck_message(&c, f, deadline_in(10000), &r);
	return r;
}

static void a_sender_cannot_use_up_the_questions_of_the_authors_policy(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct facts f = message_of(a, "bank.test", 200);
	struct world w = { 0 };
	struct auth_results r = check(a, &w, &f);

	(void)state;
	assert_int_equal(r.spf.result, SPFCHECK_TEMPERROR);
	assert_int_equal(r.dmarc.result, AUTH_FAIL);
	assert_int_equal(r.dmarc.disposition, DMARC_POLICY_REJECT);
	assert_int_equal(r.n_dkim, 200);
	assert_true(w.questions <= AUTHCHECK_MAX_QUESTIONS);
}

static void after_spf_all_is_asked_in_one_batch(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct facts f = message_of(a, "news.bank.test", 3);
	struct auth_results r = { 0 };
	struct dns_question more = { STR("evil.test"), DNS_MX };
	struct world w = { 0 };
	struct dns_resolver dns = { lookup, &w };
	struct authcheck c;

	(void)state;
	authcheck_open(&c, a, &dns, 1800000000);
	c.more = &more;
	c.n_more = 1;
	authcheck_message(&c, &f, deadline_in(10000), &r);
	assert_int_equal(w.batches, 1);
	assert_int_equal(w.policies, 3);
	assert_int_equal(w.questions, 3 + 1 + 3 + 1);
	assert_true(str_eq(r.dmarc.policy_domain, STR("bank.test")));
	assert_int_equal(dns_ask(&c.dns, a, STR("evil.test"), DNS_MX, 0).n, 10);
	assert_int_equal(w.batches, 1);
}

static void only_from_makes_authors(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct facts f = message_of(a, "bank.test", 0);
	struct world w = { 0 };
	struct auth_results r = check(a, &w, &f);

	(void)state;
	assert_true(str_eq(r.dmarc.domain, STR("bank.test")));
	assert_false(r.dmarc.bad_from);
	*arena_push(a, &f.headers) = (struct facts_header){ STR("From"), STR(""), 2 };
	r = check(a, &w, &f);
	assert_true(r.dmarc.bad_from);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sender_cannot_use_up_the_questions_of_the_authors_policy),
		cmocka_unit_test(after_spf_all_is_asked_in_one_batch),
		cmocka_unit_test(only_from_makes_authors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

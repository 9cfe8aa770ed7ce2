#include "scan/signing.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct world {
	struct arena *a;
	struct conf *conf;
	struct facts facts;
	size_t asked;
};

static int sign(void *ctx, struct arena *a, const struct signer_question *q,
		struct signer_answer *ret, struct why *why)
{
	struct world *w = ctx;

	(void)a, (void)why;
	assert_true(str_eq(q->domain, STR("xn--hpital-ixa.example")));
	w->asked++;
	*ret = (struct signer_answer){ SIGNER_RSA_SHA256, STR("secret") };
	return 0;
}

static int setup(void **state)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct world *w = arena_make(a, struct world);
	struct why why;

	w->a = a;
	w->conf = conf_new_default(a);
	assert_int_equal(conf_set_assignment(w->conf, STR("role=out"), &why), 0);
	assert_int_equal(conf_set_assignment(w->conf,
					     STR("dkim.keys=xn--hpital-ixa.example s1 /key.pem"),
					     &why),
			 0);
	w->facts.signing.material =
		(struct dkimsign_material){ .body_hash = STR("01234567890123456789012345678901") };
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	arena_free(w->a);
	return 0;
}

static void add(struct world *w, enum facts_where where, const char *domain)
{
	*arena_push(w->a, &w->facts.addresses) = (struct facts_address){ .where = where,
									 .local = STR("x"),
									 .domain = str_c(domain) };
}

static int fields(struct world *w, str *ret)
{
	const struct signer signer = { sign, w };
	const struct auth_results auth = { 0 };
	struct why why;

	return signing_fields(w->a, w->conf, &signer, &w->facts, &auth, STR(""), 1700000000, ret,
			      &why);
}

static void our_domain_is_found_however_it_is_written(void **state)
{
	static const char *const ways[] = { "xn--hpital-ixa.example", "XN--HPITAL-IXA.Example",
					    "h\xc3\xb4pital.example", "H\xc3\x94PITAL.example" };
	struct world *w = *state;
	str added;

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		w->facts.addresses.n = 0;
		add(w, FACTS_FROM, "stranger.example");
		add(w, FACTS_FROM, ways[i]);
		assert_int_equal(fields(w, &added), SIGNING_OK);
		assert_true(str_starts(added, STR("DKIM-Signature:")));
		assert_int_equal(w->asked, i + 1);
	}
}

static void mail_of_others_is_not_signed(void **state)
{
	struct world *w = *state;
	str added;

	add(w, FACTS_FROM, "stranger.example");
	add(w, FACTS_TO, "xn--hpital-ixa.example");
	assert_int_equal(fields(w, &added), SIGNING_OK);
	assert_int_equal(added.n, 0);
}

static void an_author_behind_too_many_addresses_is_not_sent_unsigned(void **state)
{
	struct world *w = *state;
	str added;

	for (size_t i = 0; i < FACTS_MAX_ADDRESSES; i++)
		add(w, FACTS_TO, "stranger.example");
	assert_int_equal(fields(w, &added), SIGNING_E_UNSIGNABLE);
	assert_int_equal(added.n, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(our_domain_is_found_however_it_is_written),
		T(mail_of_others_is_not_signed),
		T(an_author_behind_too_many_addresses_is_not_sent_unsigned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

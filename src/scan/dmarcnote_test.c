#include "scan/dmarcnote.h"

#include "reporting/dmarcrow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena *a;
static struct conf *conf;
static str recipient;
static struct envelope env;
static struct dkim_result dkim[6];
static struct auth_results auth;

static int setup(void **state unused_arg)
{
	static const char *const lines[] = { "domains=hopital.example",
					     "reports.from=r@hopital.example",
					     "dsn.via=smtp:out.hopital.example:25" };

	a = arena_new("test", 16 << 20);
	conf = conf_new_default(a);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		assert_int_equal(conf_set_assignment(conf, str_c(lines[i]), NULL), 0);
	recipient = STR("doc@hopital.example");
	env = (struct envelope){ .client_ip = STR("192.0.2.1"),
				 .reverse_path = STR("bounce@mail.shop.example"),
				 .recipients = &recipient,
				 .n_recipients = 1 };
	for (size_t i = 0; i < ARRAY_LEN(dkim); i++)
		dkim[i] = (struct dkim_result){ .result = i == 5 ? AUTH_PASS : AUTH_FAIL,
						.domain = STR("shop.example"),
						.selector = arena_fmt(a, "s%zu", i) };
	auth = (struct auth_results){
		.spf = { .result = SPFCHECK_SOFTFAIL, .domain = STR("mail.shop.example") },
		.dkim = dkim,
		.n_dkim = ARRAY_LEN(dkim),
		.dmarc = { .result = AUTH_FAIL,
			   .domain = STR("shop.example"),
			   .policy_domain = STR("shop.example"),
			   .record = STR("v=DMARC1; p=reject; rua=mailto:d@shop.example"),
			   .policy = DMARC_POLICY_REJECT,
			   .disposition = DMARC_POLICY_REJECT },
	};
	return 0;
}

static int teardown(void **state unused_arg)
{
	a = arena_free(a);
	return 0;
}

static struct dmarcrow row_of(enum action action)
{
	struct dmarcnote note = dmarcnote_make(a, conf, &env, &auth, action);
	struct dmarcrow row;

	assert_true(str_eq(note.domain, STR("shop.example")));
	assert_true(dmarcrow_parse(note.row, &row));
	return row;
}

static bool is_counted(void)
{
	return dmarcnote_make(a, conf, &env, &auth, ACTION_ACCEPT).domain.n > 0;
}

static void test_a_row_says_what_was_found(void **state unused_arg)
{
	struct dmarcrow row = row_of(ACTION_REJECT);

	assert_true(str_eq(row.source_ip, STR("192.0.2.1")));
	assert_true(str_eq(row.header_from, STR("shop.example")));
	assert_true(str_eq(row.envelope_from, STR("mail.shop.example")));
	assert_true(str_eq(row.envelope_to, STR("hopital.example")));
	assert_true(str_eq(row.spf_result, STR("softfail")));
	assert_int_equal(row.n_signatures, DMARCROW_SIGNATURES);
	assert_true(str_eq(row.signatures[0].selector, STR("s5"))); /* the one that passes */
	assert_false(row.dkim || row.spf);
}

static void check(enum action action, const char *disposition, const char *reason)
{
	struct dmarcrow row = row_of(action);

	assert_true(str_eq(row.disposition, str_c(disposition)));
	assert_true(str_eq(row.reason, str_c(reason)));
}

static void test_another_disposition_than_the_policy_has_a_reason(void **state unused_arg)
{
	check(ACTION_REJECT, "reject", "");
	check(ACTION_QUARANTINE, "quarantine", "local_policy");
	check(ACTION_TAG, "none", "local_policy");
	auth.arc_trusted = true;
	check(ACTION_ACCEPT, "none", "trusted_forwarder");
	auth.dmarc.testing = true;
	auth.dmarc.disposition = DMARC_POLICY_QUARANTINE;
	check(ACTION_QUARANTINE, "quarantine", "policy_test_mode");
	auth.dmarc.policy = auth.dmarc.disposition = DMARC_POLICY_NONE;
	check(ACTION_REJECT, "none", ""); /* refused for another reason */
	auth.dmarc.result = AUTH_PASS;
	auth.dmarc.policy = auth.dmarc.disposition = DMARC_POLICY_REJECT;
	check(ACTION_REJECT, "pass", "");
	auth.dmarc.policy = DMARC_POLICY_NONE;
	check(ACTION_ACCEPT, "none", "");
}

static void test_what_nobody_asks_for_is_not_counted(void **state unused_arg)
{
	assert_true(is_counted());
	auth.dmarc.record = STR("v=DMARC1; p=reject; ruf=mailto:rua=@shop.example");
	assert_false(is_counted());
	auth.dmarc.record = STR("v=DMARC1;p=none; RUA = mailto:x@shop.example");
	assert_true(is_counted());
	recipient = STR("R@hopital.example"); /* a report to our reporter */
	assert_false(is_counted());
	assert_int_equal(
		conf_set_assignment(conf, STR("reports.addresses=dmarc@hopital.example"), NULL), 0);
	recipient = STR("dmarc@Hopital.example"); /* where reports about us come in */
	assert_false(is_counted());
	recipient = STR("doc@hopital.example");
	auth.dmarc.policy_domain = STR("HOPITAL.example");
	assert_false(is_counted());
	auth.dmarc.policy_domain = STR("shop.example");
	auth.dmarc.result = AUTH_TEMPERROR;
	assert_false(is_counted());
	auth.dmarc.result = AUTH_PASS;
	assert_int_equal(conf_set_assignment(conf, STR("dsn.via="), NULL), 0);
	assert_false(is_counted());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_row_says_what_was_found, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_another_disposition_than_the_policy_has_a_reason, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_nobody_asks_for_is_not_counted, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

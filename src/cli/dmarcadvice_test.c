#include "cli/dmarcadvice.h"

#include "cli/dmarcview.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void a_source_is_known_by_what_passes(void **state)
{
	static const struct {
		uint64_t messages, aligned, forwarded;
		enum dmarcadvice_class want;
	} cases[] = {
		{ 100, 100, 0, DMARCADVICE_OUR },      { 100, 95, 0, DMARCADVICE_OUR },
		{ 100, 94, 0, DMARCADVICE_PARTLY },    { 100, 60, 40, DMARCADVICE_OUR },
		{ 100, 0, 50, DMARCADVICE_FORWARDER }, { 100, 0, 49, DMARCADVICE_STRANGER },
		{ 1, 0, 0, DMARCADVICE_STRANGER },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct dmarcadvice_source s = { .messages = cases[i].messages,
						.aligned = cases[i].aligned,
						.forwarded = cases[i].forwarded };

		assert_int_equal(dmarcadvice_class_of(&s), cases[i].want);
	}
}

static void a_stricter_policy_is_advised_only_when_nothing_is_lost(void **state)
{
	static const struct {
		struct dmarcadvice_domain d;
		enum dmarcadvice_step want;
	} cases[] = {
		{ { .p = { "none", 4 }, .days = 13, .messages = 1000, .ours = 1000 },
		  DMARCADVICE_WAIT },
		{ { .p = { "none", 4 }, .days = 30, .messages = 99, .ours = 99 },
		  DMARCADVICE_WAIT },
		{ { .p = { "none", 4 }, .days = 30, .messages = 1000, .ours = 1000, .lost = 10 },
		  DMARCADVICE_FIX },
		{ { .p = { "none", 4 }, .days = 30, .messages = 1000, .ours = 1000, .lost = 9 },
		  DMARCADVICE_NEXT },
		{ { .p = { "quarantine", 10 },
		    .days = 30,
		    .messages = 1000,
		    .ours = 900,
		    .strangers = 1 },
		  DMARCADVICE_LOOK },
		{ { .p = { "reject", 6 },
		    .days = 30,
		    .messages = 1000,
		    .ours = 900,
		    .strangers = 1 },
		  DMARCADVICE_KEEP },
		{ { .p = { "reject", 6 },
		    .weakened = true,
		    .days = 30,
		    .messages = 1000,
		    .ours = 900 },
		  DMARCADVICE_NEXT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(dmarcadvice_step_of(&cases[i].d), cases[i].want);
}

static void every_failure_of_tls_has_advice_in_both_languages(void **state)
{
	static const char *const results[] = {
		"starttls-not-supported", "certificate-host-mismatch",
		"certificate-expired",	  "certificate-not-trusted",
		"validation-failure",	  "tlsa-invalid",
		"dnssec-invalid",	  "dane-required",
		"sts-policy-fetch-error", "sts-policy-invalid",
		"sts-webpki-invalid",
	};
	str unknown = dmarcadvice_tls(STR("quantum-flux"), CONF_LANG_EN);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(results); i++) {
		str en = dmarcadvice_tls(str_c(results[i]), CONF_LANG_EN);

		assert_false(str_eq(en, unknown));
		assert_false(str_eq(en, dmarcadvice_tls(str_c(results[i]), CONF_LANG_FR)));
	}
}

#define DOMAIN                                                                                     \
	"{\"kind\":\"domain\",\"domain\":\"town.example\",\"reports\":30,\"reporters\":2,"         \
	"\"days\":30,\"first\":\"2026-10-01T00:00:00Z\",\"last\":\"2026-10-30T23:59:59Z\","        \
	"\"published\":{\"p\":\"none\",\"pct\":100,\"testing\":false}}\n"
#define OURS                                                                                       \
	"{\"kind\":\"source\",\"domain\":\"town.example\",\"network\":\"192.0.2.0/24\","           \
	"\"addresses\":1,\"ip\":\"192.0.2.1\",\"messages\":900,\"aligned\":900,\"spf\":900,"       \
	"\"dkim\":900,\"days\":30}\n"
#define STRANGER                                                                                   \
	"{\"kind\":\"source\",\"domain\":\"town.example\",\"network\":\"198.51.100.0/24\","        \
	"\"addresses\":2,\"ip\":\"198.51.100.1\",\"messages\":100,\"aligned\":0,\"days\":9,"       \
	"\"foreign_dkim\":100,\"signer\":\"news\\u001b[2J.example\"}\n"

static void a_person_reads_who_sends_and_what_to_do(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 16 << 20);
	struct strbuf out = strbuf_make(a, 1 << 20), fr = strbuf_make(a, 1 << 20);
	str words;

	(void)state;
	assert_true(dmarcview_put(&out, STR(DOMAIN OURS STRANGER), CONF_LANG_EN, false, NULL));
	words = strbuf_str(&out);
	assert_true(str_find(words, STR("192.0.2.1 ")) != STR_NONE);
	assert_true(str_find(words, STR("! 198.51.100.0/24")) != STR_NONE);
	assert_true(str_find(words, STR("90.0 %")) != STR_NONE);
	assert_true(str_find(words, STR("unknown sources marked")) != STR_NONE);
	assert_true(str_find(words, STR("\x1b")) == STR_NONE);
	assert_true(dmarcview_put(&fr, STR(DOMAIN OURS), CONF_LANG_FR, true, NULL));
	words = strbuf_str(&fr);
	assert_true(str_find(words, STR("Prêt : p=quarantine")) != STR_NONE);
	assert_false(dmarcview_put(&fr, STR("[]\n"), CONF_LANG_FR, true, NULL));
	assert_false(dmarcview_put_tls(&fr, STR("{\n"), CONF_LANG_FR));
}

/* 192.0.2.1 has a name that leads back to it, 198.51.100.1 one that does not. */
static void answer(void *ctx, struct arena *a, const struct dns_question *q, size_t n,
		   deadline d unused_arg, struct dns_answer *ret)
{
	static struct dns_record ptr = { 0, { "mail.town.example", 17 } };
	static struct dns_record address = { 0, { "\xc0\0\2\1", 4 } };

	(void)ctx;
	(void)a;
	for (size_t i = 0; i < n; i++) {
		ret[i] = dns_no_answer(DNS_NXDOMAIN, q[i].name);
		if (q[i].type == DNS_PTR && (str_eq(q[i].name, STR("1.2.0.192.in-addr.arpa")) ||
					     str_eq(q[i].name, STR("1.100.51.198.in-addr.arpa"))))
			ret[i] = (struct dns_answer){ .status = DNS_OK, .records = &ptr, .n = 1 };
		if (q[i].type == DNS_A)
			ret[i] = (struct dns_answer){ .status = DNS_OK,
						      .records = &address,
						      .n = 1 };
	}
}

static void a_source_has_the_name_that_leads_back_to_it(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 16 << 20);
	const struct dns_resolver dns = { answer, NULL };
	struct strbuf out = strbuf_make(a, 1 << 20);
	str words;

	(void)state;
	assert_true(dmarcview_put(&out, STR(DOMAIN OURS STRANGER), CONF_LANG_EN, false, &dns));
	words = strbuf_str(&out);
	assert_true(str_find(words, STR("ours, mail.town.example\n")) != STR_NONE);
	assert_true(str_find(words, STR("UNKNOWN\n")) != STR_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_source_is_known_by_what_passes),
		cmocka_unit_test(a_stricter_policy_is_advised_only_when_nothing_is_lost),
		cmocka_unit_test(every_failure_of_tls_has_advice_in_both_languages),
		cmocka_unit_test(a_person_reads_who_sends_and_what_to_do),
		cmocka_unit_test(a_source_has_the_name_that_leads_back_to_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

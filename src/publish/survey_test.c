#include "dns/zonefile.h"
#include "publish/surveywords.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { NOW = 1795284030 };

#define HOST "\"mx.ours.example\": {\"A\": [\"8.8.8.8\"], \"TXT\": [\"v=spf1 a -all\"]},"
#define PTR "\"8.8.8.8.in-addr.arpa\": {\"PTR\": [\"mx.ours.example\"]},"
#define TLSA "\"_25._tcp.mx.ours.example\": {\"TLSA\": [\"3 1 1 00ff\"], \"secure\": true},"
#define MX "\"MX\": [[10, \"mx.ours.example\"]]"
#define SPF(text) "\"TXT\": [\"other\", \"" text "\"]"
#define OURS(mx, txt) "\"ours.example\": {\"secure\": true, " mx ", " txt "},"
#define KEY(text) "\"s1._domainkey.ours.example\": {\"TXT\": [\"" text "\"]},"
#define DMARC(text) "\"_dmarc.ours.example\": {\"TXT\": [\"" text "\"]},"
#define STS "\"_mta-sts.ours.example\": {\"TXT\": [\"v=STSv1; id=a1;\"]},"
#define STSHOST "\"mta-sts.ours.example\": {\"AAAA\": [\"2620:fe::1\"]},"
#define RPT "\"_smtp._tls.ours.example\": {\"TXT\": [\"v=TLSRPTv1; rua=mailto:a@ours.example\"]}"

#define GOOD_OURS OURS(MX, SPF("v=spf1 a:mx.ours.example -all"))
#define GOOD_KEY KEY("v=DKIM1; k=rsa; p=AA AA")
#define GOOD_DMARC DMARC("v=DMARC1; p=reject; rua=mailto:a@ours.example")

/* What the web server says, and how the fetching went. */
struct site {
	const char *policy;
	int result;
};

static int serve(void *ctx, struct arena *a, str domain, struct stspolicy *ret, struct why *why)
{
	const struct site *site = ctx;

	assert_true(str_eq(domain, STR("ours.example")));
	if (site->result != STSFETCH_OK)
		return why_set(why, site->result, "asked to fail");
	return stspolicy_parse(a, str_c(site->policy), ret, why) < 0 ? STSFETCH_E_POLICY
								     : STSFETCH_OK;
}

static struct survey surveyed_with(struct arena *a, const char *zone, struct site *site)
{
	static const char *const sets[] = { "hostname=mx.ours.example", "domains=ours.example",
					    "listen.smtp=8.8.8.8:25" };
	struct conf *c = conf_new_default(a);
	struct plan_key key = { STR("ours.example"), STR("s1"), STR("v=DKIM1; p=AAAA") };
	str tlsa = STR("3 1 1 00ff");
	struct plan_input made_from = { c, &key, 1, &tlsa, 1 };
	struct survey_certificate certificate = { NOW + 90 * 86400, true, STR("") };
	struct zonefile *z = NULL;
	struct dns_resolver dns;
	struct plan plan;
	struct survey s;
	struct why why = { "" };
	struct survey_input in = { &made_from,		&plan, &dns, &certificate, NOW, 0,
				   site ? serve : NULL, site };

	for (size_t i = 0; i < ARRAY_LEN(sets); i++)
		assert_int_equal(conf_set_assignment(c, str_c(sets[i]), &why), 0);
	if (zonefile_parse(a, arena_fmt(a, "{%s}", zone), &z, &why) < 0)
		fail_msg("%s in %s", why.text, zone);
	dns = zonefile_resolver(z);
	plan_make(a, &made_from, &plan);
	survey_run(a, &in, &s);
	return s;
}

static struct survey surveyed(struct arena *a, const char *zone)
{
	return surveyed_with(a, zone, NULL);
}

static bool has(const struct survey *s, enum survey_code code)
{
	for (size_t i = 0; i < s->findings.n; i++) {
		if (s->findings.v[i].code == code)
			return true;
	}
	return false;
}

static str words(struct arena *a, const struct survey *s, enum conf_lang lang)
{
	struct strbuf b = strbuf_make(a, 1 << 20);

	surveywords_put(&b, s, lang, false);
	return strbuf_str(&b);
}

static void what_is_published_as_planned_is_all_right(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
	struct survey s = surveyed(a, HOST PTR TLSA GOOD_OURS GOOD_KEY GOOD_DMARC STS STSHOST RPT);

	(void)state;
	if (survey_worst(&s) != SURVEY_STATUS_OK)
		fail_msg("%.*s", STR_ARG(words(a, &s, CONF_LANG_EN)));
}

static void each_mistake_is_named(void **state)
{
	static const struct {
		enum survey_code code;
		const char *zone;
	} rows[] = {
		{ SURVEY_HOST_MISSING, PTR GOOD_OURS RPT },
		{ SURVEY_HOST_ALIAS, "\"mx.ours.example\": {\"CNAME\": \"b.example\"},"
				     "\"b.example\": {\"A\": [\"8.8.8.8\"]}" },
		{ SURVEY_HOST_OTHER, "\"mx.ours.example\": {\"A\": [\"8.8.4.4\"]}" },
		{ SURVEY_PTR_MISSING, HOST RPT },
		{ SURVEY_PTR_OTHER, HOST "\"8.8.8.8.in-addr.arpa\": {\"PTR\": [\"x.example\"]}" },
		{ SURVEY_MX_MISSING, HOST OURS("\"A\": [\"8.8.8.8\"]", SPF("v=spf1 -all")) RPT },
		{ SURVEY_MX_NULL, HOST OURS("\"MX\": [[0, \".\"]]", SPF("v=spf1 -all")) RPT },
		{ SURVEY_MX_NOT_OURS,
		  HOST OURS("\"MX\": [[0, \"x.example\"]]", SPF("v=spf1 -all")) RPT },
		{ SURVEY_MX_ALSO,
		  HOST OURS("\"MX\": [[0, \"x.example\"], [1, \"mx.ours.example\"]]",
			    SPF("v=spf1 -all")) RPT },
		{ SURVEY_SPF_MISSING, HOST OURS(MX, "\"TXT\": [\"x\"]") RPT },
		{ SURVEY_SPF_SEVERAL,
		  HOST OURS(MX, "\"TXT\": [\"v=spf1 -all\", \"v=spf1 a -all\"]") RPT },
		{ SURVEY_SPF_BROKEN, HOST OURS(MX, SPF("v=spf1 nonsense:x -all")) RPT },
		{ SURVEY_SPF_TOO_MANY,
		  HOST OURS(MX, SPF("v=spf1 mx mx mx mx mx mx mx mx mx mx mx -all")) RPT },
		{ SURVEY_SPF_NEARLY,
		  HOST OURS(MX, SPF("v=spf1 mx mx mx mx mx mx mx mx mx -all")) RPT },
		{ SURVEY_SPF_ANYBODY, HOST OURS(MX, SPF("v=spf1 a +all")) RPT },
		{ SURVEY_SPF_ANYBODY, HOST OURS(MX, SPF("v=spf1 ip4:0.0.0.0/0 -all")) RPT },
		{ SURVEY_SPF_ANYBODY, HOST OURS(MX, SPF("v=spf1 ip6:::/0 -all")) RPT },
		{ SURVEY_SPF_UNDECIDED, HOST OURS(MX, SPF("v=spf1 mx")) RPT },
		{ SURVEY_SPF_SOFT, HOST OURS(MX, SPF("v=spf1 mx ~all")) RPT },
		{ SURVEY_SPF_NOT_US, HOST OURS(MX, SPF("v=spf1 -all")) RPT },
		{ SURVEY_DKIM_MISSING, HOST RPT },
		{ SURVEY_DKIM_OTHER, HOST KEY("p=AAAB") RPT },
		{ SURVEY_DKIM_OTHER, HOST KEY("nothing") RPT },
		{ SURVEY_DKIM_REVOKED, HOST KEY("v=DKIM1; p=") RPT },
		{ SURVEY_DKIM_TESTING, HOST KEY("v=DKIM1; t=s:y; p=AAAA") RPT },
		{ SURVEY_DKIM_SEVERAL, HOST KEY("p=AAAA\", \"p=AAAB") RPT },
		{ SURVEY_DMARC_MISSING, HOST RPT },
		{ SURVEY_DMARC_SEVERAL, HOST DMARC("v=DMARC1; p=none\", \"v=DMARC1; p=none") RPT },
		{ SURVEY_DMARC_BROKEN, HOST DMARC("v=DMARC1; p=rejct") RPT },
		{ SURVEY_DMARC_WATCHING, HOST DMARC("v=DMARC1; p=none") RPT },
		{ SURVEY_DMARC_SUBDOMAINS, HOST DMARC("v=DMARC1; p=reject; sp=none") RPT },
		{ SURVEY_DMARC_PARTLY, HOST DMARC("v=DMARC1; p=reject; pct=50") RPT },
		{ SURVEY_DMARC_PARTLY, HOST DMARC("v=DMARC1; p=reject; t=y") RPT },
		{ SURVEY_DMARC_UNTOLD, HOST DMARC("v=DMARC1; p=reject") RPT },
		{ SURVEY_DMARC_REFUSED,
		  HOST DMARC("v=DMARC1; p=reject; rua=mailto:a@x.example!1m") RPT },
		{ SURVEY_STS_MISSING, HOST RPT },
		{ SURVEY_STS_BROKEN,
		  HOST "\"_mta-sts.ours.example\": {\"TXT\": [\"v=STSv1; id=a-1\"]}" },
		{ SURVEY_STS_NO_SERVER, HOST STS RPT },
		{ SURVEY_TLSRPT_MISSING, HOST PTR STSHOST TLSA "\"x.example\": {}" },
		{ SURVEY_TLSRPT_BROKEN,
		  HOST "\"_smtp._tls.ours.example\": {\"TXT\": [\"v=TLSRPTv1\"]}" },
		{ SURVEY_TLSA_MISSING, HOST RPT },
		{ SURVEY_TLSA_OTHER,
		  HOST "\"_25._tcp.mx.ours.example\": {\"TLSA\": [\"3 1 1 0000\"]}" },
		{ SURVEY_TLSA_UNSIGNED,
		  HOST "\"_25._tcp.mx.ours.example\": {\"TLSA\": [\"3 1 1 00ff\"]}" },
		{ SURVEY_SIGNED_NOT, HOST "\"ours.example\": {" MX "}" },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 26);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct survey s = surveyed(a, rows[i].zone);

		if (!has(&s, rows[i].code))
			fail_msg("row %zu: not found in\n%.*s", i,
				 STR_ARG(words(a, &s, CONF_LANG_EN)));
	}
}

/* Only a policy that is not there, or names none of our servers, is wrong. */
static void the_policy_that_is_served_is_judged(void **state)
{
#define POLICY(mode, mx) "version: STSv1\nmode: " mode "\nmx: " mx "\nmax_age: 604800\n"
	static struct {
		struct site site;
		enum survey_code code;
	} rows[] = {
		{ { POLICY("enforce", "mx.ours.example"), STSFETCH_OK }, SURVEY_STS_POLICY_OK },
		{ { POLICY("enforce", "*.ours.example"), STSFETCH_OK }, SURVEY_STS_POLICY_OK },
		{ { POLICY("enforce", "old.ours.example"), STSFETCH_OK },
		  SURVEY_STS_POLICY_MISSES },
		{ { POLICY("testing", "mx.ours.example"), STSFETCH_OK },
		  SURVEY_STS_POLICY_WATCHING },
		{ { "<html>", STSFETCH_OK }, SURVEY_STS_POLICY_BROKEN },
		{ { "", STSFETCH_E_WEBPKI }, SURVEY_STS_POLICY_BROKEN },
		{ { "", STSFETCH_E_FETCH }, SURVEY_STS_POLICY_UNREAD },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 26);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct survey s = surveyed_with(a, HOST STS STSHOST GOOD_OURS RPT, &rows[i].site);

		if (!has(&s, rows[i].code))
			fail_msg("row %zu: not found in\n%.*s", i,
				 STR_ARG(words(a, &s, CONF_LANG_EN)));
		s = surveyed_with(a, HOST STS GOOD_OURS RPT, &rows[i].site);
		assert_false(has(&s, rows[i].code)); /* without a server nobody is asked */
	}
}

/* A resolver in trouble must not be read as records that are missing. */
static void no_answer_is_never_missing(void **state)
{
	static const char *const names[] = { "ours.example",
					     "_dmarc.ours.example",
					     "_mta-sts.ours.example",
					     "_smtp._tls.ours.example",
					     "mx.ours.example",
					     "s1._domainkey.ours.example",
					     "_25._tcp.mx.ours.example" };
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
	struct strbuf zone = strbuf_make(a, 4096);
	struct survey s;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		strbuf_fmt(&zone, "%s\"%s\": {\"*\": \"%s\"}", i ? "," : "", names[i],
			   i % 2 ? "servfail" : "timeout");
	strbuf_char(&zone, '\0');
	s = surveyed(a, zone.p);
	assert_int_equal(survey_worst(&s), SURVEY_STATUS_UNKNOWN);
	for (size_t i = 0; i < s.findings.n; i++)
		assert_int_equal(s.findings.v[i].code, SURVEY_NO_ANSWER);
}

static void every_sentence_is_there_in_both_languages(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);

	(void)state;
	for (int code = 0; code < SURVEY_CODES; code++) {
		struct survey s = { 0 };
		str en, fr;

		*arena_push(a, &s.findings) =
			(struct survey_finding){ (enum survey_code)code, STR("D"), STR("N"),
						 STR("S"), STR("W") };
		en = words(a, &s, CONF_LANG_EN);
		fr = words(a, &s, CONF_LANG_FR);
		assert_false(str_eq(en, fr));
		assert_int_equal(str_chr(en, '{'), STR_NONE);
		assert_int_equal(str_chr(fr, '{'), STR_NONE);
		assert_true((str_find(en, STR("-> ")) == STR_NONE) ==
			    (survey_status_of((enum survey_code)code) == SURVEY_STATUS_OK));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_published_as_planned_is_all_right),
		cmocka_unit_test(each_mistake_is_named),
		cmocka_unit_test(the_policy_that_is_served_is_judged),
		cmocka_unit_test(no_answer_is_never_missing),
		cmocka_unit_test(every_sentence_is_there_in_both_languages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

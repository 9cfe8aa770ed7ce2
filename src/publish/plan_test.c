#include "publish/plantext.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct conf *configured(struct arena *a, const char *const *sets, size_t n)
{
	struct conf *c = conf_new_default(a);
	struct why why = { "" };

	for (size_t i = 0; i < n; i++)
		if (conf_set_assignment(c, str_c(sets[i]), &why) < 0)
			fail_msg("%s", why.text);
	return c;
}

static str zone_of(struct arena *a, const struct plan_input *in, enum conf_lang lang)
{
	struct strbuf out = strbuf_make(a, 1 << 20);
	struct plan p;

	plan_make(a, in, &p);
	plantext_zone(&out, in->conf, &p, lang);
	return strbuf_str(&out);
}

static void assert_line(str zone, const char *line)
{
	str one;

	while (str_split(&zone, '\n', &one)) {
		if (str_eq(one, str_c(line)))
			return;
	}
	fail_msg("no line %s", line);
}

static void every_record_of_a_configuration_is_a_line_of_a_zone(void **state)
{
	static const char *const sets[] = {
		"hostname=mx.hopital.example",
		"domains=hopital.example,mairie.example",
		"listen.smtp=198.51.100.20:25,8.8.8.8:25,10.0.0.1:25,[2620:fe::fe]:25",
		"reports.addresses=dmarc@hopital.example,rua@mairie.example",
		"out.senders=8.8.4.4,8.8.4.0/24,out.hopital.example,include:esp.example,2620:fe::9",
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
	struct plan_key key = { STR("hopital.example"), STR("s1"), STR("v=DKIM1; p=AAAA") };
	str tlsa = STR("3 1 1 00ff");
	struct plan_input in = { configured(a, sets, ARRAY_LEN(sets)), &key, 1, &tlsa, 1 };
	str zone = zone_of(a, &in, CONF_LANG_EN);

	(void)state;
	assert_line(zone, "mx.hopital.example. IN A 8.8.8.8");
	assert_line(zone, "mx.hopital.example. IN AAAA 2620:fe::fe");
	assert_line(zone, "8.8.8.8.in-addr.arpa. IN PTR mx.hopital.example.");
	assert_line(zone, "_25._tcp.mx.hopital.example. IN TLSA 3 1 1 00ff");
	assert_line(zone, "mx.hopital.example. IN TXT \"v=spf1 a -all\"");
	assert_line(zone, "mairie.example. IN MX 10 mx.hopital.example.");
	assert_line(zone, "hopital.example. IN TXT \"v=spf1 a:mx.hopital.example ip4:8.8.4.4 "
			  "ip4:8.8.4.0/24 a:out.hopital.example include:esp.example ip6:2620:fe::9 "
			  "-all\"");
	assert_line(zone, "s1._domainkey.hopital.example. IN TXT \"v=DKIM1; p=AAAA\"");
	assert_line(zone, "_dmarc.hopital.example. IN TXT \"v=DMARC1; p=none; "
			  "rua=mailto:dmarc@hopital.example,mailto:rua@mairie.example\"");
	assert_line(zone, "_smtp._tls.mairie.example. IN TXT \"v=TLSRPTv1; "
			  "rua=mailto:dmarc@hopital.example,mailto:rua@mairie.example\"");
	/* Nobody outside reaches these. */
	assert_int_equal(str_find(zone, STR("10.0.0.1")), STR_NONE);
	assert_int_equal(str_find(zone, STR("198.51.100.20")), STR_NONE);
}

static void long_texts_become_strings_that_a_zone_can_hold(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct strbuf value = strbuf_make(a, 1000), out = strbuf_make(a, 4000);
	struct plan_record r = { .type = DNS_TXT };
	str rest, one;
	size_t strings = 0;

	(void)state;
	for (int i = 0; i < 600; i++)
		strbuf_char(&value, 'a');
	strbuf_put(&value, STR("\"\\\x01"));
	r.value = strbuf_str(&value);
	plantext_value(&out, &r);
	assert_true(str_ends(strbuf_str(&out), STR("a\\\"\\\\\\001\"")));
	for (rest = strbuf_str(&out); str_split(&rest, ' ', &one); strings++)
		assert_true(one.n <= 255 + 2 + 8);
	assert_int_equal(strings, 3);
}

static void the_id_of_a_policy_changes_with_it_only(void **state)
{
	static const char *const one[] = { "hostname=a.example" };
	static const char *const two[] = { "hostname=b.example" };
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
	struct plan_input first = { .conf = configured(a, one, 1) };
	struct plan_input other = { .conf = configured(a, two, 1) };
	str ids[3];
	const struct plan_input *ins[] = { &first, &first, &other };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct plan p;

		plan_make(a, ins[i], &p);
		for (size_t k = 0; k < p.records.n; k++)
			if (p.records.v[k].purpose == PLAN_STS)
				ids[i] = p.records.v[k].value;
	}
	assert_true(str_eq(ids[0], ids[1]));
	assert_false(str_eq(ids[0], ids[2]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_record_of_a_configuration_is_a_line_of_a_zone),
		cmocka_unit_test(long_texts_become_strings_that_a_zone_can_hold),
		cmocka_unit_test(the_id_of_a_policy_changes_with_it_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

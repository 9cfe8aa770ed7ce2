#include "scan/dnslistevidence.h"

#include "dns/zonefile.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char rules_text[] =
	"thresholds: {tag: 6, quarantine: 10, reject: 15}\n"
	"dns_lists:\n"
	"  ip: {zone: ip.test, enabled: true, asks: [client], ipv6: true, blocked: [127.0.0.1]}\n"
	"  ip4: {zone: ip4.test, enabled: true, asks: [client, url_address]}\n"
	"  off: {zone: off.test, enabled: false, asks: [client]}\n"
	"  uri: {zone: uri.test, enabled: true, asks: [url_domain, from, helo, dkim]}\n"
	"  host: {zone: host.test, enabled: true, asks: [url_host]}\n"
	"  box: {zone: box.test, enabled: true, asks: [from_address, reply_to_address], hash: "
	"md5}\n";

struct world {
	struct arena *a;
	struct rules *rules;
	struct dns_resolver zone;
	struct dnslistevidence told;
	struct envelope env;
	struct facts facts;
	struct auth_results auth;
	struct evidence evidence;
	size_t batches, questions;
};

/* Counts what is asked. */
static void lookup(void *ctx, struct arena *a, const struct dns_question *q, size_t n, deadline d,
		   struct dns_answer *ret)
{
	struct world *w = ctx;

	w->batches++;
	w->questions += n;
	w->zone.lookup(w->zone.ctx, a, q, n, d, ret);
}

static struct world new_world(const char *zone)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct world w = { .a = a };
	struct zonefile *z;
	struct why why = { "" };

	if (rules_load_text(a, str_c(rules_text), STR_NULL, &w.rules, &why) < 0 ||
	    zonefile_parse(a, str_c(zone), &z, &why) < 0)
		fail_msg("%s", why.text);
	w.zone = zonefile_resolver(z);
	return w;
}

static void world_free(struct world *w)
{
	w->a = arena_free(w->a);
}

static void collect(struct world *w)
{
	const struct conf_strings own = { (str[]){ STR("ours.example") }, 1 };
	const struct dns_resolver dns = { lookup, w };

	dnslistevidence_collect(&w->told, w->a, w->rules, &own, &dns, &w->env, &w->facts, &w->auth,
				1000000, deadline_in(1000), &w->evidence);
}

static bool has(const struct world *w, const char *list, const char *asked)
{
	for (size_t i = 0; i < w->evidence.replies.n; i++) {
		const struct evidence_reply *r = &w->evidence.replies.v[i];

		if (str_eq(r->list->name, str_c(list)) && str_starts(r->asked, str_c(asked)))
			return true;
	}
	return false;
}

static void add_url(struct world *w, const char *host, const char *domain)
{
	*arena_push(w->a, &w->facts.urls) = (struct facts_url){
		.url = arena_fmt(w->a, "http://%s/", host),
		.host = arena_fmt(w->a, "%s", host),
		.domain = arena_fmt(w->a, "%s", domain),
	};
}

static void each_list_is_asked_what_it_is_for_in_one_batch(void **state)
{
	cleanup(world_free) struct world w = new_world(
		"{\"9.113.0.203.ip.test\": {\"A\": [\"127.0.0.2\", \"127.0.0.4\"]},"
		" \"9.113.0.203.off.test\": {\"A\": [\"127.0.0.2\"]},"
		" \"bad.example.uri.test\": {\"A\": [\"127.0.0.8\"]},"
		" \"signer.example.uri.test\": {\"A\": [\"127.0.0.2\"]},"
		" \"www.bad.example.host.test\": {\"A\": [\"127.0.0.2\"]},"
		" \"1.2.0.192.ip4.test\": {\"A\": [\"127.0.0.3\"]},"
		" \"ours.example.uri.test\": {\"A\": [\"127.0.0.2\"]},"
		" \"04b385482d5b07ad266919625fb890b9.box.test\": {\"A\": [\"127.0.0.2\"]},"
		" \"xn--hpital-ixa.example.uri.test\": {\"A\": [\"127.0.0.2\"]}}");
	struct dkim_result signatures[] = { { .result = AUTH_PASS,
					      .domain = STR("signer.example") },
					    { .result = AUTH_FAIL, .domain = STR("bad.example") } };

	(void)state;
	w.env = (struct envelope){ .client_ip = STR("203.0.113.9"),
				   .helo = STR("H\xc3\xb4pital.example") };
	w.auth.dkim = signatures;
	w.auth.n_dkim = 2;
	*arena_push(w.a, &w.facts.addresses) =
		(struct facts_address){ FACTS_FROM, STR(""), STR("Fraud"), STR("ours.example") };
	add_url(&w, "www.bad.example", "bad.example");
	add_url(&w, "192.0.2.1", "");
	collect(&w);
	assert_true(has(&w, "ip", "203.0.113.9"));
	assert_false(has(&w, "off", ""));
	assert_true(has(&w, "uri", "bad.example"));
	assert_true(has(&w, "uri", "signer.example"));
	assert_true(has(&w, "uri", "H\xc3\xb4pital"));
	assert_true(has(&w, "host", "www.bad.example"));
	assert_true(has(&w, "ip4", "192.0.2.1"));
	assert_false(has(&w, "uri", "ours.example"));
	assert_true(has(&w, "box", "Fraud@ours.example"));
	assert_int_equal(w.batches, 1);
}

static void what_is_no_listing_weighs_nothing(void **state)
{
	static const struct {
		const char *answer;
		size_t replies;
		bool refused;
	} cases[] = {
		{ "[\"127.0.0.2\"]", 1, false },      { "[\"127.0.0.1\"]", 1, true },
		{ "[\"127.255.255.254\"]", 1, true }, { "[\"198.51.100.1\"]", 0, false },
		{ "\"timeout\"", 0, false },	      { "\"servfail\"", 0, false },
		{ "\"nodata\"", 0, false },	      { "\"nxdomain\"", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char zone[200];

		snprintf(zone, sizeof(zone), "{\"9.113.0.203.ip.test\": {\"A\": %s}}",
			 cases[i].answer);
		cleanup(world_free) struct world w = new_world(zone);

		w.env.client_ip = STR("203.0.113.9");
		collect(&w);
		assert_int_equal(w.evidence.replies.n, cases[i].replies);
		if (cases[i].replies)
			assert_int_equal(w.evidence.replies.v[0].refused, cases[i].refused);
		assert_false(w.evidence.temporary);
	}
}

static void ipv6_is_asked_only_where_it_is_listed(void **state)
{
	cleanup(world_free) struct world w = new_world("{}");

	(void)state;
	w.env.client_ip = STR("2001:db8::9");
	collect(&w);
	assert_int_equal(w.questions, 1);
}

static void addresses_of_our_own_networks_are_told_nobody(void **state)
{
	static const char *const inside[] = { "10.1.2.3", "192.168.1.1", "127.0.0.1", "::1",
					      "fe80::1",  "fd00::1",	 "172.31.0.1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(inside); i++) {
		cleanup(world_free) struct world w = new_world("{}");

		w.env.client_ip = str_c(inside[i]);
		collect(&w);
		assert_int_equal(w.questions, 0);
	}
}

static void five_hundred_domains_stay_within_the_cap(void **state)
{
	cleanup(world_free) struct world w =
		new_world("{\"9.113.0.203.ip.test\": {\"A\": [\"127.0.0.2\"]}}");

	(void)state;
	w.env.client_ip = STR("203.0.113.9");
	for (int i = 0; i < 500; i++) {
		char host[40];

		snprintf(host, sizeof(host), "d%d.example", i);
		add_url(&w, host, host);
	}
	collect(&w);
	assert_int_equal(w.batches, 1);
	assert_int_equal(w.questions, DNSLISTEVIDENCE_MAX);
	assert_true(has(&w, "ip", "203.0.113.9"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_list_is_asked_what_it_is_for_in_one_batch),
		cmocka_unit_test(what_is_no_listing_weighs_nothing),
		cmocka_unit_test(ipv6_is_asked_only_where_it_is_listed),
		cmocka_unit_test(addresses_of_our_own_networks_are_told_nobody),
		cmocka_unit_test(five_hundred_domains_stay_within_the_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "relay/mxhosts.h"

#include "dns/zonefile.h"
#include "relay/hostaddr.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char zone[] =
	"{\"two.example\": {\"MX\": [[20, \"b.example\"], [10, \"a.example\"]], \"secure\": true},"
	" \"even.example\": {\"MX\": [[5, \"a.example\"], [5, \"b.example\"]]},"
	" \"null.example\": {\"MX\": [[0, \".\"]]},"
	" \"mixed.example\": {\"MX\": [[0, \".\"], [5, \"192.0.2.1\"], [9, \"a.example\"]]},"
	" \"address.example\": {\"MX\": [[5, \"192.0.2.1\"]]},"
	" \"plain.example\": {\"A\": [\"192.0.2.1\"]},"
	" \"alias.example\": {\"CNAME\": \"two.example\"},"
	" \"backup.example\": {\"MX\": [[10, \"a.example\"], [20, \"us.example\"], [20, "
	"\"b.example\"], [30, \"c.example\"]]},"
	" \"ours.example\": {\"MX\": [[10, \"US.example\"], [20, \"b.example\"]]},"
	" \"us.example\": {\"A\": [\"192.0.2.9\"]},"
	" \"slow.example\": {\"MX\": \"timeout\"}, \"bogus.example\": {\"*\": \"bogus\"},"
	" \"xn--hpital-ixa.example\": {\"MX\": [[1, \"a.example\"]]},"
	" \"a.example\": {\"A\": [\"192.0.2.1\", \"192.0.2.2\"], \"AAAA\": [\"2001:db8::1\"],"
	"                 \"secure\": true},"
	" \"half.example\": {\"A\": [\"192.0.2.1\"], \"AAAA\": \"servfail\"},"
	" \"sick.example\": {\"AAAA\": \"servfail\"},"
	" \"www.example\": {\"CNAME\": \"a.example\"}}";

struct world {
	struct arena *a;
	struct dns_resolver dns;
	struct mxhosts found;
	struct smtpreply reply;
};

static int setup(void **state)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct world *w = arena_make(a, struct world);
	struct zonefile *z;
	struct why why = { "" };

	if (zonefile_parse(a, str_c(zone), &z, &why) < 0)
		fail_msg("%s", why.text);
	w->a = a;
	w->dns = zonefile_resolver(z);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	arena_free(w->a);
	return 0;
}

static int find(struct world *w, const char *domain)
{
	return mxhosts_find(&w->dns, w->a, str_c(domain), STR("us.example"), deadline_in(1000),
			    &w->found, &w->reply);
}

static void assert_hosts(struct world *w, const char *domain, const char *want)
{
	struct strbuf b = strbuf_make(w->a, 1000);

	assert_int_equal(find(w, domain), MXHOSTS_OK);
	for (size_t i = 0; i < w->found.n; i++)
		strbuf_fmt(&b, "%s%.*s", i ? " " : "", STR_ARG(w->found.v[i]));
	if (!str_eq(strbuf_str(&b), str_c(want)))
		fail_msg("%s: %.*s, not %s", domain, STR_ARG(strbuf_str(&b)), want);
}

static void hosts_come_in_the_order_of_preference(void **state)
{
	struct world *w = *state;

	assert_hosts(w, "Two.Example", "a.example b.example");
	assert_true(w->found.secure);
	assert_hosts(w, "alias.example", "a.example b.example");
	assert_false(w->found.secure);
	assert_hosts(w, "mixed.example", "a.example");
	assert_hosts(w, "h\xc3\xb4pital.example", "a.example");
}

static void hosts_of_the_same_preference_take_turns(void **state)
{
	struct world *w = *state;
	size_t a_first = 0;

	for (int i = 0; i < 200; i++) {
		assert_int_equal(find(w, "even.example"), MXHOSTS_OK);
		assert_int_equal(w->found.n, 2);
		a_first += str_eq(w->found.v[0], STR("a.example"));
	}
	assert_true(a_first > 20 && a_first < 180);
}

static void a_domain_without_mx_receives_itself(void **state)
{
	struct world *w = *state;

	assert_hosts(w, "plain.example", "plain.example");
	assert_true(w->found.implicit);
	assert_hosts(w, "[192.0.2.7]", "192.0.2.7");
	assert_hosts(w, "[IPv6:2001:db8::7]", "2001:db8::7");
}

static void we_never_send_to_ourselves(void **state)
{
	struct world *w = *state;

	assert_hosts(w, "backup.example", "a.example");
	assert_int_equal(find(w, "ours.example"), MXHOSTS_E_NEVER);
	assert_int_equal(str_find(smtpreply_text(&w->reply), STR("554 5.4.6")), 0);
	assert_int_equal(find(w, "us.example"), MXHOSTS_E_NEVER);
}

static void what_can_never_be_delivered_is_told_from_what_cannot_be_now(void **state)
{
	static const struct {
		const char *domain;
		int outcome;
		const char *reply;
	} cases[] = {
		{ "null.example", MXHOSTS_E_NEVER, "556 5.1.10" },
		{ "address.example", MXHOSTS_E_NEVER, "550 5.4.4" },
		{ "nowhere.example", MXHOSTS_E_NEVER, "550 5.1.2" },
		{ "[nonsense]", MXHOSTS_E_NEVER, "550 5.1.2" },
		{ "\xff.example", MXHOSTS_E_NEVER, "550 5.1.2" },
		{ "slow.example", MXHOSTS_E_LATER, "451 4.4.3" },
		{ "bogus.example", MXHOSTS_E_LATER, "451 4.4.3" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(find(w, cases[i].domain), cases[i].outcome);
		if (!str_starts(smtpreply_text(&w->reply), str_c(cases[i].reply)))
			fail_msg("%s: %.*s", cases[i].domain, STR_ARG(smtpreply_text(&w->reply)));
	}
}

static int addresses(struct world *w, const char *host, struct hostaddr *ret)
{
	return hostaddr_find(&w->dns, w->a, str_c(host), deadline_in(1000), ret);
}

static void addresses_of_both_families_take_turns(void **state)
{
	struct world *w = *state;
	struct hostaddr h;

	assert_int_equal(addresses(w, "a.example", &h), HOSTADDR_OK);
	assert_int_equal(h.n, 3);
	assert_int_equal(h.v[0].n, IP_V6);
	assert_int_equal(h.v[1].n, IP_V4);
	assert_true(h.secure);
	assert_int_equal(addresses(w, "www.example", &h), HOSTADDR_OK);
	assert_true(str_eq(h.canonical, STR("a.example")));
	assert_false(h.secure);
	assert_int_equal(addresses(w, "half.example", &h), HOSTADDR_OK);
	assert_int_equal(h.n, 1);
	assert_int_equal(addresses(w, "sick.example", &h), HOSTADDR_E_LATER);
	assert_int_equal(addresses(w, "null.example", &h), HOSTADDR_E_NONE);
	assert_int_equal(addresses(w, "nowhere.example", &h), HOSTADDR_E_NONE);
	assert_int_equal(addresses(w, "localhost", &h), HOSTADDR_OK);
	assert_int_equal(addresses(w, "2001:db8::5", &h), HOSTADDR_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_come_in_the_order_of_preference),
		cmocka_unit_test(hosts_of_the_same_preference_take_turns),
		cmocka_unit_test(a_domain_without_mx_receives_itself),
		cmocka_unit_test(we_never_send_to_ourselves),
		cmocka_unit_test(what_can_never_be_delivered_is_told_from_what_cannot_be_now),
		cmocka_unit_test(addresses_of_both_families_take_turns),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

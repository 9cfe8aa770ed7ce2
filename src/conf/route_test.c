#include "conf/route.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct conf *configured(struct arena *a, const char *routes)
{
	struct conf *c = conf_new_default(a);
	struct why why;

	assert_int_equal(conf_set(c, STR("delivery.next_hop"), STR("smtp:Inside.example:25"), &why),
			 0);
	assert_int_equal(conf_set(c, STR("delivery.routes"), str_c(routes), &why), 0);
	return c;
}

static struct route_table made(struct arena *a, const char *routes)
{
	struct route_table t;
	struct why why = { "" };

	if (route_table_make(a, configured(a, routes), &t, &why) < 0)
		fail_msg("%s", why.text);
	return t;
}

static void assert_goes(struct arena *a, const struct route_table *t, const char *domain,
			const char *want)
{
	str got = route_destination(a, t, str_c(domain));

	if (!str_eq(got, str_c(want)))
		fail_msg("%s goes to %.*s, not to %s", domain, STR_ARG(got), want);
}

static void the_most_specific_row_holds(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct route_table t =
		made(a, "* mx, *.example.org smtp:wild:25, "
			"*.deep.example.org lmtp:unix:/run/lmtp, example.org maildir, "
			"*.mssante.fr reject, Exact.Deep.example.org smtp:[::1]:2525");

	(void)state;
	assert_goes(a, &t, "example.org", "maildir");
	assert_goes(a, &t, "EXAMPLE.ORG", "maildir");
	assert_goes(a, &t, "a.example.org", "smtp:wild:25");
	assert_goes(a, &t, "b.a.example.org", "smtp:wild:25");
	assert_goes(a, &t, "deep.example.org", "smtp:wild:25");
	assert_goes(a, &t, "x.deep.example.org", "lmtp:unix:/run/lmtp");
	assert_goes(a, &t, "exact.deep.example.org", "smtp:[::1]:2525");
	assert_goes(a, &t, "a.Mssante.fr", "reject");
	assert_goes(a, &t, "mssante.fr", "mx:mssante.fr");
	assert_goes(a, &t, "notexample.org", "mx:notexample.org");
	assert_goes(a, &t, "[192.0.2.1]", "mx:[192.0.2.1]");
	assert_goes(a, &t, "", "mx:hopital.example");
	assert_true(t.has_maildir);
}

static void what_no_row_matches_goes_to_the_next_hop(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct route_table none = made(a, ""), one = made(a, "example.org mx");

	(void)state;
	assert_goes(a, &none, "x.example", "smtp:Inside.example:25");
	assert_goes(a, &none, "", "smtp:Inside.example:25");
	assert_goes(a, &one, "x.example", "smtp:Inside.example:25");
	assert_goes(a, &one, "example.org", "mx:example.org");
	assert_false(none.has_maildir);
	assert_int_equal(route_find(&none, STR("x"))->tls, CONF_CLIENT_TLS_MAY);
}

static void options_make_the_destination_another_one(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct route_table t = made(a, "a smtp:h:25 tls=verify verify=Mail.example connections=3,"
				       "b smtp:h:25 connections=4, c mx tls=dane");
	const struct route *r = route_find(&t, STR("a"));

	(void)state;
	assert_goes(a, &t, "a", "smtp:h:25 tls=verify verify=mail.example");
	assert_goes(a, &t, "b", "smtp:h:25");
	assert_goes(a, &t, "c", "mx:c");
	assert_int_equal(r->tls, CONF_CLIENT_TLS_VERIFY);
	assert_int_equal(r->connections, 3);
	assert_true(str_eq(r->verify, STR("mail.example")));
	assert_int_equal(route_find(&t, STR("c"))->tls, CONF_CLIENT_TLS_DANE);
	assert_int_equal(route_find(&t, STR("c"))->connections, ROUTE_MX_CONNECTIONS);
}

static void a_bad_row_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *rows, *want;
	} bad[] = {
		{ "a mx, b", "row 2, word 1: found \"\", expected mx" },
		{ "exa_mple..org mx", "row 1, word 1: found \"exa_mple..org\", expected a domain" },
		{ "*x.org mx", "row 1, word 1" },
		{ "a smpt:h:25", "word 2: found \"smpt:h:25\"" },
		{ "a tcp:h:25", "word 2" },
		{ "a smtp:h", "word 2" },
		{ "a mx foo=1", "word 3: found \"foo=1\", expected tls=" },
		{ "a mx tls=maybe", "word 3: found \"tls=maybe\", expected tls=none" },
		{ "a smtp:192.0.2.1:25 tls=dane", "expected a next hop with a name" },
		{ "a lmtp:unix:/x tls=verify", "not on the network" },
		{ "a mx verify=x", "verify=NAME only" },
		{ "a mx connections=0", "connections=1 to 1000" },
		{ "a mx, A maildir", "row 2, word 1: found \"a\", expected each pattern once" },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct route_table t;
		struct why why = { "" };

		assert_true(route_table_make(a, configured(a, bad[i].rows), &t, &why) < 0);
		if (!strstr(why.text, bad[i].want))
			fail_msg("%s: %s", bad[i].rows, why.text);
	}
}

static void a_next_hop_whose_name_does_not_fit_is_refused(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct conf *c = configured(a, "");
	struct strbuf b = strbuf_make(a, 300);
	struct route_table t;
	struct why why;

	(void)state;
	strbuf_put(&b, STR("smtp:"));
	for (int i = 0; i < 126; i++)
		strbuf_put(&b, STR("a."));
	strbuf_put(&b, STR("a:65535"));
	assert_int_equal(conf_set(c, STR("delivery.next_hop"), strbuf_str(&b), &why), 0);
	assert_true(route_table_make(a, c, &t, &why) < 0);
	assert_non_null(strstr(why.text, "delivery.next_hop"));
}

static void in_role_mx_notifications_leave_by_their_own_way(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct conf *c = configured(a, "partner.example smtp:partner:25");
	struct route_table t;
	struct why why;

	(void)state;
	assert_int_equal(conf_set(c, STR("dsn.via"), STR("smtp:out.example:26"), &why), 0);
	assert_int_equal(route_table_make(a, c, &t, &why), 0);
	assert_goes(a, &t, "hopital.example", "smtp:Inside.example:25");
	assert_goes(a, &t, "", "smtp:Inside.example:25");
	assert_goes(a, &t, "example.org", "smtp:out.example:26");
	assert_goes(a, &t, "partner.example", "smtp:partner:25");
	c->role = CONF_ROLE_OUT;
	assert_int_equal(route_table_make(a, c, &t, &why), 0);
	assert_goes(a, &t, "example.org", "smtp:Inside.example:25");
}

/* Hostile domains: the longest, dots only, empty labels. */
static void any_domain_has_a_destination_within_its_limit(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct route_table t = made(a, "* mx");
	char dots[1000];

	(void)state;
	memset(dots, '.', sizeof(dots));
	for (size_t n = 0; n <= sizeof(dots); n += 50)
		assert_true(route_destination(a, &t, str_of(dots, n)).n <= ROUTE_DESTINATION_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_most_specific_row_holds),
		cmocka_unit_test(what_no_row_matches_goes_to_the_next_hop),
		cmocka_unit_test(options_make_the_destination_another_one),
		cmocka_unit_test(a_bad_row_is_refused_with_its_place),
		cmocka_unit_test(a_next_hop_whose_name_does_not_fit_is_refused),
		cmocka_unit_test(in_role_mx_notifications_leave_by_their_own_way),
		cmocka_unit_test(any_domain_has_a_destination_within_its_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

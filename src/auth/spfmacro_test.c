#include "auth/spfmacro.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static str no_name(void *ctx, str domain)
{
	(void)ctx, (void)domain;
	return STR("mx.example.org");
}

/* The example of RFC 7208 7.4, with a clock and a receiver. */
static struct spfmacro_env env_of(const char *ip)
{
	struct spfmacro_env env = {
		.local = STR("strong-bad"),
		.sender_domain = STR("email.example.com"),
		.domain = STR("email.example.com"),
		.helo = STR("helo.example.com"),
		.receiver = STR("mx.hopital.example"),
		.wall = 1800000000,
		.validated_name = no_name,
	};

	assert_true(ip_parse(str_c(ip), &env.ip));
	return env;
}

static void macros_expand_as_the_rfc_shows(void **state)
{
	static const struct {
		const char *ip, *in, *out;
	} cases[] = {
		{ "192.0.2.3", "%{s}", "strong-bad@email.example.com" },
		{ "192.0.2.3", "%{o}", "email.example.com" },
		{ "192.0.2.3", "%{d}", "email.example.com" },
		{ "192.0.2.3", "%{d4}", "email.example.com" },
		{ "192.0.2.3", "%{d2}", "example.com" },
		{ "192.0.2.3", "%{d1}", "com" },
		{ "192.0.2.3", "%{dr}", "com.example.email" },
		{ "192.0.2.3", "%{d2r}", "example.email" },
		{ "192.0.2.3", "%{l}", "strong-bad" },
		{ "192.0.2.3", "%{l-}", "strong.bad" },
		{ "192.0.2.3", "%{lr}", "strong-bad" },
		{ "192.0.2.3", "%{lr-}", "bad.strong" },
		{ "192.0.2.3", "%{l1r-}", "strong" },
		{ "192.0.2.3", "%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com" },
		{ "192.0.2.3", "%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com" },
		{ "192.0.2.3", "%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}",
		  "3.2.0.192.in-addr.strong.lp._spf.example.com" },
		{ "192.0.2.3", "%{d2}.trusted-domains.example.net",
		  "example.com.trusted-domains.example.net" },
		{ "2001:db8::cb01", "%{ir}.%{v}._spf.%{d2}",
		  "1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6._spf."
		  "example.com" },
		{ "2001:db8::cb01", "%{c}", "2001:db8::cb01" },
		{ "192.0.2.3", "%{p} %{h} %{r} %{t}",
		  "mx.example.org helo.example.com mx.hopital.example 1800000000" },
		{ "192.0.2.3", "%%%_%-", "% %20" },
		{ "192.0.2.3", "%{S}", "strong-bad%40email.example.com" },
		{ "192.0.2.3", "%{d999999999999}", "email.example.com" },
		{ "192.0.2.3", "", "" },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct spfmacro_env env = env_of(cases[i].ip);
		str out = STR_NULL;

		assert_true(spfmacro_string_valid(str_c(cases[i].in), true));
		assert_true(spfmacro_expand(a, &env, str_c(cases[i].in), 1000, &out));
		assert_true(str_eq(out, str_c(cases[i].out)));
	}
}

static void an_expansion_stops_at_its_maximum(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct spfmacro_env env = env_of("192.0.2.3");
	str out = STR("untouched");

	(void)state;
	assert_true(spfmacro_expand(a, &env, STR("%{d}"), 17, &out));
	out = STR("untouched");
	assert_false(spfmacro_expand(a, &env, STR("%{d}"), 16, &out));
	assert_true(str_eq(out, STR("untouched")));
}

static void explanations_may_hold_more_than_names(void **state)
{
	(void)state;
	assert_true(spfmacro_string_valid(STR("see %{c} %{r} %{t}"), true));
	assert_false(spfmacro_string_valid(STR("%{c}"), false));
	assert_false(spfmacro_string_valid(STR("a b"), false));
	assert_false(spfmacro_string_valid(STR("caf\xc3\xa9"), true));
	assert_false(spfmacro_string_valid(STR("a\r\nb"), true));
	assert_false(spfmacro_string_valid(STR("100%"), true));
	assert_false(spfmacro_domain_spec_valid(STR("")));
	assert_false(spfmacro_domain_spec_valid(STR("example")));
	assert_false(spfmacro_domain_spec_valid(STR("a.%{d}x")));
	assert_true(spfmacro_domain_spec_valid(STR("a.%{d}")));
	assert_true(spfmacro_domain_spec_valid(STR("%{d}.x-1")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(macros_expand_as_the_rfc_shows),
		cmocka_unit_test(an_expansion_stops_at_its_maximum),
		cmocka_unit_test(explanations_may_hold_more_than_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

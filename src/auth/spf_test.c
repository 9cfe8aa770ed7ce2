#include "auth/spf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static str exact_copy(str s)
{
	char *p = malloc(s.n ? s.n : 1);

	assert_non_null(p);
	memcpy(p, s.p, s.n);
	return str_of(p, s.n);
}

static void records_are_taken_or_refused_whole(void **state)
{
	static const struct {
		str record;
		const char *reason; /* NULL: valid */
	} cases[] = {
		{ STR("v=spf1"), NULL },
		{ STR("V=SPF1 -ALL "), NULL },
		{ STR("v=spf1  a   -all"), NULL },
		{ STR("v=spf1 a:example.org/24//64 mx/0 mx//128 ptr:example.org "
		      "exists:%{i}.x.example"),
		  NULL },
		{ STR("v=spf1 a:%{d}/24"), NULL },
		{ STR("v=spf1 a:foo/bar.example"), NULL },
		{ STR("v=spf1 a:example.org."), NULL },
		{ STR("v=spf1 ip4:192.0.2.1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ip6:::1"), NULL },
		{ STR("v=spf1 ip4:0.0.0.0/0 ip6:::/0"), NULL },
		{ STR("v=spf1 redirect=_spf.example.org exp=%{d}"), NULL },
		{ STR("v=spf1 unknown-modifier=%{d}anything x.y_z="), NULL },
		{ STR("v=spf10"), "not an SPF record" },
		{ STR("v=spf1\t-all"), "not an SPF record" },
		{ STR("v=spf1 -al"), "-al: unknown mechanism" },
		{ STR("v=spf1 \xe2\x80\x93"
		      "all"),
		  NULL },
		{ STR("v=spf1 all:example.org"), "all:example.org: takes no argument" },
		{ STR("v=spf1 include"), "include: domain missing" },
		{ STR("v=spf1 include:"), "include:: bad domain" },
		{ STR("v=spf1 include:example"), "include:example: bad domain" },
		{ STR("v=spf1 include:example.123"), "include:example.123: bad domain" },
		{ STR("v=spf1 include:example.-x"), "include:example.-x: bad domain" },
		{ STR("v=spf1 include:ex ample.org"), "include:ex: bad domain" },
		{ STR("v=spf1 include:example.org/24"), "include:example.org/24: bad domain" },
		{ STR("v=spf1 a:"), "a:: bad domain" },
		{ STR("v=spf1 a/"), "a/: unknown mechanism" },
		{ STR("v=spf1 a/33"), "a/33: bad IPv4 prefix length" },
		{ STR("v=spf1 a/024"), "a/024: bad IPv4 prefix length" },
		{ STR("v=spf1 a//129"), "a//129: bad IPv6 prefix length" },
		{ STR("v=spf1 a24"), "a24: unknown mechanism" },
		{ STR("v=spf1 ip4"), "ip4: address missing" },
		{ STR("v=spf1 ip4:192.0.2"), "ip4:192.0.2: bad address" },
		{ STR("v=spf1 ip4:192.0.2.1/33"), "ip4:192.0.2.1/33: bad prefix length" },
		{ STR("v=spf1 ip4:192.0.2.1//32"), "ip4:192.0.2.1//32: bad prefix length" },
		{ STR("v=spf1 ip4:2001:db8::"), "ip4:2001:db8::: bad address" },
		{ STR("v=spf1 ip6:192.0.2.1"), "ip6:192.0.2.1: bad address" },
		{ STR("v=spf1 ip4:192.0.2.1\0"), "ip4:192.0.2.1\\x00: bad address" },
		{ STR("v=spf1 -redirect=example.org"), "-redirect=example.org: unknown mechanism" },
		{ STR("v=spf1 exp=a.example exp=b.example"), "exp=b.example: stands there twice" },
		{ STR("v=spf1 redirect="), "redirect=: bad domain" },
		{ STR("v=spf1 exists:%{x}.example"), "exists:%{x}.example: bad domain" },
		{ STR("v=spf1 exists:%{c}.example"), "exists:%{c}.example: bad domain" },
		{ STR("v=spf1 exists:%{l0}.example"), "exists:%{l0}.example: bad domain" },
		{ STR("v=spf1 exists:%{l"), "exists:%{l: bad domain" },
		{ STR("v=spf1 exists:%a.example"), "exists:%a.example: bad domain" },
		{ STR("v=spf1 x=%"), "x=%: bad macro" },
		{ STR("v=spf1 a\r-all"), "a\\x0d-all: unknown mechanism" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		str in = exact_copy(cases[i].record), reason = STR("");
		struct spf_record record;
		int r = spf_parse(a, in, &record, &reason);

		if (str_find(in, STR("\xe2")) != STR_NONE) /* a dash of a word processor */
			assert_int_equal(r, SPF_E_SYNTAX);
		else if (!cases[i].reason)
			assert_int_equal(r, SPF_OK);
		else
			assert_true(r == SPF_E_SYNTAX && str_eq(reason, str_c(cases[i].reason)));
		free((void *)(uintptr_t)in.p);
	}
}

static void terms_keep_what_they_say(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct spf_record r;
	str reason;

	(void)state;
	assert_int_equal(
		spf_parse(a,
			  STR("v=spf1 ~a:%{d}/24//64 ?ip4:192.0.2.1/28 Include:b.example -all"
			      " redirect=c.example"),
			  &r, &reason),
		SPF_OK);
	assert_int_equal(r.n, 4);
	assert_int_equal(r.terms[0].mechanism, SPF_A);
	assert_int_equal(r.terms[0].qualifier, '~');
	assert_true(str_eq(r.terms[0].spec, STR("%{d}")));
	assert_int_equal(r.terms[0].prefix4, 24);
	assert_int_equal(r.terms[0].prefix6, 64);
	assert_int_equal(r.terms[1].qualifier, '?');
	assert_int_equal(r.terms[1].prefix4, 28);
	assert_int_equal(r.terms[2].mechanism, SPF_INCLUDE);
	assert_true(str_eq(r.terms[2].text, STR("Include:b.example")));
	assert_int_equal(r.terms[3].mechanism, SPF_ALL);
	assert_true(str_eq(r.redirect, STR("c.example")));
	assert_null(r.exp.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_taken_or_refused_whole),
		cmocka_unit_test(terms_keep_what_they_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

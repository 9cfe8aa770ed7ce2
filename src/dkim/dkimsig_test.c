#include "dkim/dkimsig.h"

#include "base/exact.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define START "v=1; a=rsa-sha256; d=a.example; s=s1; h=From:To; b=YWJj; "
#define HASH "bh=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=; "

static void what_breaks_the_grammar_is_named(void **state)
{
	static const struct {
		str in;
		const char *bad;
	} cases[] = {
		{ STR(START HASH), NULL },
		{ STR(START HASH "x_new=1; z=From:a|To:b"), NULL },
		{ STR(START HASH "l=0; t=1; x=2; q=dns/txt; c=relaxed/simple; i=@a.example"),
		  NULL },
		{ STR(START HASH "i=J=20 D@mail.A.example"), NULL },
		{ STR(START HASH "q=other:dns/txt"), NULL },
		{ STR(START HASH "l=99999999999999999999999999"), NULL },
		{ STR("v=1; a=new-hash; d=a.example; s=s1; h=From; b=YWJj; bh=YWJj"), NULL },
		{ STR(""), "an empty tag" },
		{ STR(START), "bh= is missing" },
		{ STR(HASH), "d= is missing" },
		{ STR("v=2; d=a.example; s=s1; b=YWJj"), "v= is no version we know" },
		{ STR("d=a; s=s1"), "d= is no domain" },
		{ STR("d=a_b.example; s=s1"), "d= is no domain" },
		{ STR("d=caf\xc3\xa9.example; s=\xc3\xa9t\xc3\xa9"), "b= is missing" },
		{ STR("d=a.example"), "s= is missing" },
		{ STR("d=a.example; s=a..b"), "s= is no selector" },
		{ STR("d=a.example; s=a b"), "s= is no selector" },
		{ STR("d=a.example; s=.b"), "s= is no selector" },
		{ STR("d=a.example; s=b."), "s= is no selector" },
		{ STR("d=a.example; s=s_1; b="), "b= is no base64 of a signature" },
		{ STR("d=a.example; s=s_1; b=YW!j"), "b= is no base64 of a signature" },
		{ STR(START "bh=YWJj"), "bh= is no hash of that algorithm" },
		{ STR(START HASH "c=simple/other"), "c= is no canonicalisation we know" },
		{ STR(START HASH "c=/simple"), "c= is no canonicalisation we know" },
		{ STR(START HASH "i=a.example"), "i= is no address" },
		{ STR(START HASH "i=x@"), "i= is no address" },
		{ STR(START HASH "i==0A@a.example"), "i= is no address" },
		{ STR(START HASH "i=@b.example"), "i= is not in the domain of d=" },
		{ STR(START HASH "i=@xa.example"), "i= is not in the domain of d=" },
		{ STR(START HASH "l=-1"), "l= is no number" },
		{ STR(START HASH "l="), "l= is no number" },
		{ STR(START HASH "t=1234567890123"), "t= is no time" },
		{ STR(START HASH "x=soon"), "x= is no time" },
		{ STR(START HASH "t=5; x=5"), "x= is not after t=" },
		{ STR(START HASH "q=http"), "q= has no query method we know" },
		{ STR("v=1; a=rsa-sha256; d=a.example; s=s1; h=From:; b=YWJj; " HASH),
		  "h= has an empty name" },
		{ STR("v=1; a=rsa-sha256; d=a.example; s=s1; h=Fr om; b=YWJj; " HASH),
		  "h= has a bad name" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct dkimsig s;
		const char *bad = dkimsig_parse(a, DKIMSIG_DKIM, in, &s);

		if (cases[i].bad) {
			assert_non_null(bad);
			assert_string_equal(bad, cases[i].bad);
		} else {
			assert_null(bad);
		}
	}
}

static void tags_become_members(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct dkimsig s;

	(void)state;
	assert_null(
		dkimsig_parse(a, DKIMSIG_DKIM,
			      STR(" v=1; a=RSA-sha256;\r\n d=A.Example; s=S1; h=to :\r\n"
				  " FROM; c=relaxed; l=7; t=5; x=9; i=j=40d@b.a.example; b=YW\r\n"
				  " Jj; " HASH),
			      &s));
	assert_false(s.no_version);
	assert_int_equal(s.algorithm, DKIMSIG_RSA_SHA256);
	assert_true(str_eq(s.domain, STR("a.example")) && str_eq(s.selector, STR("s1")));
	assert_true(str_eq(s.identity, STR("j@d@b.a.example")));
	assert_true(str_eq(s.signature, STR("abc")) && str_eq(s.signature_text, STR("YWJj")));
	assert_int_equal(s.body_hash.n, 32);
	assert_int_equal(s.header_canon, DKIMCANON_RELAXED);
	assert_int_equal(s.body_canon, DKIMCANON_SIMPLE);
	assert_true(s.signs_from && s.has_length && s.has_time && s.has_expiry);
	assert_true(s.length == 7 && s.time == 5 && s.expiry == 9);
}

/* What was read before the fault says whose signature it was. */
static void the_signer_of_a_bad_field_is_known(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct dkimsig s;

	(void)state;
	assert_non_null(dkimsig_parse(a, DKIMSIG_DKIM, STR("d=a.example; s=s1; a=x; v=8"), &s));
	assert_true(str_eq(s.domain, STR("a.example")) && str_eq(s.selector, STR("s1")));
	assert_non_null(dkimsig_parse(a, DKIMSIG_DKIM, STR("garbage"), &s));
	assert_true(s.domain.p && s.domain.n == 0);
}

static void fields_of_arc_have_an_instance(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct dkimsig s;

	(void)state;
	assert_null(dkimsig_parse(a, DKIMSIG_ARC_SEAL,
				  STR("i=50; a=rsa-sha256; cv=none; d=a.example; s=s1; b=YWJj"),
				  &s));
	assert_true(s.instance == 50 && str_eq(s.cv, STR("none")) && !s.no_version);
	assert_null(dkimsig_parse(a, DKIMSIG_ARC_MESSAGE, STR(START HASH "i=1"), &s));
	assert_int_equal(s.instance, 1);
	assert_string_equal(dkimsig_parse(a, DKIMSIG_ARC_MESSAGE, STR(START HASH "i=51"), &s),
			    "i= is no instance");
	assert_string_equal(dkimsig_parse(a, DKIMSIG_ARC_MESSAGE, STR(START HASH "i=0"), &s),
			    "i= is no instance");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_breaks_the_grammar_is_named),
		cmocka_unit_test(tags_become_members),
		cmocka_unit_test(the_signer_of_a_bad_field_is_known),
		cmocka_unit_test(fields_of_arc_have_an_instance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

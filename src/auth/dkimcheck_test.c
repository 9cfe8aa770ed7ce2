/* The messages of tests/dkim were signed by another program, with keys that were thrown away. */
#include "auth/dkimcheck.h"

#include "base/strbuf.h"
#include "dns/zonefile.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { SIGNED = 1780308000 };

static struct arena *zone_arena;
static struct dns_resolver dns;

static int open_zone(void **state)
{
	struct zonefile *z;
	struct why why;

	(void)state;
	zone_arena = arena_new("zone", 1 << 22);
	if (zonefile_load(zone_arena, TEST_DIR "/zones/dkim.json", &z, &why) < 0)
		return -1;
	dns = zonefile_resolver(z);
	return 0;
}

static int close_zone(void **state)
{
	(void)state;
	zone_arena = arena_free(zone_arena);
	return 0;
}

static str read_message(struct arena *a, const char *name)
{
	str path = arena_fmt(a, TEST_DIR "/dkim/%s.eml", name);
	FILE *f = fopen(arena_cz(a, path), "rb");
	char *p = arena_alloc(a, 1 << 16);
	size_t n;

	assert_non_null(f);
	n = fread(p, 1, 1 << 16, f);
	fclose(f);
	return str_of(p, n);
}

/* With the first occurrence of one text replaced by another. */
static str edit(struct arena *a, str message, str from, str to)
{
	struct strbuf b = strbuf_make(a, 1 << 17);
	size_t at = str_find(message, from);

	assert_true(at != STR_NONE);
	strbuf_put(&b, str_sub(message, 0, at));
	strbuf_put(&b, to);
	strbuf_put(&b, str_skip(message, at + from.n));
	return strbuf_str(&b);
}

static struct dkim_facts *facts_of(struct arena *a, str message, size_t *ret_n)
{
	return dkimhash_signatures(dkimhash_open(a, message), ret_n);
}

static struct dkim_result *check(struct arena *a, str message, bool legacy, size_t *ret_n)
{
	struct dkimcheck in = { .wall = SIGNED + 60, .legacy = legacy };
	struct dkim_facts *facts = facts_of(a, message, ret_n);

	return dkimcheck_run(a, &dns, &in, facts, *ret_n, deadline_in(10000));
}

static void each_key_has_its_result(void **state)
{
	static const struct {
		const char *file, *selector;
		enum auth_code code;
		const char *reason;
	} cases[] = {
		{ "simple", "s1", AUTH_PASS, "" },
		{ "relaxed", "ed", AUTH_PASS, "" },
		{ "relaxed", "bare", AUTH_PASS, "" },
		{ "limited", "s1", AUTH_PASS, "" },
		{ "keys", "revoked", AUTH_PERMERROR, "the key is revoked" },
		{ "keys", "testing", AUTH_PASS, "" },
		{ "keys", "strict", AUTH_PERMERROR, "the key wants i= in d= itself (t=s)" },
		{ "keys", "reports", AUTH_PERMERROR, "the key is not for mail (s=)" },
		{ "keys", "old", AUTH_PERMERROR, "the key's h= does not allow the hash of a=" },
		{ "keys", "weak", AUTH_POLICY, "the key is too short to be trusted (RFC 8301)" },
		{ "keys", "slow", AUTH_TEMPERROR, "the key could not be asked for" },
		{ "keys", "spf", AUTH_PASS, "" },
		{ "bad-keys", "long", AUTH_POLICY, "the key is longer than what is verified" },
		{ "bad-keys", "nowhere", AUTH_PERMERROR, "there is no key at that name" },
		{ "bad-keys", "broken", AUTH_PERMERROR,
		  "the key record is broken: p= is no base64 of a key" },
		{ "bad-keys", "other", AUTH_FAIL, "the signature does not verify" },
		{ "bad-keys", "words", AUTH_PERMERROR, "there is no key at that name" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
		size_t n, seen = 0;
		struct dkim_result *r = check(a, read_message(a, cases[i].file), false, &n);

		for (size_t k = 0; k < n; k++) {
			if (!str_eq(r[k].selector, str_c(cases[i].selector)))
				continue;
			seen++;
			assert_true(str_eq(r[k].reason, str_c(cases[i].reason)));
			assert_int_equal(r[k].result, cases[i].code);
			assert_true(str_eq(r[k].domain, STR("sender.example")));
			assert_true(r[k].trace.n > 0);
			assert_int_equal(r[k].testing, str_eq(r[k].selector, STR("testing")));
		}
		assert_int_equal(seen, 1);
	}
}

static void what_was_signed_may_not_change(void **state)
{
	static const struct {
		const char *file;
		str from, to;
		enum auth_code first;
		const char *reason;
	} cases[] = {
		{ "simple", STR("Bonjour"), STR("Bonsoir"), AUTH_FAIL,
		  "the body is not the one that was signed" },
		{ "simple", STR("  plan"), STR(" plan"), AUTH_FAIL,
		  "the signature does not verify" },
		{ "simple", STR("X-Note: one"), STR("X-Note: two"), AUTH_FAIL,
		  "the signature does not verify" },
		{ "simple", STR("To: Paul"), STR("To: Jean"), AUTH_PASS, "" },
		{ "simple", STR("From: Anne"), STR("From: Eve <e@x.example>\nFrom: Anne"),
		  AUTH_FAIL, "the signature does not verify" },
		{ "simple", STR("X-Note: one"), STR("X-Note: zero\nX-Note: one"), AUTH_FAIL,
		  "the signature does not verify" },
		{ "relaxed", STR("not changed.  "), STR("not  changed."), AUTH_PASS, "" },
		{ "relaxed", STR("Subject: The  plan\n of"), STR("SUBJECT:  The plan of"),
		  AUTH_PASS, "" },
		{ "relaxed", STR("From: Anne"), STR("From: Eve <e@x.example>\nFrom: Anne"),
		  AUTH_PASS, "" },
		{ "limited", STR("\n\n\n"), STR("\nmore\n"), AUTH_PASS, "" },
		{ "limited", STR("l=47"), STR("l=46"), AUTH_FAIL,
		  "the body is not the one that was signed" },
		{ "limited", STR("l=47"), STR("l=470"), AUTH_FAIL,
		  "the body is not the one that was signed" },
		{ "limited", STR("From: Anne"), STR("From: Eve <e@x.example>\nFrom: Anne"),
		  AUTH_FAIL, "the signature does not verify" },
		{ "limited", STR("Subject"), STR("List-Id: <l.example>\nSubject"), AUTH_FAIL,
		  "the signature does not verify" },
		{ "limited", STR("h=from : to"), STR("h=to"), AUTH_FAIL,
		  "the signature does not verify" },
		{ "limited", STR("date : from :"), STR("date :"), AUTH_FAIL,
		  "the signature does not verify" },
		{ "simple", STR("h=x-note : from"), STR("h=x-note"), AUTH_FAIL,
		  "the signature does not verify" },
		{ "simple", STR("v=1"), STR("v=2"), AUTH_NEUTRAL, "v= is no version we know" },
		{ "simple", STR("v=1; "), STR(""), AUTH_NEUTRAL, "v= is missing" },
		{ "simple", STR("rsa-sha256"), STR("rsa-sha512"), AUTH_NEUTRAL,
		  "a= is no algorithm we know" },
		{ "simple", STR("rsa-sha256"), STR("ed25519-sha256"), AUTH_PERMERROR,
		  "the key is not of the kind of a=" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
		str message = edit(a, read_message(a, cases[i].file), cases[i].from, cases[i].to);
		size_t n;
		struct dkim_result *r = check(a, message, false, &n);

		assert_true(n >= 1);
		if (!str_eq(r[0].reason, str_c(cases[i].reason)))
			print_error("case %zu: %.*s\n", i, STR_ARG(r[0].reason));
		assert_true(str_eq(r[0].reason, str_c(cases[i].reason)));
		assert_int_equal(r[0].result, cases[i].first);
	}
}

static void what_l_leaves_out_is_counted(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
	str message = edit(a, read_message(a, "limited"), STR("\n\n\n"), STR("\nmore\n"));
	size_t n;

	(void)state;
	assert_int_equal(check(a, read_message(a, "limited"), false, &n)[0].uncovered, 0);
	assert_int_equal(check(a, message, false, &n)[0].uncovered, 6);
}

/* Facts whose digest is right, with tags that the signer could have written. */
static void times_algorithms_and_fields_are_judged(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
	struct dkimcheck in = { .wall = SIGNED };
	size_t n;
	struct dkim_facts *good = facts_of(a, read_message(a, "simple"), &n), f;

	(void)state;
	f = *good;
	f.has_expiry = true;
	f.expiry = SIGNED - 1;
	assert_int_equal(dkimcheck_one(a, &dns, &in, &f, 0).result, AUTH_POLICY);
	f.expiry = SIGNED;
	assert_int_equal(dkimcheck_one(a, &dns, &in, &f, 0).result, AUTH_PASS);
	f = *good;
	f.time = SIGNED + DKIMCHECK_MAX_AHEAD + 1;
	assert_int_equal(dkimcheck_one(a, &dns, &in, &f, 0).result, AUTH_POLICY);
	f.time--;
	assert_int_equal(dkimcheck_one(a, &dns, &in, &f, 0).result, AUTH_PASS);
	f = *good;
	f.signs_from = false;
	assert_int_equal(dkimcheck_one(a, &dns, &in, &f, 0).result, AUTH_PERMERROR);
	assert_int_equal(dkimcheck_key_name(a, &in, &f).n, 0);
	f = *good;
	f.algorithm = DKIMSIG_RSA_SHA1;
	assert_int_equal(dkimcheck_one(a, &dns, &in, &f, 0).result, AUTH_PERMERROR);
	f = *good;
	f.body_matches = false;
	assert_int_equal(dkimcheck_one(a, &dns, &in, &f, 0).result, AUTH_FAIL);
	assert_true(str_eq(dkimcheck_key_name(a, &in, good), STR("s1._domainkey.sender.example")));
}

static void only_the_legacy_switch_takes_short_keys_and_drafts(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
	struct dkimcheck in = { .wall = SIGNED, .legacy = true };
	size_t n;
	struct dkim_facts *f = facts_of(a, read_message(a, "keys"), &n);

	(void)state;
	assert_true(str_eq(f[5].selector, STR("weak")));
	f[5].no_version = true;
	assert_int_equal(dkimcheck_one(a, &dns, &in, &f[5], 0).result, AUTH_PASS);
	in.legacy = false;
	assert_int_equal(dkimcheck_one(a, &dns, &in, &f[5], 0).result, AUTH_NEUTRAL);
}

static void names_are_asked_for_in_ascii(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
	struct dkimcheck in = { .wall = SIGNED };
	size_t n;
	struct dkim_facts f = *facts_of(a, read_message(a, "simple"), &n);

	(void)state;
	f.domain = STR("caf\xc3\xa9.example");
	f.selector = STR("\xc3\xa9t\xc3\xa9");
	assert_true(str_eq(dkimcheck_key_name(a, &in, &f),
			   STR("xn--t-9fab._domainkey.xn--caf-dma.example")));
	assert_true(str_eq(dkimcheck_one(a, &dns, &in, &f, 0).domain, STR("xn--caf-dma.example")));
}

/* A worker that may be taken over says anything: what is printed stays printable. */
static void steps_are_printable(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
	struct dkimcheck in = { .wall = SIGNED };
	size_t n;
	struct dkim_facts f = *facts_of(a, read_message(a, "simple"), &n);
	struct dkim_result r;

	(void)state;
	f.selector = STR("\x1b[2J\r\n");
	r = dkimcheck_one(a, &dns, &in, &f, 0);
	assert_int_equal(r.result, AUTH_NEUTRAL);
	f.problem = f.selector;
	r = dkimcheck_one(a, &dns, &in, &f, 0);
	assert_int_equal(r.result, AUTH_NEUTRAL);
	for (size_t i = 0; i < r.trace.n; i++)
		for (size_t k = 0; k < r.trace.v[i].n; k++)
			assert_true((unsigned char)r.trace.v[i].p[k] >= ' ');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_has_its_result),
		cmocka_unit_test(what_was_signed_may_not_change),
		cmocka_unit_test(what_l_leaves_out_is_counted),
		cmocka_unit_test(times_algorithms_and_fields_are_judged),
		cmocka_unit_test(only_the_legacy_switch_takes_short_keys_and_drafts),
		cmocka_unit_test(names_are_asked_for_in_ascii),
		cmocka_unit_test(steps_are_printable),
	};

	return cmocka_run_group_tests(tests, open_zone, close_zone);
}

/* Our own signatures and seals, verified by our own verifier, and broken on the way. */
#include "auth/arccheck.h"

#include "dns/zonefile.h"
#include "keys/keyring.h"
#include "keys/signmail.h"
#include "sys/keybundle.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MESSAGE                                                                                    \
	"From: Claire <claire@a.example>\r\nTo: b@b.example\r\nSubject: a  long\r\n subject\r\n"   \
	"\r\nBonjour,  \r\n\r\nune ligne.\r\n\r\n"
#define RESULTS "mx.a.example; spf=pass smtp.mailfrom=a.example"

enum { NOW = 1800000000 };

struct world {
	struct arena *a;
	struct conf *conf;
	struct keyring *ring;
	struct signer signer;
	struct dns_resolver dns;
	str zone;
};

static void add_key(struct world *w, struct strbuf *bundle, struct strbuf *zone, str selector,
		    enum signer_algorithm algorithm)
{
	struct keyfile *key;
	str pem;

	assert_int_equal(keyfile_make(w->a, algorithm, 2048, &pem, NULL), 0);
	assert_int_equal(keyfile_read(w->a, pem, &key, NULL), 0);
	keybundle_put(bundle,
		      &(struct keybundle_entry){ STR("a.example"), selector, STR("/k"), pem });
	strbuf_fmt(zone, "%s\"%.*s._domainkey.a.example\": {\"TXT\": [\"%.*s\"]}",
		   zone->n > 1 ? "," : "", STR_ARG(selector), STR_ARG(keyfile_record(key, w->a)));
	keyfile_close(key);
}

static int set_up(void **state)
{
	struct arena *a = arena_new("test", 256 << 20);
	struct world *w = arena_make(a, struct world);
	struct strbuf bundle = strbuf_make(a, KEYBUNDLE_MAX), zone = strbuf_make(a, 1 << 16);
	struct zonefile *z;

	w->a = a;
	w->conf = conf_new_default(a);
	strbuf_put(&zone, STR("{"));
	add_key(w, &bundle, &zone, STR("rsa"), SIGNER_RSA_SHA256);
	add_key(w, &bundle, &zone, STR("ed"), SIGNER_ED25519_SHA256);
	strbuf_put(&zone, STR("}"));
	assert_int_equal(
		conf_set(w->conf, STR("dkim.keys"), STR("a.example rsa /k,a.example ed /k"), NULL),
		0);
	w->conf->arc.seal = STR("a.example ed");
	assert_int_equal(keyring_new(strbuf_str(&bundle), &w->ring, NULL), 0);
	assert_int_equal(zonefile_parse(a, strbuf_str(&zone), &z, NULL), 0);
	w->signer = keyring_signer(w->ring);
	w->dns = zonefile_resolver(z);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	keyring_free(w->ring);
	arena_free(w->a);
	return 0;
}

static void look(struct world *w, str message, struct arcset_facts *facts, struct arc_result *r)
{
	const struct dkimcheck in = { .wall = NOW };

	arcset_find(w->a, dkimhash_open(w->a, message), true, facts);
	arccheck_run(w->a, &w->dns, &in, facts, deadline_in(5000), r);
}

static enum auth_code result_of(struct world *w, str message)
{
	struct arcset_facts facts;
	struct arc_result r;

	look(w, message, &facts, &r);
	return r.result;
}

/* The message with one more set by what was found before; the same when there is to be none. */
static str seal_as(struct world *w, str message, const struct arcset_facts *facts,
		   const struct arc_result *r)
{
	struct signmail_seal s = { .chain = facts->chain, .results = STR(RESULTS) };
	struct dkimsign_material material;
	str fields;

	if (!arccheck_next(facts, r, &s.instance, &s.cv))
		return message;
	assert_null(dkimsign_collect(w->a, dkimhash_open(w->a, message), DKIMSIG_ARC_MESSAGE,
				     &material));
	assert_int_equal(
		signmail_seal(w->a, w->conf, &w->signer, &s, &material, NOW, &fields, NULL), 0);
	return arena_fmt(w->a, "%.*s%.*s", STR_ARG(fields), STR_ARG(message));
}

static str seal(struct world *w, str message)
{
	struct arcset_facts facts;
	struct arc_result r;

	look(w, message, &facts, &r);
	return seal_as(w, message, &facts, &r);
}

static str replace(struct world *w, str in, str what, str with)
{
	size_t at = str_find(in, what);

	assert_true(at != STR_NONE);
	return arena_fmt(w->a, "%.*s%.*s%.*s", STR_ARG(str_sub(in, 0, at)), STR_ARG(with),
			 STR_ARG(str_skip(in, at + what.n)));
}

static void a_sealed_chain_passes_and_goes_on(void **state)
{
	struct world *w = *state;
	str domains[] = { STR("x.example"), STR("A.example") };
	struct arcset_facts facts;
	struct arc_result r;
	str m = STR(MESSAGE);

	assert_int_equal(result_of(w, m), AUTH_NONE);
	for (int i = 0; i < 3; i++)
		m = seal(w, m);
	look(w, m, &facts, &r);
	assert_int_equal(r.result, AUTH_PASS);
	assert_int_equal(r.n, 3);
	assert_int_equal(r.oldest_pass, 0);
	assert_true(str_eq(r.sets[0].cv, STR("none")) && str_eq(r.sets[2].cv, STR("pass")));
	assert_true(str_eq(r.sets[1].results, STR(RESULTS)));
	assert_true(arccheck_is_trusted(&r, domains, 2));
	assert_false(arccheck_is_trusted(&r, domains, 1));
	/* Anybody may have added to what it sealed. */
	facts.sets[2].message.uncovered = 1;
	arccheck_run(w->a, &w->dns, &(struct dkimcheck){ .wall = NOW }, &facts, deadline_in(10000),
		     &r);
	assert_false(arccheck_is_trusted(&r, domains, 2));
}

/* A list verifies, changes the text, and seals: the chain is whole, and how far back the
 * signatures hold is known. */
static void a_message_that_was_changed_between_seals_still_passes(void **state)
{
	struct world *w = *state;
	str before = seal(w, STR(MESSAGE)), after;
	struct arcset_facts facts;
	struct arc_result r;

	after = replace(w, before, STR("une ligne"), STR("deux lignes"));
	assert_int_equal(result_of(w, after), AUTH_FAIL);
	look(w, before, &facts, &r);
	after = seal_as(w, after, &facts, &r);
	look(w, after, &facts, &r);
	assert_int_equal(r.result, AUTH_PASS);
	assert_int_equal(r.oldest_pass, 2);
	assert_int_equal(r.sets[0].message, AUTH_FAIL);
}

static void what_is_touched_fails(void **state)
{
	static const struct {
		str what, with;
	} touches[] = {
		{ STR("ligne"), STR("ligne?") },
		{ STR("<claire@"), STR("<clara@") },
		{ STR("spf=pass"), STR("spf=fail") },
		{ STR("cv=pass"), STR("cv=none") },
		{ STR("ARC-Authentication-Results: i=1"), STR("X-Gone: i=1") },
		{ STR("ARC-Authentication-Results: i=1"), STR("ARC-Authentication-Results: i=3") },
		{ STR("ARC-Seal: a="), STR("ARC-Seal: h=from; a=") },
		{ STR("Subject:"), STR("ARC-Seal: i=2; cv=pass\r\nSubject:") },
		{ STR("Subject:"), STR("ARC-Authentication-Results: x\r\nSubject:") },
	};
	struct world *w = *state;
	str m = seal(w, seal(w, STR(MESSAGE)));

	assert_int_equal(result_of(w, m), AUTH_PASS);
	for (size_t i = 0; i < ARRAY_LEN(touches); i++)
		assert_int_equal(result_of(w, replace(w, m, touches[i].what, touches[i].with)),
				 AUTH_FAIL);
}

/* RFC 8617 5.1.2 and step 2 of 5.1: one seal says that it failed, and none comes after it. */
static void a_failed_chain_is_marked_once(void **state)
{
	struct world *w = *state;
	str broken = replace(w, seal(w, STR(MESSAGE)), STR("ligne"), STR("page")), marked;
	struct arcset_facts facts;
	struct arc_result r;

	marked = seal(w, broken);
	assert_true(str_find(marked, STR("cv=fail")) != STR_NONE);
	look(w, marked, &facts, &r);
	assert_int_equal(r.result, AUTH_FAIL);
	assert_true(facts.sealed_fail);
	assert_true(str_eq(seal(w, marked), marked));
}

static void a_dns_that_fails_decides_nothing(void **state)
{
	struct world *w = *state;
	struct zonefile *z;
	str m = seal(w, seal(w, STR(MESSAGE)));
	struct arcset_facts facts;
	struct arc_result r;

	assert_int_equal(zonefile_parse(w->a,
					STR("{\"ed._domainkey.a.example\": {\"*\": \"servfail\"}}"),
					&z, NULL),
			 0);
	w->dns = zonefile_resolver(z);
	look(w, m, &facts, &r);
	assert_int_equal(r.result, AUTH_TEMPERROR);
	assert_true(str_eq(seal(w, m), m));
}

static void fifty_sets_pass_and_none_is_added(void **state)
{
	struct world *w = *state;
	struct arcset_facts facts;
	struct arc_result r;
	str m = STR(MESSAGE);

	for (int i = 0; i < ARCSET_MAX; i++)
		m = seal(w, m);
	look(w, m, &facts, &r);
	assert_int_equal(r.result, AUTH_PASS);
	assert_int_equal(r.n, ARCSET_MAX);
	assert_int_equal(r.oldest_pass, ARCSET_MAX - ARCSET_MAX_MESSAGES + 1);
	assert_true(str_eq(seal(w, m), m));
}

static void both_keys_sign_and_verify(void **state)
{
	static const struct {
		const char *on_top;
		enum auth_code result;
	} cases[] = {
		{ "", AUTH_PASS },
		{ "Received: from x\r\nX-Other: y\r\n", AUTH_PASS },
		{ "List-Id: <l.b.example>\r\nSender: l@b.example\r\n", AUTH_PASS },
		{ "From: other@evil.example\r\n", AUTH_FAIL },
		{ "Subject: other\r\n", AUTH_FAIL },
		{ "Content-Type: text/html\r\n", AUTH_FAIL },
		{ "Reply-To: other@evil.example\r\n", AUTH_FAIL },
	};
	const struct dkimcheck in = { .wall = NOW };
	struct world *w = *state;
	str fields;

	assert_int_equal(signmail_own(w->a, w->conf, &w->signer, STR("a.example"), STR(MESSAGE),
				      NOW, &fields, NULL),
			 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str m = arena_fmt(w->a, "%s%.*s%s", cases[i].on_top, STR_ARG(fields), MESSAGE);
		struct dkim_result *r;
		struct dkim_facts *f;
		size_t n;

		f = dkimhash_signatures(dkimhash_open(w->a, m), &n);
		assert_int_equal(n, 2);
		r = dkimcheck_run(w->a, &w->dns, &in, f, n, deadline_in(5000));
		for (size_t k = 0; k < n; k++)
			assert_int_equal(r[k].result, cases[i].result);
	}
	assert_int_equal(signmail_own(w->a, w->conf, &w->signer, STR("b.example"), STR(MESSAGE),
				      NOW, &fields, NULL),
			 0);
	assert_int_equal(fields.n, 0);
}

static void a_header_nobody_writes_is_not_signed(void **state)
{
	struct world *w = *state;
	struct strbuf b = strbuf_make(w->a, 1 << 20);
	struct dkimsign_material material;

	for (int i = 0; i < DKIMSIGN_MAX_NAMES; i++)
		strbuf_put(&b, STR("To: x@y.example\r\n"));
	strbuf_put(&b, STR(MESSAGE));
	assert_non_null(dkimsign_collect(w->a, dkimhash_open(w->a, strbuf_str(&b)), DKIMSIG_DKIM,
					 &material));
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_sealed_chain_passes_and_goes_on),
		T(a_message_that_was_changed_between_seals_still_passes),
		T(what_is_touched_fails),
		T(a_failed_chain_is_marked_once),
		T(a_dns_that_fails_decides_nothing),
		T(fifty_sets_pass_and_none_is_added),
		T(both_keys_sign_and_verify),
		T(a_header_nobody_writes_is_not_signed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

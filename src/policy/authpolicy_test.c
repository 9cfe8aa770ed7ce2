/* The shipped rules on what authentication finds: what is refused, held, put off or delivered. */
#include "policy/verdict.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct world {
	struct arena *arena;
	struct rules *rules;
	struct conf *conf;
	str client;
};

static struct world new_world(void)
{
	struct world w = { .arena = arena_new("test", 256 << 20), .client = STR("203.0.113.66") };
	struct why why = { "" };

	w.conf = conf_new_default(w.arena);
	assert_int_equal(conf_set(w.conf, STR("domains"), STR("ours.example"), &why), 0);
	if (rules_load(w.arena,
		       &(struct rules_dirs){ .rules = POTERNE_SOURCE "/rules",
					     .lists = POTERNE_SOURCE "/lists",
					     .site_lists = TEST_DIR "/coverage/lists" },
		       &w.rules, &why) < 0)
		fail_msg("%s", why.text);
	return w;
}

static struct verdict judged(struct world *w, const char *findings, const char *path,
			     const char *author)
{
	struct verdict_options options = verdict_options_of(w->conf, NULL, 1);
	struct envelope env = { .client_ip = w->client,
				.reverse_path = str_c(path),
				.has_reverse_path = true };
	struct facts facts = { 0 };
	struct evidence e = { 0 };
	struct verdict v;
	str rest = str_c(findings), one;

	*arena_push(w->arena, &facts.addresses) =
		(struct facts_address){ FACTS_FROM, STR(""), STR("x"), str_c(author) };
	while (str_split(&rest, ' ', &one))
		evidence_add(w->arena, &e, arena_str(w->arena, one), STR(""));
	verdict_judge(w->arena, w->rules, &options, &env, &facts, &e, &v);
	return v;
}

static bool has(const struct verdict *v, const char *name)
{
	for (size_t i = 0; i < v->symbols.n; i++) {
		if (str_eq(v->symbols.v[i].rule->name, str_c(name)))
			return true;
	}
	return false;
}

static void authentication_decides_as_it_should(void **state)
{
	static const struct {
		const char *findings;
		enum action action;
		const char *symbol;
	} rows[] = {
		/* DMARC: as its domain asks, unless somebody vouches. */
		{ "DMARC_PASS SPF_PASS DKIM_NONE", ACTION_ACCEPT, "DMARC_POLICY_ALLOW" },
		{ "DMARC_FAIL_REJECT SPF_PASS", ACTION_REJECT, "DMARC_REJECTED" },
		{ "DMARC_FAIL_QUARANTINE SPF_PASS", ACTION_QUARANTINE, "DMARC_HELD" },
		{ "DMARC_FAIL_NONE SPF_PASS", ACTION_ACCEPT, "DMARC_POLICY_SOFTFAIL" },
		{ "DMARC_FAIL_REJECT SPF_PASS ARC_PASS ARC_TRUSTED ARC_VOUCHED", ACTION_ACCEPT,
		  "ARC_ALLOW" },
		{ "DMARC_FAIL_REJECT SPF_PASS ARC_PASS", ACTION_REJECT, "ARC_ALLOW" },
		{ "DMARC_FAIL_REJECT SPF_PASS ARC_PASS ARC_TRUSTED", ACTION_REJECT, "ARC_TRUSTED" },
		{ "DMARC_TEMPERROR SPF_NONE", ACTION_ACCEPT, "DMARC_DNSFAIL" },
		{ "DMARC_BAD_RECORD SPF_NONE", ACTION_ACCEPT, "DMARC_BAD_POLICY" },
		/* SPF fail needs a valid signature of the author or somebody who vouches. */
		{ "SPF_FAIL DKIM_NONE", ACTION_REJECT, "SPF_FAIL_NO_DKIM" },
		{ "SPF_FAIL DKIM_FAIL", ACTION_REJECT, "SPF_FAIL_NO_DKIM" },
		{ "SPF_FAIL DKIM_PASS", ACTION_REJECT, "SPF_FAIL_NO_DKIM" },
		{ "SPF_FAIL DKIM_PASS DKIM_ALIGNED DMARC_PASS_WITH_FAILURES", ACTION_ACCEPT,
		  "SPF_FAIL_SURVIVED" },
		{ "SPF_FAIL DKIM_FAIL ARC_PASS ARC_TRUSTED ARC_VOUCHED", ACTION_ACCEPT,
		  "SPF_FAIL_SURVIVED" },
		{ "SPF_FAIL SPF_EXCEPTED DKIM_NONE", ACTION_ACCEPT, "SPF_EXCEPTED" },
		/* What cannot be checked now is put off, never refused. */
		{ "SPF_PASS AV_ENCRYPTED", ACTION_QUARANTINE, "AV_ENCRYPTED" },
		{ "SPF_FAIL DKIM_TEMPERROR", ACTION_DEFER, "SPF_FAIL_OPEN" },
		{ "SPF_FAIL DKIM_NONE ARC_TEMPERROR", ACTION_DEFER, "SPF_FAIL_OPEN" },
		{ "SPF_TEMPERROR DKIM_NONE DMARC_TEMPERROR", ACTION_ACCEPT, "R_SPF_DNSFAIL" },
		{ "SPF_SOFTFAIL DKIM_NONE", ACTION_ACCEPT, "R_SPF_SOFTFAIL" },
		{ "SPF_SOFTFAIL DKIM_FAIL DMARC_FAIL_NONE", ACTION_QUARANTINE, "R_DKIM_REJECT" },
		{ "SPF_NONE DKIM_TEMPERROR DMARC_TEMPERROR DMARC_UNDECIDED", ACTION_DEFER,
		  "DMARC_OPEN" },
		{ "SPF_NONE ARC_VOUCHED DMARC_TEMPERROR DMARC_UNDECIDED", ACTION_ACCEPT,
		  "DMARC_DNSFAIL" },
		{ "SPF_PERMERROR DKIM_NONE", ACTION_ACCEPT, "R_SPF_PERMFAIL" },
		{ "SPF_NONE DKIM_NONE DMARC_NONE ARC_NONE", ACTION_ACCEPT, "AUTH_NA" },
		{ "SPF_PASS DKIM_FAIL", ACTION_ACCEPT, "R_DKIM_REJECT" },
		{ "SPF_PASS DKIM_FAIL DMARC_PASS_WITH_FAILURES", ACTION_ACCEPT,
		  "DKIM_FAIL_SURVIVED" },
		{ "SPF_PASS SENDER_DOMAIN_UNKNOWN", ACTION_REJECT, "SENDER_DOMAIN_UNKNOWN" },
		{ "SPF_PASS MX_MISSING", ACTION_ACCEPT, "MX_MISSING" },
	};
	struct world w = new_world();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct verdict v = judged(&w, rows[i].findings, "x@a.example", "a.example");

		if (v.action != rows[i].action || !has(&v, rows[i].symbol))
			fail_msg("%s: %s", rows[i].findings, action_name(v.action));
	}
	arena_free(w.arena);
}

static void our_own_domain_is_refused_unless_confirmed(void **state)
{
	static const struct {
		const char *findings, *path, *author;
		enum action action;
	} rows[] = {
		/* Even when none of our records could say so. */
		{ "SPF_NONE DKIM_NONE DMARC_NONE", "x@ours.example", "ours.example",
		  ACTION_REJECT },
		{ "SPF_PASS DKIM_NONE DMARC_NONE", "x@a.example", "ours.example", ACTION_REJECT },
		{ "SPF_NONE DKIM_NONE DMARC_NONE", "x@ours.example", "a.example", ACTION_REJECT },
		{ "SPF_NONE DKIM_NONE DMARC_NONE", "", "ours.example", ACTION_REJECT },
		{ "SPF_NONE DKIM_PASS DKIM_ALIGNED DMARC_PASS", "x@ours.example", "a.example",
		  ACTION_REJECT },
		{ "SPF_PASS DKIM_NONE", "x@ours.example", "ours.example", ACTION_ACCEPT },
		{ "SPF_PASS DKIM_PASS DKIM_ALIGNED", "x@a.example", "ours.example", ACTION_ACCEPT },
		{ "SPF_NONE ARC_PASS ARC_TRUSTED ARC_VOUCHED", "x@a.example", "ours.example",
		  ACTION_ACCEPT },
		{ "SPF_TEMPERROR DKIM_NONE", "x@ours.example", "ours.example", ACTION_DEFER },
		{ "SPF_NONE DKIM_TEMPERROR", "x@ours.example", "ours.example", ACTION_DEFER },
		/* By a signature to which anybody may add. */
		{ "SPF_NONE DKIM_PASS DKIM_UNCOVERED DMARC_PASS", "x@a.example", "ours.example",
		  ACTION_REJECT },
		/* Below our domain. */
		{ "SPF_PASS DKIM_NONE DMARC_NONE", "x@a.example", "rh.ours.example", ACTION_TAG },
		{ "SPF_PASS DKIM_NONE DMARC_NONE", "x@rh.ours.example", "rh.ours.example",
		  ACTION_ACCEPT },
		{ "SPF_PASS DKIM_PASS DKIM_ALIGNED", "x@a.example", "rh.ours.example",
		  ACTION_ACCEPT },
		{ "SPF_PASS DKIM_NONE DMARC_NONE", "x@a.example", "xours.example", ACTION_ACCEPT },
	};
	struct world w = new_world();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct verdict v = judged(&w, rows[i].findings, rows[i].path, rows[i].author);

		if (v.action != rows[i].action)
			fail_msg("row %zu: %s", i, action_name(v.action));
	}
	arena_free(w.arena);
}

/* Naming us as envelope sender does not lend our exception to another author, nor the reverse. */
static void declared_clients_excuse_our_records_only(void **state)
{
	static const struct {
		const char *findings, *path, *author;
		enum action action;
	} rows[] = {
		{ "SPF_FAIL DKIM_NONE DMARC_FAIL_REJECT", "x@ours.example", "ours.example",
		  ACTION_ACCEPT },
		{ "SPF_NONE DKIM_NONE DMARC_FAIL_REJECT", "x@ours.example", "bank.example",
		  ACTION_REJECT },
		{ "SPF_FAIL DKIM_NONE DMARC_NONE", "x@bank.example", "ours.example",
		  ACTION_REJECT },
	};
	struct world w = new_world();

	(void)state;
	w.client = STR("192.0.2.80");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct verdict v = judged(&w, rows[i].findings, rows[i].path, rows[i].author);

		if (v.action != rows[i].action)
			fail_msg("row %zu: %s", i, action_name(v.action));
	}
	arena_free(w.arena);
}

static void what_leaves_is_no_forgery(void **state)
{
	struct world w = new_world();
	struct why why = { "" };
	struct verdict v;

	(void)state;
	assert_int_equal(conf_set(w.conf, STR("role"), STR("out"), &why), 0);
	v = judged(&w, "AV_CLEAN", "x@ours.example", "ours.example");
	assert_int_equal(v.action, ACTION_ACCEPT);
	arena_free(w.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(authentication_decides_as_it_should),
		cmocka_unit_test(our_own_domain_is_refused_unless_confirmed),
		cmocka_unit_test(declared_clients_excuse_our_records_only),
		cmocka_unit_test(what_leaves_is_no_forgery),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Composites, lists and forced actions as sites of Rspamd write them, in an overlay over the
 * shipped rules (tests/coverage/reference): each can be said, and fires. */
#include "policy/verdict.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct world {
	struct arena *arena;
	struct rules *rules;
	struct conf *conf;
};

static struct world new_world(void)
{
	struct world w = { .arena = arena_new("test", 256 << 20) };
	struct why why = { "" };

	w.conf = conf_new_default(w.arena);
	assert_int_equal(conf_set(w.conf, STR("domains"), STR("ours.example"), &why), 0);
	if (rules_load(w.arena,
		       &(struct rules_dirs){ .rules = POTERNE_SOURCE "/rules",
					     .overlay = TEST_DIR "/coverage/reference",
					     .lists = POTERNE_SOURCE "/lists",
					     .site_lists = TEST_DIR "/coverage/lists" },
		       &w.rules, &why) < 0)
		fail_msg("%s", why.text);
	return w;
}

struct arrival {
	const char *seen; /* findings, and "+NAME" for rules with patterns that matched */
	const char *client, *path;
};

static void add(struct world *w, struct facts *f, struct evidence *e, str name)
{
	const struct rules_symbol *s;

	if (name.p[0] != '+') {
		evidence_add(w->arena, e, arena_str(w->arena, name), STR(""));
		return;
	}
	s = rules_find(w->rules, str_skip(name, 1));
	if (!s)
		fail_msg("no rule %.*s", STR_ARG(name));
	*arena_push(w->arena, &f->hits) = (struct facts_hit){ s->index, STR(""), 0 };
}

static struct verdict judged(struct world *w, const struct arrival *m)
{
	struct verdict_options options = verdict_options_of(w->conf, NULL, 1);
	str recipient = STR("jeanne@ours.example");
	struct envelope env = { .client_ip = str_c(m->client),
				.reverse_path = str_c(m->path),
				.has_reverse_path = true,
				.recipients = &recipient,
				.n_recipients = 1 };
	struct facts f = { .language = STR("de") };
	struct evidence e = { .client_asn = STR("AS64500") };
	struct verdict v;
	str rest = str_c(m->seen), one;

	*arena_push(w->arena, &f.addresses) =
		(struct facts_address){ FACTS_FROM, STR(""), STR("x"), STR("listed.top") };
	*arena_push(w->arena, &f.urls) = (struct facts_url){ .url = STR("https://listed.example/a"),
							     .host = STR("listed.example") };
	*arena_push(w->arena, &f.parts) = (struct facts_part){ .path = STR("1"),
							       .sha256 = { [31] = 1 },
							       .filename = STR("") };
	while (str_split(&rest, ' ', &one))
		add(w, &f, &e, one);
	verdict_judge(w->arena, w->rules, &options, &env, &f, &e, &v);
	return v;
}

static const struct verdict_symbol *symbol_of(const struct verdict *v, str name)
{
	for (size_t i = 0; i < v->symbols.n; i++) {
		if (str_eq(v->symbols.v[i].rule->name, name))
			return &v->symbols.v[i];
	}
	return NULL;
}

static void every_composite_of_the_reference_fires(void **state)
{
	static const struct {
		struct arrival m;
		const char *fires, *not ;
	} rows[] = {
		{ { "AV_ENCRYPTED", "192.0.2.1", "x@a.example" },
		  "REF_ENCRYPTED",
		  "REF_ENCRYPTED_WITH_PASS" },
		{ { "AV_ENCRYPTED +BODY_CONTAINS_PASSWORD", "192.0.2.1", "x@a.example" },
		  "REF_ENCRYPTED_WITH_PASS",
		  "REF_ENCRYPTED" },
		{ { "AV_TOO_LARGE", "192.0.2.1", "x@a.example" }, "REF_EXCEEDED", NULL },
		{ { "SPF_FAIL DKIM_NONE ARC_NONE", "192.0.2.1", "x@a.example" },
		  "REF_SPF_FAIL_NO_DKIM",
		  NULL },
		{ { "SPF_FAIL DKIM_NONE ARC_PASS", "192.0.2.1", "x@a.example" },
		  "R_SPF_FAIL",
		  "REF_SPF_FAIL_NO_DKIM" },
		{ { "SPF_SOFTFAIL", "192.0.2.1", "x@ours.example" }, "REF_SPOOFED_UNAUTH", NULL },
		{ { "SPF_SOFTFAIL", "192.0.2.1", "x@ours.example" },
		  "REF_SPOOFED_UNAUTH_POLICY_FAILURE",
		  NULL },
		{ { "SPF_SOFTFAIL", "192.0.2.79", "x@ours.example" },
		  "REF_MAP_OWN_HOST",
		  "REF_SPOOFED_UNAUTH" },
		{ { "SPF_SOFTFAIL", "192.0.2.1", "x@a.example" },
		  "REF_FORGED_W_BAD_POLICY",
		  "REF_SPOOFED_UNAUTH" },
		{ { "+REF_MAP_BAD_WORDS", "192.0.2.1", "x@a.top" }, "REF_BAD_WORD_BAD_TLD", NULL },
		{ { "+REF_MAP_BAD_WORDS", "192.0.2.1", "x@a.care" },
		  "REF_MAP_BAD_WORDS",
		  "REF_BAD_WORD_BAD_TLD" },
		{ { "SPF_PASS +SPAM_FLAG +KLMS_SPAM", "192.0.2.1", "x@a.example" },
		  "REF_BAD_REP_POLICIES",
		  NULL },
		{ { "SPF_PASS +SPAM_FLAG", "192.0.2.1", "x@a.example" },
		  "SPAM_FLAG",
		  "REF_BAD_REP_POLICIES" },
		{ { "SPF_SOFTFAIL FROM_REPLYTO_DIFFER +WORDS_IDENTITY +WORDS_PRETEXT", "192.0.2.1",
		    "x@a.example" },
		  "REF_PHISHING_REPLY",
		  NULL },
		{ { "SPF_SOFTFAIL +WORDS_IDENTITY +WORDS_PRETEXT", "192.0.2.1", "x@a.example" },
		  "WORDS_PRETEXT",
		  "REF_PHISHING_REPLY" },
	};
	struct world w = new_world();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct verdict v = judged(&w, &rows[i].m);

		if (!symbol_of(&v, str_c(rows[i].fires)))
			fail_msg("row %zu: no %s", i, rows[i].fires);
		if (rows[i].not &&symbol_of(&v, str_c(rows[i].not )))
			fail_msg("row %zu: %s", i, rows[i].not );
	}
	arena_free(w.arena);
}

static void a_forwarder_is_not_held_to_account_for_others(void **state)
{
	static const struct arrival m = {
		"SPF_FAIL HFILTER_HOSTNAME_UNKNOWN HFILTER_HELO_NOT_FQDN BAYES_SPAM +SPAM_FLAG",
		"192.0.2.78", "x@a.example"
	};
	static const char *const excluded[] = { "R_SPF_FAIL", "HFILTER_HOSTNAME_UNKNOWN",
						"HFILTER_HELO_NOT_FQDN", "BAYES_SPAM",
						"SPAM_FLAG" };
	static const char *const why[] = { "REF_RBL_EXCLUDE",	   "REF_SPF_EXCLUDE",
					   "REF_HFILTER_EXCLUDE",  "REF_NEURAL_EXCLUDE",
					   "REF_UPSTREAM_EXCLUDE", "NEURAL_EXCLUDE_FWD_HOST",
					   "FORWARDER_EXCUSED" };
	struct world w = new_world();
	struct verdict v = judged(&w, &m);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(excluded); i++) {
		const struct verdict_symbol *s = symbol_of(&v, str_c(excluded[i]));

		if (!s || s->score || !s->replaced_by)
			fail_msg("%s counts", excluded[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(why); i++) {
		if (!symbol_of(&v, str_c(why[i])))
			fail_msg("no %s", why[i]);
	}
	arena_free(w.arena);
}

static void every_list_of_the_reference_is_asked(void **state)
{
	static const char *const names[] = {
		"REF_MAP_CLIENT_ALLOWED",
		"REF_MAP_KEEP",
		"LOCAL_BL_ASN",
		"REF_MAP_ASN",
		"REF_MAP_SENDER_ALLOWED",
		"REF_MAP_SENDER_DENIED",
		"REF_MAP_AUTHOR_ALLOWED",
		"REF_MAP_AUTHOR_DENIED",
		"REF_MAP_RECIPIENT_ALLOWED",
		"REF_MAP_RECIPIENT_DENIED",
		"REF_MAP_SUBJECT_TAG",
		"REF_MAP_FOLDER_TAG",
		"REF_MAP_BULK_HEADER",
		"REF_MAP_FISHY_TLD",
		"REF_MAP_BAD_WORDS",
		"REF_MAP_LANGUAGE",
		"REF_MAP_FILE",
		"REF_MAP_URL",
	};
	static const struct arrival m = { "+REF_MAP_BULK_HEADER +REF_MAP_BAD_WORDS", "192.0.2.77",
					  "x@listed.top" };
	struct world w = new_world();
	struct verdict v = judged(&w, &m);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!symbol_of(&v, str_c(names[i])))
			fail_msg("no %s", names[i]);
	}
	arena_free(w.arena);
}

/* What rooms of their own find has rules of the names that the field knows. */
static void what_is_remembered_or_known_again_weighs(void **state)
{
	static const struct {
		const char *seen, *name;
	} rows[] = {
		{ "URL_REPUTATION_WHITE", "URL_REPUTATION_WHITE" },
		{ "URL_REPUTATION_BLACK", "URL_REPUTATION_BLACK" },
		{ "URL_REPUTATION_GREY", "URL_REPUTATION_GREY" },
		{ "URL_REPUTATION_NEUTRAL", "URL_REPUTATION_NEUTRAL" },
		{ "REPLY", "REPLY" },
		{ "SPF_PASS DKIM_PASS DKIM_ALIGNED DMARC_PASS DOMAIN_REPUTATION_BLACK",
		  "BAD_REP_POLICIES" },
		{ "LOCAL_FUZZY_DENIED", "LOCAL_FUZZY_DENIED" },
		{ "LOCAL_FUZZY_PROB", "LOCAL_FUZZY_PROB" },
		{ "LOCAL_FUZZY_WHITE", "LOCAL_FUZZY_WHITE" },
		{ "FUZZY_DENIED", "FUZZY_DENIED" },
		{ "FUZZY_PROB", "FUZZY_PROB" },
		{ "FIRST_CONTACT_DOMAIN +STORY_NEW_ACCOUNT", "ASKS_AT_FIRST_CONTACT" },
	};
	struct world w = new_world();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct arrival m = { rows[i].seen, "192.0.2.1", "x@a.example" };
		struct verdict v = judged(&w, &m);

		if (!symbol_of(&v, str_c(rows[i].name)))
			fail_msg("no %s", rows[i].name);
	}
	arena_free(w.arena);
}

/* What a score may not do a decision still does: a virus is refused, whoever forwards it. */
static void an_action_is_forced_and_no_decision_outweighed(void **state)
{
	static const struct {
		struct arrival m;
		enum action action;
	} rows[] = {
		{ { "AV_ERROR", "192.0.2.1", "x@a.example" }, ACTION_DEFER },
		{ { "GTUBE", "192.0.2.78", "x@a.example" }, ACTION_REJECT },
		{ { "VIRUS_FOUND", "192.0.2.78", "x@a.example" }, ACTION_REJECT },
		{ { "+WORDS_IDENTITY +REF_MAP_BAD_WORDS", "192.0.2.77", "x@listed.top" },
		  ACTION_ACCEPT },
	};
	static const struct arrival heavy = { "+REF_MAP_BAD_WORDS HTML_WITH_FORM URL_IP",
					      "192.0.2.78", "x@a.top" };
	struct world w = new_world();
	struct verdict v;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		v = judged(&w, &rows[i].m);
		if (v.action != rows[i].action)
			fail_msg("row %zu: %s", i, action_name(v.action));
	}
	v = judged(&w, &heavy);
	assert_true(v.score >= v.reject);
	assert_int_equal(v.action, ACTION_ACCEPT); /* the mildest of the two ceilings */
	assert_non_null(v.cap);
	arena_free(w.arena);
}

/* A citizen fills in the form of our web site, a reader writes to a list: neither is refused. */
static void answers_that_go_elsewhere_are_refused_where_nobody_answers_for_it(void **state)
{
#define ASKS "FROM_REPLYTO_DIFFER +WORDS_IDENTITY +WORDS_PRETEXT +FROM_HAS_DN"
	static const struct {
		const char *seen, *path, *name;
	} rows[] = {
		{ ASKS " DKIM_PASS DKIM_ALIGNED DMARC_PASS", "x@a.example", "PHISHING_REPLY" },
		{ ASKS " SPF_SOFTFAIL +LIST_ID", "x@a.example", "PHISHING_REPLY_BY_LIST" },
		/* nor does a phisher's own signature make a list of him */
		{ ASKS " DKIM_PASS DKIM_ALIGNED DMARC_PASS +LIST_ID", "x@a.example",
		  "PHISHING_REPLY_UNPROVEN_LIST" },
		/* A List-Id that nobody signs excuses no QR code either. */
		{ "IMAGE_QR_LINK +WORDS_ACCOUNT +LIST_ID", "x@a.example", "IMAGE_QR_ACCOUNT" },
		{ ASKS " SPF_PASS", "x@listed.top", "OWN_FORM" },
		{ ASKS " SPF_PASS", "x@a.example", "PHISHING_REPLY" },
		{ ASKS " DKIM_PASS DKIM_UNCOVERED DMARC_PASS", "x@a.example", "PHISHING_REPLY" },
	};
	struct world w = new_world();
	struct why why = { "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct arrival m = { rows[i].seen, "192.0.2.1", rows[i].path };
		struct verdict v;
		bool refused;

		assert_int_equal(conf_set(w.conf, STR("domains"),
					  i < 4 ? STR("ours.example") : STR("listed.top"), &why),
				 0);
		v = judged(&w, &m);
		refused = symbol_of(&v, STR("PHISHING_REPLY"));
		if (!symbol_of(&v, str_c(rows[i].name)) ||
		    refused != str_eq(str_c(rows[i].name), STR("PHISHING_REPLY")))
			fail_msg("row %zu: not %s alone", i, rows[i].name);
	}
	arena_free(w.arena);
}

/* A well-known name that asks for something unsigned: marked when nothing confirms it, asked to
 * come again when nobody can tell, left alone when it signed. */
static void a_protected_author_is_confirmed_or_asked_again(void **state)
{
#define WANTS "AUTHOR_PROTECTED +PAGE_LEADS_ELSEWHERE"
	static const struct {
		const char *seen, *name;
		bool deferred;
	} rows[] = {
		{ WANTS " DKIM_NONE SPF_NONE DMARC_NONE", "PROTECTED_UNCONFIRMED", false },
		/* Fields of a list are written by anybody. */
		{ WANTS " +LIST_ID +LIST_MAILMAN DKIM_NONE SPF_NONE DMARC_NONE",
		  "PROTECTED_UNCONFIRMED", false },
		{ WANTS " DKIM_NONE SPF_TEMPERROR DMARC_TEMPERROR", "PROTECTED_OPEN", true },
		{ WANTS " DKIM_NONE SPF_NONE DMARC_TEMPERROR", "PROTECTED_OPEN", true },
		{ WANTS " DKIM_TEMPERROR SPF_TEMPERROR DMARC_TEMPERROR", NULL, false },
		{ WANTS " DKIM_NONE SPF_PASS DMARC_PASS", NULL, false },
	};
	struct world w = new_world();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct arrival m = { rows[i].seen, "192.0.2.1", "x@a.example" };
		struct verdict v = judged(&w, &m);

		if ((v.action == ACTION_DEFER) != rows[i].deferred ||
		    (rows[i].name && !symbol_of(&v, str_c(rows[i].name))) ||
		    (!rows[i].name && (symbol_of(&v, STR("PROTECTED_OPEN")) ||
				       symbol_of(&v, STR("PROTECTED_UNCONFIRMED")))))
			fail_msg("row %zu: %s", i, action_name(v.action));
	}
	arena_free(w.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_composite_of_the_reference_fires),
		cmocka_unit_test(a_forwarder_is_not_held_to_account_for_others),
		cmocka_unit_test(every_list_of_the_reference_is_asked),
		cmocka_unit_test(what_is_remembered_or_known_again_weighs),
		cmocka_unit_test(answers_that_go_elsewhere_are_refused_where_nobody_answers_for_it),
		cmocka_unit_test(a_protected_author_is_confirmed_or_asked_again),
		cmocka_unit_test(an_action_is_forced_and_no_decision_outweighed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Who is asked to come back later: doubtful mail of strangers and nobody else, whatever a score is
 * next to decisions and ceilings; and it is said why. */
#include "policy/explain.h"
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

static const char *const symbols[] = {
	"FOUR: {score: 4, when: {finding: BAYES_SPAM}",
	"LESS: {score: 3.99, when: {finding: SPF_NONE}",
	"SEVEN: {score: 7, when: {finding: SPF_SOFTFAIL}",
	"SIX: {score: 6, when: {finding: SPF_FAIL}",
	"MARK: {decision: tag, when: {finding: DKIM_FAIL}",
	"HELD: {decision: quarantine, when: {finding: VIRUS_FOUND}",
	"LATER: {decision: defer, when: {finding: AV_ERROR}",
	"CAP: {at_most: tag, when: {finding: ARC_PASS}",
	"CAP_HIGH: {at_most: quarantine, when: {finding: ARC_NONE}",
	"BACK: {not_greylisted: true, when: {finding: GREYLIST_CAME_BACK}",
	"SEEN: {not_greylisted: true, observe: true, when: {finding: GREYLIST_KNOWN}",
};

static struct world new_world(const char *thresholds)
{
	struct world w = { .arena = arena_new("test", 64 << 20), .client = STR("192.0.2.1") };
	struct strbuf b = strbuf_make(w.arena, 1 << 16);
	struct why why = { "" };

	strbuf_fmt(&b, "thresholds: {%s}\nsymbols:\n", thresholds);
	for (size_t i = 0; i < ARRAY_LEN(symbols); i++)
		strbuf_fmt(&b,
			   "  %s, group: g, created: 2026-01-02, "
			   "description: {en: About it, fr: De cela}}\n",
			   symbols[i]);
	if (rules_load_text(w.arena, strbuf_str(&b), STR_NULL, &w.rules, &why) < 0)
		fail_msg("%s", why.text);
	w.conf = conf_new_default(w.arena);
	w.conf->greylist.enabled = true;
	return w;
}

static struct world shipped_world(void)
{
	struct world w = { .arena = arena_new("test", 256 << 20), .client = STR("192.0.2.1") };
	struct why why = { "" };

	if (rules_load(w.arena,
		       &(struct rules_dirs){ .rules = POTERNE_SOURCE "/rules",
					     .lists = POTERNE_SOURCE "/lists",
					     .site_lists = TEST_DIR "/coverage/lists" },
		       &w.rules, &why) < 0)
		fail_msg("%s", why.text);
	w.conf = conf_new_default(w.arena);
	w.conf->greylist.enabled = true;
	return w;
}

static void world_free(struct world *w)
{
	rules_close(w->rules);
	w->arena = arena_free(w->arena);
}

static struct verdict judged(struct world *w, const char *findings)
{
	struct verdict_options options = verdict_options_of(w->conf, NULL, 1);
	struct envelope env = { .client_ip = w->client,
				.reverse_path = STR("a@x.example"),
				.has_reverse_path = true };
	struct facts facts = { 0 };
	struct evidence e = { 0 };
	struct verdict v;
	str rest = str_c(findings), one;

	while (rest.n && str_split(&rest, ' ', &one))
		evidence_add(w->arena, &e, arena_str(w->arena, one), STR(""));
	verdict_judge(w->arena, w->rules, &options, &env, &facts, &e, &v);
	return v;
}

#define THRESHOLDS "tag: 6, quarantine: 10, reject: 15"

static void only_doubtful_mail_of_strangers_is_put_off(void **state)
{
	static const struct {
		const char *findings;
		enum action action;
	} rows[] = {
		{ "", ACTION_ACCEPT },
		{ "SPF_NONE", ACTION_ACCEPT },		  /* 3.99 */
		{ "BAYES_SPAM", ACTION_GREYLIST },	  /* 4 */
		{ "SPF_SOFTFAIL", ACTION_GREYLIST },	  /* 7: would be marked */
		{ "SPF_FAIL SPF_NONE", ACTION_GREYLIST }, /* 9.99 */
		{ "BAYES_SPAM SPF_FAIL", ACTION_QUARANTINE },
		{ "BAYES_SPAM SPF_FAIL SPF_SOFTFAIL", ACTION_REJECT },
		/* decisions */
		{ "DKIM_FAIL", ACTION_TAG },
		{ "DKIM_FAIL BAYES_SPAM", ACTION_GREYLIST },
		{ "VIRUS_FOUND BAYES_SPAM", ACTION_QUARANTINE },
		{ "AV_ERROR BAYES_SPAM", ACTION_DEFER },
		/* ceilings: whoever may not be refused is not put off */
		{ "ARC_PASS BAYES_SPAM", ACTION_ACCEPT },
		{ "ARC_PASS SPF_SOFTFAIL", ACTION_TAG },
		{ "ARC_NONE SPF_SOFTFAIL", ACTION_GREYLIST },
		/* who came back is judged as if nobody were put off */
		{ "GREYLIST_CAME_BACK BAYES_SPAM", ACTION_ACCEPT },
		{ "GREYLIST_CAME_BACK SPF_SOFTFAIL", ACTION_TAG },
		{ "GREYLIST_CAME_BACK BAYES_SPAM SPF_FAIL", ACTION_QUARANTINE },
		{ "GREYLIST_CAME_BACK VIRUS_FOUND", ACTION_QUARANTINE },
		{ "GREYLIST_KNOWN BAYES_SPAM", ACTION_GREYLIST }, /* a rule under observation */
	};
	struct world w = new_world("greylist: 4, " THRESHOLDS);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct verdict v = judged(&w, rows[i].findings);

		if (v.action != rows[i].action)
			fail_msg("%s: %s", rows[i].findings, action_name(v.action));
	}
	world_free(&w);
}

static void nobody_is_put_off_unless_it_is_switched_on(void **state)
{
	struct world w = new_world("greylist: 4, " THRESHOLDS), none = new_world(THRESHOLDS);
	struct verdict v;

	(void)state;
	assert_int_equal(judged(&none, "BAYES_SPAM").action, ACTION_ACCEPT);
	w.conf->mode = CONF_MODE_OBSERVE;
	v = judged(&w, "BAYES_SPAM");
	assert_int_equal(v.action, ACTION_ACCEPT);
	assert_int_equal(v.intended, ACTION_GREYLIST);
	w.conf->mode = CONF_MODE_ENFORCE;
	w.conf->role = CONF_ROLE_OUT; /* our own mail has no stranger */
	assert_int_equal(judged(&w, "BAYES_SPAM").action, ACTION_ACCEPT);
	w.conf->role = CONF_ROLE_MX;
	w.conf->greylist.enabled = false;
	assert_int_equal(judged(&w, "BAYES_SPAM").action, ACTION_ACCEPT);
	assert_int_equal(judged(&w, "SPF_SOFTFAIL").action, ACTION_TAG);
	world_free(&w);
	world_free(&none);
}

/* An overlay that lowers quarantine alone is no mistake. */
static void a_threshold_above_quarantine_puts_nobody_off(void **state)
{
	struct world w = new_world("greylist: 5, tag: 1, quarantine: 2, reject: 15");
	struct rules *rules;
	struct why why = { "" };
	str bad = STR("thresholds: {greylist: -1, " THRESHOLDS "}\n");

	(void)state;
	assert_int_equal(judged(&w, "BAYES_SPAM").action, ACTION_QUARANTINE);
	assert_int_equal(judged(&w, "SPF_SOFTFAIL").action, ACTION_QUARANTINE);
	assert_true(rules_load_text(w.arena, bad, STR_NULL, &rules, &why) < 0);
	assert_true(str_find(str_c(why.text), STR("greylist")) != STR_NONE);
	world_free(&w);
}

static void it_is_said_why_in_two_languages(void **state)
{
	struct world w = new_world("greylist: 4, " THRESHOLDS);
	struct strbuf en = strbuf_make(w.arena, 4096), fr = strbuf_make(w.arena, 4096);
	struct verdict v = judged(&w, "BAYES_SPAM");
	struct verdict_reply r;

	(void)state;
	explain_put(&en, &v, CONF_LANG_EN);
	explain_put(&fr, &v, CONF_LANG_FR);
	assert_string_equal(en.p, "Outcome: asked to come back later, by score\n"
				  "Score: 4.00; come back later from 4.00, tag from 6.00, "
				  "quarantine from 10.00, reject from 15.00\n"
				  "What was seen:\n"
				  "        4.00  FOUR                       About it\n"
				  "What would have changed it:\n"
				  "  0.01 points less: accepted\n"
				  "  any one of these absent: FOUR\n");
	assert_true(str_find(strbuf_str(&fr), STR("prié de revenir plus tard")) != STR_NONE);
	v.retry_s = 250;
	r = verdict_reply(w.arena, &v, STR("M1"));
	assert_int_equal(r.code, 451);
	assert_string_equal(r.enhanced, "4.7.1");
	assert_true(str_find(r.text, STR("in 5 min")) != STR_NONE);
	v = judged(&w, "GREYLIST_CAME_BACK SPF_NONE");
	strbuf_clear(&en);
	explain_put(&en, &v, CONF_LANG_EN);
	assert_true(str_find(strbuf_str(&en), STR("BACK: whoever it speaks of need not come back "
						  "later\n")) != STR_NONE);
	assert_true(str_find(strbuf_str(&en), STR("2.01 points more: delivered with a mark")) !=
		    STR_NONE);
	v = judged(&w, "ARC_PASS SPF_NONE"); /* under a ceiling */
	strbuf_clear(&en);
	explain_put(&en, &v, CONF_LANG_EN);
	assert_true(str_find(strbuf_str(&en), STR("2.01 points more: delivered with a mark")) !=
		    STR_NONE);
	world_free(&w);
}

static void the_shipped_rules_speak_for_whom_we_know(void **state)
{
	static const struct {
		const char *client, *more;
		bool put_off;
	} rows[] = {
		{ "192.0.2.1", "", true },
		{ "192.0.2.1", " GREYLIST_NEW", true },
		{ "192.0.2.1", " GREYLIST_EARLY", true },
		{ "192.0.2.1", " GREYLIST_CAME_BACK", false },
		{ "192.0.2.1", " GREYLIST_KNOWN", false },
		{ "192.0.2.1", " GREYLIST_UNASKED", false },
		{ "192.0.2.1", " REPLY", false },
		{ "192.0.2.1", " KNOWN_CORRESPONDENT", false },
		{ "192.0.2.1", " KNOWN_ELSEWHERE", false },
		{ "192.0.2.1", " KNOWN_UNCONFIRMED", false },
		{ "192.0.2.1", " FIRST_CONTACT", true },
	};
	/* Enough for all of them, and one of them takes 2.5 points off. */
	static const char base[] = "BAYES_SPAM URL_REPUTATION_BLACK DOMAIN_REPUTATION_BLACK";
	struct world w = shipped_world();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct strbuf b = strbuf_make(w.arena, 1024);
		struct verdict v;

		strbuf_fmt(&b, "%s%s", base, rows[i].more);
		w.client = str_c(rows[i].client);
		v = judged(&w, b.p);
		if (v.score < v.greylist || v.score >= v.quarantine ||
		    (v.action == ACTION_GREYLIST) != rows[i].put_off)
			fail_msg("%s: %s at %d", rows[i].more, action_name(v.action), v.score);
	}
	assert_true(
		rules_find(w.rules, STR("WHITELIST_FORWARDING_HOST_NO_GREYLIST"))->not_greylisted);
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_doubtful_mail_of_strangers_is_put_off),
		cmocka_unit_test(nobody_is_put_off_unless_it_is_switched_on),
		cmocka_unit_test(a_threshold_above_quarantine_puts_nobody_off),
		cmocka_unit_test(it_is_said_why_in_two_languages),
		cmocka_unit_test(the_shipped_rules_speak_for_whom_we_know),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

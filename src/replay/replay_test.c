#include "replay/replay.h"

#include "replay/ruleprint.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The present rules; what a test has changed in the overlay is the candidate. */
static const char shipped[] =
	"thresholds: {tag: 6, quarantine: 10, reject: 15}\n"
	"dns_lists: {testlist: {zone: list.example, enabled: true, asks: [client]}}\n"
	"symbols:\n"
	"  SPF_BAD: {group: g, created: 2026-01-02, description: {en: a, fr: b}, score: 8,"
	" when: {finding: SPF_FAIL}}\n"
	"  WORDS: {group: g, created: 2026-01-02, description: {en: a, fr: b}, score: 3,"
	" when: {body: {regex: 'prize'}}, example: prize, near_miss: price}\n"
	"  AGENT: {group: g, created: 2026-01-02, description: {en: a, fr: b}, score: 2,"
	" when: {header: {name: X-Mailer, regex: 'bulk'}}, example: bulk, near_miss: ship}\n"
	"  LISTED: {group: g, created: 2026-01-02, description: {en: a, fr: b}, score: 1,"
	" when: {dns_list: {name: testlist}}}\n"
	"  ALL: {group: g, created: 2026-01-02, description: {en: a, fr: b}, score: 5,"
	" when: {expr: SPF_BAD & WORDS}}\n";

struct world {
	struct arena *a;
	struct conf *conf;
	struct rules *present, *candidate;
	struct replay replay;
	struct kept kept;
	str bytes;
};

static struct rules *load(struct arena *a, const char *overlay)
{
	struct rules *rules;
	struct why why;

	if (rules_load_text(a, str_c(shipped), str_c(overlay), &rules, &why) < 0)
		fail_msg("%s", why.text);
	return rules;
}

/* A message as it came: SPF failed, two patterns matched, a list replied. */
static void judge_and_keep(struct world *w)
{
	struct facts f = { .message_size = 7, .text = STR("a secret prize") };
	struct evidence e = { 0 };
	struct envelope env = { .mid = STR("M1"),
				.sid = STR("S1"),
				.client_ip = STR("192.0.2.1"),
				.helo = STR("mx.x.example"),
				.has_reverse_path = true,
				.reverse_path = STR("a@x.example"),
				.recipients = (str[]){ STR("b@y.example") },
				.n_recipients = 1 };
	struct verdict_options options = verdict_options_of(w->conf, NULL, 1);
	struct verdict v;

	*arena_push(w->a, &f.headers) = (struct facts_header){ STR("X-Mailer"), STR("bulk 2"), 1 };
	*arena_push(w->a, &f.headers) =
		(struct facts_header){ STR("DKIM-Signature"), STR("v=1; b=..."), 2 };
	*arena_push(w->a, &f.hits) =
		(struct facts_hit){ rules_find(w->present, STR("WORDS"))->index, STR("prize"), 0 };
	*arena_push(w->a, &f.hits) =
		(struct facts_hit){ rules_find(w->present, STR("AGENT"))->index, STR("bulk"), 0 };
	evidence_add(w->a, &e, STR("SPF_FAIL"), STR("192.0.2.1"));
	*arena_push(w->a, &e.replies) =
		(struct evidence_reply){ w->present->dns_lists.v[0], 0x7f000002, false,
					 STR("192.0.2.1") };
	verdict_judge(w->a, w->present, &options, &env, &f, &e, &v);
	kept_make(w->a, w->present, ruleprint_patterns(w->present), 1, &env, &f, &e, &v, &w->kept);
	assert_true(kept_encode(w->a, &w->kept, &w->bytes));
	assert_true(kept_decode(w->a, w->bytes, &w->kept));
}

static struct world new_world(const char *overlay)
{
	struct arena *a = arena_new("test", 256 << 20);
	struct world w = { .a = a, .conf = conf_new_default(a), .present = load(a, "") };
	struct verdict_options options = verdict_options_of(w.conf, NULL, 1);
	struct why why = { "" };

	w.candidate = load(a, overlay);
	assert_int_equal(replay_side_init(&w.replay.before, a, w.present, w.present, options, &why),
			 0);
	assert_int_equal(
		replay_side_init(&w.replay.after, a, w.candidate, w.present, options, &why), 0);
	w.replay.pattern_set = ruleprint_patterns(w.present);
	judge_and_keep(&w);
	return w;
}

static void world_free(struct world *w)
{
	replay_side_free(&w->replay.after);
	arena_free(w->a);
}

enum { GONE = -1, ALIKE = -2 };

/* What a symbol weighs on the other side. */
static int32_t score_after(const struct replay_result *r, str name)
{
	for (size_t i = 0; i < r->differences.n; i++) {
		const struct replay_difference *d = &r->differences.v[i];
		const struct verdict_symbol *either = d->before ? d->before : d->after;

		if (str_eq(either->rule->name, name))
			return d->after ? d->after->score : GONE;
	}
	return ALIKE;
}

static void test_the_same_rules_judge_the_same(void **state)
{
	struct world w = new_world("");
	struct replay_result r;

	(void)state;
	replay_message(&w.replay, w.a, &w.kept, &r);
	assert_int_equal(r.before.score, 1900); /* all five */
	assert_int_equal(r.before.score, w.kept.score);
	assert_int_equal(r.after.intended, ACTION_REJECT);
	assert_int_equal(r.differences.n, 0);
	assert_int_equal(w.replay.counts.treated_otherwise + w.replay.counts.not_as_kept +
				 w.replay.counts.older + w.replay.after.unseen.n,
			 0);
	assert_int_equal(ruleprint_rules(w.present), ruleprint_rules(w.candidate));
	world_free(&w);
}

static void test_no_text_and_no_signature_is_kept(void **state)
{
	struct world w = new_world("");

	(void)state;
	assert_int_equal(str_find(w.bytes, STR("secret")), STR_NONE);
	assert_int_equal(str_find(w.bytes, STR("DKIM")), STR_NONE);
	assert_int_equal(w.kept.facts.text.n, 0);
	world_free(&w);
}

static void test_another_score_and_a_disabled_symbol_show(void **state)
{
	struct world w = new_world("symbols: {SPF_BAD: {score: 1}, WORDS: {disabled: true}}\n");
	struct replay_result r;

	(void)state;
	replay_message(&w.replay, w.a, &w.kept, &r);
	assert_int_equal(r.after.score, 400); /* and ALL is gone with WORDS */
	assert_int_equal(r.after.intended, ACTION_ACCEPT);
	assert_int_equal(r.differences.n, 3);
	assert_int_equal(score_after(&r, STR("SPF_BAD")), 100);
	assert_int_equal(score_after(&r, STR("WORDS")), GONE);
	assert_int_equal(score_after(&r, STR("ALL")), GONE);
	assert_int_equal(w.replay.counts.from_to[ACTION_REJECT][ACTION_ACCEPT], 1);
	assert_int_equal(w.replay.before.fired[rules_find(w.present, STR("WORDS"))->index], 1);
	assert_int_not_equal(ruleprint_rules(w.present), ruleprint_rules(w.candidate));
	world_free(&w);
}

static void test_new_patterns_see_what_is_kept_and_the_others_are_named(void **state)
{
	struct world w =
		new_world("symbols:\n"
			  "  FRESH: {when: {header: {name: X-Mailer, regex: '2$'}}, score: 1}\n"
			  "  DEEP: {when: {body: {regex: 'secret'}}, score: 9}\n");
	struct replay_result r;

	(void)state;
	replay_message(&w.replay, w.a, &w.kept, &r);
	assert_int_equal(r.differences.n, 1);
	assert_int_equal(score_after(&r, STR("FRESH")), 100);
	assert_int_equal(w.replay.after.unseen.n, 1);
	assert_true(str_eq(w.replay.after.unseen.v[0]->name, STR("DEEP")));
	assert_int_equal(w.replay.counts.treated_otherwise, 0);
	assert_int_equal(w.replay.counts.other_score, 1);
	world_free(&w);
}

static void test_messages_judged_by_other_patterns_are_counted(void **state)
{
	struct world w = new_world("");
	struct replay_result r;

	(void)state;
	w.kept.pattern_set++;
	w.kept.score++;
	replay_message(&w.replay, w.a, &w.kept, &r);
	assert_int_equal(w.replay.counts.older, 1);
	assert_int_equal(w.replay.counts.not_as_kept, 1);
	world_free(&w);
}

static void test_what_is_cut_short_is_refused(void **state)
{
	struct world w = new_world("");
	struct kept k;
	str again;

	(void)state;
	for (size_t n = 0; n < w.bytes.n; n++)
		assert_false(kept_decode(w.a, str_sub(w.bytes, 0, n), &k));
	assert_true(kept_encode(w.a, &w.kept, &again));
	assert_true(str_eq(again, w.bytes));
	world_free(&w);
}

/* As the gateway tries rules on live mail: what their patterns matched in the text is kept. */
static void test_what_tried_rules_found_in_the_text_is_kept(void **state)
{
	struct world w = new_world("symbols:\n"
				   "  DEEP: {when: {body: {regex: 'secret'}}, score: 9}\n"
				   "  PROGRAM: {when: {lua: 'return true'}, score: 9}\n");
	struct verdict_options options = verdict_options_of(w.conf, NULL, 1);
	struct facts_candidate found = { .set = ruleprint_patterns(w.candidate) };
	struct replay_side *after = &w.replay.after;
	struct replay_result r;
	struct why why = { "" };
	str bytes;

	(void)state;
	*arena_push(w.a, &found.hits) =
		(struct facts_hit){ rules_find(w.candidate, STR("DEEP"))->index, STR("secret"), 0 };
	kept_add_candidate(w.a, w.candidate, &found, &w.kept);
	assert_true(kept_encode(w.a, &w.kept, &bytes) && kept_decode(w.a, bytes, &w.kept));
	assert_true(w.kept.candidate_set == found.set);
	replay_side_free(after);
	assert_int_equal(replay_side_init_tried(after, w.a, w.candidate, w.present, options, &why),
			 0);
	assert_true(after->unseen.n == 1 && str_eq(after->unseen.v[0]->name, STR("PROGRAM")));
	replay_message(&w.replay, w.a, &w.kept, &r);
	assert_int_equal(r.differences.n, 1);
	assert_int_equal(score_after(&r, STR("DEEP")), 900);
	assert_int_equal(r.after.score, r.before.score + 900);
	assert_int_equal(w.replay.counts.not_as_kept, 0); /* the present rules do not see it */
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_rules_judge_the_same),
		cmocka_unit_test(test_no_text_and_no_signature_is_kept),
		cmocka_unit_test(test_another_score_and_a_disabled_symbol_show),
		cmocka_unit_test(test_new_patterns_see_what_is_kept_and_the_others_are_named),
		cmocka_unit_test(test_messages_judged_by_other_patterns_are_counted),
		cmocka_unit_test(test_what_tried_rules_found_in_the_text_is_kept),
		cmocka_unit_test(test_what_is_cut_short_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

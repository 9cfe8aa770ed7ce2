#include "policy/verdict.h"

#include "policy/derive.h"
#include "policy/explain.h"
#include "policy/verdictjson.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Enough of a rule set to see every way to an outcome. */
static const struct {
	const char *name, *properties;
} symbols[] = {
	{ "SPF_FAIL", "score: 8, when: {finding: SPF_FAIL}" },
	{ "SPF_PASS", "score: -1.5, when: {finding: SPF_PASS}" },
	{ "BAD_DATE", "score: 2.33, when: {finding: BAD_DATE}" },
	{ "BAD_NAME", "score: 2.34, when: {finding: HEADER_BAD_NAME}" },
	{ "GTUBE", "decision: reject, when: {finding: GTUBE}" },
	{ "RTL", "decision: quarantine, when: {finding: NAME_RTL_OVERRIDE}" },
	{ "MARK", "decision: tag, priority: 90, when: {finding: NAME_PATH}" },
	{ "AV_ERROR", "decision: antivirus.when_down, when: {finding: AV_ERROR}" },
	{ "AV_ABSENT", "decision: antivirus.when_absent, when: {finding: AV_ABSENT}" },
	{ "EXE", "decision: reject, when: {type_in: [application/x-dosexec]}" },
	{ "BOTH", "score: 5, replace: [BAD_DATE, BAD_NAME], when: {expr: BAD_DATE & BAD_NAME}" },
	{ "ALONE", "score: 0.1, when: {expr: BAD_DATE & !BOTH}" },
	{ "OWN", "score: 12, when: {finding: OWN_DOMAIN_SPOOF}" },
	{ "DISPLAY", "score: 8, when: {finding: FROM_OWN_DISPLAY}" },
	{ "LIMIT", "decision: quarantine, when: {finding: LIMIT_HIT}" },
	{ "FAILED", "decision: quarantine, when: {finding: INSPECT_FAILED}" },
	{ "ENVFROM", "score: 1, when: {finding: FROM_NEQ_ENVFROM}" },
	{ "PAST", "score: 1, when: {finding: DATE_IN_PAST}" },
	{ "FUTURE", "score: 1, when: {finding: DATE_IN_FUTURE}" },
	{ "OFF", "disabled: true, score: 50, when: {finding: SPF_NONE}" },
};

static str rules_text(struct arena *a)
{
	struct strbuf b = strbuf_make(a, 1 << 16);

	strbuf_put(&b, STR("thresholds: {tag: 6, quarantine: 10, reject: 15}\nsymbols:\n"));
	for (size_t i = 0; i < ARRAY_LEN(symbols); i++)
		strbuf_fmt(&b,
			   "  %s: {group: g, created: 2026-01-02, "
			   "description: {en: About %s, fr: Sur %s}, %s}\n",
			   symbols[i].name, symbols[i].name, symbols[i].name,
			   symbols[i].properties);
	return strbuf_str(&b);
}

struct world {
	struct arena *a;
	struct rules *rules;
	struct conf *conf;
	struct envelope envelope;
	struct facts facts;
	struct evidence evidence;
	struct verdict v;
	const struct impersonation *known;
};

static struct world new_world(void)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct world w = { .a = a, .conf = conf_new_default(a) };
	struct why why;

	if (rules_load_text(a, rules_text(a), STR_NULL, &w.rules, &why) < 0)
		fail_msg("%s", why.text);
	w.envelope = (struct envelope){ .client_ip = STR("192.0.2.1"),
					.reverse_path = STR("a@x.example"),
					.has_reverse_path = true,
					.mid = STR("M1") };
	return w;
}

static void world_free(struct world *w)
{
	w->a = arena_free(w->a);
}

/* A finding of the worker when it is one, else evidence. */
static void see(struct world *w, const char *names)
{
	str rest = str_c(names), name;

	while (rest.n && str_split(&rest, ' ', &name)) {
		if (str_starts(name, STR("SPF_")) || str_starts(name, STR("AV_")))
			evidence_add(w->a, &w->evidence, name, STR("why"));
		else
			*arena_push(w->a, &w->facts.findings) =
				(struct facts_finding){ name, STR("what"), 0 };
	}
}

static void judge(struct world *w)
{
	struct verdict_options o = verdict_options_of(w->conf, w->known, 0);
	int64_t sum = 0;

	verdict_judge(w->a, w->rules, &o, &w->envelope, &w->facts, &w->evidence, &w->v);
	for (size_t i = 0; i < w->v.symbols.n; i++)
		sum += w->v.symbols.v[i].score;
	assert_int_equal(sum, w->v.score);
}

static bool has(const struct verdict *v, const char *name)
{
	for (size_t i = 0; i < v->symbols.n; i++) {
		if (str_eq(v->symbols.v[i].rule->name, str_c(name)))
			return true;
	}
	return false;
}

static struct rules *load_rules(struct arena *a, str text)
{
	struct rules *r;
	struct why why = { "" };

	if (rules_load_text(a, text, STR_NULL, &r, &why) < 0)
		fail_msg("%s", why.text);
	return r;
}

static void expressions_count_and_compare(void **state)
{
	/* Raised: SPF_FAIL, BAD_DATE, GTUBE; not: RTL. Group g is all four. */
	static const struct {
		const char *expr;
		bool is;
	} cases[] = {
		{ "AA & BB & CC", true },
		{ "AA && DD || BB", true },
		{ "AA & (DD | !BB)", false },
		{ "AA + BB + CC >= 3", true },
		{ "AA + BB + DD > 2", false },
		{ "(AA + DD) == 1 & !DD", true },
		{ "AA*3 + DD*5 > 2", true },
		{ "2 * DD < 1", true },
		{ "AA - BB <= 0", true },
		{ "AA - BB - CC < 0", true },
		{ "group(g) == 3", true },
		{ "group(g) > 3 | DD", false },
		{ "!group(g)", false },
		{ "1000*1000*1000*1000*1000*1000*AA > 999", true },
		{ "0 - 1000*1000*1000*1000*1000 < 0", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world w = new_world();

		w.rules = load_rules(
			w.a,
			arena_fmt(w.a,
				  "thresholds: {tag: 6, quarantine: 10, reject: 15}\nsymbols:\n"
				  "  AA: {group: g, created: 2026-01-02, description: {en: a, fr: "
				  "a}, "
				  "when: {finding: SPF_FAIL}}\n"
				  "  BB: {group: g, created: 2026-01-02, description: {en: a, fr: "
				  "a}, "
				  "when: {finding: BAD_DATE}}\n"
				  "  CC: {group: g, created: 2026-01-02, description: {en: a, fr: "
				  "a}, "
				  "when: {finding: GTUBE}}\n"
				  "  DD: {group: g, created: 2026-01-02, description: {en: a, fr: "
				  "a}, "
				  "when: {finding: NAME_PATH}}\n"
				  "  EE: {group: g, created: 2026-01-02, description: {en: a, fr: "
				  "a}, "
				  "when: {expr: '%s'}}\n",
				  cases[i].expr));
		see(&w, "SPF_FAIL BAD_DATE GTUBE");
		judge(&w);
		if (has(&w.v, "EE") != cases[i].is)
			fail_msg("%s", cases[i].expr);
		world_free(&w);
	}
}

/* Shown with what it would weigh, but no score, no decision and no expression knows of it. */
static void an_observed_rule_changes_nothing(void **state)
{
	static const char rules[] =
		"thresholds: {tag: 6, quarantine: 10, reject: 15}\nsymbols:\n"
		"  AA: {group: g, created: 2026-01-02, description: {en: a, fr: a}, %s"
		"decision: reject, when: {finding: SPF_FAIL}}\n"
		"  BB: {group: g, created: 2026-01-02, description: {en: a, fr: a}, %s"
		"score: 7.5, when: {finding: BAD_DATE}}\n"
		"  CC: {group: g, created: 2026-01-02, description: {en: a, fr: a}, "
		"score: 3, when: {expr: AA | BB}}\n"
		"  DD: {group: g, created: 2026-01-02, description: {en: a, fr: a}, %s"
		"score: 1, replace: [EE], when: {expr: EE}}\n"
		"  EE: {group: g, created: 2026-01-02, description: {en: a, fr: a}, "
		"score: 2, when: {finding: GTUBE}}\n";
	static const char observe[] = "observe: true, ";

	(void)state;
	for (int observed = 0; observed < 2; observed++) {
		struct world w = new_world();
		struct strbuf out = strbuf_make(w.a, 1 << 16), json = strbuf_make(w.a, 1 << 16);
		const char *o = observed ? observe : "";

		w.rules = load_rules(w.a, arena_fmt(w.a, rules, o, o, o));
		see(&w, "SPF_FAIL BAD_DATE GTUBE");
		judge(&w);
		assert_true(has(&w.v, "AA") && has(&w.v, "BB") && has(&w.v, "DD"));
		assert_int_equal(has(&w.v, "CC"), !observed);
		assert_int_equal(w.v.score, observed ? 200 : 1150);
		assert_int_equal(w.v.action, observed ? ACTION_ACCEPT : ACTION_REJECT);
		explain_put(&out, &w.v, CONF_LANG_EN);
		verdictjson_fields(&json, &w.v, CONF_LANG_EN);
		assert_int_equal(str_find(strbuf_str(&out), STR("would weigh 7.50]")) != STR_NONE,
				 observed);
		assert_int_equal(str_find(strbuf_str(&out), STR("would weigh reject]")) != STR_NONE,
				 observed);
		assert_int_equal(str_find(strbuf_str(&json), STR("\"observed\":true")) != STR_NONE,
				 observed);
		world_free(&w);
	}
}

static void outcomes_follow_decisions_and_scores(void **state)
{
	static const struct {
		const char *seen;
		enum action action;
		int32_t score;
		const char *decision;
	} cases[] = {
		{ "", ACTION_ACCEPT, 0, "" },
		{ "SPF_PASS", ACTION_ACCEPT, -150, "" },
		{ "SPF_FAIL", ACTION_TAG, 800, "" },
		{ "SPF_FAIL BAD_DATE", ACTION_QUARANTINE, 1043, "" },
		{ "SPF_FAIL BAD_DATE HEADER_BAD_NAME", ACTION_QUARANTINE, 1300, "" },
		{ "BAD_DATE HEADER_BAD_NAME", ACTION_ACCEPT, 500, "" },
		{ "GTUBE SPF_PASS", ACTION_REJECT, -150, "GTUBE" },
		{ "GTUBE NAME_RTL_OVERRIDE", ACTION_REJECT, 0, "GTUBE" },
		{ "GTUBE NAME_PATH", ACTION_TAG, 0, "MARK" },
		{ "NAME_PATH SPF_FAIL BAD_DATE", ACTION_QUARANTINE, 1043, "" },
		{ "NAME_RTL_OVERRIDE SPF_FAIL", ACTION_QUARANTINE, 800, "RTL" },
		{ "AV_ERROR", ACTION_DEFER, 0, "AV_ERROR" },
		{ "AV_ABSENT", ACTION_ACCEPT, 0, "" },
		{ "SPF_NONE", ACTION_ACCEPT, 0, "" },
		{ "UNHEARD_OF", ACTION_ACCEPT, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(world_free) struct world w = new_world();
		str decision;

		see(&w, cases[i].seen);
		judge(&w);
		decision = w.v.decision ? w.v.decision->name : STR("");
		assert_string_equal(action_name(w.v.action), action_name(cases[i].action));
		assert_int_equal(w.v.score, cases[i].score);
		assert_true(str_eq(decision, str_c(cases[i].decision)));
	}
}

static void thresholds_are_reached_exactly(void **state)
{
	const struct verdict v = { .tag = 600, .quarantine = 1000, .reject = 1500 };

	(void)state;
	assert_int_equal(verdict_of_score(&v, 599), ACTION_ACCEPT);
	assert_int_equal(verdict_of_score(&v, 600), ACTION_TAG);
	assert_int_equal(verdict_of_score(&v, 999), ACTION_TAG);
	assert_int_equal(verdict_of_score(&v, 1000), ACTION_QUARANTINE);
	assert_int_equal(verdict_of_score(&v, 1500), ACTION_REJECT);
	assert_string_equal(verdict_points(-5).text, "-0.05");
	assert_string_equal(verdict_points(1234).text, "12.34");
	assert_string_equal(verdict_points(INT32_MIN).text, "-21474836.48");
}

static void observing_carries_nothing_out(void **state)
{
	cleanup(world_free) struct world w = new_world();
	struct why why;

	(void)state;
	assert_int_equal(conf_set_assignment(w.conf, STR("mode=observe"), &why), 0);
	see(&w, "GTUBE");
	judge(&w);
	assert_int_equal(w.v.action, ACTION_ACCEPT);
	assert_int_equal(w.v.intended, ACTION_REJECT);
	assert_int_equal(verdict_reply(w.a, &w.v, STR("M1")).code, 250);
}

static void the_configuration_says_what_an_absent_antivirus_means(void **state)
{
	cleanup(world_free) struct world w = new_world();
	struct why why;

	(void)state;
	assert_int_equal(conf_set_assignment(w.conf, STR("antivirus.when_absent=quarantine"), &why),
			 0);
	see(&w, "AV_ABSENT");
	judge(&w);
	assert_int_equal(w.v.action, ACTION_QUARANTINE);
}

static void a_worker_cannot_vouch_for_the_sender(void **state)
{
	cleanup(world_free) struct world w = new_world();

	(void)state;
	*arena_push(w.a, &w.facts.findings) = (struct facts_finding){ STR("SPF_PASS"), STR(""), 0 };
	*arena_push(w.a, &w.facts.hits) =
		(struct facts_hit){ 1, STR(""), 0 }; /* SPF_PASS is no pattern */
	*arena_push(w.a, &w.facts.hits) = (struct facts_hit){ UINT32_MAX, STR(""), 0 };
	judge(&w);
	assert_int_equal(w.v.symbols.n, 0);
}

static void parts_are_judged_by_true_type(void **state)
{
	cleanup(world_free) struct world w = new_world();

	(void)state;
	*arena_push(w.a, &w.facts.parts) =
		(struct facts_part){ .type = STR("application/pdf"),
				     .detected = STR("application/x-dosexec"),
				     .filename = STR("a.pdf") };
	judge(&w);
	assert_true(has(&w.v, "EXE"));
	assert_true(str_eq(w.v.symbols.v[0].evidence, STR("a.pdf")));
}

static void what_could_not_be_inspected_is_kept(void **state)
{
	static const struct {
		const char *limit, *error;
		enum action action;
	} cases[] = {
		{ "mime.depth", "", ACTION_QUARANTINE },
		{ "text.bytes", "", ACTION_ACCEPT },
		{ NULL, "worker died", ACTION_QUARANTINE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(world_free) struct world w = new_world();

		if (cases[i].limit)
			*arena_push(w.a, &w.facts.limits_hit) = str_c(cases[i].limit);
		w.facts.error = str_c(cases[i].error);
		judge(&w);
		assert_int_equal(w.v.action, cases[i].action);
	}
}

static void our_own_domain_needs_spf_to_vouch_for_it(void **state)
{
	static const struct {
		const char *ip, *path, *display, *from_domain, *spf;
		bool spoof, shown;
	} cases[] = {
		{ "192.0.2.1", "a@hopital.example", "", "hopital.example", "SPF_PASS", false,
		  false },
		{ "192.0.2.1", "a@Hopital.example", "", "x.example", "SPF_NONE", true, false },
		{ "192.0.2.1", "a@x.example", "", "hopital.example", "SPF_PASS", true, false },
		{ "192.0.2.1", "", "", "hopital.example", "SPF_NONE", true, false },
		{ "192.0.2.1", "a@x.example", "", "hopital.example.", "SPF_PASS", true, false },
		{ "192.0.2.1", "a@x.example", "", "hopital\\.example;", "SPF_PASS", true, false },
		{ "192.0.2.1", "a@x.example", "", "h\xef\xbd\x8fpital.example", "SPF_PASS", true,
		  false },
		{ "", "a@hopital.example", "", "hopital.example", "SPF_NONE", false, false },
		{ "192.0.2.1", "a@x.example", "dir@HOPITAL.example", "x.example", "SPF_PASS", false,
		  true },
		{ "192.0.2.1", "a@x.example", "dir@xhopital.example", "x.example", "SPF_PASS",
		  false, false },
		{ "192.0.2.1", "a@x.example", "hopital.examples hopital.example", "x.example",
		  "SPF_PASS", false, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(world_free) struct world w = new_world();

		w.envelope.client_ip = str_c(cases[i].ip);
		w.envelope.reverse_path = str_c(cases[i].path);
		*arena_push(w.a, &w.facts.addresses) =
			(struct facts_address){ FACTS_FROM, str_c(cases[i].display), STR("l"),
						str_c(cases[i].from_domain) };
		see(&w, cases[i].spf);
		judge(&w);
		if (has(&w.v, "OWN") != cases[i].spoof)
			fail_msg("row %zu", i);
		assert_int_equal(has(&w.v, "DISPLAY"), cases[i].shown);
	}
}

static void a_date_far_from_reception_is_told(void **state)
{
	static const struct {
		int64_t received; /* seconds after 2026-11-22 00:00 UTC */
		const char *date;
		bool past, future;
	} cases[] = {
		{ 0, "Sat, 21 Nov 2026 00:00:01 +0000", false, false },
		{ 0, "Fri, 20 Nov 2026 23:59:59 +0000", true, false },
		{ 0, "Sun, 22 Nov 2026 02:00:00 +0000", false, false },
		{ 0, "Sun, 22 Nov 2026 02:00:01 +0000 (x)", false, true },
		{ 0, "Sun, 22 Nov 2026 02:00:01 +0100", false, false },
		{ 0, "Thu, 1 Jan 1970 00:00:00 +0000", true, false },
		{ 0, "soon", false, false },
		{ -1795305600, "Thu, 1 Jan 1970 00:00:00 +0000", false, false }, /* unknown */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(world_free) struct world w = new_world();

		w.envelope.received_at = 1795305600 + cases[i].received;
		*arena_push(w.a, &w.facts.headers) =
			(struct facts_header){ STR("Date"), str_c(cases[i].date), 1 };
		judge(&w);
		assert_int_equal(has(&w.v, "PAST"), cases[i].past);
		assert_int_equal(has(&w.v, "FUTURE"), cases[i].future);
	}
}

static void another_reverse_path_is_told_but_for_those_with_a_reason(void **state)
{
	static const struct {
		const char *path, *header, *sender_domain;
		bool differs;
	} cases[] = {
		{ "a@x.example", "Subject", "", false },
		{ "bounces@mail.x.example", "Subject", "", false },
		{ "a@evil.example", "Subject", "", true },
		{ "", "Subject", "", false },
		{ "SRS0=ab=cd=x.example=a@fai.example", "Subject", "", false },
		{ "prvs=1234abcdef=a@x.example", "Subject", "", false },
		{ "list-owner@univ.example", "List-Id", "", false },
		{ "a@agent.example", "Subject", "agent.example", false },
		{ "a@agent.example", "Subject", "third.example", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(world_free) struct world w = new_world();

		w.envelope.reverse_path = str_c(cases[i].path);
		*arena_push(w.a, &w.facts.addresses) =
			(struct facts_address){ FACTS_FROM, STR(""), STR("a"), STR("x.example") };
		*arena_push(w.a, &w.facts.addresses) =
			(struct facts_address){ FACTS_SENDER, STR(""), STR("s"),
						str_c(cases[i].sender_domain) };
		*arena_push(w.a, &w.facts.headers) =
			(struct facts_header){ str_c(cases[i].header), STR("v"), 1 };
		judge(&w);
		assert_int_equal(has(&w.v, "ENVFROM"), cases[i].differs);
	}
}

static void write_file(const char *path, str text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
	fclose(f);
}

static void authors_and_answers_are_looked_up_in_lists(void **state)
{
	static const struct {
		enum facts_where where;
		str domain;
		bool from, reply;
	} cases[] = {
		{ FACTS_FROM, STR("free.example"), true, false },
		{ FACTS_FROM, STR("a.b.FREE.example"), true, false },
		{ FACTS_FROM, STR("carefree.example"), false, false },
		{ FACTS_FROM, STR(""), false, false },
		{ FACTS_REPLY_TO, STR("free.example"), false, true },
		{ FACTS_TO, STR("free.example"), false, false },
	};
	char dir[] = "/tmp/verdict_test.XXXXXX";
	cleanup(world_free) struct world w = new_world();
	const char *list, *rules;
	struct why why;

	(void)state;
	assert_non_null(mkdtemp(dir));
	list = arena_fmt(w.a, "%s/l.txt", dir).p;
	rules = arena_fmt(w.a, "%s/r.yaml", dir).p;
	write_file(list, STR("free.example\n"));
	write_file(rules,
		   STR("thresholds: {tag: 6, quarantine: 10, reject: 15}\nsymbols:\n"
		       "  FROM: {when: {from_in: l.txt}, group: g, created: 2026-01-02, "
		       "description: {en: a, fr: b}}\n"
		       "  REPLY: {when: {reply_to_in: l.txt}, group: g, created: 2026-01-02, "
		       "description: {en: a, fr: b}}\n"));
	if (rules_load(w.a, &(struct rules_dirs){ .rules = dir, .lists = dir }, &w.rules, &why) < 0)
		fail_msg("%s", why.text);
	(void)remove(list);
	(void)remove(rules);
	(void)remove(dir);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		w.facts.addresses.n = 0;
		*arena_push(w.a, &w.facts.addresses) =
			(struct facts_address){ cases[i].where, STR(""), STR("l"),
						cases[i].domain };
		judge(&w);
		assert_int_equal(has(&w.v, "FROM"), cases[i].from);
		assert_int_equal(has(&w.v, "REPLY"), cases[i].reply);
	}
}

static void the_extension_is_the_one_windows_would_see(void **state)
{
	static const struct {
		const char *name, *extension;
	} cases[] = {
		{ "a.exe", "exe" },
		{ "a.pdf.EXE. . ", "EXE" },
		{ "a", "" },
		{ "", "" },
		{ "a.exe::$DATA", "exe" },
		{ "a.exe\xc2\xa0", "exe" },
		{ "a.exe\xe2\x80\x8b", "exe" },
		{ "dir.d/file", "" },
		{ "x\\y.z\\a.js", "js" },
		{ ".exe", "exe" },
		{ "...", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_true(
			str_eq(derive_extension(str_c(cases[i].name)), str_c(cases[i].extension)));
}

static void refusals_say_the_same_to_everyone(void **state)
{
	static const struct {
		const char *seen, *text;
		int code;
	} cases[] = {
		{ "GTUBE", "Message refused by the policy of this site, reference M1x", 550 },
		{ "SPF_FAIL BAD_DATE HEADER_BAD_NAME", "Message taken, reference M1x", 250 },
		{ "AV_ERROR", "Message cannot be taken now, try again later, reference M1x", 451 },
		{ "", "Message taken, reference M1x", 250 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(world_free) struct world w = new_world();
		struct verdict_reply r;

		see(&w, cases[i].seen);
		judge(&w);
		r = verdict_reply(w.a, &w.v, STR("M1\r\nx"));
		assert_int_equal(r.code, cases[i].code);
		assert_true(str_eq(r.text, str_c(cases[i].text)));
	}
}

static void assert_explained(const char *seen, enum conf_lang lang, const char *want)
{
	cleanup(world_free) struct world w = new_world();
	struct strbuf b = strbuf_make(w.a, 1 << 16);

	see(&w, seen);
	judge(&w);
	explain_put(&b, &w.v, lang);
	strbuf_char(&b, '\0');
	assert_string_equal(b.p, want);
}

static void a_verdict_explains_itself_in_two_languages(void **state)
{
	(void)state;
	assert_explained("", CONF_LANG_EN,
			 "Outcome: accepted, by score\n"
			 "Score: 0.00; tag from 6.00, quarantine from 10.00, reject from 15.00\n"
			 "What was seen: nothing remarkable\n"
			 "What would have changed it:\n"
			 "  6.00 points more: delivered with a mark\n");
	assert_explained("GTUBE SPF_FAIL", CONF_LANG_FR,
			 "Issue : refusé, par décision de GTUBE\n"
			 "Score : 8.00; marque dès 6.00, quarantaine dès 10.00, refus dès 15.00\n"
			 "Ce qui a été vu :\n"
			 "      reject  GTUBE                      Sur GTUBE (\"what\")\n"
			 "        8.00  SPF_FAIL                   Sur SPF_FAIL (\"why\")\n"
			 "Ce qui l'aurait changée :\n"
			 "  sans GTUBE : remis avec une marque\n");
	assert_explained("SPF_FAIL BAD_DATE HEADER_BAD_NAME", CONF_LANG_EN,
			 "Outcome: quarantined, by score\n"
			 "Score: 13.00; tag from 6.00, quarantine from 10.00, reject from 15.00\n"
			 "What was seen:\n"
			 "        8.00  SPF_FAIL                   About SPF_FAIL (\"why\")\n"
			 "        5.00  BOTH                       About BOTH\n"
			 "        0.00  BAD_DATE                   About BAD_DATE (\"what\") "
			 "[counted in BOTH]\n"
			 "        0.00  BAD_NAME                   About BAD_NAME (\"what\") "
			 "[counted in BOTH]\n"
			 "What would have changed it:\n"
			 "  3.01 points less: delivered with a mark\n"
			 "  any one of these absent: SPF_FAIL\n");
}

static void the_json_names_action_score_decision_and_symbols(void **state)
{
	cleanup(world_free) struct world w = new_world();
	struct strbuf b = strbuf_make(w.a, 1 << 16);

	(void)state;
	see(&w, "GTUBE SPF_PASS");
	judge(&w);
	verdictjson_fields(&b, &w.v, CONF_LANG_EN);
	strbuf_char(&b, '\0');
	assert_string_equal(
		b.p, "\"action\":\"reject\",\"intended\":\"reject\",\"score\":-1.50,\"decision\":"
		     "\"GTUBE\","
		     "\"symbols\":[{\"name\":\"GTUBE\",\"score\":0.00,\"evidence\":\"what\"},"
		     "{\"name\":\"SPF_PASS\",\"score\":-1.50,\"evidence\":\"why\"}],"
		     "\"reasons\":[\"About GTUBE (\\\"what\\\")\"]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_count_and_compare),
		cmocka_unit_test(an_observed_rule_changes_nothing),
		cmocka_unit_test(outcomes_follow_decisions_and_scores),
		cmocka_unit_test(thresholds_are_reached_exactly),
		cmocka_unit_test(observing_carries_nothing_out),
		cmocka_unit_test(the_configuration_says_what_an_absent_antivirus_means),
		cmocka_unit_test(a_worker_cannot_vouch_for_the_sender),
		cmocka_unit_test(parts_are_judged_by_true_type),
		cmocka_unit_test(what_could_not_be_inspected_is_kept),
		cmocka_unit_test(our_own_domain_needs_spf_to_vouch_for_it),
		cmocka_unit_test(a_date_far_from_reception_is_told),
		cmocka_unit_test(another_reverse_path_is_told_but_for_those_with_a_reason),
		cmocka_unit_test(authors_and_answers_are_looked_up_in_lists),
		cmocka_unit_test(the_extension_is_the_one_windows_would_see),
		cmocka_unit_test(refusals_say_the_same_to_everyone),
		cmocka_unit_test(a_verdict_explains_itself_in_two_languages),
		cmocka_unit_test(the_json_names_action_score_decision_and_symbols),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

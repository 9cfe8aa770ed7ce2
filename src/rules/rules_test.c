#include "rules/rules.h"

#include "base/clock.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define THRESHOLDS "thresholds: {tag: 6, quarantine: 10, reject: 15}\n"
#define META ", group: g, created: 2026-01-02, description: {en: a, fr: b}}\n"
#define HEAD THRESHOLDS "symbols:\n"

static struct arena *new_arena(void)
{
	return arena_new("test", 256 << 20);
}

static void assert_str(str got, const char *want)
{
	if (!str_eq(got, str_c(want)))
		fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want);
}

static int load(struct arena *a, const char *shipped, const char *overlay, struct rules **ret,
		struct why *why)
{
	size_t n = strlen(shipped);
	char *copy = malloc(n ? n : 1); /* exact size */
	int r;

	memcpy(copy, shipped, n);
	r = rules_load_text(a, str_of(copy, n), overlay ? str_c(overlay) : STR_NULL, ret, why);
	free(copy);
	return r;
}

struct refusal {
	const char *text, *error;
};

static void each_is_refused(const struct refusal *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		cleanup(arena_freep) struct arena *a = new_arena();
		struct why why = { "" };
		struct rules *r;

		assert_int_equal(load(a, cases[i].text, NULL, &r, &why), -EINVAL);
		assert_string_equal(why.text, cases[i].error);
	}
}

static void the_shipped_rules_load_and_match_their_examples(void **state)
{
	cleanup(arena_freep) struct arena *a = new_arena();
	const struct rules_dirs dirs = { .rules = POTERNE_SOURCE "/rules",
					 .lists = POTERNE_SOURCE "/lists" };
	struct rules *r;
	struct why why = { "" };
	const struct lists_list *forbidden;
	str blob;

	(void)state;
	if (rules_load(a, &dirs, &r, &why) < 0 || rules_compile(a, r, &blob, &why) < 0 ||
	    rules_try_examples(a, r, blob, &why) < 0)
		fail_msg("%s", why.text);
	assert_int_equal(r->reject, 1500);
	assert_int_equal(rules_find(r, STR("EICAR_TEST_FILE"))->decision, ACTION_REJECT);
	assert_ptr_equal(rules_of_finding(r, STR("GTUBE")), rules_find(r, STR("GTUBE")));
	forbidden = rules_find(r, STR("FORBIDDEN_EXTENSION"))->list;
	assert_true(lists_has_word(forbidden, a, STR("EXE"), 0));
	assert_false(lists_has_word(forbidden, a, STR("pdf"), 0));
}

static void every_property_arrives_in_the_symbol(void **state)
{
	cleanup(arena_freep) struct arena *a = new_arena();
	const struct rules_symbol *s;
	struct rules *r;
	struct why why = { "" };
	const struct pattern *list;
	size_t n;

	(void)state;
	if (load(a,
		 HEAD
		 "  AB:\n    group: spam\n    when: {header: {name: Subject, regex: 'x+', "
		 "caseless: false}}\n"
		 "    score: -2.25\n    decision: tag\n    priority: 7\n    created: 2026-01-02\n"
		 "    updated: 2026-02-03\n    description: {en: English, fr: Français}\n"
		 "    example: [ax, b x]\n    near_miss: X\n    false_positives: many\n"
		 "  TY: {when: {type_in: [a/b, c/d]}" META
		 "  EX: {when: {expr: '!AB & (TY | AB)'}, replace: [AB]" META,
		 NULL, &r, &why) < 0)
		fail_msg("%s", why.text);
	s = rules_find(r, STR("AB"));
	assert_int_equal(s->score, -225);
	assert_int_equal(s->when, RULES_HEADER);
	assert_false(s->caseless);
	assert_int_equal(s->decision, ACTION_TAG);
	assert_int_equal(s->priority, 7);
	assert_str(s->description[CONF_LANG_FR], "Français");
	assert_int_equal(s->examples.n, 2);
	assert_str(s->near_misses.v[0], "X");
	rules_patterns(r, &list, &n);
	assert_int_equal(n, 1);
	assert_int_equal(list[0].scope, PATTERN_HEADER);
	assert_int_equal(list[0].id, s->index);
	s = rules_find(r, STR("EX"));
	assert_int_equal(s->expr.n, 6);
	assert_int_equal(s->replace.v[0], 0);
	assert_int_equal(rules_find(r, STR("TY"))->types.n, 2);
}

static void a_bad_file_is_refused_with_place_and_hint(void **state)
{
	static const struct refusal cases[] = {
		{ "", "rules: no file sets thresholds; add 00-thresholds.yaml" },
		{ "symbol: {}\n", "rules.yaml:1:1: found \"symbol\", expected thresholds, symbols, "
				  "protected or dns_lists; did you mean \"symbols\"?" },
		{ "thresholds: {tag: 1}\n",
		  "rules.yaml:1:1: found \"thresholds\", expected all of tag, "
		  "quarantine and reject below it" },
		{ "thresholds: {tag: 1, quarantine: 2, reject: 3, rejct: 2}\n",
		  "rules.yaml:1:48: found \"rejct\", expected greylist, tag, quarantine or reject; "
		  "did you "
		  "mean \"reject\"?" },
		{ "thresholds: {tag: 9, quarantine: 2, reject: 3}\n",
		  "rules: thresholds are out of order; tag may not exceed quarantine, nor "
		  "quarantine reject" },
		{ "thresholds: {tag: x, quarantine: 2, reject: 3}\n",
		  "rules.yaml:1:19: found \"x\", expected a score from -1000 to 1000" },
		{ HEAD "  lower: {when: {finding: GTUBE}" META,
		  "rules.yaml:3:3: found \"lower\", expected a symbol of capitals, digits and "
		  "'_'" },
		{ HEAD "  AB: 5\n",
		  "rules.yaml:3:7: found \"5\", expected the symbol's properties" },
		{ HEAD "  AB: {wen: {finding: GTUBE}" META,
		  "rules.yaml:3:8: found \"wen\", expected a property of a symbol; did you mean "
		  "\"when\"?" },
		{ HEAD "  AB: {when: {finding: GTUB}" META,
		  "rules.yaml:3:24: found \"GTUB\", expected the name of a finding; did you mean "
		  "\"GTUBE\"?" },
		{ HEAD "  AB: {when: {findings: GTUBE}" META,
		  "rules.yaml:3:15: found \"findings\", expected finding, header, body, raw, "
		  "filename, url, words, macro, script, yara, lua, "
		  "extension_in, type_in, from_in, reply_to_in, client_in, helo_in, "
		  "reverse_path_in, recipient_in, every_recipient_in, url_in, hash_in, "
		  "language_in, asn_in, country_in, dns_list, scanner or expr; did "
		  "you mean "
		  "\"finding\"?" },
		{ HEAD "  AB: {when: {finding: GTUBE, expr: X}" META,
		  "rules.yaml:3:14: found a section, expected exactly one condition, such as "
		  "{finding: NAME}" },
		{ HEAD "  AB: {group: g}\n",
		  "rules.yaml:3:3: found \"AB\", expected \"when\" below it" },
		{ HEAD "  AB: {group: g, when: {finding: GTUBE}}\n",
		  "rules.yaml:3:3: found \"AB\", expected \"description\" below it" },
		{ HEAD "  AB: {when: {body: {regex: x}}" META,
		  "rules.yaml:3:3: found \"AB\", expected \"example\" below it" },
		{ HEAD "  AB: {when: {header: {regex: x}}" META,
		  "rules.yaml:3:15: found \"header\", expected the name of a header field below "
		  "it" },
		{ HEAD "  AB: {when: {body: {regexp: x}}" META,
		  "rules.yaml:3:22: found \"regexp\", expected regex or caseless; did you mean "
		  "\"regex\"?" },
		{ HEAD "  AB: {when: {extension_in: no.txt}" META,
		  "rules.yaml:3:29: found \"no.txt\", expected a file of the lists directory" },
		{ HEAD "  AB: {when: {type_in: [pdf]}" META,
		  "rules.yaml:3:24: found \"pdf\", expected types such as application/pdf" },
		{ HEAD "  AB: {decision: rejct, when: {finding: GTUBE}" META,
		  "rules.yaml:3:18: found \"rejct\", expected tag, defer, quarantine, reject, "
		  "discard, "
		  "antivirus.when_down or antivirus.when_absent; did you mean \"reject\"?" },
		{ HEAD "  AB: {score: 1001, when: {finding: GTUBE}" META,
		  "rules.yaml:3:15: found \"1001\", expected a score from -1000 to 1000" },
		{ HEAD "  AB: {created: 2026-13-01, when: {finding: GTUBE}}\n",
		  "rules.yaml:3:17: found \"2026-13-01\", expected a date, YYYY-MM-DD" },
		{ HEAD "  AB: {description: {en: x}, when: {finding: GTUBE}}\n",
		  "rules.yaml:3:21: found a section, expected {en: ..., fr: ...}" },
		{ HEAD "  AB: {replace: [AB], when: {finding: GTUBE}}\n",
		  "rules.yaml:3:8: found \"replace\", expected it only beside \"when: {expr: "
		  "...}\"" },
		{ HEAD "  AB: {when: {expr: 'AB & AC'}" META,
		  "rules.yaml:3:27: found \"AC\", expected a symbol; did you mean \"AB\"?" },
		{ HEAD "  AB: {when: {expr: 'AB &'}" META,
		  "rules.yaml:3:26: found \"\", expected a symbol, '!' or '('" },
		{ HEAD "  AB: {when: {expr: '(AB'}" META,
		  "rules.yaml:3:25: found \"\", expected ')'" },
		{ HEAD "  AB: {when: {expr: 'AB AB'}" META,
		  "rules.yaml:3:25: found \"A\", expected '&', '|' or the end" },
		{ HEAD "  AB: {when: {expr: 'AC'}" META "  AC: {when: {expr: '!AB'}" META,
		  "rules.yaml:3:3: found a circle of expressions through \"AB\", expected none" },
		{ HEAD "  AB: {when: {expr: AC}, replace: [AD]" META
		       "  AC: {when: {finding: GTUBE}" META,
		  "rules.yaml:3:36: found \"AD\", expected a symbol; did you mean \"AB\"?" },
		{ HEAD "  AB: {when: {finding: GTUBE}" META "  AB: {when: {finding: GTUBE}" META,
		  "rules.yaml:4:3: found the key \"AB\" a second time, expected it once" },
	};

	(void)state;
	each_is_refused(cases, ARRAY_LEN(cases));
}

static void a_bad_condition_about_a_scanner_is_refused(void **state)
{
	static const struct refusal cases[] = {
		{ HEAD "  AB: {when: {scanner: {name: a, protocol: icap, says: x}}" META,
		  "rules.yaml:3:24: found a section, expected {name: SERVICE, says: WORD}" },
		{ HEAD "  AB: {when: {scanner: {protocol: http, says: x}}" META,
		  "rules.yaml:3:35: found \"http\", expected clamd, icap, olefy, dcc or line" },
		{ HEAD "  AB: {when: {scanner: {says: two words}}" META,
		  "rules.yaml:3:31: found \"two words\", expected a word of letters, digits, - and "
		  "_" },
		{ HEAD "  AB: {when: {scanner: {word: x}}" META,
		  "rules.yaml:3:25: found \"word\", expected name, protocol or says" },
	};

	(void)state;
	each_is_refused(cases, ARRAY_LEN(cases));
}

static void an_overlay_changes_scores_disables_and_adds(void **state)
{
	static const char shipped[] = HEAD "  AB: {score: 1, when: {finding: GTUBE}" META
					   "  AC: {score: 1, when: {finding: SPF_FAIL}" META;
	cleanup(arena_freep) struct arena *a = new_arena();
	struct rules *r;
	struct why why = { "" };

	(void)state;
	if (load(a, shipped,
		 "thresholds: {reject: 20}\n"
		 "symbols: {AB: {score: 3.5}, AC: {disabled: true}, LOCAL: {when: {expr: AB}, "
		 "score: 2}}\n",
		 &r, &why) < 0)
		fail_msg("%s", why.text);
	assert_int_equal(rules_find(r, STR("AB"))->score, 350);
	assert_true(rules_find(r, STR("AC"))->disabled);
	assert_int_equal(rules_find(r, STR("LOCAL"))->score, 200);
	assert_str(rules_find(r, STR("LOCAL"))->description[0], "LOCAL");
	assert_int_equal(r->reject, 2000);
	assert_int_equal(load(a, shipped, "symbols: {AB: {decision: tag}}\n", &r, &why), -EINVAL);
	assert_string_equal(
		why.text,
		"overlay.yaml:1:16: found \"decision\", expected score, disabled or observe: "
		"no more of a shipped symbol can be changed");
}

static void a_symbol_is_known_by_its_other_names_too(void **state)
{
	static const char shipped[] =
		HEAD "  AB: {aliases: [OLD_AB, AB_TOO], ease: careful, tests: [T001], score: 1, "
		     "when: {finding: GTUBE}" META
		     "  AC: {when: {expr: '!OLD_AB'}, replace: [AB_TOO]" META;
	static const struct {
		const char *overlay, *error;
	} bad[] = {
		{ "symbols: {OLD_A: {score: 2}}\n",
		  "overlay.yaml:1:11: found \"OLD_A\", expected the name of a symbol, or \"when\" "
		  "below it; did you mean \"OLD_AB\"?" },
		{ "symbols: {OLD_AB: {score: 2}, AB_TOO: {score: 3}}\n",
		  "overlay.yaml:1:40: found \"score\", expected a property that the overlay does "
		  "not "
		  "change yet" },
		{ "symbols: {NEW: {when: {expr: AB}, aliases: AC}}\n",
		  "overlay.yaml:1:44: found \"AC\", expected a name that no symbol has yet" },
		{ "symbols: {NEW: {when: {expr: AB}, aliases: ac}}\n",
		  "overlay.yaml:1:44: found \"ac\", expected names of capitals, digits and '_'" },
		{ "symbols: {NEW: {when: {expr: AB}, ease: hard}}\n",
		  "overlay.yaml:1:41: found \"hard\", expected easy, careful or expert" },
	};
	cleanup(arena_freep) struct arena *a = new_arena();
	struct rules *r;
	struct why why = { "" };

	(void)state;
	if (load(a, shipped, "symbols: {AB_TOO: {score: 7}, OLD_AB: {observe: true}}\n", &r, &why) <
	    0)
		fail_msg("%s", why.text);
	assert_int_equal(rules_find(r, STR("AB"))->score, 700);
	assert_true(rules_find(r, STR("AB"))->observe);
	assert_ptr_equal(rules_find(r, STR("OLD_AB")), rules_find(r, STR("AB")));
	assert_int_equal(rules_find(r, STR("AC"))->replace.v[0], 0);
	assert_str(rules_ease_name(rules_find(r, STR("AB"))->ease), "careful");
	assert_str(rules_find(r, STR("AB"))->tests.v[0], "T001");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(load(a, shipped, bad[i].overlay, &r, &why), -EINVAL);
		assert_string_equal(why.text, bad[i].error);
	}
}

static void a_program_is_tried_on_whole_messages(void **state)
{
	static const char rules[] = HEAD
		"  AB: {when: {lua: 'local m = ... return m.from[1].domain == \"a.example\"'}, "
		"example: \"From: x@a.example\\r\\n\\r\\n\", near_miss: \"From: "
		"x@%s\\r\\n\\r\\n\"" META;
	static const struct {
		const char *domain, *error;
	} cases[] = { { "b.example", NULL },
		      { "a.example", "rules.yaml:3:3: AB matches its near miss" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = new_arena();
		struct rules *r;
		struct why why = { "" };
		str blob;

		assert_int_equal(rules_load_text(a, arena_fmt(a, rules, cases[i].domain), STR_NULL,
						 &r, &why),
				 0);
		assert_int_equal(rules_compile(a, r, &blob, &why), 0);
		assert_int_equal(rules_lua_compile(a, r, &blob, &why), 0);
		assert_int_equal(rules_compile(a, r, &blob, &why), 0);
		assert_int_equal(rules_try_examples(a, r, blob, &why),
				 cases[i].error ? -EINVAL : 0);
		if (cases[i].error)
			assert_true(str_starts(str_c(why.text), str_c(cases[i].error)));
	}
	{
		cleanup(arena_freep) struct arena *a = new_arena();
		struct rules *r;
		struct why why = { "" };
		str blob;

		assert_int_equal(
			load(a,
			     HEAD "  AB: {when: {lua: 'return ('}, example: a, near_miss: b" META,
			     NULL, &r, &why),
			0);
		assert_int_equal(rules_lua_compile(a, r, &blob, &why), -EINVAL);
		assert_true(str_starts(str_c(why.text),
				       STR("rules.yaml:3:3: found a bad program for AB: ")));
	}
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	fclose(f);
}

static const struct rules_symbol *with_name(const struct rules *r, const char *name)
{
	const struct rules_symbol *s = rules_find(r, str_c(name));

	if (!s)
		fail_msg("no %s", name);
	return s;
}

static void spamassassin(struct arena *a, const char *text, struct rules **ret)
{
	static const char shipped[] = HEAD "  AB: {score: 1, when: {finding: GTUBE}" META;
	char dir[] = "/tmp/rules_test.XXXXXX";
	const char *overlay, *cf, *yaml;
	struct why why = { "" };

	assert_non_null(mkdtemp(dir));
	overlay = arena_fmt(a, "%s/overlay", dir).p;
	yaml = arena_fmt(a, "%s/r.yaml", dir).p;
	cf = arena_fmt(a, "%s/local.cf", overlay).p;
	assert_int_equal(mkdir(overlay, 0700), 0);
	write_file(yaml, shipped);
	write_file(cf, text);
	if (rules_load(a, &(struct rules_dirs){ .rules = dir, .overlay = overlay }, ret, &why) < 0)
		fail_msg("%s", why.text);
	unlink(cf);
	unlink(yaml);
	rmdir(overlay);
	rmdir(dir);
}

/* What was changed while the gateway ran is the last word, and told; two other files may not
 * disagree. */
static void changes_at_run_time_overrule_the_overlay(void **state)
{
	static const char shipped[] = HEAD "  AB: {score: 1, when: {finding: GTUBE}" META;
	cleanup(arena_freep) struct arena *a = new_arena();
	char dir[] = "/tmp/rules_test.XXXXXX";
	const char *yaml, *overlay, *mine;
	struct rules_dirs dirs;
	struct rules *r;
	struct why why = { "" };

	(void)state;
	assert_non_null(mkdtemp(dir));
	overlay = arena_fmt(a, "%s/overlay", dir).p;
	yaml = arena_fmt(a, "%s/r.yaml", dir).p;
	mine = arena_fmt(a, "%s/mine.yaml", overlay).p;
	assert_int_equal(mkdir(overlay, 0700), 0);
	write_file(yaml, shipped);
	write_file(mine, "symbols: {AB: {score: 2, observe: true}}\n");
	dirs = (struct rules_dirs){ .rules = dir,
				    .overlay = overlay,
				    .changes =
					    STR("symbols:\n  AB: {score: 3, disabled: true}\n") };
	if (rules_load(a, &dirs, &r, &why) < 0)
		fail_msg("%s", why.text);
	assert_int_equal(with_name(r, "AB")->score, 300);
	assert_true(with_name(r, "AB")->observe && with_name(r, "AB")->disabled);
	assert_int_equal(r->overruled.n, 1);
	assert_str(r->overruled.v[0].property, "score");
	assert_int_equal(r->overruled.v[0].line, 2);
	write_file(arena_fmt(a, "%s/other.yaml", overlay).p, "symbols: {AB: {score: 4}}\n");
	assert_int_equal(rules_load(a, &dirs, &r, &why), -EINVAL);
	unlink(arena_fmt(a, "%s/other.yaml", overlay).p);
	unlink(mine);
	unlink(yaml);
	rmdir(overlay);
	rmdir(dir);
}

static void rules_of_spamassassin_are_loaded(void **state)
{
	static const char text[] =
		"# a comment\n"
		"header   SUBJECT_WIN  Subject =~ /\\bwin\\b/i # why\n"
		"score    SUBJECT_WIN  1.0 2.0 3.0 4.5\n"
		"describe SUBJECT_WIN  A subject that wins\n"
		"lang fr describe SUBJECT_WIN Un sujet qui gagne\n"
		"header   HAS_X        exists:X-Thing\n"
		"header   __NO_LIST    List-Id !~ /./\n"
		"body     __MONEY      m{(?:\\$|€)\\d{3}}\n"
		"uri      URI_EXE      m!^https?://.*[.]exe\\#?$!\n"
		"rawbody  T_RAW        /a.b\\/c/s\n"
		"meta     BOTH         (SUBJECT_WIN + __MONEY + HAS_X) >= 2 && !UNKNOWN_ONE\n"
		"score    BOTH         -1\n"
		"score    AB           7\n";
	cleanup(arena_freep) struct arena *a = new_arena();
	const struct rules_symbol *s;
	struct rules *r;
	struct why why = { "" };
	str blob;

	(void)state;
	spamassassin(a, text, &r);
	assert_int_equal(r->left_out.n, 0);
	s = with_name(r, "SUBJECT_WIN");
	assert_int_equal(s->score, 450);
	assert_true(s->caseless && s->when == RULES_HEADER);
	assert_str(s->regex, "(?-s)\\bwin\\b");
	assert_str(s->description[CONF_LANG_EN], "A subject that wins");
	assert_str(s->description[CONF_LANG_FR], "Un sujet qui gagne");
	assert_str(with_name(r, "HAS_X")->header, "X-Thing");
	assert_int_equal(with_name(r, "HAS_X")->score, 100);
	assert_int_equal(with_name(r, "__MONEY")->score, 0);
	assert_true(with_name(r, "__NO_LIST")->when == RULES_EXPR);
	assert_true(with_name(r, "URI_EXE")->when == RULES_URL);
	assert_str(with_name(r, "T_RAW")->regex, "a.b\\/c");
	assert_int_equal(with_name(r, "T_RAW")->score, 1);
	assert_int_equal(with_name(r, "BOTH")->score, -100);
	assert_int_equal(with_name(r, "AB")->score, 700);
	assert_int_equal(rules_compile(a, r, &blob, &why), 0);
}

static void what_spamassassin_rules_cannot_be_is_left_out_and_told(void **state)
{
	static const struct {
		const char *text, *name;
	} cases[] = {
		{ "body AHEAD /a(?!b)/\n", "AHEAD" },
		{ "body BACK /(a)\\1/\n", "BACK" },
		{ "body ANY /a*/\n", "ANY" },
		{ "body CODE eval:check_it()\n", "CODE" },
		{ "header CODE eval:check_it()\n", "CODE" },
		{ "header ALLOF ALL =~ /x/\n", "ALLOF" },
		{ "header ADDR From:addr =~ /x/\n", "ADDR" },
		{ "body OPEN /abc\n", "OPEN" },
		{ "body 9X /abc/\n", "9X" },
		{ "body AB /abc/\n", "AB" },
		{ "meta NOTHING\n", "NOTHING" },
		{ "score AB many\n", "AB" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = new_arena();
		struct rules *r;
		str text = arena_fmt(a, "\n%sbody LAST /last/\n", cases[i].text);

		spamassassin(a, text.p, &r);
		if (r->left_out.n != 1)
			fail_msg("%s: %zu left out", cases[i].name, r->left_out.n);
		assert_str(r->left_out.v[0].name, cases[i].name);
		assert_int_equal(r->left_out.v[0].line, 2);
		assert_true(with_name(r, "LAST")->when == RULES_BODY);
	}
}

static void rules_behind_a_condition_are_not_loaded(void **state)
{
	cleanup(arena_freep) struct arena *a = new_arena();
	struct rules *r;

	(void)state;
	spamassassin(a,
		     "ifplugin Mail::X\nbody ONE /one/\nif (version > 3)\nbody TWO /two/\nendif\n"
		     "body THREE /three/\nendif\nbody FOUR /four/\n",
		     &r);
	assert_null(rules_find(r, STR("ONE")));
	assert_null(rules_find(r, STR("TWO")));
	assert_null(rules_find(r, STR("THREE")));
	assert_non_null(rules_find(r, STR("FOUR")));
}

static void a_bad_expression_is_shown_with_its_place(void **state)
{
	cleanup(arena_freep) struct arena *a = new_arena();
	struct rules *r;
	struct why why = { "" };
	str blob;

	(void)state;
	assert_int_equal(
		load(a, HEAD "  AB: {example: a, near_miss: b, when: {body: {regex: '(a'}}" META,
		     NULL, &r, &why),
		0);
	assert_int_equal(rules_compile(a, r, &blob, &why), -EINVAL);
	assert_true(str_starts(str_c(why.text),
			       STR("rules.yaml:3:3: found a bad expression for AB: ")));
}

static void examples_that_lie_are_refused(void **state)
{
	static const struct {
		const char *example, *near_miss, *error;
	} cases[] = {
		{ "xabcx", "ab", NULL },
		{ "xABCx", "ab", NULL },
		{ "ab", "ab", "rules.yaml:3:3: AB does not match its example \"ab\"" },
		{ "abc", "abcd", "rules.yaml:3:3: AB matches its near miss \"abcd\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = new_arena();
		str text = arena_fmt(
			a,
			HEAD
			"  AB: {example: %s, near_miss: %s, when: {filename: {regex: abc}}" META,
			cases[i].example, cases[i].near_miss);
		struct rules *r;
		struct why why = { "" };
		str blob;

		assert_int_equal(rules_load_text(a, text, STR_NULL, &r, &why), 0);
		assert_int_equal(rules_compile(a, r, &blob, &why), 0);
		assert_int_equal(rules_try_examples(a, r, blob, &why),
				 cases[i].error ? -EINVAL : 0);
		assert_string_equal(why.text, cases[i].error ? cases[i].error : "");
	}
}

static void a_bad_list_of_the_dns_is_refused(void **state)
{
	static const struct refusal cases[] = {
		{ "dns_lists:\n  a: {zone: a.test, asks: [clients]}\n",
		  "rules.yaml:2:28: found \"clients\", expected client, helo, reverse_path, from, "
		  "dkim, url_host, url_domain, url_address, from_address, "
		  "reply_to_address, received or url_resolved" },
		{ "dns_lists:\n  a: {asks: [client]}\n",
		  "rules.yaml:2:3: found \"a\", expected zone and asks below it" },
		{ "dns_lists:\n  abc: {zone: a.test, asks: [client]}\nsymbols:\n"
		  "  AB: {when: {dns_list: {name: abd}}" META,
		  "rules.yaml:4:32: found \"abd\", expected a name below dns_lists, of this file "
		  "or "
		  "an earlier one; did you mean \"abc\"?" },
	};

	(void)state;
	each_is_refused(cases, ARRAY_LEN(cases));
}

static void list_entries_expire_and_errors_have_a_place(void **state)
{
	static const struct {
		const char *text, *error;
	} bad[] = {
		{ "a\nb until=2026-1-1\n",
		  "l.txt:2:9: found \"2026-1-1\", expected a date, YYYY-MM-DD" },
		{ "a\n\nA\n", "l.txt:3:1: found \"A\", expected every entry once" },
		{ "a\x01\n", "l.txt:1:1: found \"a\\x01\", expected one entry of text" },
	};
	cleanup(arena_freep) struct arena *a = new_arena();
	char dir[] = "/tmp/rules_test.XXXXXX";
	const char *list, *rules;
	struct rules *r;
	struct why why = { "" };
	int64_t day;

	(void)state;
	assert_non_null(mkdtemp(dir));
	list = arena_fmt(a, "%s/l.txt", dir).p;
	rules = arena_fmt(a, "%s/r.yaml", dir).p;
	write_file(rules, HEAD "  AB: {when: {extension_in: l.txt}" META);
	write_file(list, "# comment\nexe\r\n two words # why\nold until=2026-03-01\n");
	if (rules_load(a, &(struct rules_dirs){ .rules = dir, .lists = dir }, &r, &why) < 0)
		fail_msg("%s", why.text);
	assert_true(clock_parse_rfc3339(STR("2026-03-01T00:00:00Z"), &day));
	assert_true(lists_has_word(r->lists.list.v[0], a, STR("Exe"), day));
	assert_true(lists_has_word(r->lists.list.v[0], a, STR("two words"), day));
	assert_true(lists_has_word(r->lists.list.v[0], a, STR("old"), day - 1));
	assert_false(lists_has_word(r->lists.list.v[0], a, STR("old"), day));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		write_file(list, bad[i].text);
		assert_int_equal(
			rules_load(a, &(struct rules_dirs){ .rules = dir, .lists = dir }, &r, &why),
			-EINVAL);
		assert_string_equal(why.text + strlen(dir) + 1, bad[i].error);
	}
	unlink(list);
	unlink(rules);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_rules_load_and_match_their_examples),
		cmocka_unit_test(every_property_arrives_in_the_symbol),
		cmocka_unit_test(a_bad_file_is_refused_with_place_and_hint),
		cmocka_unit_test(a_bad_condition_about_a_scanner_is_refused),
		cmocka_unit_test(an_overlay_changes_scores_disables_and_adds),
		cmocka_unit_test(a_symbol_is_known_by_its_other_names_too),
		cmocka_unit_test(a_program_is_tried_on_whole_messages),
		cmocka_unit_test(changes_at_run_time_overrule_the_overlay),
		cmocka_unit_test(rules_of_spamassassin_are_loaded),
		cmocka_unit_test(what_spamassassin_rules_cannot_be_is_left_out_and_told),
		cmocka_unit_test(rules_behind_a_condition_are_not_loaded),
		cmocka_unit_test(a_bad_expression_is_shown_with_its_place),
		cmocka_unit_test(examples_that_lie_are_refused),
		cmocka_unit_test(a_bad_list_of_the_dns_is_refused),
		cmocka_unit_test(list_entries_expire_and_errors_have_a_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

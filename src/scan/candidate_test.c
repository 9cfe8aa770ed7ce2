#include "scan/candidate.h"

#include "base/testdir.h"

#include <sys/stat.h>

#define META                                                                                       \
	", group: g, created: 2026-01-02, description: {en: a, fr: b}, example: x, near_miss: "    \
	"y}\n"

static const char shipped[] = "thresholds: {tag: 6, quarantine: 10, reject: 15}\n"
			      "symbols:\n"
			      "  KNOWN: {score: 3, when: {body: {regex: 'x'}}" META
			      "  OTHER: {score: 2, when: {body: {regex: 'x+x'}}" META;

struct world {
	struct arena *a;
	struct conf *conf;
	struct rules *live;
	char dir[TESTDIR_MAX];
};

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static struct world new_world(const char *candidate)
{
	struct world w = { .a = arena_new("test", 256 << 20) };
	struct rules_dirs dirs;
	struct why why;

	testdir_make(w.dir);
	w.conf = conf_new_default(w.a);
	w.conf->paths.rules = arena_fmt(w.a, "%s/rules", w.dir);
	w.conf->paths.lists = arena_fmt(w.a, "%s/lists", w.dir);
	w.conf->paths.candidate = arena_fmt(w.a, "%s/candidate", w.dir);
	w.conf->paths.compiled = arena_fmt(w.a, "%s", w.dir);
	assert_int_equal(mkdir(w.conf->paths.rules.p, 0700), 0);
	assert_int_equal(mkdir(w.conf->paths.lists.p, 0700), 0);
	assert_int_equal(mkdir(w.conf->paths.candidate.p, 0700), 0);
	write_file(w.conf->paths.rules.p, "r.yaml", shipped);
	write_file(w.conf->paths.candidate.p, "c.yaml", candidate);
	dirs = rules_dirs_of(w.a, w.conf);
	assert_int_equal(rules_load(w.a, &dirs, &w.live, &why), 0);
	return w;
}

static void world_free(struct world *w)
{
	testdir_remove(w->dir);
	rules_close(w->live);
	arena_free(w->a);
}

static struct candidate *load(const struct world *w)
{
	struct candidate *c;
	struct why why;

	if (candidate_load(w->conf, w->live, &c, &why) < 0)
		fail_msg("%s", why.text);
	return c;
}

static void hit(struct arena *a, const struct rules *r, const char *name, bool tried,
		struct facts *f)
{
	const struct facts_hit h = { rules_find(r, str_c(name))->index, STR("x"), 0 };

	if (tried)
		*arena_push(a, &f->candidate.hits) = h;
	else
		*arena_push(a, &f->hits) = h;
}

static void what_differs_is_told_symbol_by_symbol(void **state)
{
	struct world w = new_world("symbols:\n"
				   "  FRESH: {score: 9, when: {body: {regex: 'xx'}}}\n"
				   "  KNOWN: {score: 4}\n"
				   "  OTHER: {disabled: true}\n");
	struct candidate *c = load(&w);
	struct facts f = { .candidate.set = c->set };
	struct envelope env = { .client_ip = STR("192.0.2.1") };
	struct evidence e = { 0 };
	struct verdict_options options = verdict_options_of(w.conf, NULL, 1);
	struct verdict v;
	struct replay_result r;
	struct kept k;

	(void)state;
	assert_int_equal(c->rules->patterns.n, 1); /* the others are matched for the live rules */
	hit(w.a, w.live, "KNOWN", false, &f);
	hit(w.a, w.live, "OTHER", false, &f);
	hit(w.a, c->rules, "FRESH", true, &f);
	verdict_judge(w.a, w.live, &options, &env, &f, &e, &v);
	kept_make(w.a, w.live, 1, 1, &env, &f, &e, &v, &k);
	assert_true(candidate_judge(c, w.a, w.live, &f, &v, &k, &r));
	assert_int_equal(r.after.score - r.before.score, 800);
	assert_true(r.before.intended == v.intended && r.after.intended == ACTION_QUARANTINE);
	assert_true(str_eq(candidate_differences(w.a, &r),
			   STR("KNOWN=3.00>4.00 -OTHER=2.00 +FRESH=9.00")));

	/* A worker that had other patterns yet knows nothing of it. */
	f.candidate.set++;
	kept_make(w.a, w.live, 1, 1, &env, &f, &e, &v, &k);
	assert_false(candidate_judge(c, w.a, w.live, &f, &v, &k, &r));
	assert_true(k.candidate_set == 0);
	candidate_free(c);
	world_free(&w);
}

static void what_is_wrong_is_told_with_its_place(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "symbols: [1]\n", "c.yaml:1:" },
		{ "symbols:\n  FRESH: {score: 1, when: {body: {regex: '(x'}}}\n", "c.yaml:2:" },
		{ "symbols:\n  KNOWN: {scor: 1}\n", "did you mean \"score\"" },
		{ "symbols:\n  FRESH: {score: 1, when: {client_in: none.txt}}\n", "c.yaml:2:" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world w = new_world(cases[i].text);
		struct candidate *c;
		struct why why;

		assert_true(candidate_load(w.conf, w.live, &c, &why) < 0);
		assert_null(c);
		assert_true(str_find(str_c(why.text), str_c(cases[i].says)) != STR_NONE);
		world_free(&w);
	}
}

static void no_candidate_costs_nothing(void **state)
{
	struct world w = new_world("");
	struct candidate *c;
	struct why why;

	(void)state;
	w.conf->paths.candidate = STR("");
	assert_int_equal(candidate_load(w.conf, w.live, &c, &why), 0);
	assert_null(c);
	candidate_free(c);
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_differs_is_told_symbol_by_symbol),
		cmocka_unit_test(what_is_wrong_is_told_with_its_place),
		cmocka_unit_test(no_candidate_costs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

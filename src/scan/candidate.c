#include "scan/candidate.h"

#include "base/strbuf.h"
#include "replay/ruleprint.h"
#include "rules/rules_cache.h"

#include <errno.h>

enum { DIFFERENCES_MAX = 8192 };

/* Above all that compiling can give (inspect/patterns.c), so that too much is refused, not fatal.
 */
static const size_t budget = (size_t)8 << 30;

/* Only what the live rules do not look for already. */
static void leave_the_new(struct candidate *c, const struct rules *live)
{
	struct rules *rules = c->rules;
	size_t n = 0;

	for (size_t i = 0; i < rules->patterns.n; i++) {
		const struct pattern *p = &rules->patterns.v[i];

		if (!ruleprint_is_in(live, rules->symbols.v[p->id]))
			rules->patterns.v[n++] = *p;
	}
	rules->patterns.n = n;
}

static int compile(struct candidate *c, const struct conf *conf, struct why *why)
{
	int r = rules_cache_compile(c->arena, conf, c->rules, &c->patterns, why);

	if (r == 0 && c->patterns.n > CANDIDATE_MAX_BYTES)
		return why_set(why, -EFBIG, "the candidate's patterns take %zu MiB, at most %d",
			       c->patterns.n >> 20, CANDIDATE_MAX_BYTES >> 20);
	return r;
}

static int load(struct candidate *c, const struct conf *conf, const struct rules *live,
		struct why *why)
{
	struct rules_dirs dirs = rules_dirs_of(c->arena, conf);
	const struct impersonation *known;
	int r;

	dirs.overlay = arena_cz(c->arena, conf->paths.candidate);
	dirs.lists_of = live;
	r = rules_load(c->arena, &dirs, &c->rules, why);
	if (r < 0)
		return r;
	c->id = ruleprint_rules(c->rules);
	c->set = ruleprint_patterns(c->rules);
	leave_the_new(c, live);
	r = compile(c, conf, why);
	if (r < 0)
		return r;
	known = impersonation_prepare(c->arena, &conf->domains, c->rules);
	return replay_side_init_tried(&c->side, c->arena, c->rules, live,
				      verdict_options_of(conf, known, 0), why);
}

int candidate_load(const struct conf *conf, const struct rules *live, struct candidate **ret,
		   struct why *why)
{
	struct arena *a;
	struct candidate *c;
	int r;

	*ret = NULL;
	if (!conf->paths.candidate.n)
		return 0;
	a = arena_new("candidate", budget);
	c = arena_make(a, struct candidate);
	c->arena = a;
	r = load(c, conf, live, why);
	if (r < 0)
		candidate_free(c);
	else
		*ret = c;
	return r;
}

void candidate_free(struct candidate *c)
{
	if (c)
		arena_free(c->arena);
}

str candidate_with_patterns(const struct candidate *c, str compiled)
{
	struct strbuf b = strbuf_make(c->arena, SIZE_MAX);

	strbuf_put(&b, compiled);
	strbuf_le(&b, c->set, 8);
	strbuf_le(&b, c->patterns.n, 8);
	strbuf_put(&b, c->patterns);
	return strbuf_str(&b);
}

bool candidate_judge(const struct candidate *c, struct arena *a, const struct rules *live,
		     const struct facts *facts, const struct verdict *before, struct kept *k,
		     struct replay_result *ret)
{
	*ret = (struct replay_result){ .before = *before };
	if (facts->candidate.set != c->set)
		return false;
	kept_add_candidate(a, c->rules, &facts->candidate, k);
	replay_judge(&c->side, a, k, &ret->after);
	replay_differences(a, live, c->rules, ret);
	return true;
}

static void put_weight(struct strbuf *out, const struct verdict_symbol *s)
{
	strbuf_put(out, str_c(verdict_points(s->score).text));
	if (s->decides != ACTION_ACCEPT)
		strbuf_fmt(out, ":%s", action_name(s->decides));
}

str candidate_differences(struct arena *a, const struct replay_result *r)
{
	struct strbuf out = strbuf_make(a, DIFFERENCES_MAX);

	for (size_t i = 0; i < r->differences.n; i++) {
		const struct replay_difference *d = &r->differences.v[i];
		str name = d->before ? d->before->rule->name : d->after->rule->name;
		const char *sign = !d->before ? "+" : !d->after ? "-" : "";

		strbuf_fmt(&out, "%s%s%.*s=", i ? " " : "", sign, STR_ARG(name));
		put_weight(&out, d->before ? d->before : d->after);
		if (d->before && d->after) {
			strbuf_char(&out, '>');
			put_weight(&out, d->after);
		}
	}
	return strbuf_str(&out);
}

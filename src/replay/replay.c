#include "replay/replay.h"

#include "replay/ruleprint.h"

/* --- a side --- */

static bool is_of_what_is_kept(const struct rules_symbol *s)
{
	return s->when == RULES_HEADER || s->when == RULES_URL || s->when == RULES_FILENAME;
}

static int compile(struct replay_side *s, const struct pattern *list, size_t n, struct why *why)
{
	size_t bad;
	str blob;
	int r;

	if (n == 0)
		return 0;
	r = patterns_compile(s->arena, list, n, &blob, &bad, why);
	return r == PATTERNS_OK ? patterns_load(blob, &s->anew, why) : -1;
}

/* Sorts out what only this side looks for. */
static int prepare_patterns(struct replay_side *s, const struct rules *reference, struct why *why)
{
	ARENA_VEC(struct pattern) list = { 0 };
	const struct pattern *all;
	size_t n;

	rules_patterns(s->rules, &all, &n);
	for (size_t i = 0; i < n; i++) {
		const struct rules_symbol *symbol = s->rules->symbols.v[all[i].id];

		if (is_of_what_is_kept(symbol) && !ruleprint_is_in(reference, symbol))
			*arena_push(s->arena, &list) = all[i];
	}
	for (size_t i = 0; i < s->rules->symbols.n; i++) {
		const struct rules_symbol *symbol = s->rules->symbols.v[i];

		if (ruleprint_is_of_worker(symbol) && !symbol->disabled &&
		    !is_of_what_is_kept(symbol) && !ruleprint_is_in(reference, symbol))
			*arena_push(s->arena, &s->unseen) = symbol;
	}
	return compile(s, list.v, list.n, why);
}

int replay_side_init(struct replay_side *s, struct arena *a, const struct rules *rules,
		     const struct rules *reference, struct verdict_options options, struct why *why)
{
	*s = (struct replay_side){ .arena = a,
				   .rules = rules,
				   .options = options,
				   .fired = arena_array(a, uint64_t, rules->symbols.n) };
	return rules == reference ? 0 : prepare_patterns(s, reference, why);
}

int replay_side_init_tried(struct replay_side *s, struct arena *a, const struct rules *rules,
			   const struct rules *live, struct verdict_options options,
			   struct why *why)
{
	int r = replay_side_init(s, a, rules, rules, options, why);

	for (size_t i = 0; i < rules->symbols.n; i++) {
		const struct rules_symbol *symbol = rules->symbols.v[i];

		if (symbol->code.n && !symbol->disabled && !ruleprint_is_in(live, symbol))
			*arena_push(a, &s->unseen) = symbol;
	}
	return r;
}

void replay_side_free(struct replay_side *s)
{
	s->anew = s->anew ? patterns_free(s->anew) : NULL;
}

/* --- one message --- */

struct matching {
	struct arena *arena;
	struct facts *facts;
};

static void on_hit(void *ctx, uint32_t id, str evidence)
{
	struct matching *m = ctx;

	*arena_push(m->arena, &m->facts->hits) =
		(struct facts_hit){ id, str_sub(evidence, 0, FACTS_MAX_EVIDENCE), 0 };
}

/* As the worker does it: inspect_headers.c, inspect_link.c, inspect_name.c. */
static void match_anew(const struct replay_side *s, struct arena *a, struct facts *f)
{
	struct matching m = { a, f };

	for (size_t i = 0; i < f->headers.n; i++)
		patterns_scan(s->anew, PATTERN_HEADER, f->headers.v[i].name, f->headers.v[i].value,
			      on_hit, &m);
	for (size_t i = 0; i < f->urls.n; i++)
		patterns_scan(s->anew, PATTERN_URL, STR(""), f->urls.v[i].url, on_hit, &m);
	for (size_t i = 0; i < f->parts.n; i++) {
		if (f->parts.v[i].filename.n)
			patterns_scan(s->anew, PATTERN_FILENAME, STR(""), f->parts.v[i].filename,
				      on_hit, &m);
	}
}

/* What was matched then, by the numbers these rules give. */
static void take_over_hits(const struct replay_side *s, struct arena *a, const struct kept *k,
			   struct facts *f)
{
	for (size_t i = 0; i < k->hits.n; i++) {
		const struct kept_hit *h = &k->hits.v[i];
		const struct rules_symbol *symbol = rules_find(s->rules, h->symbol);

		if (symbol && ruleprint_pattern(symbol) == h->print)
			*arena_push(a, &f->hits) =
				(struct facts_hit){ symbol->index, h->evidence, h->part };
	}
}

static const struct dnslist *find_dns_list(const struct rules *rules, str name)
{
	for (size_t i = 0; i < rules->dns_lists.n; i++) {
		if (str_eq(rules->dns_lists.v[i]->name, name))
			return rules->dns_lists.v[i];
	}
	return NULL;
}

static struct evidence evidence_of(const struct replay_side *s, struct arena *a,
				   const struct kept *k)
{
	struct evidence e = { .symbols = { k->evidence.v, k->evidence.n, k->evidence.n },
			      .temporary = k->temporary };

	for (size_t i = 0; i < k->replies.n; i++) {
		const struct kept_reply *r = &k->replies.v[i];
		const struct dnslist *list = find_dns_list(s->rules, r->list);

		if (list)
			*arena_push(a, &e.replies) =
				(struct evidence_reply){ list, r->code, r->refused, r->asked };
	}
	return e;
}

void replay_judge(const struct replay_side *s, struct arena *a, const struct kept *k,
		  struct verdict *ret)
{
	struct verdict_options options = s->options;
	struct evidence evidence = evidence_of(s, a, k);
	struct facts facts = k->facts;

	options.now = k->at;
	facts.hits.v = NULL;
	facts.hits.n = facts.hits.cap = 0;
	take_over_hits(s, a, k, &facts);
	if (s->anew)
		match_anew(s, a, &facts);
	verdict_judge(a, s->rules, &options, &k->envelope, &facts, &evidence, ret);
}

/* --- both --- */

/* The symbols of a verdict by their index. */
static const struct verdict_symbol **by_index(struct arena *a, const struct rules *rules,
					      const struct verdict *v)
{
	const struct verdict_symbol **index =
		arena_array(a, const struct verdict_symbol *, rules->symbols.n);

	for (size_t i = 0; i < v->symbols.n; i++)
		index[v->symbols.v[i].rule->index] = &v->symbols.v[i];
	return index;
}

static bool weighs_alike(const struct verdict_symbol *x, const struct verdict_symbol *y)
{
	return x->score == y->score && x->decides == y->decides;
}

void replay_differences(struct arena *a, const struct rules *before, const struct rules *after,
			struct replay_result *both)
{
	const struct verdict_symbol **in_before = by_index(a, before, &both->before);
	const struct verdict_symbol **in_after = by_index(a, after, &both->after);

	for (size_t i = 0; i < both->before.symbols.n; i++) {
		const struct verdict_symbol *x = &both->before.symbols.v[i];
		const struct rules_symbol *same = rules_find(after, x->rule->name);
		const struct verdict_symbol *y = same ? in_after[same->index] : NULL;

		if (!y || !weighs_alike(x, y))
			*arena_push(a, &both->differences) = (struct replay_difference){ x, y };
	}
	for (size_t i = 0; i < both->after.symbols.n; i++) {
		const struct verdict_symbol *y = &both->after.symbols.v[i];
		const struct rules_symbol *same = rules_find(before, y->rule->name);

		if (!same || !in_before[same->index])
			*arena_push(a, &both->differences) = (struct replay_difference){ NULL, y };
	}
}

static void count_fired(struct replay_side *s, const struct verdict *v)
{
	for (size_t i = 0; i < v->symbols.n; i++)
		s->fired[v->symbols.v[i].rule->index]++;
}

void replay_compare(struct replay *r, struct arena *a, struct replay_result *both)
{
	struct replay_counts *c = &r->counts;

	c->messages++;
	count_fired(&r->before, &both->before);
	count_fired(&r->after, &both->after);
	replay_differences(a, r->before.rules, r->after.rules, both);
	c->from_to[both->before.intended][both->after.intended]++;
	c->treated_otherwise += both->before.intended != both->after.intended;
	c->other_score += both->before.intended == both->after.intended &&
			  both->before.score != both->after.score;
}

void replay_message(struct replay *r, struct arena *a, const struct kept *k,
		    struct replay_result *ret)
{
	*ret = (struct replay_result){ 0 };
	replay_judge(&r->before, a, k, &ret->before);
	replay_judge(&r->after, a, k, &ret->after);
	replay_compare(r, a, ret);
	r->counts.not_as_kept +=
		ret->before.intended != k->intended || ret->before.score != k->score;
	r->counts.older += k->pattern_set != r->pattern_set;
}

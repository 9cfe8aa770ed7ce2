#include "rules/rules.h"

#include "mime/fold.h"

#include <errno.h>

static void patterns_freep(struct patterns **p)
{
	*p = patterns_free(*p);
}

struct
try {
	uint32_t id;
	bool hit;
};

static void on_hit(void *ctx, uint32_t id, str evidence)
{
	struct try *t = ctx;

	(void)evidence;
	t->hit |= id == t->id;
}

/* Examples are written as people write; words are folded as the inspection does. */
static bool matches(struct arena *a, struct patterns *set, const struct pattern *p, str text)
{
	struct try t = { .id = p->id };
	struct fold_facts unused;

	if (p->scope == PATTERN_WORDS)
		text = fold_text(a, text, &unused);
	patterns_scan(set, p->scope, p->header, text, on_hit, &t);
	return t.hit;
}

static int fail(struct arena *a, const struct rules_symbol *s, const char *what, str text,
		struct why *why)
{
	struct strbuf b = strbuf_make(a, WHY_MAX);

	strbuf_printable(&b, str_sub(text, 0, 120));
	return why_set(why, -EINVAL, "%s:%u:%u: %.*s %s \"%.*s\"", s->file, s->line, s->col,
		       STR_ARG(s->name), what, STR_ARG(strbuf_str(&b)));
}

static int try_one(struct arena *a, struct patterns *set, const struct pattern *p,
		   const struct rules_symbol *s, struct why *why)
{
	for (size_t i = 0; i < s->examples.n; i++) {
		if (!matches(a, set, p, s->examples.v[i]))
			return fail(a, s, "does not match its example", s->examples.v[i], why);
	}
	for (size_t i = 0; i < s->near_misses.n; i++) {
		if (matches(a, set, p, s->near_misses.v[i]))
			return fail(a, s, "matches its near miss", s->near_misses.v[i], why);
	}
	return 0;
}

int rules_try_examples(struct arena *a, const struct rules *r, str blob, struct why *why)
{
	cleanup(patterns_freep) struct patterns *set = NULL;
	int e = patterns_load(blob, &set, why);

	for (size_t i = 0; e == 0 && i < r->patterns.n; i++)
		e = try_one(a, set, &r->patterns.v[i], r->symbols.v[r->patterns.v[i].id], why);
	return e;
}

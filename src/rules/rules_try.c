#include "rules/rules.h"

#include "inspect/inspect.h"
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

static void on_program(void *ctx, uint32_t id, str evidence unused_arg)
{
	struct try *t = ctx;

	t->hit |= id == t->id;
}

static void on_failure(void *ctx unused_arg, uint32_t id unused_arg, str why unused_arg)
{
}

/* Examples of programs are whole messages. */
static bool program_matches(struct arena *a, const struct luarules *l, uint32_t id, str message)
{
	struct try t = { .id = id };
	struct luarules_hits to = { &t, on_program, on_failure };
	struct facts f;

	inspect_message(a, message, NULL, &inspect_default_limits, &f);
	luarules_run(l, &f, &to);
	return t.hit;
}

static int try_program(struct arena *a, const struct rules_symbol *s, struct why *why)
{
	struct luarule one = { s->index, s->name, s->code };
	struct luarules *l;
	size_t bad;
	str blob;
	int e = luarules_compile(a, &one, 1, &blob, &bad, why);

	if (e == 0)
		e = luarules_load(blob, &l, why);
	if (e < 0)
		return e;
	for (size_t i = 0; i < s->examples.n && e == 0; i++) {
		if (!program_matches(a, l, s->index, s->examples.v[i]))
			e = fail(a, s, "does not match its example", s->examples.v[i], why);
	}
	for (size_t i = 0; i < s->near_misses.n && e == 0; i++) {
		if (program_matches(a, l, s->index, s->near_misses.v[i]))
			e = fail(a, s, "matches its near miss", s->near_misses.v[i], why);
	}
	luarules_free(l);
	return e;
}

int rules_try_examples(struct arena *a, const struct rules *r, str blob, struct why *why)
{
	cleanup(patterns_freep) struct patterns *set = NULL;
	int e = patterns_load(blob, &set, why);

	for (size_t i = 0; e == 0 && i < r->patterns.n; i++)
		e = try_one(a, set, &r->patterns.v[i], r->symbols.v[r->patterns.v[i].id], why);
	for (size_t i = 0; e == 0 && i < r->symbols.n; i++) {
		if (r->symbols.v[i]->code.n)
			e = try_program(a, r->symbols.v[i], why);
	}
	return e;
}

#include "rules/rules.h"

#include "base/strbuf.h"
#include "inspect/luarules.h"

#include <errno.h>

enum { LINES_MAX = 1 << 20 };

void rules_patterns(const struct rules *r, const struct pattern **ret_list, size_t *ret_n)
{
	*ret_list = r->patterns.v;
	*ret_n = r->patterns.n;
}

/* The lines of a list that the worker needs, which reads no files. */
static str lines_of(struct arena *a, const struct rules *r, str name)
{
	const struct lists_list *list = lists_find(&r->lists, name);
	struct strbuf b = strbuf_make(a, LINES_MAX);
	struct listset_hit hit;

	for (size_t i = 0; list && i < list->sets.n; i++) {
		for (size_t at = 0; listset_next(&list->sets.v[i], &at, &hit);) {
			listset_put(&b, &hit);
			strbuf_char(&b, '\n');
		}
	}
	return strbuf_str(&b);
}

str rules_with_words(struct arena *a, const struct rules *r, str blob)
{
	return patterns_with_text(a, blob, lines_of(a, r, STR("passwords.txt")));
}

int rules_compile(struct arena *a, const struct rules *r, str *ret_blob, struct why *why)
{
	int e = rules_compile_bare(a, r, ret_blob, why);

	if (e == 0)
		*ret_blob = rules_with_words(a, r, *ret_blob);
	return e;
}

int rules_compile_bare(struct arena *a, const struct rules *r, str *ret_blob, struct why *why)
{
	size_t bad = 0;
	struct why what;
	int e = patterns_compile(a, r->patterns.v, r->patterns.n, ret_blob, &bad, &what);
	const struct rules_symbol *s;

	if (e == PATTERNS_OK)
		return 0;
	s = r->symbols.v[r->patterns.v[bad].id];
	return why_set(why, -EINVAL, "%s:%u:%u: found a bad expression for %.*s: %s", s->file,
		       s->line, s->col, STR_ARG(s->name), what.text);
}

int rules_lua_compile(struct arena *a, const struct rules *r, str *ret_blob, struct why *why)
{
	struct luarule *list = arena_array(a, struct luarule, r->symbols.n);
	size_t n = 0, bad = 0;
	const struct rules_symbol *s;
	struct why what;
	int e;

	for (size_t i = 0; i < r->symbols.n; i++) {
		s = r->symbols.v[i];
		if (s->code.n && !s->disabled)
			list[n++] = (struct luarule){ s->index, s->name, s->code };
	}
	e = luarules_compile(a, list, n, ret_blob, &bad, &what);
	if (e == 0)
		return 0;
	s = r->symbols.v[list[bad].id];
	return why_set(why, -EINVAL, "%s:%u:%u: found a bad program for %.*s: %s", s->file, s->line,
		       s->col, STR_ARG(s->name), what.text);
}

void rules_close(struct rules *r)
{
	if (r && !r->lists_borrowed)
		lists_close(&r->lists);
}

const struct rules_symbol *rules_find(const struct rules *r, str name)
{
	return map_get(&r->by_name, name);
}

const struct rules_symbol *rules_of_finding(const struct rules *r, str finding)
{
	return map_get(&r->by_finding, finding);
}

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
	struct strbuf b = strbuf_make(a, LINES_MAX);

	for (size_t i = 0; i < r->lists.n; i++) {
		const struct map_slot *slot;

		if (!str_eq(r->lists.v[i]->name, name))
			continue;
		for (size_t at = 0; (slot = map_next(&r->lists.v[i]->entries, &at));) {
			strbuf_put(&b, slot->key);
			strbuf_char(&b, '\n');
		}
	}
	return strbuf_str(&b);
}

int rules_compile(struct arena *a, const struct rules *r, str *ret_blob, struct why *why)
{
	size_t bad = 0;
	struct why what;
	int e = patterns_compile(a, r->patterns.v, r->patterns.n, ret_blob, &bad, &what);
	const struct rules_symbol *s;

	if (e == PATTERNS_OK) {
		*ret_blob = patterns_with_text(a, *ret_blob, lines_of(a, r, STR("passwords.txt")));
		return 0;
	}
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

const struct rules_symbol *rules_find(const struct rules *r, str name)
{
	return map_get(&r->by_name, name);
}

const struct rules_symbol *rules_of_finding(const struct rules *r, str finding)
{
	return map_get(&r->by_finding, finding);
}

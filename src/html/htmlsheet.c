#include "html/htmlsheet.h"

#include "base/strbuf.h"

struct htmlsheet htmlsheet_make(struct arena *a)
{
	return (struct htmlsheet){ .arena = a, .rules = map_make(a) };
}

static bool is_name_char(char c)
{
	return str_is_alnum(c) || c == '-' || c == '_' || (unsigned char)c >= 0x80;
}

static size_t name_length(str s)
{
	size_t n = 0;

	while (n < s.n && is_name_char(s.p[n]))
		n++;
	return n;
}

/* The last part of "body p.x", if all before it are tags. */
static str last_compound(str selector)
{
	for (;;) {
		size_t n = name_length(selector);
		str rest = str_trim(str_skip(selector, n));

		if (rest.n && (rest.p[0] == '>' || rest.p[0] == '~' || rest.p[0] == '+'))
			rest = str_trim(str_skip(rest, 1));
		if (!n || !rest.n || rest.p == selector.p + n)
			return selector;
		selector = rest;
	}
}

/* "p", ".x", "#x", "p.x", "p#x" and nothing behind it. */
static bool is_simple(str s)
{
	size_t n = name_length(s);

	if (n == s.n)
		return n > 0;
	if (s.p[n] != '.' && s.p[n] != '#')
		return false;
	s = str_skip(s, n + 1);
	return s.n && name_length(s) == s.n;
}

/* Names compare without regard to case, as in pages without a DOCTYPE. */
static void add_rule(struct htmlsheet *s, str selector, const struct htmlstyle *style)
{
	str last = last_compound(str_trim(selector)), key;
	char folded[HTMLSHEET_NAME_MAX];
	struct htmlstyle *known;

	if (!is_simple(last) || last.n > sizeof(folded))
		return;
	for (size_t i = 0; i < last.n; i++)
		folded[i] = str_lower_char(last.p[i]);
	key = str_of(folded, last.n);
	known = map_get(&s->rules, key);
	if (!known) {
		if (s->rules.n >= HTMLSHEET_RULES_MAX)
			return;
		s->tagged |= name_length(key) > 0 && name_length(key) < key.n;
		known = arena_make(s->arena, struct htmlstyle);
		(void)map_set(&s->rules, arena_str(s->arena, key), known);
	}
	htmlstyle_merge(known, style);
}

static void add_rules(struct htmlsheet *s, str selectors, str declarations)
{
	struct htmlstyle style = { 0 };
	str one;

	htmlstyle_parse(declarations, &style);
	while (style.set && str_split(&selectors, ',', &one))
		add_rule(s, one, &style);
}

static str without_comments(struct arena *a, str css)
{
	struct strbuf b;
	size_t open;

	if (str_find(css, STR("/*")) == STR_NONE)
		return css;
	b = strbuf_make(a, css.n);
	strbuf_reserve(&b, css.n);
	while ((open = str_find(css, STR("/*"))) != STR_NONE) {
		size_t close = str_find(str_skip(css, open + 2), STR("*/"));

		strbuf_put(&b, str_sub(css, 0, open));
		css = close == STR_NONE ? STR("") : str_skip(css, open + close + 4);
	}
	strbuf_put(&b, css);
	return strbuf_str(&b);
}

/* Behind the "}" that closes the block that is open at the start of css. */
static str behind_block(str css)
{
	size_t i = 0;

	for (int depth = 1; i < css.n && depth; i++)
		depth += (css.p[i] == '{') - (css.p[i] == '}');
	return str_skip(css, i);
}

static bool is_unconditional(str prelude)
{
	return str_casestarts(prelude, STR("@media")) && str_chr(prelude, '(') == STR_NONE &&
	       str_casefind(prelude, STR("print")) == STR_NONE;
}

/* "@import x;" and the end of an @media block stand before a rule. */
static str prelude_of(str css)
{
	str prelude = str_trim(css);

	while (prelude.n && prelude.p[0] == '}')
		prelude = str_trim(str_skip(prelude, 1));
	if (str_rchr(prelude, ';') != STR_NONE)
		prelude = str_trim(str_skip(prelude, str_rchr(prelude, ';') + 1));
	if (str_starts(prelude, STR("<!--")))
		prelude = str_trim(str_skip(prelude, 4));
	return prelude;
}

void htmlsheet_add(struct htmlsheet *s, str css)
{
	size_t open;

	css = without_comments(s->arena, css);
	while ((open = str_chr(css, '{')) != STR_NONE) {
		str prelude = prelude_of(str_sub(css, 0, open));

		css = str_skip(css, open + 1);
		if (is_unconditional(prelude))
			continue;
		if (str_starts(prelude, STR("@"))) {
			css = behind_block(css);
			continue;
		}
		open = str_chr(css, '}');
		add_rules(s, prelude, str_sub(css, 0, open));
		css = open == STR_NONE ? STR("") : str_skip(css, open + 1);
	}
}

/* One key in its two forms, "x" and "tag x". */
static void apply(const struct htmlsheet *s, str tag, char mark, str name, struct htmlstyle *ret)
{
	char key[2 * HTMLSHEET_NAME_MAX + 1];
	const struct htmlstyle *rule;

	if (!s->tagged || tag.n + 1 + name.n > HTMLSHEET_NAME_MAX)
		tag.n = 0;
	if (!name.n || name.n >= HTMLSHEET_NAME_MAX)
		return;
	memcpy(key, tag.p, tag.n);
	key[tag.n] = mark;
	for (size_t i = 0; i < name.n; i++)
		key[tag.n + 1 + i] = str_lower_char(name.p[i]);
	rule = map_get(&s->rules, str_of(key + tag.n, 1 + name.n));
	if (rule)
		htmlstyle_merge(ret, rule);
	rule = tag.n ? map_get(&s->rules, str_of(key, tag.n + 1 + name.n)) : NULL;
	if (rule)
		htmlstyle_merge(ret, rule);
}

void htmlsheet_style(const struct htmlsheet *s, str tag, str classes, str id, struct htmlstyle *ret)
{
	const struct htmlstyle *rule;
	int n = 0;

	if (!s->rules.n)
		return;
	rule = tag.n <= HTMLSHEET_NAME_MAX ? map_get(&s->rules, tag) : NULL;
	if (rule)
		htmlstyle_merge(ret, rule);
	while (classes.n && n++ < HTMLSHEET_CLASSES_MAX) {
		size_t end = 0;

		while (end < classes.n && !str_is_space(classes.p[end]))
			end++;
		apply(s, tag, '.', str_sub(classes, 0, end), ret);
		classes = str_trim(str_skip(classes, end));
	}
	apply(s, tag, '#', str_trim(id), ret);
}

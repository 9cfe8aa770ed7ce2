#include "rules/rules_loader.h"

#include "base/num.h"

#include <errno.h>

/* expr  = and *( "|" and )
 * and   = cmp *( "&" cmp )
 * cmp   = sum [ ( ">" / ">=" / "<" / "<=" / "==" ) sum ]
 * sum   = prod *( ( "+" / "-" ) prod )
 * prod  = not *( "*" not )
 * not   = "!" not / "(" expr ")" / NUMBER / "group(" NAME ")" / NAME
 * "||" and "&&" are the same as "|" and "&". A symbol counts 1 when it is raised, a group as many
 * of its symbols as are raised. Compiled to postfix; the number of terms bounds the recursion. */
struct compiler {
	struct rules_loader *l;
	const struct rules_pending *of;
	struct rules_symbol *symbol;
	str text;
	size_t pos;
	size_t terms;
};

static int or_term(struct compiler *c);

static int fail(struct compiler *c, size_t pos, str found, const char *expected, str near)
{
	return rules_loader_fail(c->l, c->of->line, c->of->col + (uint32_t)pos, found, expected,
				 near);
}

static char peek(struct compiler *c)
{
	while (c->pos < c->text.n && str_is_space(c->text.p[c->pos]))
		c->pos++;
	return c->pos < c->text.n ? c->text.p[c->pos] : '\0';
}

/* Takes the text when it comes next. */
static bool take(struct compiler *c, const char *text)
{
	size_t n = strlen(text);

	(void)peek(c);
	if (!str_starts(str_skip(c->text, c->pos), str_c(text)))
		return false;
	c->pos += n;
	return true;
}

static void emit(struct compiler *c, enum rules_op op, uint32_t symbol, int32_t number)
{
	*arena_push(c->l->arena, &c->symbol->expr) = (struct rules_step){ op, symbol, number };
}

static bool is_name_char(char ch)
{
	return str_is_alnum(ch) || ch == '_';
}

static str take_name(struct compiler *c)
{
	size_t start = c->pos;

	while (c->pos < c->text.n && is_name_char(c->text.p[c->pos]))
		c->pos++;
	return str_sub(c->text, start, c->pos);
}

/* The sum of its symbols, composites left out: an expression of a group may be in the group. */
static int group_term(struct compiler *c)
{
	struct nearest near;
	size_t start, members = 0;
	str name;

	(void)peek(c);
	start = c->pos;
	name = take_name(c);
	near = nearest_to(name);
	emit(c, RULES_OP_NUMBER, 0, 0);
	for (size_t i = 0; i < c->l->rules->symbols.n; i++) {
		const struct rules_symbol *s = c->l->rules->symbols.v[i];

		nearest_offer(&near, s->group);
		if (!str_eq(s->group, name) || s->when == RULES_EXPR)
			continue;
		members++;
		emit(c, RULES_OP_SYMBOL, s->index, 0);
		emit(c, RULES_OP_ADD, 0, 0);
	}
	if (!members)
		return fail(c, start, name, "a group of symbols", near.best);
	return take(c, ")")
		       ? 0
		       : fail(c, c->pos, str_sub(c->text, c->pos, c->pos + 1), "')'", STR_NULL);
}

static int name_term(struct compiler *c)
{
	size_t start = c->pos;
	const struct rules_symbol *s;
	str name = take_name(c);
	uint64_t number;

	if (name.n == 0)
		return fail(c, start, str_sub(c->text, start, start + 1), "a symbol, '!' or '('",
			    STR_NULL);
	if (str_is_digit(name.p[0])) {
		if (!num_u64_max(name, RULES_MAX_NUMBER, &number))
			return fail(c, start, name, "a number up to 1000", STR_NULL);
		emit(c, RULES_OP_NUMBER, 0, (int32_t)number);
		return 0;
	}
	if (str_eq(name, STR("group")) && take(c, "("))
		return group_term(c);
	s = map_get(&c->l->rules->by_name, name);
	if (!s && !c->of->lenient)
		return fail(c, start, name, "a symbol", rules_loader_nearest_symbol(c->l, name));
	emit(c, s ? RULES_OP_SYMBOL : RULES_OP_NUMBER, s ? s->index : 0, 0);
	return 0;
}

static int not_term(struct compiler *c)
{
	char ch = peek(c);
	int r;

	if (++c->terms > RULES_MAX_EXPR)
		return fail(c, c->pos, str_sub(c->text, c->pos, c->pos + 1), "a shorter expression",
			    STR_NULL);
	if (ch == '!') {
		c->pos++;
		r = not_term(c);
		if (r == 0)
			emit(c, RULES_OP_NOT, 0, 0);
		return r;
	}
	if (ch != '(')
		return name_term(c);
	c->pos++;
	r = or_term(c);
	if (r < 0)
		return r;
	if (!take(c, ")"))
		return fail(c, c->pos, str_sub(c->text, c->pos, c->pos + 1), "')'", STR_NULL);
	return 0;
}

struct operator
{
	const char *text;
	enum rules_op op;
};

/* Operators of one strength, longest spelling first, from left to right. */
static int chain(struct compiler *c, const struct operator* operators, size_t n,
		 int (*term)(struct compiler *))
{
	int r = term(c);

	for (size_t i = 0; r == 0 && i < n; i++) {
		if (!take(c, operators[i].text))
			continue;
		r = term(c);
		emit(c, operators[i].op, 0, 0);
		i = SIZE_MAX; /* begin anew */
	}
	return r;
}

static int product_term(struct compiler *c)
{
	static const struct operator operators[] = { { "*", RULES_OP_MULTIPLY } };

	return chain(c, operators, ARRAY_LEN(operators), not_term);
}

static int sum_term(struct compiler *c)
{
	static const struct operator operators[] = { { "+", RULES_OP_ADD },
						     { "-", RULES_OP_SUBTRACT } };

	return chain(c, operators, ARRAY_LEN(operators), product_term);
}

static int compare_term(struct compiler *c)
{
	static const struct operator operators[] = { { ">=", RULES_OP_AT_LEAST },
						     { "<=", RULES_OP_AT_MOST },
						     { "==", RULES_OP_EQUAL },
						     { ">", RULES_OP_MORE },
						     { "<", RULES_OP_LESS } };

	return chain(c, operators, ARRAY_LEN(operators), sum_term);
}

static int and_term(struct compiler *c)
{
	static const struct operator operators[] = { { "&&", RULES_OP_AND },
						     { "&", RULES_OP_AND } };

	return chain(c, operators, ARRAY_LEN(operators), compare_term);
}

static int or_term(struct compiler *c)
{
	static const struct operator operators[] = { { "||", RULES_OP_OR }, { "|", RULES_OP_OR } };

	return chain(c, operators, ARRAY_LEN(operators), and_term);
}

static int compile_expr(struct rules_loader *l, const struct rules_pending *p)
{
	struct compiler c = { .l = l, .of = p, .symbol = p->symbol, .text = p->text };
	int r = or_term(&c);

	if (r < 0)
		return r;
	if (peek(&c) != '\0')
		return fail(&c, c.pos, str_sub(c.text, c.pos, c.pos + 1), "'&', '|' or the end",
			    STR_NULL);
	return 0;
}

static bool replace_group(struct rules_loader *l, struct rules_symbol *s, str group)
{
	size_t before = s->replace.n;

	for (size_t i = 0; i < l->rules->symbols.n; i++) {
		if (l->rules->symbols.v[i] != s && str_eq(l->rules->symbols.v[i]->group, group))
			*arena_push(l->arena, &s->replace) = (uint32_t)i;
	}
	return s->replace.n > before;
}

static int compile_replace(struct rules_loader *l, struct rules_symbol *s,
			   const struct conf_yaml *e)
{
	for (const struct conf_yaml *n = e ? e->child : NULL; n; n = n->next) {
		const struct rules_symbol *other = map_get(&l->rules->by_name, n->text);

		if (str_starts(n->text, STR("group:"))) {
			if (!replace_group(l, s, str_skip(n->text, 6)))
				return rules_loader_fail(l, n->line, n->col, n->text,
							 "a group that has symbols", STR_NULL);
			continue;
		}
		if (!other)
			return rules_loader_fail(l, n->line, n->col, n->text, "a symbol",
						 rules_loader_nearest_symbol(l, n->text));
		*arena_push(l->arena, &s->replace) = other->index;
	}
	return 0;
}

enum state { NEW, OPEN, DONE };

/* Depth first: a composite is placed after all it refers to. */
static int place(struct rules_loader *l, struct rules_symbol *s, uint8_t *states)
{
	if (s->when != RULES_EXPR || states[s->index] == DONE)
		return 0;
	if (states[s->index] == OPEN)
		return why_set(l->why, -EINVAL,
			       "%s:%u:%u: found a circle of expressions through "
			       "\"%.*s\", expected none",
			       s->file, s->line, s->col, STR_ARG(s->name));
	states[s->index] = OPEN;
	for (size_t i = 0; i < s->expr.n; i++) {
		int r;

		if (s->expr.v[i].op != RULES_OP_SYMBOL)
			continue;
		r = place(l, l->rules->symbols.v[s->expr.v[i].symbol], states);
		if (r < 0)
			return r;
	}
	states[s->index] = DONE;
	*arena_push(l->arena, &l->rules->composites) = s;
	return 0;
}

int rules_expr_compile_all(struct rules_loader *l)
{
	uint8_t *states = arena_alloc(l->arena, l->rules->symbols.n);
	int r = 0;

	for (size_t i = 0; r == 0 && i < l->pending.n; i++) {
		const struct rules_pending *p = &l->pending.v[i];

		l->file = p->symbol->file;
		r = compile_expr(l, p);
		if (r == 0)
			r = compile_replace(l, p->symbol, p->replace);
	}
	for (size_t i = 0; r == 0 && i < l->rules->symbols.n; i++)
		r = place(l, l->rules->symbols.v[i], states);
	return r;
}

#include "rules/rules_loader.h"

#include <errno.h>

/* expr = and *( "|" and )
 * and  = not *( "&" not )
 * not  = "!" not / "(" expr ")" / NAME
 * Compiled to postfix; the number of terms bounds the recursion. */
struct compiler {
	struct rules_loader *l;
	const struct conf_yaml *at;
	struct rules_symbol *symbol;
	str text;
	size_t pos;
	size_t terms;
};

static int or_term(struct compiler *c);

static int fail(struct compiler *c, size_t pos, str found, const char *expected, str near)
{
	/* Inside a quoted scalar the text begins one column later. */
	uint32_t col = c->at->col + (uint32_t)pos + !c->at->plain;

	return rules_loader_fail(c->l, c->at->line, col, found, expected, near);
}

static char peek(struct compiler *c)
{
	while (c->pos < c->text.n && str_is_space(c->text.p[c->pos]))
		c->pos++;
	return c->pos < c->text.n ? c->text.p[c->pos] : '\0';
}

static void emit(struct compiler *c, enum rules_op op, uint32_t symbol)
{
	*arena_push(c->l->arena, &c->symbol->expr) = (struct rules_step){ op, symbol };
}

static bool is_name_char(char ch)
{
	return str_is_alnum(ch) || ch == '_';
}

static str nearest_symbol(struct rules_loader *l, str name)
{
	struct nearest near = nearest_to(name);

	for (size_t i = 0; i < l->rules->symbols.n; i++)
		nearest_offer(&near, l->rules->symbols.v[i]->name);
	return near.best;
}

static int name_term(struct compiler *c)
{
	size_t start = c->pos;
	const struct rules_symbol *s;
	str name;

	while (c->pos < c->text.n && is_name_char(c->text.p[c->pos]))
		c->pos++;
	name = str_sub(c->text, start, c->pos);
	if (name.n == 0)
		return fail(c, start, str_sub(c->text, start, start + 1), "a symbol, '!' or '('",
			    STR_NULL);
	s = map_get(&c->l->rules->by_name, name);
	if (!s)
		return fail(c, start, name, "a symbol", nearest_symbol(c->l, name));
	emit(c, RULES_OP_SYMBOL, s->index);
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
			emit(c, RULES_OP_NOT, 0);
		return r;
	}
	if (ch != '(')
		return name_term(c);
	c->pos++;
	r = or_term(c);
	if (r < 0)
		return r;
	if (peek(c) != ')')
		return fail(c, c->pos, str_sub(c->text, c->pos, c->pos + 1), "')'", STR_NULL);
	c->pos++;
	return 0;
}

static int binary(struct compiler *c, char ch, enum rules_op op, int (*term)(struct compiler *))
{
	int r = term(c);

	while (r == 0 && peek(c) == ch) {
		c->pos++;
		r = term(c);
		emit(c, op, 0);
	}
	return r;
}

static int and_term(struct compiler *c)
{
	return binary(c, '&', RULES_OP_AND, not_term);
}

static int or_term(struct compiler *c)
{
	return binary(c, '|', RULES_OP_OR, and_term);
}

static int compile_expr(struct rules_loader *l, struct rules_symbol *s, const struct conf_yaml *e)
{
	struct compiler c = { .l = l, .at = e, .symbol = s, .text = e->text };
	int r = or_term(&c);

	if (r < 0)
		return r;
	if (peek(&c) != '\0')
		return fail(&c, c.pos, str_sub(c.text, c.pos, c.pos + 1), "'&', '|' or the end",
			    STR_NULL);
	return 0;
}

static int compile_replace(struct rules_loader *l, struct rules_symbol *s,
			   const struct conf_yaml *e)
{
	for (const struct conf_yaml *n = e ? e->child : NULL; n; n = n->next) {
		const struct rules_symbol *other = map_get(&l->rules->by_name, n->text);

		if (!other)
			return rules_loader_fail(l, n->line, n->col, n->text, "a symbol",
						 nearest_symbol(l, n->text));
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
		r = compile_expr(l, p->symbol, p->expr);
		if (r == 0)
			r = compile_replace(l, p->symbol, p->replace);
	}
	for (size_t i = 0; r == 0 && i < l->rules->symbols.n; i++)
		r = place(l, l->rules->symbols.v[i], states);
	return r;
}

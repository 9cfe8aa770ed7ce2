#include "replay/ruleprint.h"

/* FNV-1a: nobody chooses rules to make them collide. */
static uint64_t add_bytes(uint64_t sum, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < n; i++)
		sum = (sum ^ p[i]) * 0x100000001b3;
	return sum;
}

static uint64_t add(uint64_t sum, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		sum = (sum ^ (v >> (8 * i) & 0xff)) * 0x100000001b3;
	return sum;
}

static uint64_t add_str(uint64_t sum, str s)
{
	return add_bytes(add(sum, s.n), s.p, s.n);
}

static const uint64_t none = 0xcbf29ce484222325;

bool ruleprint_is_of_worker(const struct rules_symbol *s)
{
	return s->regex.n || s->code.n;
}

uint64_t ruleprint_pattern(const struct rules_symbol *s)
{
	uint64_t sum = add(none, s->when);

	sum = add_str(sum, s->header);
	sum = add_str(sum, s->regex);
	sum = add_str(sum, s->code);
	return add(sum, s->caseless);
}

bool ruleprint_is_in(const struct rules *r, const struct rules_symbol *s)
{
	const struct rules_symbol *same = rules_find(r, s->name);

	return same && !same->disabled && ruleprint_pattern(same) == ruleprint_pattern(s);
}

uint64_t ruleprint_patterns(const struct rules *r)
{
	uint64_t sum = none;

	for (size_t i = 0; i < r->symbols.n; i++) {
		const struct rules_symbol *s = r->symbols.v[i];

		if (ruleprint_is_of_worker(s) && !s->disabled)
			sum = add(add_str(sum, s->name), ruleprint_pattern(s));
	}
	return sum;
}

static uint64_t condition(const struct rules *r, const struct rules_symbol *s)
{
	uint64_t sum = add_str(ruleprint_pattern(s), s->finding);

	sum = add_str(sum, s->list ? s->list->name : STR(""));
	for (size_t i = 0; i < s->types.n; i++)
		sum = add_str(sum, s->types.v[i]);
	sum = add_str(sum, s->dns_list ? s->dns_list->name : STR(""));
	for (size_t i = 0; i < s->replies.n; i++)
		sum = add(sum, s->replies.v[i]);
	sum = add(add(sum, s->reply_bit), s->reply_refused);
	for (size_t i = 0; i < s->expr.n; i++) {
		const struct rules_step *e = &s->expr.v[i];

		sum = add(sum, e->op);
		if (e->op == RULES_OP_SYMBOL)
			sum = add_str(sum, r->symbols.v[e->symbol]->name);
		sum = add(sum, (uint64_t)(int64_t)e->number);
	}
	return sum;
}

static uint64_t weight(uint64_t sum, const struct rules *r, const struct rules_symbol *s)
{
	sum = add_str(add_str(sum, s->name), s->group);
	sum = add(sum, (uint64_t)(int64_t)s->score);
	sum = add(sum, s->observe);
	sum = add(add(add(sum, s->decides), s->decision), s->priority);
	sum = add(add(add(sum, s->caps), s->at_most), s->not_greylisted);
	for (size_t i = 0; i < s->replace.n; i++)
		sum = add_str(sum, r->symbols.v[s->replace.v[i]]->name);
	return sum;
}

uint64_t ruleprint_rules(const struct rules *r)
{
	uint64_t sum = none;

	sum = add(sum, (uint64_t)(int64_t)r->greylist);
	sum = add(sum, (uint64_t)(int64_t)r->tag);
	sum = add(sum, (uint64_t)(int64_t)r->quarantine);
	sum = add(sum, (uint64_t)(int64_t)r->reject);
	for (size_t i = 0; i < r->symbols.n; i++) {
		const struct rules_symbol *s = r->symbols.v[i];

		if (!s->disabled)
			sum = weight(add(sum, condition(r, s)), r, s);
	}
	return sum;
}

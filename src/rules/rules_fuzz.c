#include "rules/rules.h"

/* What loads is consistent: every index lies inside, every composite stands behind the
 * composites it refers to. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 512 << 20);
	struct rules *r;
	struct why why;
	bool *placed;

	if (rules_load_text(a, str_of(data, size), STR_NULL, &r, &why) < 0)
		return 0;
	placed = arena_array(a, bool, r->symbols.n);
	for (size_t i = 0; i < r->composites.n; i++) {
		const struct rules_symbol *s = r->composites.v[i];

		for (size_t k = 0; k < s->expr.n; k++) {
			const struct rules_step *step = &s->expr.v[k];

			bug_if(step->op == RULES_OP_SYMBOL && step->symbol >= r->symbols.n);
			bug_if(step->op == RULES_OP_SYMBOL &&
			       r->symbols.v[step->symbol]->when == RULES_EXPR &&
			       !placed[step->symbol]);
		}
		placed[s->index] = true;
	}
	for (size_t i = 0; i < r->patterns.n; i++)
		bug_if(r->patterns.v[i].id >= r->symbols.n);
	return 0;
}

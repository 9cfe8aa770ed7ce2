#include "cli/tastelesson.h"

#include "learn/learnstate.h"

#include <stdio.h>

enum { BUDGET = 2047 << 20 };

bool tastelesson_is_address(str s)
{
	size_t at = str_rchr(s, '@');

	return at != STR_NONE && at > 0 && at + 1 < s.n && s.n <= TASTETABLE_ADDRESS;
}

int tastelesson_open(struct tastelesson *l, struct arena *a, const char *dir, const char *address,
		     uint64_t key, struct why *why)
{
	struct why trouble = { "" };
	int r;

	*l = (struct tastelesson){ .address = str_c(address) };
	r = tastestate_open(&l->state, a, dir, key, why);
	if (r < 0)
		return r;
	if (l->state.trouble.text[0])
		fprintf(stderr, "poterne: learn: %s: %s\n", dir, l->state.trouble.text);
	r = learnstate_load(dir, &l->model_map, &l->model, &trouble);
	if (r != LEARNSTATE_OK && r != LEARNSTATE_E_ABSENT)
		fprintf(stderr, "poterne: learn: %s\n", trouble.text);
	if (r == LEARNSTATE_OK && l->model.key != key)
		fd_unmap(&l->model_map);
	return 0;
}

enum examples_news tastelesson_add(struct tastelesson *l, const struct facts *facts,
				   enum example_kind kind, int64_t now)
{
	struct model_opinion o = { .silence = MODEL_EMPTY };

	if (l->model_map.n)
		model_judge(&l->model, &facts->features, &o);
	return tastestate_add(&l->state, l->address, &facts->features, kind,
			      o.silence == MODEL_SPEAKS ? o.logit : 0, now);
}

int tastelesson_commit(struct tastelesson *l, struct tastestate_counts *ret, struct why *why)
{
	return tastestate_commit(&l->state, ret, why);
}

void tastelesson_close(struct tastelesson *l)
{
	fd_unmap(&l->model_map);
	tastestate_close(&l->state);
}

int tastelesson_forget(const char *dir, const char *address, bool json, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("forget", BUDGET);
	struct tastestate_counts counts;
	struct learnstate learned;
	struct tastestate s = { .dirfd = -1, .lockfd = -1 };
	size_t n = 0;
	int r = learnstate_open(&learned, a, dir, why);

	if (r == 0)
		r = tastestate_open(&s, a, dir, learned.examples.key, why);
	if (r == 0) {
		n = tastestate_forget(&s, str_c(address));
		r = tastestate_commit(&s, &counts, why);
	}
	if (r == 0)
		printf(json ? "{\"forgotten\":%zu}\n" : "lessons forgotten: %zu\n", n);
	tastestate_close(&s);
	learnstate_close(&learned);
	return r;
}

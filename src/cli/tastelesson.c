#include "cli/tastelesson.h"

#include "learn/learnstate.h"

#include <stdio.h>

enum { BUDGET = 2047 << 20 };

bool tastelesson_is_address(str s)
{
	size_t at = str_rchr(s, '@');

	return at != STR_NONE && at > 0 && at + 1 < s.n && s.n <= TASTETABLE_ADDRESS;
}

/* Of the features: the model's, by which the gateway judges, or that of what is learned yet. */
static int find_key(struct tastelesson *l, struct arena *a, const char *dir, uint64_t *ret,
		    struct why *why)
{
	struct learnstate learned;
	int r = learnstate_load(dir, &l->model_map, &l->model, why);

	if (r == STATEDIR_OK) {
		*ret = l->model.key;
		return 0;
	}
	if (r != STATEDIR_E_ABSENT)
		fprintf(stderr, "poterne: learn: %s\n", why->text);
	r = learnstate_open(&learned, a, dir, why);
	*ret = learned.examples.key;
	learnstate_close(&learned);
	return r;
}

int tastelesson_open(struct tastelesson *l, struct arena *a, const char *dir, const char *address,
		     struct why *why)
{
	uint64_t key;
	int r;

	*l = (struct tastelesson){ .address = str_c(address),
				   .state = { .dirfd = -1, .lockfd = -1 } };
	r = find_key(l, a, dir, &key, why);
	if (r == 0)
		r = tastestate_open(&l->state, a, dir, key, why);
	if (r == 0 && l->state.trouble.text[0])
		fprintf(stderr, "poterne: learn: %s: %s\n", dir, l->state.trouble.text);
	return r;
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
	struct tastelesson l;
	size_t n = 0;
	int r = tastelesson_open(&l, a, dir, address, why);

	if (r == 0) {
		n = tastestate_forget(&l.state, l.address);
		r = tastestate_commit(&l.state, &counts, why);
	}
	if (r == 0)
		printf(json ? "{\"forgotten\":%zu}\n" : "lessons forgotten: %zu\n", n);
	tastelesson_close(&l);
	return r;
}

#include "cli/fuzzylesson.h"

#include <stdio.h>

int fuzzylesson_open(struct fuzzystore *s, struct arena *a, const char *dir, struct why *why)
{
	int r = fuzzystore_open(s, a, dir, why);

	if (r == 0 && s->trouble.text[0])
		fprintf(stderr, "poterne: learn: %s: %s\n", dir, s->trouble.text);
	return r;
}

void fuzzylesson_add(struct fuzzystore *s, const struct facts *facts, enum example_kind kind,
		     enum examples_news news, int64_t now)
{
	enum fuzzy_flag flag = kind == EXAMPLE_GOOD ? FUZZY_WHITE : FUZZY_DENIED;

	for (size_t i = 0; i < facts->fuzzy.n; i++) {
		const struct fuzzy_digest *d = &facts->fuzzy.v[i];

		if (kind != EXAMPLE_FORGOTTEN)
			fuzzystore_learn(s, d, flag, news != EXAMPLES_KNOWN, now);
		else if (news == EXAMPLES_CHANGED)
			fuzzystore_forget(s, d);
	}
}

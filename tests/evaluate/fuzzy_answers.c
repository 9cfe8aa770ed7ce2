/* tests/evaluate/fuzzy_answers.c - the digests of messages, for tests/evaluate/fuzzy.py.
 *
 * Paths of messages one a line on standard input; on standard output for each digest a line
 * "PATH KIND VALUES", and at the end "cpu MESSAGES MICROSECONDS": what digests of text cost.
 */
#include "base/clock.h"
#include "base/fd.h"
#include "fuzzy/fuzzytext.h"
#include "inspect/inspect.h"
#include "mime/fold.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

enum { BUDGET = 1 << 30, MESSAGE_MAX = 64 << 20 };

static void put(const char *path, const struct fuzzy_digest *d)
{
	printf("%s\t%s\t", path, fuzzy_kind_name(d->kind));
	for (size_t i = 0; i < FUZZY_VALUES; i++)
		printf("%04x", d->v[i]);
	putchar('\n');
}

/* What one more digest of the same text costs. */
static int64_t cost(struct arena *a, str text)
{
	struct fold_facts ignored;
	str folded = fold_text(a, text, &ignored);
	struct fuzzytext *t = fuzzytext_new(a);
	struct fuzzy_digest d;
	int64_t began = clock_now_us();

	for (int i = 0; i < 10; i++) {
		t = fuzzytext_new(a);
		fuzzytext_add(t, folded);
		(void)!fuzzytext_digest(t, FUZZY_TEXT, 0, &d);
	}
	return clock_now_us() - began;
}

int main(void)
{
	char path[4096];
	int64_t spent = 0, n = 0;

	setlocale(LC_CTYPE, "C.UTF-8");
	while (fgets(path, sizeof(path), stdin)) {
		cleanup(arena_freep) struct arena *a = arena_new("message", BUDGET);
		struct facts facts;
		struct why why;
		str message;

		path[strcspn(path, "\n")] = '\0';
		if (fd_read_path(path, a, MESSAGE_MAX, &message, &why) < 0)
			continue;
		inspect_message(a, message, NULL, &inspect_default_limits, &facts);
		for (size_t i = 0; i < facts.fuzzy.n; i++)
			put(path, &facts.fuzzy.v[i]);
		spent += cost(a, facts.text);
		n++;
	}
	printf("cpu\t%lld\t%lld\n", (long long)n, (long long)spent / 10);
	return 0;
}

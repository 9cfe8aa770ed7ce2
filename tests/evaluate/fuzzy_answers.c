/* tests/evaluate/fuzzy_answers.c - digests and the table of learned ones, for
 *tests/evaluate/fuzzy.py.
 *
 *	fuzzy_answers digests	paths of messages one a line on standard input; for each digest a
 *				line "PATH KIND VALUES", then "cost MESSAGES MICROSECONDS" of the
 *				digests of their texts
 *	fuzzy_answers table N	"made BYTES MILLISECONDS" of a table of N texts, then "found
 *				NANOSECONDS FOUND" and "absent NANOSECONDS FOUND" of a look-up
 */
#include "base/fd.h"
#include "fuzzy/fuzzybody.h"
#include "fuzzy/fuzzytext.h"
#include "inspect/inspect.h"
#include "learn/fuzzytable.h"
#include "mime/fold.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MESSAGE_MAX = 64 << 20, LOOKUPS = 100000 };

/* Of this process only: others share the machine. */
static long long cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static void put(const char *path, const struct fuzzy_digest *d)
{
	printf("%s\t%s\t", path, fuzzy_kind_name(d->kind));
	for (size_t i = 0; i < FUZZY_VALUES; i++)
		printf("%04x", d->v[i]);
	putchar('\n');
}

/* What one more digest of the same text costs. */
static long long cost(struct arena *a, str text)
{
	long long began = cpu_us();
	struct fuzzytext *t = fuzzytext_new(a);
	struct fuzzy_digest d;
	struct fold_facts ignored;

	fuzzytext_add(t, fold_text(a, fuzzybody_of(a, text), &ignored));
	(void)!fuzzytext_digest(t, FUZZY_TEXT, 0, &d);
	return cpu_us() - began;
}

static void digests(void)
{
	char path[4096];
	long long spent = 0, n = 0;

	while (fgets(path, sizeof(path), stdin)) {
		cleanup(arena_freep) struct arena *a = arena_new("message", 1u << 30);
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
	printf("cost\t%lld\t%lld\n", n, spent);
}

static uint64_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

static void values(uint64_t number, uint16_t v[FUZZY_VALUES])
{
	uint64_t seed = number * 0x9e3779b97f4a7c15 + 99;

	for (size_t i = 0; i < FUZZY_VALUES; i++)
		v[i] = (uint16_t)next(&seed);
}

/* Half of the values are those of an entry, or none. */
static void look_up(const struct fuzzytable *t, const char *name, bool there)
{
	struct fuzzy_digest *d = calloc(LOOKUPS, sizeof(*d));
	long long began, found = 0;
	uint64_t seed = 5;

	for (size_t i = 0; d && i < LOOKUPS; i++) {
		values(there ? next(&seed) % t->n : t->n + i, d[i].v);
		for (size_t k = 0; k < FUZZY_VALUES; k += 4)
			d[i].v[k] = d[i].v[k + 1] = 0;
	}
	began = cpu_us();
	for (size_t i = 0; d && i < LOOKUPS; i++) {
		struct fuzzytable_found f;

		fuzzytable_find(t, &d[i], 0, &f);
		found += f.spam != NULL;
	}
	printf("%s\t%lld\t%lld\n", name, (cpu_us() - began) * 1000 / LOOKUPS, found);
	free(d);
}

static void table(uint32_t n)
{
	cleanup(arena_freep) struct arena *a = arena_new("table", SIZE_MAX);
	const struct fuzzytable_entry **all = arena_array(a, const struct fuzzytable_entry *, n);
	struct fuzzytable_entry *e = arena_array(a, struct fuzzytable_entry, n);
	struct fuzzytable t;
	long long began;
	str bytes;

	for (uint32_t i = 0; i < n; i++) {
		e[i] = (struct fuzzytable_entry){ .at = i, .flag = FUZZY_DENIED, .weight = 1 };
		values(i, e[i].v);
		all[i] = &e[i];
	}
	began = cpu_us();
	bytes = fuzzytable_encode(a, all, n);
	if (!fuzzytable_decode(bytes, &t))
		exit(1);
	printf("made\t%zu\t%lld\n", bytes.n, (cpu_us() - began) / 1000);
	look_up(&t, "found", true);
	look_up(&t, "absent", false);
}

int main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	if (argc == 3 && strcmp(argv[1], "table") == 0)
		table((uint32_t)atoi(argv[2]));
	else
		digests();
	return 0;
}

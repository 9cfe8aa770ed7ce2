#include "cli/fuzzylesson.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

enum { STORE_BUDGET = 2047 << 20 };

int fuzzylesson_open(struct fuzzystore *s, struct arena *a, const char *dir, struct why *why)
{
	int r = fuzzystore_open(s, a, dir, why);

	if (r == 0 && s->trouble.text[0])
		fprintf(stderr, "poterne: learn: %s: %s\n", dir, s->trouble.text);
	return r;
}

/* What is in a message twice, two copies of a file, is one lesson. */
static bool was_there(const struct facts *facts, size_t n)
{
	const struct fuzzy_digest *d = &facts->fuzzy.v[n];

	for (size_t i = 0; i < n; i++) {
		const struct fuzzy_digest *x = &facts->fuzzy.v[i];

		if (x->kind == d->kind && memcmp(x->v, d->v, sizeof(d->v)) == 0)
			return true;
	}
	return false;
}

void fuzzylesson_hear(struct fuzzystore *s, const struct facts *facts, int64_t now)
{
	for (size_t i = 0; i < facts->fuzzy.n; i++)
		fuzzystore_hear(s, &facts->fuzzy.v[i], now);
}

void fuzzylesson_add(struct fuzzystore *s, const struct facts *facts, enum example_kind kind,
		     enum examples_news news, int64_t now)
{
	enum fuzzy_flag flag = kind == EXAMPLE_GOOD ? FUZZY_WHITE : FUZZY_DENIED;

	for (size_t i = 0; i < facts->fuzzy.n; i++) {
		const struct fuzzy_digest *d = &facts->fuzzy.v[i];

		if (was_there(facts, i))
			continue;
		if (kind != EXAMPLE_FORGOTTEN)
			fuzzystore_learn(s, d, flag, news != EXAMPLES_KNOWN, now);
		else if (news == EXAMPLES_CHANGED)
			fuzzystore_forget(s, d);
	}
}

int fuzzylesson_export(const char *dir, const char *file, size_t *ret_n, struct why *why)
{
	cleanup(fd_unmapp) str bytes = STR_NULL;
	cleanup(fd_closep) int fd = -1;
	struct fuzzytable table;
	int r = fuzzystore_load(dir, &bytes, &table, why);

	if (r != STATEDIR_OK)
		return -1;
	fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return why_set(why, -errno, "%s: %m", file);
	*ret_n = table.n;
	return fd_write_all(fd, bytes, why);
}

int fuzzylesson_import(const char *dir, const char *file, size_t *ret_n, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("import", STORE_BUDGET);
	struct fuzzystore s;
	str bytes;
	int r = fd_read_path(file, a, FUZZYTABLE_MAX_BYTES, &bytes, why);

	if (r < 0)
		return why_prefix(why, r, "%s", file);
	r = fuzzylesson_open(&s, a, dir, why);
	if (r == 0)
		r = fuzzystore_merge(&s, bytes, clock_wall(), why);
	if (r == STATEDIR_E_BROKEN)
		r = why_prefix(why, -EINVAL, "%s", file);
	if (r == 0)
		r = fuzzystore_commit(&s, 0, ret_n, why);
	fuzzystore_close(&s);
	return r;
}

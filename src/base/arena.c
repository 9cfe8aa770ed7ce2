#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_MIN = 16 * 1024, KEEP_MAX = 128 * 1024, ALIGN = 16 };

struct block {
	struct block *next;
	size_t cap, used;
	_Alignas(ALIGN) char data[];
};

struct arena {
	const char *name;
	size_t budget, total;
	size_t usual; /* what was needed between resets: the next first block has room for it */
	struct block *head;
};

static void budget_is_a_bug(const char *name)
{
	defs_bug("arena", 0, name);
}

static void (*on_budget)(const char *) = budget_is_a_bug;

void arena_on_budget(void (*handler)(const char *))
{
	on_budget = handler;
}

struct arena *arena_new(const char *name, size_t budget)
{
	struct arena *a = calloc(1, sizeof(*a));

	bug_if(!a);
	a->name = name;
	a->budget = budget;
	return a;
}

static void free_blocks(struct block *b)
{
	while (b) {
		struct block *next = b->next;

		free(b);
		b = next;
	}
}

struct arena *arena_free(struct arena *a)
{
	if (!a)
		return NULL;
	free_blocks(a->head);
	free(a);
	return NULL;
}

void arena_freep(struct arena **a)
{
	*a = arena_free(*a);
}

void arena_reset(struct arena *a)
{
	struct block *keep = a->head;

	if (a->total > a->usual && a->total <= KEEP_MAX)
		a->usual = a->total;
	a->total = 0;
	if (!keep)
		return;
	if (keep->next || keep->cap > KEEP_MAX + BLOCK_MIN) {
		free_blocks(keep);
		a->head = NULL;
		return;
	}
	memset(keep->data, 0, keep->used);
	keep->used = 0;
}

size_t arena_used(const struct arena *a)
{
	return a->total;
}

static struct block *new_block(struct arena *a, size_t size)
{
	/* Blocks double with the arena, so the number of mallocs is logarithmic. */
	size_t cap = a->total < BLOCK_MIN ? BLOCK_MIN : a->total;
	struct block *b;

	if (!a->head && a->usual > cap)
		cap = a->usual;
	if (cap < size)
		cap = size;
	b = calloc(1, sizeof(*b) + cap);
	bug_if(!b);
	b->cap = cap;
	b->next = a->head;
	a->head = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct block *b = a->head;
	void *p;

	if (size > a->budget || a->total > a->budget - size)
		on_budget(a->name);
	size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (!b || b->cap - b->used < size)
		b = new_block(a, size);
	p = b->data + b->used;
	b->used += size;
	a->total += size;
	return p;
}

void *arena_alloc_array(struct arena *a, size_t count, size_t size)
{
	size_t bytes;

	bug_if(!mul_ok(count, size, &bytes));
	return arena_alloc(a, bytes);
}

str arena_str(struct arena *a, str s)
{
	char *p = arena_alloc(a, s.n);

	if (s.n)
		memcpy(p, s.p, s.n);
	return str_of(p, s.n);
}

char *arena_cz(struct arena *a, str s)
{
	char *p;

	if (str_chr(s, '\0') != STR_NONE)
		return NULL;
	p = arena_alloc(a, s.n + 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	return p;
}

str arena_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	bug_if(n < 0);
	p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return str_of(p, (size_t)n);
}

void *arena_grow(struct arena *a, void *v, size_t n, size_t *cap, size_t size)
{
	void *grown;

	if (n < *cap)
		return v;
	*cap = *cap ? *cap * 2 : 8;
	grown = arena_alloc_array(a, *cap, size);
	if (n)
		memcpy(grown, v, n * size);
	return grown;
}

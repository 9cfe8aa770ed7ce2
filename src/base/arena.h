/* base/arena.h - memory that is born together and dies together.
 *
 * One arena per message, per session, per configuration. Memory is zeroed,
 * aligned for any type, and never given back one by one.
 *
 * Input    sizes; hostile sizes are stopped earlier by a named limit, the budget
 *          is the backstop.
 * Memory   the arena owns all it gave out; arena_reset and arena_free end it all.
 * Limits   budget bytes in total, then the process ends: arena_over_budget is
 *          called, which by default is a bug(); the sandboxed worker sets its own.
 * Threads  one at a time per arena.
 * Errors   never returns NULL.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

struct arena;

/* name is a literal shown when the budget is spent. */
struct arena *arena_new(const char *name, size_t budget) must_use;
/* Takes NULL; returns NULL, so a = arena_free(a). */
struct arena *arena_free(struct arena *a);
void arena_freep(struct arena **a);
/* Forgets everything but keeps one block for the next user. */
void arena_reset(struct arena *a);
size_t arena_used(const struct arena *a);

void *arena_alloc(struct arena *a, size_t size) must_use;
void *arena_alloc_array(struct arena *a, size_t count, size_t size) must_use;
#define arena_make(a, T) ((T *)arena_alloc((a), sizeof(T)))
#define arena_array(a, T, n) ((T *)arena_alloc_array((a), (n), sizeof(T)))

/* A copy in the arena. */
str arena_str(struct arena *a, str s) must_use;
/* A NUL-terminated copy for the operating system's edge; NULL when s holds a NUL. */
char *arena_cz(struct arena *a, str s) must_use;
/* Formatted text of our own (never a hostile format). */
str arena_fmt(struct arena *a, const char *fmt, ...) printf_like(2, 3) must_use;

/* Called with the arena's name when a budget is spent; must not return. */
void arena_on_budget(void (*handler)(const char *name));

/* Growable arrays inside an arena: struct { T *v; size_t n, cap; }. */
#define ARENA_VEC(T)                                                                               \
	struct {                                                                                   \
		T *v;                                                                              \
		size_t n, cap;                                                                     \
	}
/* Appends one zeroed element and returns its address (valid until the next push). */
#define arena_push(a, vec)                                                                         \
	((vec)->v = arena_grow((a), (vec)->v, (vec)->n, &(vec)->cap, sizeof(*(vec)->v)),           \
	 &(vec)->v[(vec)->n++])
void *arena_grow(struct arena *a, void *v, size_t n, size_t *cap, size_t size) must_use;

#endif

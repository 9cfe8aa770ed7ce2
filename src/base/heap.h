/* base/heap.h - intrusive priority queues: a node inside the element, the least key first.
 *
 * A pairing heap: pushing is O(1), popping and removing are O(log n) amortised. Nothing is
 * allocated, so an element may be in it, leave it and come again without end.
 *
 * Memory   nodes belong to their elements.   Limits  none.
 * Threads  one at a time.                    Errors  cannot fail.
 */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include "base/defs.h"

struct heap_node {
	int64_t key;
	uint64_t tie; /* among equal keys the least is first */
	struct heap_node *child, *next;
	struct heap_node *prev; /* the sibling before it, or the parent of a first child */
	bool in;
};

struct heap {
	struct heap_node *root; /* NULL: empty */
	size_t n;
};

/* The node must be in no heap; it stays where it is until it is popped or removed. */
void heap_push(struct heap *h, struct heap_node *n, int64_t key, uint64_t tie);
/* NULL when empty. */
struct heap_node *heap_pop(struct heap *h);
/* The node must be in this heap. */
void heap_remove(struct heap *h, struct heap_node *n);

/* The element around a node. */
#define heap_entry(node, T, member) ((T *)(void *)((char *)(node)-offsetof(T, member)))

#endif

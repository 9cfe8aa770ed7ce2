#include "base/heap.h"

static bool before(const struct heap_node *a, const struct heap_node *b)
{
	return a->key != b->key ? a->key < b->key : a->tie < b->tie;
}

/* Two roots (or NULL) become one. */
static struct heap_node *meld(struct heap_node *a, struct heap_node *b)
{
	if (!a || !b)
		return a ? a : b;
	if (before(b, a)) {
		struct heap_node *t = a;

		a = b;
		b = t;
	}
	b->next = a->child;
	if (b->next)
		b->next->prev = b;
	b->prev = a;
	a->child = b;
	return a;
}

/* Siblings become one heap: melded in pairs from the left, then all from the right. */
static struct heap_node *meld_siblings(struct heap_node *first)
{
	struct heap_node *pairs = NULL, *root = NULL;

	while (first) {
		struct heap_node *a = first, *b = a->next, *pair;

		first = b ? b->next : NULL;
		a->next = a->prev = NULL;
		if (b)
			b->next = b->prev = NULL;
		pair = meld(a, b);
		pair->next = pairs;
		pairs = pair;
	}
	while (pairs) {
		struct heap_node *pair = pairs;

		pairs = pair->next;
		pair->next = NULL;
		root = meld(root, pair);
	}
	return root;
}

void heap_push(struct heap *h, struct heap_node *n, int64_t key, uint64_t tie)
{
	bug_if(n->in);
	*n = (struct heap_node){ .key = key, .tie = tie, .in = true };
	h->root = meld(h->root, n);
	h->n++;
}

void heap_remove(struct heap *h, struct heap_node *n)
{
	struct heap_node *children = meld_siblings(n->child);

	bug_if(!n->in || (!n->prev && h->root != n));
	if (n->prev) {
		if (n->prev->child == n)
			n->prev->child = n->next;
		else
			n->prev->next = n->next;
		if (n->next)
			n->next->prev = n->prev;
		h->root = meld(h->root, children);
	} else {
		h->root = children;
	}
	*n = (struct heap_node){ .key = n->key, .tie = n->tie };
	h->n--;
}

struct heap_node *heap_pop(struct heap *h)
{
	struct heap_node *n = h->root;

	if (n)
		heap_remove(h, n);
	return n;
}

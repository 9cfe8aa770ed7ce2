/* base/list.h - intrusive doubly linked lists: a link inside the element, a ring
 * through the head. Nothing is allocated, nothing can fail.
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include "base/defs.h"

struct list {
	struct list *prev, *next;
};

static inline void list_init(struct list *head)
{
	head->prev = head->next = head;
}

static inline bool list_empty(const struct list *head)
{
	return head->next == head;
}

static inline void list_append(struct list *head, struct list *link)
{
	link->prev = head->prev;
	link->next = head;
	head->prev->next = link;
	head->prev = link;
}

/* Takes the element out of its list; it may be appended elsewhere. */
static inline void list_remove(struct list *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	link->prev = link->next = link;
}

#define list_entry(link, T, member) ((T *)(void *)((char *)(link)-offsetof(T, member)))

/* The loop may remove the current element. */
#define list_each(head, link)                                                                      \
	for (struct list *link = (head)->next, *link##_next = link->next; link != (head);          \
	     link = link##_next, link##_next = link->next)

#endif

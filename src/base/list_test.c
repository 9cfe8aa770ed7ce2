#include "base/list.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct item {
	int value;
	struct list link;
};

static int sum(struct list *head)
{
	int total = 0;

	for (struct list *l = head->next; l != head; l = l->next)
		total = total * 10 + list_entry(l, struct item, link)->value;
	return total;
}

static void elements_keep_their_order_and_may_leave_during_a_walk(void **state)
{
	struct item items[] = { { 1, { 0 } }, { 2, { 0 } }, { 3, { 0 } }, { 4, { 0 } } };
	struct list head, other;

	(void)state;
	list_init(&head);
	list_init(&other);
	assert_true(list_empty(&head));
	for (size_t i = 0; i < ARRAY_LEN(items); i++)
		list_append(&head, &items[i].link);
	assert_int_equal(sum(&head), 1234);
	list_each (&head, link) {
		struct item *item = list_entry(link, struct item, link);

		if (item->value % 2 == 0) {
			list_remove(link);
			list_append(&other, link);
		}
	}
	assert_int_equal(sum(&head), 13);
	assert_int_equal(sum(&other), 24);
	list_remove(&items[0].link);
	list_remove(&items[0].link); /* out already: nothing happens */
	list_remove(&items[2].link);
	assert_true(list_empty(&head));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_keep_their_order_and_may_leave_during_a_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

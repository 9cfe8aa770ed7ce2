/* No control byte comes out, never more than max mailboxes, never more text than came in twice. */
#include "mail/address_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t checked(str s)
{
	for (size_t i = 0; i < s.n; i++)
		bug_if((unsigned char)s.p[i] < 0x20 && !str_is_space(s.p[i]));
	return s.n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	struct address_list list;
	size_t total = 0;

	address_list_parse(a, str_of(data, size), 20, &list);
	bug_if(list.boxes.n > 20);
	for (size_t i = 0; i < list.boxes.n; i++) {
		const struct address_mailbox *b = &list.boxes.v[i];

		total += checked(b->display) + checked(b->address.local) +
			 checked(b->address.domain);
	}
	bug_if(total > 2 * size); /* white space in a domain makes two of one */
	return 0;
}

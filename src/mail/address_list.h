/* mail/address_list.h - the mailboxes of From, To, Cc... (RFC 5322 3.4), leniently:
 * comments, quoted strings, groups, obsolete routes, missing brackets and stray commas
 * are taken as mail clients take them.
 *
 * Input    hostile: an unfolded header value.
 * Memory   in the arena.
 * Limits   the caller's max; then cut is set. Linear time, no recursion.
 * Threads  pure.
 * Errors   cannot fail; an item without "@" has an empty address.
 */
#ifndef MAIL_ADDRESS_LIST_H
#define MAIL_ADDRESS_LIST_H

#include "mail/address.h"

struct address_mailbox {
	str display; /* phrase or old-style comment, quoting removed, encoded-words not decoded */
	struct address address; /* not checked; both parts empty when there is no "@" */
	/* A route, a comment, a quoted "@" or white space beside a dot of the domain stands inside
	 * the address (RFC 5322 4.4). With the last there are two mailboxes: the domain ends at the
	 * white space, or does not. */
	bool obsolete;
};

struct address_list {
	ARENA_VEC(struct address_mailbox) boxes;
	bool cut; /* there were more than max */
};

void address_list_parse(struct arena *a, str value, size_t max, struct address_list *ret);

#endif

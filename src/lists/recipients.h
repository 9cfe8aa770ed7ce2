/* lists/recipients.h - the table of the mailboxes that exist, as one block that is searched where
 * it lies (lists/listset.h). lists/recipientfile.h makes it.
 *
 * A mailbox is found by its own row; else, with a delimiter, by that of what stands before it
 * ("alice" for alice+news); else by the row of its whole domain. Local parts are compared without
 * ASCII case, as mail stores do (RFC 5321 2.4 would allow otherwise). Postmaster and abuse are
 * always there (RFC 5321 4.5.1, RFC 2142 2).
 *
 * Input    the block is our own; what is looked up is hostile.
 * Memory   maps a sealed memory file: all processes share its pages. About 22 bytes and the
 *          address for each row: 51 MB for a million of 32 bytes.
 * Limits   those of addresses.   Threads  const once open: any number.
 * Errors   negative errno and a why.
 */
#ifndef LISTS_RECIPIENTS_H
#define LISTS_RECIPIENTS_H

#include "base/why.h"
#include "lists/listset.h"
#include "mail/address.h"

enum recipients_found {
	RECIPIENTS_UNKNOWN,
	RECIPIENTS_KNOWN,
	RECIPIENTS_INTERNAL, /* only inside may write to it */
	RECIPIENTS_DISABLED,
};

struct recipients {
	struct listset set;
	str map; /* p is NULL: no table is open */
};

/* fd stays the caller's. */
int recipients_open(int fd, struct recipients *ret, struct why *why) must_use;
/* Takes one that is not open. */
void recipients_close(struct recipients *r);
/* The domain is in ASCII. delimiter 0: none. */
enum recipients_found recipients_find(const struct recipients *r, struct address to, char delimiter)
	must_use;
/* "unknown", "known", "internal", "disabled" */
str recipients_word(enum recipients_found found);
/* What a row says, by its word. */
bool recipients_of_word(str word, enum recipients_found *ret) must_use;

#endif

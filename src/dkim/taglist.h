/* dkim/taglist.h - tag=value lists (RFC 6376 3.2) of signatures, key records, ARC fields and
 * policy records.
 *
 * Input    hostile: the value of a field, folding kept or removed, or a TXT record.
 * Memory   the list in the caller's arena; names and values point INTO the text.
 * Limits   TAGLIST_MAX tags; linear.
 * Threads  pure.
 * Errors   a reason in words, NULL when there is nothing wrong.
 */
#ifndef DKIM_TAGLIST_H
#define DKIM_TAGLIST_H

#include "base/arena.h"

enum { TAGLIST_MAX = 64 };

struct taglist_tag {
	str name;  /* case counts */
	str value; /* without white space around it; folding inside is kept */
};

struct taglist {
	struct taglist_tag *v;
	size_t n;
};

/* The whole list or nothing: what is no tag, a tag that stands there twice, and more than
 * TAGLIST_MAX of them are refused. White space may follow the last ";". */
const char *taglist_parse(struct arena *a, str text, struct taglist *ret) must_use;
/* One tag-spec, for readers of records that forgive more than a list may. */
const char *taglist_parse_tag(str spec, struct taglist_tag *ret) must_use;
/* p is NULL when the tag is absent; a present value may be empty. */
str taglist_get(const struct taglist *list, str name);
/* A value without any of its white space, as base64 and lists of words are read. */
str taglist_squeeze(struct arena *a, str value) must_use;
/* Cuts *rest at the first colon, white space around the item removed: "a : b" (RFC 6376 3.5).
 * False once *rest is exhausted. */
bool taglist_item(str *rest, str *ret_item);
/* dkim-quoted-printable (RFC 6376 2.11). False when "=" stands before no two hexadecimal
 * digits. */
bool taglist_unquote(struct arena *a, str value, str *ret) must_use;

#endif

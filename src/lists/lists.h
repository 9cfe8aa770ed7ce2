/* lists/lists.h - named lists: each is what the files of one name say, the shipped one, the
 * site's and a compiled one together.
 *
 *	deny-urls.txt   text, read into memory (LISTS_TEXT_MAX bytes)
 *	deny-urls.set   the same compiled (lists/listset.h), mapped: for millions of entries
 *
 * What poterne-fetch made of a feed is one compiled list more of a name. That process speaks to
 * strangers, so its file is copied, not mapped (it could be cut while it is mapped), and one that
 * is damaged is passed over.
 *
 * Input    files of the administrator, or made from feeds; queries are hostile.
 * Memory   names in the caller's arena; what is in the lists lasts until lists_close.
 * Limits   LISTS_TEXT_MAX of one text file, LISTS_FEED_MAX of a feed's, LISTS_MAX files in a
 *          directory.
 * Threads  const once loaded: any number.
 * Errors   negative errno and a why with FILE:LINE:COL.
 */
#ifndef LISTS_LISTS_H
#define LISTS_LISTS_H

#include "base/why.h"
#include "lists/listset.h"

enum { LISTS_TEXT_MAX = 4 << 20, LISTS_MAX = 1000, LISTS_FEED_MAX = 1 << 30 };

struct lists_list {
	str name; /* "deny-urls.txt", whichever of the files are there */
	ARENA_VEC(struct listset) sets;
};

struct lists {
	ARENA_VEC(struct lists_list *) list;
	ARENA_VEC(str) maps;
};

/* All files of a directory, in the order of their names. */
int lists_load_dir(struct lists *l, struct arena *a, const char *dir, struct why *why) must_use;
/* One text; name is its path. */
int lists_load_text(struct lists *l, struct arena *a, const char *name, str text, struct why *why)
	must_use;
/* False, and why, when there is none or it is damaged. */
bool lists_load_feed(struct lists *l, struct arena *a, const char *path, struct why *why) must_use;
void lists_close(struct lists *l);
/* NULL when there is none. */
const struct lists_list *lists_find(const struct lists *l, str name);

bool lists_has(const struct lists_list *list, const struct listkey_set *keys, int64_t now,
	       struct listset_hit *ret) must_use;
bool lists_has_word(const struct lists_list *list, struct arena *a, str word, int64_t now);

#endif

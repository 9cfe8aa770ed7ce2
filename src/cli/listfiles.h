/* cli/listfiles.h - the list files of the site, and its overlay of rules, changed as a whole: one
 * change at a time (a lock), written beside and renamed, and told to the trail audit.jsonl beside
 * them.
 *
 * Input    the caller's arguments.
 * Memory   in the caller's arena.
 * Limits   those of text lists (lists/lists.h).
 * Threads  one at a time.
 * Errors   negative errno and a why; the file is as it was.
 */
#ifndef CLI_LISTFILES_H
#define CLI_LISTFILES_H

#include "conf/conf.h"
#include "lists/listaudit.h"

struct listfiles {
	struct arena *arena;
	const char *dir; /* paths.site_lists, or paths.overlay */
	int lock;
};

/* Waits for others who change lists. */
int listfiles_open(struct listfiles *f, struct arena *a, const struct conf *conf, struct why *why)
	must_use;
/* The same for another directory, named in the configuration by key. */
int listfiles_open_dir(struct listfiles *f, struct arena *a, str dir, const char *key,
		       struct why *why) must_use;
void listfiles_close(struct listfiles *f);
/* "deny-urls" or "deny-urls.txt" as its path here; -EINVAL when it is no name of a list. */
int listfiles_path(const struct listfiles *f, str list, const char **ret, struct why *why) must_use;
/* The text of a list, "" when there is none. */
int listfiles_read(const struct listfiles *f, const char *path, size_t max, str *ret,
		   struct why *why) must_use;
/* Refused when the text is no list. */
int listfiles_write(const struct listfiles *f, const char *path, str text, struct why *why)
	must_use;
/* The same without looking at the text. */
int listfiles_replace(const struct listfiles *f, const char *path, str text, struct why *why)
	must_use;
/* Writes the trail to standard output; 1 and why when it is not as it was written. */
int listfiles_show_trail(const struct listfiles *f, struct why *why) must_use;
/* who is found here. */
int listfiles_tell(const struct listfiles *f, struct listaudit_change *c, struct why *why) must_use;

#endif

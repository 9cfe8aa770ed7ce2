/* super/listwatch.h - have the files of the lists, the rules of the site, or what was learned,
 * changed? So that an address that is put on a list is refused within seconds, with nobody telling
 * the gateway.
 *
 * Input    names and times of files in paths.lists, paths.site_lists, paths.overlay and below
 *          paths.state, of those of feeds, and of recipients.file; none is opened.
 * Memory   none.   Limits  one look at three directories.
 * Threads  any.    Errors  a directory that cannot be read is an empty one.
 */
#ifndef SUPER_LISTWATCH_H
#define SUPER_LISTWATCH_H

#include "conf/conf.h"

/* Another number when a list or a file of rules was added, removed or changed. */
uint64_t listwatch_stamp(const struct conf *conf);
/* Another number when recipients.file is another one, or has changed; 0 without one. */
uint64_t listwatch_recipients_stamp(const struct conf *conf);
/* Another number when `poterne learn` has replaced the model, the digests or the
 * tastes. */
uint64_t listwatch_learned_stamp(const struct conf *conf);

#endif

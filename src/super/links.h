/* super/links.h - who asks whom: the lanes between the processes.
 *
 * Input    trusted, but for peer of links_remake: a number that a process says.
 * Memory   none.
 * Limits   the numbers of lanes follow from the configuration; a process gets
 *          CHILD_LANES_SPARE lanes to each peer anew, and one more each second.
 * Threads  the supervisor's one.
 * Errors   negative errno and why, of the child that has just started; whoever else cannot be
 *          told is killed and starts anew.
 */
#ifndef SUPER_LINKS_H
#define SUPER_LINKS_H

#include "super/child.h"

/* Lanes between c, which has just started, and all it talks to. */
int links_connect(struct child *children, size_t n, struct child *c, const struct conf *conf,
		  struct why *why) must_use;
/* A lane from c to peer in place of one that was closed because its answer was late. */
void links_remake(struct child *children, size_t n, struct child *c, uint64_t peer);

#endif

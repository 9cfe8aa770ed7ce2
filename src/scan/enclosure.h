/* scan/enclosure.h - bytes that are too many for a packet go beside it, in sealed memory.
 *
 * Memory   the descriptor is the message's: its sender closes it.
 * Threads  pure.
 * Errors   negative errno and a why: nothing is attached.
 */
#ifndef SCAN_ENCLOSURE_H
#define SCAN_ENCLOSURE_H

#include "sys/chan.h"

/* name is for /proc only. */
int enclosure_attach(struct msg *m, const char *name, str bytes, struct why *why) must_use;

#endif

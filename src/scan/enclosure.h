/* scan/enclosure.h - bytes that are too many for a packet go beside it, in sealed memory.
 *
 * Memory   the descriptor is the message's: its sender closes it (enclosure_tell does).
 * Threads  pure.
 * Errors   negative errno and a why: nothing is attached, or told.
 */
#ifndef SCAN_ENCLOSURE_H
#define SCAN_ENCLOSURE_H

#include "sys/lanes.h"

/* name is for /proc only. */
int enclosure_attach(struct msg *m, const char *name, str bytes, struct why *why) must_use;
/* Tells m with these bytes: in *field of it, when they are few enough, or beside it. */
int enclosure_tell(struct lanes *to, struct msg *m, str *field, const char *name, str bytes,
		   deadline d, struct why *why) must_use;

#endif

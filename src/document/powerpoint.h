/* document/powerpoint.h - the records of an old PowerPoint presentation (MS-PPT 2.3).
 *
 * Input    hostile: the streams "PowerPoint Document" and "Current User".
 * Memory   in the caller's arena.
 * Limits   max bytes of unpacked storages, POWERPOINT_ITEMS_MAX of them,
 *          POWERPOINT_TEXT_MAX bytes of text. Linear.
 * Threads  pure.   Errors  broken: a storage does not unpack.
 */
#ifndef DOCUMENT_POWERPOINT_H
#define DOCUMENT_POWERPOINT_H

#include "base/arena.h"

enum { POWERPOINT_ITEMS_MAX = 500, POWERPOINT_TEXT_MAX = 16 << 20 };

struct powerpoint {
	bool cut; /* more than POWERPOINT_TEXT_MAX */
	bool broken;
	bool runs_program, runs_macro; /* what a click, or the mouse alone, starts */
	str text;		       /* with addresses and the names of programs */
	ARENA_VEC(str) storages;       /* embedded objects and macro projects */
};

void powerpoint_read(struct arena *a, str stream, size_t max, struct powerpoint *ret);
bool powerpoint_is_encrypted(str current_user) must_use;

#endif

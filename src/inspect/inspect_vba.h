/* inspect/inspect_vba.h - the macros in a compound file: those its projects list, then those
 * that stand in any other stream.
 *
 * Input    hostile.   Memory  the caller's arenas.   Limits  the walk's budget; linear.
 * Threads  one walk at a time.   Errors  none: facts.
 */
#ifndef INSPECT_VBA_H
#define INSPECT_VBA_H

#include "document/cfb.h"
#include "inspect/inspect_office.h"

struct inspect_vba {
	struct office *o;
	struct cfb *c;
	bool *taken; /* an entry was read as a module */
	uint32_t projects, sources;
};

/* dir: the stream that lists the modules of its storage. */
void inspect_vba_project(struct inspect_vba *v, const struct cfb_entry *dir);
/* Once, behind all projects. */
void inspect_vba_rest(struct inspect_vba *v);

#endif

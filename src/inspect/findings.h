/* inspect/findings.h - the names of inspect/findings.def.
 *
 * Input    any.   Memory  literals.   Limits  none.   Threads  pure.   Errors  none.
 */
#ifndef INSPECT_FINDINGS_H
#define INSPECT_FINDINGS_H

#include "base/str.h"

enum finding {
#define F(name, meaning) FINDING_##name,
#include "inspect/findings.def"
#undef F
	FINDINGS_N
};

/* For f from 0 to FINDINGS_N - 1. */
str findings_name(enum finding f);
str findings_meaning(enum finding f);
/* Exact case. */
bool findings_known(str name);

#endif

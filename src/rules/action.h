/* rules/action.h - what can be done with a message, from the mildest to the most severe.
 *
 * Memory   const.   Threads  pure.   Errors  an unknown name is "no".
 */
#ifndef RULES_ACTION_H
#define RULES_ACTION_H

#include "base/str.h"

/* The order is the severity: comparisons with < are meant. */
enum action {
	ACTION_ACCEPT,
	ACTION_TAG,	   /* deliver, marked as suspicious */
	ACTION_GREYLIST,   /* ask to come back later, once */
	ACTION_DEFER,	   /* ask to come back later: we cannot judge now */
	ACTION_QUARANTINE, /* accept and keep for a human */
	ACTION_REJECT,	   /* refuse, the sender is told */
	ACTION_DISCARD,	   /* accept and drop, nobody is told */
	ACTIONS
};

/* "accept", "tag", ... as in the interfaces. */
const char *action_name(enum action a);
bool action_of_name(str name, enum action *ret) must_use;

#endif
